import { EVENTS, type EventName, type HubEvent } from "../domain/event.ts";
import type { FeedRecord, Table } from "../ports/table.ts";
import type { StoredEntity } from "../store/entities.ts";
import { dues, entityKey, eventKey, lists } from "../store/keys.ts";
import { eventsOf, writtenTogether } from "./events-of.ts";
import { breathe } from "./give-way.ts";
import type { Hub } from "./hub.ts";
import { remember } from "./lost.ts";

/**
 * Change feed to events: each goes into the change log and, if its type is public, on the bus. An event's id follows from
 * what happened, so that a repetition is the same event.
 *
 * @throws Error if the bus did not take all of them: the batch is handed out again
 */
export const publish = async (hub: Hub, records: readonly FeedRecord[]): Promise<void> =>
  announce(
    hub,
    records,
    records.flatMap((record) => eventsOf(hub, record)),
  );

/** Entities that the feed lost: what they were before is not known, so only that they were written is told. */
export const publishLost = async (hub: Hub, ids: readonly string[]): Promise<void> => {
  const rows = await hub.ports.table.getMany<StoredEntity>(ids.map(entityKey));
  const records = rows.map((after) => ({ pk: after.pk, sk: after.sk, before: undefined, after }));
  const events = records.flatMap((record) => eventsOf(hub, record));
  await announce(
    hub,
    records,
    events.filter(({ name }) => name === "record.upserted"),
  );
};

const announce = async (hub: Hub, records: readonly FeedRecord[], events: readonly HubEvent[]): Promise<void> => {
  const { bus } = hub.ports;
  const news: HubEvent[] = [];
  for (const event of summed(distinct(events))) {
    await breathe();
    if (await log(hub, event)) news.push(event);
  }
  const told = news.filter(({ name }) => EVENTS[name].public);
  const left = await bus.publish(told);
  if (left.length > 0) throw new Error(`the bus did not take ${left.length} events`);
  await remember(hub.ports, records);
  count(hub, told);
};

const count = (hub: Hub, told: readonly HubEvent[]): void => {
  if (told.length === 0) return;
  const now = hub.ports.clock.now().getTime();
  for (const { name, recordedAt } of told) {
    hub.meter?.add("events_published", { type: name });
    hub.meter?.observe("event_age_seconds", {}, Math.max(0, (now - Date.parse(recordedAt)) / 1000));
  }
  const [trace, ...others] = new Set(told.map((event) => event.trace));
  hub.log.info({ records: told.length, ...(others.length === 0 && { trace }) }, "published");
};

/** Answers of one hour, and records that show one gap of the mapping, are one event. */
const distinct = (events: readonly HubEvent[]): HubEvent[] => [
  ...new Map(events.map((event) => [event.id, event])).values(),
];

/** What nobody outside is told is logged one by one up to so many at once. */
const ONE_BY_ONE = 20;

/** A first read brings records and links by the thousand: the log tells of them in one line. */
const summed = (events: readonly HubEvent[]): readonly HubEvent[] => {
  const inner = events.filter(({ name }) => !EVENTS[name].public);
  return inner.length <= ONE_BY_ONE
    ? events
    : [...events.filter(({ name }) => EVENTS[name].public), writtenTogether(inner)];
};

/** Where the last event that this process wrote stands in a log. */
const lasts = new WeakMap<Table, { readonly at: string; readonly order: number }>();

/** A place behind every one given before, so that whoever follows the log by place misses nothing. */
const nextPlace = (table: Table, now: string): { readonly at: string; readonly order: number } => {
  const { at, order } = lasts.get(table) ?? { at: "", order: 0 };
  const next = { at: now > at ? now : at, order: order + 1 };
  lasts.set(table, next);
  return next;
};

/**
 * The log is in the order of logging. An event that stands in it already stays where it is.
 *
 * @returns false if another record made the same event before, which was announced then; a repetition of this one is not
 */
const log = async ({ ports: { table, clock } }: Hub, event: HubEvent): Promise<boolean> => {
  const { at, order } = nextPlace(table, clock.now().toISOString());
  const key = eventKey(event.id);
  const isNew = await table.put({
    ...key,
    version: 1,
    data: event,
    list: lists.ofChange(at, order, event.id),
    ...(event.name === "feature.stage.changed" && !event.test && { due: dues.stageChange(at, order, event.id) }),
  });
  if (isNew || !MADE_BY_MANY.has(event.name)) return true;
  return (await table.get<HubEvent>(key.pk, key.sk))?.data.recordedAt === event.recordedAt;
};

/** Types of which many records make the very same event. */
const MADE_BY_MANY: ReadonlySet<EventName> = new Set(["survey.results.updated", "mapping.gap.detected"]);
