import type { Instant } from "../domain/instant.ts";
import type { Because } from "../domain/stage.ts";
import { derive } from "../lifecycle/derive.ts";
import type { Hub } from "./hub.ts";
import { underOf } from "./under.ts";

/** Features whose facts are read at once. */
const AT_ONCE = 8;

/**
 * Why features stood where they did at a moment, by what is known of that moment today: the reasons that belong to the
 * path of their headline. A feature of which no facts are held has none.
 */
export const becauseAt = async (
  hub: Hub,
  ids: readonly string[],
  asOf: Instant,
): Promise<ReadonlyMap<string, readonly Because[]>> => {
  const { table, clock } = hub.ports;
  const knownAt = clock.now().toISOString();
  const reasons = async (id: string) => {
    const { feature, facts, view } = await underOf(table, id);
    const said = [...facts.values()].flatMap(({ data }) => (data.gone ? [] : data.facts));
    const coverage = view?.data.seen?.coverage;
    if (feature === undefined || coverage === undefined) return [id, []] as const;
    const rules = hub.rules.ofProducts(feature.productIds);
    return [id, derive(id, said, coverage, rules, { asOf, knownAt }).because] as const;
  };
  const found = new Map<string, readonly Because[]>();
  const wanted = [...new Set(ids)];
  for (let at = 0; at < wanted.length; at += AT_ONCE)
    for (const [id, because] of await Promise.all(wanted.slice(at, at + AT_ONCE).map(reasons))) found.set(id, because);
  return found;
};
