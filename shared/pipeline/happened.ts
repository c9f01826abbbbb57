import { type Entity, nameOf } from "../domain/entity.ts";
import type { EventData, EventName, HubEvent } from "../domain/event.ts";
import { hash } from "./entity-of.ts";

/** To what it happened, and when. */
export interface When {
  readonly subject: string;
  readonly sequence: number;
  readonly time: string;
  readonly recordedAt: string;
}

/** What happened, as an event whose id follows from it. */
export const happened = <N extends EventName>(name: N, when: When, data: EventData<N>): HubEvent<N> => ({
  id: `evt_${hash([name, when.subject, when.sequence]).slice(0, 26)}`,
  name,
  ...when,
  data,
});

export const named = (entity: Entity) => ({
  id: entity.id,
  ...(entity.source.key !== undefined && { key: entity.source.key }),
  name: nameOf(entity),
  url: entity.source.url,
});

const DAY_MS = 24 * 60 * 60 * 1000;

/** Whether we learnt of it as it happened: the past that a first read brings is no news. */
export const isNews = (at: string | undefined, learntAt: string): boolean =>
  at === undefined || Date.parse(learntAt) - Date.parse(at) < DAY_MS;

export const changedFields = (was: object, is: object): string[] => {
  const [old, now] = [was as Record<string, unknown>, is as Record<string, unknown>];
  return [...new Set([...Object.keys(old), ...Object.keys(now)])]
    .filter((key) => JSON.stringify(old[key]) !== JSON.stringify(now[key]))
    .sort();
};
