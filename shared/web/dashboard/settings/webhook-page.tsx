import * as z from "zod";
import { HubError } from "../../../connector/errors.ts";
import type { DeliveryView, EndpointView } from "../../../store/webhook-desk.ts";
import type { StoredDelivery } from "../../../store/webhook-rows.ts";
import { checked, givenIn } from "../../api/query.ts";
import { deskOf, endpointFor } from "../../api/webhook-json.ts";
import type { WebDeps } from "../../web-deps.ts";
import { address } from "../link.tsx";
import { type PageContext, type PageHandler, sendPage } from "../page.tsx";
import { linkCursor, placeOf } from "../page-cursor.ts";
import { Scroll } from "../scroll.tsx";
import { Moment } from "../time.tsx";
import { ShownOnce, unkept } from "./form.tsx";
import { Act, Complaint, EndpointForm, type OnPage, ReplayForm, TestForm, typedIn } from "./webhook-forms.tsx";
import { EndpointState } from "./webhooks-page.tsx";

const ROWS = 50;
const HOUR_MS = 3_600_000;
const Shape = { state: z.enum(["pending", "delivered", "failed"]).optional(), cursor: z.string().optional() };
const TONES = { delivered: "on_track", pending: "at_risk", failed: "off_track" } as const;
const WORDS = { delivered: "Delivered", pending: "Waiting", failed: "Failed" } as const;

const crumbs = [
  { href: "/settings", word: "Settings" },
  { href: "/settings/webhooks", word: "Webhooks" },
];
const gone = () => new HubError("not_found", "there is no such webhook endpoint", { retry: "never" });

/** The endpoint that the address names. @throws HubError not_found */
export const endpointOf = async (c: PageContext, deps: WebDeps): Promise<EndpointView> => {
  const endpoint = await endpointFor(deps, c.get("identity"), c.req.param("id") ?? "");
  if (endpoint === undefined) throw gone();
  return endpoint;
};

const DeliveryRow = ({
  c,
  deps,
  delivery,
  at,
}: OnPage & { readonly delivery: StoredDelivery; readonly at: string }) => {
  const last = delivery.attempts.at(-1);
  return (
    <tr>
      <th scope="row">
        <a href={`${at}/deliveries/${delivery.id}`}>{delivery.event.name}</a>
        <span class="sub quiet">
          <Moment at={delivery.queuedAt} />
          {delivery.isReplay && " · replay"}
          {delivery.whole?.test === true && " · test"}
        </span>
      </th>
      <td>
        <span class={`h ${TONES[delivery.state]}`}>{WORDS[delivery.state]}</span>
        {delivery.nextAt !== undefined && delivery.attempts.length > 0 && (
          <span class="sub quiet">
            next try <Moment at={delivery.nextAt} />
          </span>
        )}
      </td>
      <td class="num">{delivery.tries}</td>
      <td class="num">{last === undefined ? "" : `${last.ms} ms`}</td>
      <td>{last?.reason ?? (last?.status === undefined ? "" : `answered ${last.status}`)}</td>
      <td>
        <Act c={c} deps={deps} to={`${at}/deliveries/${delivery.id}/resend`} word="Resend" />
      </td>
    </tr>
  );
};

/** One endpoint with its deliveries and all that can be done with it. @param told of what was just done */
export const sendWebhookPage = async (
  c: PageContext,
  deps: WebDeps,
  endpoint: EndpointView,
  told: { readonly secret?: string; readonly error?: HubError } = {},
): Promise<Response> => {
  const at = `/settings/webhooks/${endpoint.id}`;
  const search = new URL(c.req.url).searchParams;
  const asked = checked(z.object(Shape), givenIn(search, Shape, at));
  const scope = { route: "page.webhook", filters: { id: endpoint.id, state: asked.state } };
  const { items, next } = await deskOf(deps).deliveries(
    endpoint.id,
    asked.state,
    placeOf(deps, scope, asked.cursor),
    ROWS,
  );
  const older = linkCursor(deps, scope, next);
  const now = deps.now();
  const response = await sendPage(
    c,
    deps,
    { title: new URL(endpoint.url).host, section: "settings", crumbs },
    <>
      <h1>{new URL(endpoint.url).host}</h1>
      {told.secret !== undefined && (
        <ShownOnce label="Its secret, for the receiver to check signatures with" secret={told.secret} />
      )}
      <Complaint error={told.error} />
      <dl class="facts inline">
        <div>
          <dt>State</dt>
          <dd>
            <EndpointState endpoint={endpoint} />
          </dd>
        </div>
        <div>
          <dt>Made by</dt>
          <dd>{endpoint.createdBy}</dd>
        </div>
        <div>
          <dt>Last accepted</dt>
          <dd>{endpoint.lastDeliveredAt === undefined ? "never" : <Moment at={endpoint.lastDeliveredAt} />}</dd>
        </div>
        {endpoint.lastFailure !== undefined && (
          <div>
            <dt>Last failure</dt>
            <dd>
              {endpoint.lastFailure.reason}, <Moment at={endpoint.lastFailure.at} />
            </dd>
          </div>
        )}
        {endpoint.oldSecretUntil !== undefined && (
          <div>
            <dt>Signed with the old secret too</dt>
            <dd>
              until <Moment at={endpoint.oldSecretUntil} />
            </dd>
          </div>
        )}
        {endpoint.replay !== undefined && (
          <div>
            <dt>Replay under way</dt>
            <dd>{endpoint.replay.queued} queued so far</dd>
          </div>
        )}
      </dl>
      <div class="filters">
        <TestForm c={c} deps={deps} to={`${at}/test`} />
        {endpoint.state === "active" ? (
          <Act c={c} deps={deps} to={`${at}/pause`} word="Pause" />
        ) : (
          <Act c={c} deps={deps} to={`${at}/resume`} word="Resume" />
        )}
        <Act c={c} deps={deps} to={`${at}/rotate`} word="Rotate secret" />
      </div>
      <section aria-labelledby="deliveries">
        <h2 id="deliveries">Deliveries</h2>
        <nav class="switch" aria-label="State">
          <a href={at} aria-current={asked.state === undefined ? "true" : undefined}>
            All
          </a>
          {(["pending", "delivered", "failed"] as const).map((state) => (
            <a href={address(at, { state })} aria-current={asked.state === state ? "true" : undefined}>
              {WORDS[state]}
            </a>
          ))}
        </nav>
        {items.length === 0 ? (
          <p class="quiet">Nothing here. Deliveries are kept for 30 days; "Send test event" sends one now.</p>
        ) : (
          <Scroll label="Deliveries, the newest first">
            <table>
              <thead>
                <tr>
                  <th scope="col">Event</th>
                  <th scope="col">State</th>
                  <th scope="col" class="num">
                    Tries
                  </th>
                  <th scope="col" class="num">
                    Time
                  </th>
                  <th scope="col">Answer</th>
                  <th scope="col">Again</th>
                </tr>
              </thead>
              <tbody>
                {items.map((delivery) => (
                  <DeliveryRow c={c} deps={deps} delivery={delivery} at={at} />
                ))}
              </tbody>
            </table>
          </Scroll>
        )}
        <nav class="pages" aria-label="Pages">
          {asked.cursor !== undefined && <a href={address(at, { state: asked.state })}>Newest</a>}
          {older !== undefined && (
            <a rel="next" href={address(at, { state: asked.state, cursor: older })}>
              Older
            </a>
          )}
        </nav>
      </section>
      <section aria-labelledby="replay">
        <h2 id="replay">Replay a period</h2>
        <p class="quiet">
          Sends the matching events of that period again, with the same ids and the cause <code>replay</code>. At most
          31 days.
        </p>
        <ReplayForm
          c={c}
          deps={deps}
          to={`${at}/replay`}
          from={new Date(now.getTime() - 24 * HOUR_MS).toISOString()}
          until={new Date(Math.ceil(now.getTime() / HOUR_MS) * HOUR_MS).toISOString()}
        />
      </section>
      <section aria-labelledby="change">
        <h2 id="change">Change</h2>
        <EndpointForm
          c={c}
          deps={deps}
          to={at}
          word="Save"
          typed={typedIn(endpoint)}
          products={await deps.views.products()}
        />
        <Act c={c} deps={deps} to={`${at}/remove`} word="Remove endpoint" />
      </section>
    </>,
  );
  return told.secret === undefined ? response : unkept(response);
};

export const webhookPage: PageHandler = async (c, deps) => sendWebhookPage(c, deps, await endpointOf(c, deps));

const Sent = ({ delivery }: { readonly delivery: DeliveryView }) => (
  <section aria-labelledby="request">
    <h2 id="request">Request</h2>
    <pre tabindex={0}>
      <code>
        {Object.entries(delivery.headers)
          .map(([name, value]) => `${name}: ${value}`)
          .join("\n")}
        {"\n\n"}
        {delivery.body === undefined
          ? "(the event is not in the change log any more)"
          : JSON.stringify(JSON.parse(delivery.body), null, 2)}
      </code>
    </pre>
  </section>
);

/** One delivery: what was sent, and each try with what came back. */
export const deliveryPage: PageHandler = async (c, deps) => {
  const endpoint = await endpointOf(c, deps);
  const delivery = await deskOf(deps).delivery(endpoint.id, c.req.param("delivery") ?? "");
  if (delivery === undefined) throw gone();
  const at = `/settings/webhooks/${endpoint.id}`;
  return sendPage(
    c,
    deps,
    {
      title: delivery.event.name,
      section: "settings",
      crumbs: [...crumbs, { href: at, word: new URL(endpoint.url).host }],
    },
    <>
      <h1>{delivery.event.name}</h1>
      <p class="lead">
        {WORDS[delivery.state]}, of <code>{delivery.event.subject}</code>
      </p>
      <Act c={c} deps={deps} to={`${at}/deliveries/${delivery.id}/resend`} word="Resend" />
      <Sent delivery={delivery} />
      {delivery.attempts.toReversed().map((attempt) => (
        <section>
          <h2>
            <Moment at={attempt.at} />
          </h2>
          <p>
            {attempt.reason ?? `answered ${attempt.status}`}, {attempt.ms} ms
          </p>
          {attempt.answer !== undefined && (
            <pre tabindex={0}>
              <code>{attempt.answer}</code>
            </pre>
          )}
        </section>
      ))}
    </>,
  );
};
