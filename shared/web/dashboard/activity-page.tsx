import * as z from "zod";
import type { HubEvent } from "../../domain/event.ts";
import { type Instant, instant } from "../../domain/instant.ts";
import { eventSentence } from "../../report/event-sentence.ts";
import { may } from "../access/identity.ts";
import { reportsFor } from "../access/reports-for.ts";
import { Moment as MomentParameter } from "../api/filters.ts";
import { checked, givenIn } from "../api/query.ts";
import { featurePath } from "../feature-address.ts";
import { SHOWS, type Show } from "./activity-events.ts";
import { lastVisit } from "./last-visit.ts";
import { address } from "./link.tsx";
import { type PageHandler, sendPage } from "./page.tsx";
import { linkCursor, placeOf } from "./page-cursor.ts";
import { Clock, Day, dayText, useDays } from "./time.tsx";

const ROWS = 50;
const DAY_MS = 24 * 60 * 60 * 1000;
const LAST_VISIT = "last-visit";
const Shape = {
  since: z.union([z.literal(LAST_VISIT), MomentParameter]).optional(),
  show: z.enum(Object.keys(SHOWS) as [Show, ...Show[]]).optional(),
  cursor: z.string().optional(),
};
const PERIODS = [
  ["1 day", 1],
  ["7 days", 7],
  ["30 days", 30],
] as const;

const Entry = ({ event, seen }: { readonly event: HubEvent; readonly seen: Instant | undefined }) => (
  <li>
    <Clock at={event.recordedAt} /> <span>{eventSentence(event).happened}</span>
    {seen !== undefined && event.recordedAt > seen && <span class="pill new">new</span>}
  </li>
);

/** What happened to one thing on one day, under its name. */
const Group = ({ events, seen }: { readonly events: readonly HubEvent[]; readonly seen: Instant | undefined }) => {
  const [first] = events;
  if (first === undefined) return null;
  const { name, feature } = eventSentence(first);
  return (
    <article>
      <h3>{feature === undefined ? name : <a href={featurePath(feature)}>{name}</a>}</h3>
      <ol class="timeline">
        {events.map((event) => (
          <Entry event={event} seen={seen} />
        ))}
      </ol>
    </article>
  );
};

const Days = ({ events, seen }: { readonly events: readonly HubEvent[]; readonly seen: Instant | undefined }) => (
  <>
    {useDays(events, ({ recordedAt }) => recordedAt).map(([day, some]) => (
      <section>
        <h2 class="day">{dayText(day)}</h2>
        {[...Map.groupBy(some, ({ subject }) => subject).values()].map((group) => (
          <Group events={group} seen={seen} />
        ))}
      </section>
    ))}
  </>
);

const daysAgo = (now: Date, days: number): string => new Date(now.getTime() - days * DAY_MS).toISOString().slice(0, 10);

/** What changed since a day, newest first; its JSON is the log itself, oldest first. */
export const activityPage: PageHandler = async (c, deps) => {
  const search = new URLSearchParams(
    [...new URL(c.req.url).searchParams].filter(([name, value]) => name in Shape && value !== ""),
  );
  const asked = checked(z.object(Shape), givenIn(search, Shape, "/activity"));
  const now = deps.now();
  const seen = lastVisit(c, now);
  const week = daysAgo(now, 7);
  const since = asked.since === LAST_VISIT ? (seen ?? week) : (asked.since ?? week);
  const show = asked.show ?? "features";
  const parameters = { since: asked.since ?? week, show: asked.show };
  const scope = { route: "page.activity.newest", filters: { since, show: asked.show } };
  const after = placeOf(deps, scope, asked.cursor);
  const { items, next } = await deps.views.changesBack(instant(since), after, ROWS, SHOWS[show].events);
  const cursor = linkCursor(deps, scope, next);
  const identity = c.get("identity");
  const reports = may(identity, "reports:read") ? reportsFor(deps, identity) : [];
  const report = reports.find(({ kind, length }) => kind === "product" && length === "week");
  return sendPage(
    c,
    deps,
    { title: "Activity", section: "activity" },
    <>
      <h1>Activity</h1>
      <p class="lead">
        What the hub has learned since <Day at={instant(since)} />, newest first. What changed this week, the most
        important first:{" "}
        {report === undefined ? (
          <a href={address("/", { compare: week })}>the board compared with a week ago</a>
        ) : (
          <a href={`/reports/${report.name}`}>{report.definition.title}</a>
        )}
        .
      </p>
      <div class="tools">
        <nav class="switch" aria-label="Since">
          {PERIODS.map(([word, days]) => {
            const day = daysAgo(now, days);
            return (
              <a
                href={address("/activity", { since: day, show: asked.show })}
                aria-current={parameters.since === day ? "true" : undefined}
              >
                {word}
              </a>
            );
          })}
          <a
            href={address("/activity", { since: LAST_VISIT, show: asked.show })}
            aria-current={asked.since === LAST_VISIT ? "true" : undefined}
          >
            Last visit
          </a>
        </nav>
        <nav class="switch" aria-label="What">
          {Object.entries(SHOWS).map(([id, { word }]) => (
            <a
              href={address("/activity", { since: parameters.since, show: id === "features" ? undefined : id })}
              aria-current={id === show ? "true" : undefined}
            >
              {word}
            </a>
          ))}
        </nav>
      </div>
      {items.length === 0 && (
        <section class="empty">
          <h2>Nothing changed</h2>
          <p>No changes of this kind in this period. Choose an earlier day, or “Everything”.</p>
        </section>
      )}
      <Days events={items} seen={seen} />
      <nav class="pages" aria-label="Pages">
        {after !== undefined && <a href={address("/activity", parameters)}>Newest</a>}
        {cursor !== undefined && (
          <a rel="next" href={address("/activity", { ...parameters, cursor })}>
            Earlier
          </a>
        )}
        <a href={address("/v1/changes", { since })}>As JSON</a>
        <a href="/activity.atom">Atom feed</a>
      </nav>
    </>,
  );
};
