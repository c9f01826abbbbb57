import * as z from "zod";
import { EVENT_NAMES, type HubEvent } from "../../domain/event.ts";
import { instant } from "../../domain/instant.ts";
import { eventSentence } from "../../report/event-sentence.ts";
import { Moment as MomentParameter } from "../api/filters.ts";
import { checked, givenIn } from "../api/query.ts";
import { featurePath } from "../feature-address.ts";
import { address } from "./link.tsx";
import { type PageHandler, sendPage } from "./page.tsx";
import { linkCursor, placeOf } from "./page-cursor.ts";
import { Clock, Day, dayText } from "./time.tsx";

const ROWS = 50;
const DAY_MS = 24 * 60 * 60 * 1000;
const Shape = {
  since: MomentParameter.optional(),
  show: z.enum(["features", "all"]).optional(),
  cursor: z.string().optional(),
};

/** What a product manager follows; the rest is noise to them and one click away. */
const FEATURE_EVENTS = EVENT_NAMES.filter(
  (name) => name.startsWith("feature.") || name === "release.deployed" || name === "initiative.created",
);
const PEOPLE_EVENTS = EVENT_NAMES.filter(
  (name) => !name.startsWith("record.upserted") && name !== "records.written" && !name.startsWith("link."),
);

const Entry = ({ event }: { readonly event: HubEvent }) => {
  const { name, feature, happened } = eventSentence(event);
  return (
    <li>
      <Clock at={event.recordedAt} />{" "}
      <span>
        {feature === undefined ? <b>{name}</b> : <a href={featurePath(feature)}>{name}</a>} {happened}
      </span>
    </li>
  );
};

const daysAgo = (now: Date, days: number): string => new Date(now.getTime() - days * DAY_MS).toISOString().slice(0, 10);

/** What changed since a day, oldest first as the log has it, so that a page once read never changes. */
export const activityPage: PageHandler = async (c, deps) => {
  const search = new URLSearchParams(
    [...new URL(c.req.url).searchParams].filter(([name, value]) => name in Shape && value !== ""),
  );
  const asked = checked(z.object(Shape), givenIn(search, Shape, "/activity"));
  const now = deps.now();
  const since = asked.since ?? daysAgo(now, 7);
  const parameters = { since, show: asked.show };
  const scope = { route: "page.activity", filters: parameters };
  const after = placeOf(deps, scope, asked.cursor);
  const { items, next } = await deps.views.changes(
    instant(since),
    after,
    ROWS,
    asked.show === "all" ? PEOPLE_EVENTS : FEATURE_EVENTS,
  );
  const cursor = linkCursor(deps, scope, next);
  const byDay = Map.groupBy(items, ({ recordedAt }) => recordedAt.slice(0, 10));
  return sendPage(
    c,
    deps,
    { title: "Activity", section: "activity" },
    <>
      <h1>Activity</h1>
      <p class="lead">
        What the hub learnt since <Day at={instant(since)} />, oldest first.
      </p>
      <div class="tools">
        <nav class="switch" aria-label="Since">
          {[
            ["1 day", 1],
            ["7 days", 7],
            ["30 days", 30],
          ].map(([word, days]) => {
            const day = daysAgo(now, Number(days));
            return (
              <a
                href={address("/activity", { since: day, show: asked.show })}
                aria-current={since === day ? "true" : undefined}
              >
                {word}
              </a>
            );
          })}
        </nav>
        <nav class="switch" aria-label="What">
          <a href={address("/activity", { since })} aria-current={asked.show === "all" ? undefined : "true"}>
            Features
          </a>
          <a
            href={address("/activity", { since, show: "all" })}
            aria-current={asked.show === "all" ? "true" : undefined}
          >
            Everything
          </a>
        </nav>
      </div>
      {items.length === 0 && (
        <section class="empty">
          <h2>Nothing changed</h2>
          <p>No change was recorded in this time. Choose an earlier day, or “Everything”.</p>
        </section>
      )}
      {[...byDay].map(([day, events]) => (
        <section>
          <h2 class="day">{dayText(day)}</h2>
          <ol class="timeline">
            {events.map((event) => (
              <Entry event={event} />
            ))}
          </ol>
        </section>
      ))}
      <nav class="pages" aria-label="Pages">
        {after !== undefined && <a href={address("/activity", parameters)}>From the beginning</a>}
        {cursor !== undefined && (
          <a rel="next" href={address("/activity", { ...parameters, cursor })}>
            Later
          </a>
        )}
        <a href={address("/v1/changes", { since })}>As JSON</a>
      </nav>
    </>,
  );
};
