import type { Entity } from "../domain/entity.ts";
import type { EventData, HubEvent } from "../domain/event.ts";
import type { StoredEntity } from "../store/entities.ts";
import { happened, named, type When } from "./happened.ts";
import type { Hub } from "./hub.ts";

type Metric = StoredEntity & Entity<"metric">;

/** Beyond which a metric is worth telling of. */
export interface Limit {
  readonly above?: number | undefined;
  readonly below?: number | undefined;
}

/** What the newest full points of a metric mean under the limits of the config. One noisy point crosses nothing. */
export const thresholdEvents = (
  configured: Hub["events"],
  was: Metric | undefined,
  is: Metric,
  when: When,
  common: Pick<EventData<"metric.threshold.crossed">, "productIds" | "cause">,
): HubEvent[] => {
  const limit = limitOf(configured, is);
  if (limit === undefined || was === undefined) return [];
  const [before, after] = [lastTwo(was), lastTwo(is)];
  if (before.length < 2 || after.length < 2) return [];
  const crosses = (side: "above" | "below", at: number) => {
    const isBeyond = ({ value }: { readonly value: number }) => (side === "above" ? value > at : value < at);
    return after.every(isBeyond) && !before.every(isBeyond);
  };
  return (["above", "below"] as const).flatMap((side) => {
    const at = limit[side];
    if (at === undefined || !crosses(side, at)) return [];
    return [
      happened("metric.threshold.crossed", when, { metric: named(is), limit: at, side, points: after, ...common }),
    ];
  });
};

/** Named in the config as `connection:metric`, the metric by its name, key or id in the tool. */
const limitOf = (configured: Hub["events"], { source, fields }: Metric): Limit | undefined => {
  const connection = source.connectionId.replace(/^con_/, "");
  return [fields.name, fields.key, source.key, source.externalId]
    .flatMap((name) => (name === undefined ? [] : [configured?.limits.get(`${connection}:${name}`)]))
    .find((limit) => limit !== undefined);
};

/** Of all people, and of intervals that are over. */
const lastTwo = ({ fields }: Metric): { at: string; value: number }[] =>
  (fields.points ?? [])
    .filter(({ segment, isPartial }) => segment === undefined && isPartial !== true)
    .slice(-2)
    .map(({ at, value }) => ({ at, value }));
