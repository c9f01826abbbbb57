import type { HubError } from "../../../connector/errors.ts";
import type { EndpointView } from "../../../store/webhook-desk.ts";
import { deskOf, maySee } from "../../api/webhook-json.ts";
import type { WebDeps } from "../../web-deps.ts";
import type { PageContext, PageHandler } from "../page.tsx";
import { Scroll } from "../scroll.tsx";
import { Moment } from "../time.tsx";
import { sendSettings } from "./settings-page.tsx";
import { Complaint, EndpointForm, type Typed } from "./webhook-forms.tsx";

const STATES = {
  active: { tone: "on_track", word: "Active" },
  paused: { tone: "unknown", word: "Paused" },
  disabled: { tone: "off_track", word: "Disabled" },
} as const;

/** How an endpoint does, in a word. */
export const EndpointState = ({ endpoint }: { readonly endpoint: EndpointView }) => {
  const { state, failingSince, disabled } = endpoint;
  const isFailing = state === "active" && failingSince !== undefined;
  return (
    <>
      <span class={`h ${isFailing ? "at_risk" : STATES[state].tone}`}>
        {isFailing ? "Failing" : STATES[state].word}
      </span>
      {isFailing && (
        <span class="sub quiet">
          since <Moment at={failingSince} />
        </span>
      )}
      {disabled !== undefined && <span class="sub quiet">{disabled.reason}</span>}
    </>
  );
};

const Row = ({ endpoint }: { readonly endpoint: EndpointView }) => (
  <tr>
    <th scope="row">
      <a href={`/settings/webhooks/${endpoint.id}`}>{new URL(endpoint.url).host}</a>
      {endpoint.description && <span class="sub quiet">{endpoint.description}</span>}
    </th>
    <td>
      <EndpointState endpoint={endpoint} />
    </td>
    <td>
      {endpoint.events.slice(0, 5).map((name) => (
        <>
          <code>{name}</code>{" "}
        </>
      ))}
      {endpoint.events.length > 5 && ` and ${endpoint.events.length - 5} more`}
    </td>
    <td>{endpoint.lastDeliveredAt === undefined ? "never" : <Moment at={endpoint.lastDeliveredAt} />}</td>
  </tr>
);

const ENDPOINTS_AT_MOST = 200;

/** All endpoints and the form for another one. @param failed what was wrong with the one just sent, and what it was */
export const sendWebhooksPage = async (
  c: PageContext,
  deps: WebDeps,
  failed?: { readonly error: HubError; readonly typed: Typed },
): Promise<Response> => {
  const identity = c.get("identity");
  const { items } = await deskOf(deps).endpoints(undefined, ENDPOINTS_AT_MOST);
  const endpoints = items.filter((one) => maySee(identity, one));
  return sendSettings(
    c,
    deps,
    "Webhooks",
    <>
      <h1>Webhooks</h1>
      <p class="lead">
        Events of this hub, sent to addresses of yours: signed by{" "}
        <a href="https://www.standardwebhooks.com" rel="noreferrer noopener">
          Standard Webhooks
        </a>
        , retried for three days if they are not accepted.
      </p>
      {endpoints.length === 0 ? (
        <section class="empty">
          <h2>No endpoint yet</h2>
          <p>Give the first address below. Its secret is shown once, when it is made.</p>
        </section>
      ) : (
        <Scroll label="Webhook endpoints">
          <table>
            <thead>
              <tr>
                <th scope="col">Endpoint</th>
                <th scope="col">State</th>
                <th scope="col">Events</th>
                <th scope="col">Last accepted</th>
              </tr>
            </thead>
            <tbody>
              {endpoints.map((endpoint) => (
                <Row endpoint={endpoint} />
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
      <section aria-labelledby="new">
        <h2 id="new">New endpoint</h2>
        <Complaint error={failed?.error} />
        <EndpointForm
          c={c}
          deps={deps}
          to="/settings/webhooks"
          word="Add endpoint"
          typed={failed?.typed ?? {}}
          products={await deps.views.products()}
        />
      </section>
    </>,
  );
};

export const webhooksPage: PageHandler = (c, deps) => sendWebhooksPage(c, deps);
