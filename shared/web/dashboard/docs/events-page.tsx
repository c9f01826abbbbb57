import { EVENTS } from "../../../domain/event.ts";
import { EVENT_NAMES, eventSchema } from "../../api/change-routes.ts";
import type { PageHandler } from "../page.tsx";
import { sendDoc } from "./docs-page.tsx";

/** The catalogue of events. */
export const eventsPage: PageHandler = (c, deps) =>
  sendDoc(
    c,
    deps,
    "Events",
    <div class="doc">
      <h1>Events</h1>
      <p class="lead">
        Events go out as CloudEvents 1.0, at least once, in order within one subject. The same log can be read from{" "}
        <a href="/docs/api#list_changes">
          <code>GET /v1/changes</code>
        </a>
        .
      </p>
      {EVENT_NAMES.map((name) => (
        <section class="operation" id={name}>
          <h2>{name}</h2>
          <p>
            Fires when {EVENTS[name].when}.
            {!EVENTS[name].public && " It stays in the change log and never goes on the bus."}
          </p>
          <details>
            <summary>Shape of its data</summary>
            <pre tabindex={0}>
              <code>{JSON.stringify(eventSchema(name), null, 2)}</code>
            </pre>
          </details>
        </section>
      ))}
    </div>,
  );
