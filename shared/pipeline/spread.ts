import type { FieldedKind } from "../domain/entity.ts";
import { isKind } from "../domain/entity.ts";
import type { HistoryEntry } from "../domain/history.ts";
import { kindOf } from "../domain/kind.ts";
import type { Fact } from "../domain/stage.ts";
import { factsOf } from "../lifecycle/facts.ts";
import type { Table } from "../ports/table.ts";
import { historyOf, linksOf, rowsOf, rowsUpTo, type StoredEntity } from "../store/entities.ts";
import { entriesIn, inOrder } from "../store/history-rows.ts";
import { contributionKey, entityKey, partition } from "../store/keys.ts";
import { contributionsOf, decisionOf, evidenceLine, type Said, setFacts, summaryOf } from "./contribute.ts";
import { countedCustomer } from "./customers.ts";
import { putCycleParts } from "./cycle-parts.ts";
import { hash } from "./entity-of.ts";
import { type FlowChanges, flowRecordOf, formerSaid, noteFlow } from "./flow-rows.ts";
import type { Hub } from "./hub.ts";
import { doubted } from "./namesakes.ts";
import { type Contribution, NOTHING, type Projected, storedHome } from "./relink.ts";
import { homeOf } from "./same-feature.ts";
import { SAYS } from "./statements.ts";
import { suggestMentioned } from "./suggest.ts";
import { suggestNamed } from "./suggest-names.ts";
import { timelineOf } from "./timeline.ts";
import { factsContext, type vocabulary } from "./vocabulary.ts";

/** Kinds that speak about features. */
const SPEAKING: ReadonlySet<FieldedKind> = new Set([
  "feature",
  "workItem",
  "pullRequest",
  "review",
  "testRun",
  "deployment",
  "release",
  ...(Object.keys(SAYS) as FieldedKind[]),
]);

/** Kinds of which more than the present speaks. */
const WITH_PAST: ReadonlySet<FieldedKind> = new Set(["feature", "workItem", "design"]);

/** What one call of projection does: noted at its end only, so that a call that broke off is done again as a whole. */
export interface Work {
  /** What was read of the records that came. */
  readonly known: Map<string, Known>;
  readonly done: Map<string, Partial<Projected>>;
  /** Whose views are derived anew, and what is first to be written of them. */
  readonly features: Map<string, FeatureTask>;
  /** Lines of products' weeks that came, changed or went. */
  readonly flow: FlowChanges;
  /** Records of plans that were looked at, each with the feature that stands for it. */
  readonly homes: Map<string, Contribution | undefined>;
  /** Rows of facts not yet written. */
  waiting: number;
}

interface FeatureTask {
  readonly said: Map<string, Said | undefined>;
  /** Its own record, its links or what is above it changed. */
  isItself?: boolean;
}

export const openWork = (): Work => ({
  known: new Map(),
  done: new Map(),
  features: new Map(),
  flow: new Map(),
  homes: new Map(),
  waiting: 0,
});

export const taskOf = ({ features }: Work, id: string): FeatureTask => {
  const task = features.get(id) ?? { said: new Map<string, Said | undefined>() };
  features.set(id, task);
  return task;
};

/** Rows of facts held at once; more are written before their features' turn comes. */
const WAIT_AT_MOST = 2000;

/** A record as it is stored, with its past and with what was last done for it. */
export interface Known {
  readonly entity: StoredEntity;
  readonly history: readonly HistoryEntry[];
  readonly held: Projected;
}

/** One read of a record; of a feature without its past, which lies behind its facts. */
export const knownOf = async (table: Table, id: string, { known }: Work): Promise<Known | undefined> => {
  const already = known.get(id);
  if (already !== undefined) return already;
  let entity: StoredEntity | undefined;
  let held: Projected = NOTHING;
  const history: HistoryEntry[] = [];
  const rows =
    kindOf(id) === "feature"
      ? await table.getMany([entityKey(id), contributionKey(id)])
      : rowsUpTo(table, partition.ofEntity(id), "H~");
  for await (const { sk, data } of rows) {
    if (sk === "A") entity = data as StoredEntity;
    else if (sk === "C") held = { ...NOTHING, ...(data as Projected) };
    else if (sk.startsWith("H#")) history.push(...entriesIn(data));
  }
  return entity && { entity, history: inOrder(history), held };
};

/** Records of plans that name an item of a feature. */
export const plansBelow = async (table: Table, featureId: string): Promise<string[]> => {
  const found: string[] = [];
  for await (const { sk } of rowsOf(table, partition.ofEntity(featureId), "F#wrk_"))
    found.push(...(await plansOn(table, sk.slice("F#".length))));
  return found;
};

/** Records of plans that name an item: where it belongs, they do. */
export const plansOn = async (table: Table, id: string): Promise<string[]> =>
  kindOf(id) === "workItem"
    ? (await linksOf(table, id, "in", "relates_to")).flatMap(({ from }) => (kindOf(from) === "feature" ? [from] : []))
    : [];

/** The feature that stands for a record of a plan, as this call or an earlier one found it. */
const homeIn = async (table: Table, id: string, { homes }: Work): Promise<Contribution | undefined> =>
  homes.has(id) ? homes.get(id) : storedHome(table, id);

/** The features that a record speaks about, each where it stands. */
const spokenOf = async (hub: Hub, entity: StoredEntity, work: Work): Promise<readonly Contribution[]> => {
  const { table } = hub.ports;
  const { id } = entity;
  if (kindOf(id) === "feature") {
    const home = await homeOf(hub, id);
    work.homes.set(id, home);
    return home === undefined ? [] : [home];
  }
  const found = new Map<string, Contribution>();
  for (const one of await contributionsOf(table, id)) {
    const home = await homeIn(table, one.featureId, work);
    const there =
      home === undefined ? one : { ...one, featureId: home.featureId, confidence: one.confidence * home.confidence };
    if (there.confidence > (found.get(there.featureId)?.confidence ?? 0)) found.set(there.featureId, there);
  }
  const all = [...found.values()].sort((a, b) => (a.featureId < b.featureId ? -1 : 1));
  return doubted(table, entity, all, (plan) => homeIn(table, plan, work));
};

/**
 * Finds what a record says under each feature that it leads to.
 *
 * @param isMoved its links, or those above it, may lead elsewhere than they did
 * @returns whether the set of features changed
 */
export const contribute = async (
  hub: Hub,
  id: string,
  words: ReturnType<typeof vocabulary>,
  work: Work,
  isMoved: boolean,
): Promise<boolean> => {
  const { table } = hub.ports;
  const known = await knownOf(table, id, work);
  work.known.delete(id);
  if (known === undefined || !SPEAKING.has(known.entity.kind)) return false;
  const { entity, held } = known;
  const note = (part: Partial<Projected>) => work.done.set(id, { ...work.done.get(id), ...part });
  const now = isMoved ? await spokenOf(hub, entity, work) : held.features;
  const changed = JSON.stringify(held.features) !== JSON.stringify(now);
  const wanted = new Set(now.map(({ featureId }) => featureId));
  const history = !WITH_PAST.has(entity.kind)
    ? []
    : entity.kind === "feature"
      ? await historyOf(table, id)
      : known.history;
  const say = async (featureId: string, said: Said | undefined) => {
    const task = taskOf(work, featureId);
    task.said.set(id, said);
    // What stands above a record of a plan counts for the feature that stands for it.
    if (entity.kind === "feature") task.isItself = true;
    work.waiting += 1;
    if (work.waiting >= WAIT_AT_MOST) await writeWaiting(table, work);
  };
  for (const { featureId } of held.features) if (!wanted.has(featureId)) await say(featureId, undefined);
  if (isKind(entity, "workItem")) {
    const cycles = await putCycleParts(table, entity, history, held.cycles);
    if (cycles.join() !== held.cycles.join()) note({ cycles });
  }
  const context = await factsContext(hub, words, entity);
  const record = await flowRecordOf(table, entity, history, context.statusOf);
  const counted = hash([record ?? null, entity.productIds]);
  if (held.counted !== counted) note({ flow: noteFlow(work.flow, entity, record, held.flow), counted });
  if (isKind(entity, "workItem") && record?.kind === "item")
    for (const [former, said] of await formerSaid(table, entity, history, record, wanted)) await say(former, said);
  if (now.length > 0) {
    const [item, decision] = [summaryOf(entity), decisionOf(entity)];
    const same = {
      timeline: timelineOf(entity, history),
      ...(record && { flow: record }),
      ...(item !== undefined && { item }),
      ...(decision !== undefined && { decision }),
    };
    const counted = await countedCustomer(table, entity);
    for (const one of now) {
      const facts: Fact[] = factsOf({ entity, history }, one, { ...context, customerId: counted?.id });
      const via = counted?.as === undefined ? one.via : `${one.via}; ${counted.as}`;
      await say(one.featureId, { line: evidenceLine(entity, { ...one, via }), facts, ...same });
    }
  }
  if (changed) note({ features: now });
  if (changed && entity.kind === "feature") taskOf(work, id).isItself = true;
  const isPlaced = now.some(({ isMisnamed }) => isMisnamed !== true);
  const named = await suggestNamed(table, entity, isPlaced, work.done.get(id)?.words ?? held.words);
  if (named !== undefined) note({ words: named });
  const links = isMoved ? [...held.said, ...(work.done.get(id)?.said ?? [])] : [];
  if (links.some(({ from, type }) => from === id && type === "mentions")) await suggestMentioned(table, entity);
  return changed;
};

/** Writes facts of features before their turn, so that a change of very many records holds no more than so many. */
const writeWaiting = async (table: Table, work: Work): Promise<void> => {
  for (const [featureId, { said }] of work.features) {
    for (const [recordId, one] of said) await setFacts(table, featureId, recordId, one);
    said.clear();
  }
  work.waiting = 0;
};
