import { type Distinct, sizeOf, withMembers } from "../domain/distinct.ts";
import type { Fields, Occurrence } from "../domain/entity.ts";
import type { StoredEntity } from "../store/entities.ts";
import { update } from "../store/entities.ts";
import { tallyKey } from "../store/keys.ts";
import type { Hub } from "./hub.ts";

/** What is kept of a day of one metric: enough to count each occurrence once. */
interface Tally {
  readonly occurrences: Distinct;
  /** Registers only: nobody who did it can be read from them. */
  readonly people?: Distinct | undefined;
}

type Point = NonNullable<Fields<"metric">["points"]>[number];

/** Up to so many occurrences of a day the count is exact. */
export const EXACT_TO = 300;
/** What comes later than this behind the last of its day is no longer counted, since the day could not tell a repeat from news. */
const MEMORY_SECONDS = 90 * 86_400;
/** As many as the model holds. */
const POINTS_AT_MOST = 2000;

/** Counts an occurrence among those of its day, once however often it comes. @returns the day as it counts now */
export const tally = async (hub: Hub, metric: string, { day, id, by }: Occurrence): Promise<Point> => {
  const expiresAt = Math.floor(hub.ports.clock.now().getTime() / 1000) + MEMORY_SECONDS;
  let now: Tally | undefined;
  await update<Tally>(hub.ports.table, tallyKey(metric, day), (held) => {
    now = {
      ...held?.data,
      occurrences: withMembers(held?.data.occurrences, [id], EXACT_TO),
      people: by === undefined ? held?.data.people : withMembers(held?.data.people, [by], 0),
    };
    return JSON.stringify(now) === JSON.stringify(held?.data) ? undefined : { data: now, expiresAt };
  });
  return {
    at: day,
    value: now === undefined ? 0 : sizeOf(now.occurrences, EXACT_TO),
    ...(now?.people !== undefined && { n: sizeOf(now.people, 0) }),
  };
};

/**
 * A metric with that day and with the days that it has already. Of two counts of a day the larger is the later one:
 * sets only grow.
 */
export const withPoint = (
  next: StoredEntity,
  held: StoredEntity | undefined,
  point: Point | undefined,
): StoredEntity => {
  const days = new Map<string, Point>();
  const pointsOf = (entity: StoredEntity | undefined) => (entity as StoredEntity<"metric"> | undefined)?.fields.points;
  for (const one of [...(pointsOf(held) ?? []), ...(point === undefined ? [] : [point])]) {
    const known = days.get(one.at);
    const n = Math.max(known?.n ?? 0, one.n ?? 0);
    days.set(one.at, { ...one, value: Math.max(known?.value ?? 0, one.value), ...(n > 0 && { n }) });
  }
  const points = [...days.values()].sort((a, b) => (a.at < b.at ? -1 : 1)).slice(-POINTS_AT_MOST);
  return { ...next, fields: { ...next.fields, points } } as StoredEntity;
};
