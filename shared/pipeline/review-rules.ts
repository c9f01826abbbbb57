import { isKind } from "../domain/entity.ts";
import { factsOf } from "../lifecycle/facts.ts";
import { entitiesById, everyOf, historyOf, rowsOf, update } from "../store/entities.ts";
import { factsKey, partition, rulesKey } from "../store/keys.ts";
import type { FactsRow } from "./contribute.ts";
import { sightsOf } from "./coverage.ts";
import type { Hub } from "./hub.ts";
import { once } from "./once.ts";
import { putView } from "./view.ts";
import { factsContext, vocabulary } from "./vocabulary.ts";

/** Under which rules features were last looked at, and how far a review of them got. */
export interface RulesInForce {
  readonly version: string;
  /** The config's own words, for whoever compares other rules with them. */
  readonly part?: unknown;
  /** The feature that was last looked at again; absent once all were. */
  readonly after?: string | undefined;
}

/** Features looked at again in one go: the next sweep goes on. */
const AT_ONCE = 200;

/**
 * After a change of the rules: looks at every feature again, from what is stored and without any vendor, a bounded
 * number at a time. What moves is told with the cause `rule_change`.
 *
 * @returns how many were looked at
 */
export const reviewRules = async (hub: Hub, atOnce = AT_ONCE): Promise<number> => {
  const { table } = hub.ports;
  const { version, part } = hub.rules;
  const held = (await table.get<RulesInForce>(rulesKey.pk, rulesKey.sk))?.data;
  if (held?.version === version && held.after === undefined) return 0;
  const isNew = held?.version !== version;
  if (isNew && held !== undefined) hub.log.info({}, "rules of stages changed: features are looked at again under them");
  const words = vocabulary(hub);
  const sights = once(() => sightsOf(hub));
  let after = isNew ? "" : (held.after ?? "");
  let looked = 0;
  let isComplete = true;
  for await (const { id } of everyOf(table, "feature")) {
    if (id <= after) continue;
    if (looked === atOnce) {
      isComplete = false;
      break;
    }
    await restateItems(hub, id, words);
    await putView(hub, id, { sights, words, cause: "rule_change", isItself: true, looksAnew: true });
    after = id;
    looked += 1;
  }
  await update<RulesInForce>(table, rulesKey, (row) => ({
    data: { ...row?.data, version, part, after: isComplete ? undefined : after },
  }));
  return looked;
};

/** Statuses and labels may enter other stages than they did: what work items say is said again. */
export const restateItems = async (
  hub: Hub,
  featureId: string,
  words: ReturnType<typeof vocabulary>,
): Promise<void> => {
  const { table } = hub.ports;
  const rows: FactsRow[] = [];
  for (const prefix of ["F#wrk_", "F#pul_"])
    for await (const { data } of rowsOf<FactsRow>(table, partition.ofEntity(featureId), prefix))
      if (!data.gone) rows.push(data);
  const entities = await entitiesById(
    table,
    rows.map(({ line }) => line.id),
  );
  for (const { line, facts: before } of rows) {
    const entity = entities.get(line.id);
    if (entity === undefined) continue;
    const history = isKind(entity, "workItem") ? await historyOf(table, entity.id) : [];
    const to = { featureId, confidence: line.confidence };
    const facts = factsOf({ entity, history }, to, await factsContext(hub, words, entity));
    if (JSON.stringify(facts) !== JSON.stringify(before))
      await update<FactsRow>(table, factsKey(featureId, line.id), (held) => held && { data: { ...held.data, facts } });
  }
};
