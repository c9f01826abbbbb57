import type { Child } from "hono/jsx";
import type { HubError } from "../../../connector/errors.ts";
import { PUBLIC_EVENTS } from "../../../domain/event.ts";
import type { ProductView } from "../../../store/views.ts";
import type { EndpointView } from "../../../store/webhook-desk.ts";
import { sentenceOf } from "../../api/problem.ts";
import type { WebDeps } from "../../web-deps.ts";
import type { PageContext } from "../page.tsx";
import { Form } from "./form.tsx";

/** What was wrong with what was sent, above the form that it came from. */
export const Complaint = ({ error }: { readonly error: HubError | undefined }) =>
  error === undefined ? null : (
    <p class="trouble-note" role="alert">
      <b>{sentenceOf(error)}</b> {error.fix}
    </p>
  );

/** What every form needs, to carry the token of the page that it stands on. */
export interface OnPage {
  readonly c: PageContext;
  readonly deps: WebDeps;
}

/** One button that changes something. */
export const Act = (
  props: OnPage & {
    readonly to: string;
    readonly word: string;
    readonly children?: Child;
  },
) => (
  <Form c={props.c} deps={props.deps} action={props.to} class="act">
    {props.children}
    <button type="submit">{props.word}</button>
  </Form>
);

export interface Typed {
  readonly url?: string | undefined;
  readonly description?: string | undefined;
  readonly events?: string | undefined;
  readonly products?: readonly string[] | undefined;
}

export const typedIn = ({ url, description, events, products }: EndpointView): Typed => ({
  url,
  description,
  events: events.join("\n"),
  products,
});

/** Fields of an endpoint, empty or as they are. */
export const EndpointForm = ({
  c,
  deps,
  to,
  word,
  typed,
  products,
}: OnPage & {
  readonly to: string;
  readonly word: string;
  readonly typed: Typed;
  readonly products: readonly ProductView[];
}) => (
  <Form c={c} deps={deps} action={to} class="sheet">
    <label>
      <span>Address (https)</span>
      <input
        name="url"
        type="url"
        required
        maxlength={2000}
        value={typed.url}
        placeholder="https://example.com/hooks"
      />
    </label>
    <label>
      <span>What it is for (optional)</span>
      <input name="description" maxlength={200} value={typed.description} />
    </label>
    <label>
      <span>
        Events, one or more in a line: types of the <a href="/docs/events">catalogue</a>, <code>feature.*</code>, or{" "}
        <code>*</code> for all
      </span>
      <textarea name="events" rows={4} required>
        {typed.events ?? "*"}
      </textarea>
    </label>
    {products.length > 1 && (
      <fieldset>
        <legend>Products (none selected: all)</legend>
        {products.map(({ id, name }) => (
          <label class="tick">
            <input type="checkbox" name="products" value={id} checked={typed.products?.includes(id) === true} /> {name}
          </label>
        ))}
      </fieldset>
    )}
    <button type="submit">{word}</button>
  </Form>
);

export const TestForm = ({ c, deps, to }: OnPage & { readonly to: string }) => (
  <Act c={c} deps={deps} to={to} word="Send test event">
    <label>
      <span class="vh">Type of the test event</span>
      <select name="type">
        {PUBLIC_EVENTS.map((name) => (
          <option value={name} selected={name === "feature.stage.changed"}>
            {name}
          </option>
        ))}
      </select>
    </label>
  </Act>
);

export const ReplayForm = ({
  c,
  deps,
  to,
  from,
  until,
}: OnPage & {
  readonly to: string;
  readonly from: string;
  readonly until: string;
}) => (
  <Act c={c} deps={deps} to={to} word="Replay">
    <label>
      <span>From (UTC)</span>
      <input type="datetime-local" name="from" required value={from.slice(0, 16)} />
    </label>
    <label>
      <span>To (UTC)</span>
      <input type="datetime-local" name="to" required value={until.slice(0, 16)} />
    </label>
  </Act>
);
