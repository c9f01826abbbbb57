import { HubError } from "../../../connector/errors.ts";
import { EVENT_NAMES, EVENTS, type EventName, type HubEvent } from "../../../domain/event.ts";
import { type DataSchema, exampleCloudEvent } from "../../../domain/event-example.ts";
import { cdkRule, rulePattern, samRule } from "../../../domain/event-pattern.ts";
import { eventSchema } from "../../../domain/event-schema.ts";
import { nearestWord } from "../../../domain/nearest-word.ts";
import { eventSentence } from "../../../report/event-sentence.ts";
import { may } from "../../access/identity.ts";
import { address } from "../link.tsx";
import type { PageHandler } from "../page.tsx";
import { Scroll } from "../scroll.tsx";
import { Act } from "../settings/webhook-forms.tsx";
import { Moment } from "../time.tsx";
import { sendDoc } from "./docs-page.tsx";
import { EventFields } from "./event-fields.tsx";

const LAST = 20;

/** The catalogue of events: each type with when it fires, and when not. */
export const eventsPage: PageHandler = (c, deps) =>
  sendDoc(
    c,
    deps,
    "Events",
    <div class="doc">
      <h1>Events</h1>
      <p class="lead">
        Events go out as CloudEvents 1.0, at least once, in order within one subject: sort by <code>sequence</code>. The
        same log can be read from{" "}
        <a href="/docs/api/changes#list_changes">
          <code>GET /v1/changes</code>
        </a>
        {deps.webhooks !== undefined && (
          <>
            , or sent to you by <a href="/settings/webhooks">webhooks</a>
          </>
        )}
        .
      </p>
      <Scroll label="Types of events">
        <table>
          <thead>
            <tr>
              <th scope="col">Type</th>
              <th scope="col">Fires when</th>
              <th scope="col">Not when</th>
            </tr>
          </thead>
          <tbody>
            {EVENT_NAMES.map((name) => (
              <tr id={name}>
                <th scope="row">
                  <a href={`/docs/events/${name}`}>
                    <code>{name}</code>
                  </a>
                  {!EVENTS[name].public && <span class="sub quiet">change log only</span>}
                  {EVENTS[name].optIn && <span class="sub quiet">opt-in</span>}
                </th>
                <td>{EVENTS[name].when}</td>
                <td>{EVENTS[name].not ?? ""}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </div>,
  );

const Block = ({ text }: { readonly text: string }) => (
  <pre tabindex={0}>
    <code>{text}</code>
  </pre>
);

const Rules = ({ name }: { readonly name: EventName }) => (
  <section>
    <h2>Rule on the bus</h2>
    <p>As a pattern of EventBridge, in the CDK and in SAM:</p>
    <Block text={JSON.stringify(rulePattern(name), null, 2)} />
    <Block text={cdkRule(name)} />
    <Block text={samRule(name)} />
  </section>
);

const Last = ({ events }: { readonly events: readonly HubEvent[] }) => (
  <section>
    <h2>Latest on this hub</h2>
    {events.length === 0 ? (
      <p class="quiet">None in the last two weeks.</p>
    ) : (
      <ol class="timeline">
        {events.map((event) => {
          const { name, happened } = eventSentence(event);
          return (
            <li>
              <Moment at={event.recordedAt} /> <b>{name}</b> {happened}
            </li>
          );
        })}
      </ol>
    )}
  </section>
);

/** One type of event: its fields, an example, rules to copy, and the last of it. */
export const eventPage: PageHandler = async (c, deps) => {
  const told = c.req.param("type") ?? "";
  const name = EVENT_NAMES.find((known) => known === told);
  if (name === undefined) {
    const guess = nearestWord(told.slice(0, 64), EVENT_NAMES);
    throw new HubError(
      "not_found",
      `there is no such type of event${guess === undefined ? "" : `; did you mean ${guess}?`}`,
      {
        retry: "never",
      },
    );
  }
  const type = EVENTS[name];
  const identity = c.get("identity");
  const events = may(identity, "events:read") ? await deps.views.lastChanges(name, LAST) : undefined;
  return sendDoc(
    c,
    deps,
    name,
    <div class="doc stack">
      <h1>{name}</h1>
      <p class="lead">
        Fires when {type.when}.{type.not !== undefined && ` Not when ${type.not}.`}
      </p>
      {!type.public && <p>It stays in the change log and never goes on the bus.</p>}
      {type.optIn && (
        <p>
          It is published only if <code>events.include</code> in the config names it.
        </p>
      )}
      <EventFields schema={eventSchema(name) as DataSchema} />
      <p>
        <a href={`/v1/schemas/${name}/1.json`}>JSON Schema of data</a> ·{" "}
        <a href={address("/v1/changes", { since: deps.now().toISOString().slice(0, 10), type: name })}>
          Of today, as JSON
        </a>
      </p>
      {type.public && (
        <>
          <section>
            <h2>Example</h2>
            <Block text={JSON.stringify(exampleCloudEvent(name), null, 2)} />
            {deps.sendTestEvent !== undefined && may(identity, "webhooks:write") && identity.products === "all" && (
              <Act c={c} deps={deps} to={`/docs/events/${name}`} word="Send test event">
                <span class="quiet">To the change log, the bus, outputs and webhooks, marked as a test.</span>
              </Act>
            )}
          </section>
          <Rules name={name} />
        </>
      )}
      {events !== undefined && <Last events={events} />}
    </div>,
  );
};
