import { setImmediate } from "node:timers/promises";
import { safeReason } from "../connector/errors.ts";
import type { FieldedKind } from "../domain/entity.ts";
import { isKind } from "../domain/entity.ts";
import type { Instant } from "../domain/instant.ts";
import { kindOf } from "../domain/kind.ts";
import { type Ends, linkId } from "../domain/link.ts";
import type { Fact } from "../domain/stage.ts";
import { factsOf } from "../lifecycle/facts.ts";
import type { FeedRecord, Table } from "../ports/table.ts";
import {
  entitiesById,
  entityById,
  everyOf,
  historyOf,
  linksOf,
  rowsOf,
  type StoredEntity,
  update,
} from "../store/entities.ts";
import { entityOf, partition, sightsKey } from "../store/keys.ts";
import { putSearchWords } from "../store/search.ts";
import { contributionsOf, downwardOf, evidenceLine, putFacts } from "./contribute.ts";
import { sightsOf } from "./coverage.ts";
import { putCycleParts } from "./cycle-parts.ts";
import { applyDecision, decidedIn } from "./decide.ts";
import { hash } from "./entity-of.ts";
import { type FlowChanges, flowRecordOf, noteFlow, putFlow, putFormer } from "./flow-rows.ts";
import { seenOf } from "./health-feeds.ts";
import type { Hub } from "./hub.ts";
import { identifyAccounts } from "./identify.ts";
import { type Contribution, type Projected, projectedOf, relink, setProjected, storedHome } from "./relink.ts";
import { putSaid } from "./said.ts";
import { homeOf, neighboursOf } from "./same-feature.ts";
import { SAYS } from "./statements.ts";
import { suggestMentioned } from "./suggest.ts";
import { linkedByNow, suggestNamed } from "./suggest-names.ts";
import { timelineOf } from "./timeline.ts";
import { isSeenAsBefore, putView } from "./view.ts";
import { factsContext, vocabulary } from "./vocabulary.ts";

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

/** After so many entities, others in the process get their turn: the embedded store never waits for anything itself. */
const BREATHE_EVERY = 20;

/**
 * Change feed to lifecycle: names, links, persons, what each record contributes, then each touched feature once.
 * Any order and any repetition of records give the same rows; a row that would not change is not written.
 */
export const project = async (hub: Hub, records: readonly FeedRecord[]): Promise<void> => {
  const { table, clock } = hub.ports;
  const now = clock.now().toISOString();
  const touched = new Set<string>();
  const others = new Set<string>();
  const told = new Set<string>();
  const decisions = new Map<string, Ends>();
  let sightChanged = false;
  let cause: "sync" | "rule_change" = "rule_change";
  for (const record of records) {
    const id = entityOf(record.pk);
    if (id !== undefined && isSaid(record)) told.add(id);
    const ends = decidedIn(record);
    if (ends !== undefined) decisions.set(linkId(ends), ends);
    if (id !== undefined && speaks(record)) {
      touched.add(id);
      if (isOtherPlan(record)) others.add(id);
      if (!isRemapped(record)) cause = "sync";
    }
    if (record.pk.startsWith("C#") && becameComplete(record)) sightChanged = true;
  }
  if (touched.size + told.size + decisions.size === 0 && !sightChanged) return;

  const features = new Set<string>(told);
  const recontribute = new Set<string>();
  for (const id of told) await putSaid(hub, id);
  for (const ends of decisions.values()) {
    await applyDecision(table, ends, now);
    for (const end of [ends.from, ends.to]) (kindOf(end) === "feature" ? features : recontribute).add(end);
  }
  const relinked = new Set<string>();
  const accounts = new Set<string>();
  const work: Work = { done: new Map(), features, flow: new Map(), homes: new Map() };
  let wave = [...touched];
  while (wave.length > 0) {
    const next = new Set<string>();
    for (const id of wave) {
      // Whoever was looked at before the name that it waits for was taken is looked at again.
      const isFirst = !relinked.has(id);
      relinked.add(id);
      if (relinked.size % BREATHE_EVERY === 0) await setImmediate();
      const entity = await entityById(table, id);
      if (entity?.kind === "account") accounts.add(id);
      if (entity === undefined || entity.kind === "account" || entity.kind === "vocabulary") continue;
      if (isFirst) await putSearchWords(table, entity);
      if (entity.kind === "feature") {
        features.add(id);
        for (const other of await neighboursOf(hub, id)) recontribute.add(other);
        if (others.has(id)) for (const other of await plansBelow(table, id)) recontribute.add(other);
      }
      if (entity.kind === "initiative" || entity.kind === "objective")
        for (const below of await downwardOf(table, id)) if (kindOf(below) === "feature") features.add(below);
      const { done, affected } = await relink(table, entity, now, work.done.get(id));
      const named = isFirst && entity.kind === "feature" ? await suggestNamed(table, entity, false) : undefined;
      if (entity.kind === "feature") await linkedByNow(table, done.said);
      work.done.set(id, { ...work.done.get(id), ...done, ...(named && { words: named }) });
      if (isFirst) for (const other of affected) next.add(other);
      // A commit or an issue may say a link of a pull request: whoever lies at its start contributes anew.
      for (const { from } of done.said) recontribute.add(from);
      // Whether two records of plans are one feature is decided from the links of both.
      if (entity.kind === "feature")
        for (const { from, to } of [...done.said, ...(await projectedOf(table, id)).said])
          for (const end of [from, to]) if (kindOf(end) === "feature") recontribute.add(end);
      recontribute.add(id);
    }
    wave = [...next];
  }
  await identifyAccounts(hub, accounts);
  for (const id of await itemsOfNewWords(hub, relinked)) recontribute.add(id);

  const words = vocabulary(hub);
  const done = new Set<string>();
  const isPlan = (id: string) => kindOf(id) === "feature";
  // Features first: what others say is written where the feature stands.
  wave = [...recontribute].sort((a, b) => Number(isPlan(b)) - Number(isPlan(a)));
  while (wave.length > 0) {
    const next: string[] = [];
    for (const id of wave) {
      if (done.has(id)) continue;
      done.add(id);
      if (done.size % BREATHE_EVERY === 0) await setImmediate();
      if (!(await contribute(hub, id, words, work))) continue;
      const below = await downwardOf(table, id);
      if (isPlan(id)) for (const other of below) done.delete(other);
      next.push(...below, ...(await plansOn(table, id)));
    }
    wave = next;
  }
  await putFlow(table, work.flow);
  const sights = await sightsOf(hub);
  for (const id of [...features]) {
    const home = await homeIn(table, id, work);
    if (home !== undefined) features.add(home.featureId);
  }
  for (const id of features) {
    await setImmediate();
    const isTheirs = told.has(id) || (touched.size === 0 && decisions.size > 0);
    await putView(hub, id, sights, words, isTheirs ? "override" : cause, (one) => homeIn(table, one, work));
  }
  if (sightChanged) {
    for await (const { id } of everyOf(table, "feature")) {
      if (features.has(id) || (await isSeenAsBefore(hub, id, sights))) continue;
      await setImmediate();
      await putView(hub, id, sights, words, "sync");
    }
  }
  for (const [id, part] of work.done) await setProjected(table, id, part);
};

/** What one call does: noted at its end only, so that a call that broke off is done again as a whole. */
interface Work {
  readonly done: Map<string, Partial<Projected>>;
  /** Whose views are derived anew. */
  readonly features: Set<string>;
  /** Lines of products' weeks that came, changed or went. */
  readonly flow: FlowChanges;
  /** Records of plans that were looked at, each with the feature that stands for it. */
  readonly homes: Map<string, Contribution | undefined>;
}

/** The feature that stands for a record of a plan, as this call or an earlier one found it. */
const homeIn = async (table: Table, id: string, { homes }: Work): Promise<Contribution | undefined> =>
  homes.has(id) ? homes.get(id) : storedHome(table, id);

/** A record of a plan that came, went, or turned into another kind of plan: it may now stand for others, or no more. */
const isOtherPlan = ({ sk, before, after }: FeedRecord): boolean => {
  if (sk !== "A" || kindOf((after.data as StoredEntity).id) !== "feature") return false;
  const [was, is] = [before?.data as StoredEntity<"feature"> | undefined, after.data as StoredEntity<"feature">];
  return was?.presence.state !== is.presence.state || was.fields.type !== is.fields.type;
};

/** Records of plans that name an item of a feature. */
const plansBelow = async (table: Table, featureId: string): Promise<string[]> => {
  const found: string[] = [];
  for await (const { sk } of rowsOf(table, partition.ofEntity(featureId), "F#wrk_"))
    found.push(...(await plansOn(table, sk.slice("F#".length))));
  return found;
};

/** Records of plans that name an item: where it belongs, they do. */
const plansOn = async (table: Table, id: string): Promise<string[]> =>
  kindOf(id) === "workItem"
    ? (await linksOf(table, id, "in", "relates_to")).flatMap(({ from }) => (kindOf(from) === "feature" ? [from] : []))
    : [];

/** The features that a record speaks about, each where it stands. */
const spokenOf = async (hub: Hub, id: string, work: Work): Promise<readonly Contribution[]> => {
  const { table } = hub.ports;
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
  return [...found.values()].sort((a, b) => (a.featureId < b.featureId ? -1 : 1));
};

/** Features whose result time alone may have changed by now. */
export const projectDue = async (hub: Hub, now: Instant): Promise<number> => {
  const rows = await hub.ports.table.query<{ id: string }>({ pk: "T#features", by: "due", upTo: `${now}#~` });
  if (rows.length === 0) return 0;
  const sights = await sightsOf(hub);
  const words = vocabulary(hub);
  let derived = 0;
  for (const { pk } of rows) {
    try {
      await putView(hub, entityOf(pk) ?? "", sights, words, "time");
      derived += 1;
    } catch (error) {
      // One feature must not keep the others waiting for good.
      hub.log.warn({ entity: entityOf(pk), code: "internal_error", reason: safeReason(error) }, "not derived");
    }
  }
  return derived;
};

/** Every feature anew, for whoever compares one mapping with another. */
export const projectAll = async (hub: Hub): Promise<void> => {
  const sights = await sightsOf(hub);
  const words = vocabulary(hub);
  for await (const { id } of everyOf(hub.ports.table, "feature")) await putView(hub, id, sights, words, "time");
};

/** Features of products of which more, or less, can be seen than at the last sweep: a source went stale or came back. */
export const projectSights = async (hub: Hub): Promise<number> => {
  const { table } = hub.ports;
  const sights = await sightsOf(hub);
  const seen = hash(hub.products.map(({ id }) => seenOf(hub, sights, [id])));
  const noted = await table.get<{ seen: string }>(sightsKey.pk, sightsKey.sk);
  if (noted?.data.seen === seen) return 0;
  const words = vocabulary(hub);
  let derived = 0;
  for await (const { id } of everyOf(table, "feature")) {
    if (await isSeenAsBefore(hub, id, sights)) continue;
    await putView(hub, id, sights, words, "time");
    derived += 1;
  }
  await update<{ seen: string }>(table, sightsKey, () => ({ data: { seen } }));
  return derived;
};

/** Entities whose content or mapping changed, and entries of their past. Notes of publication and rows of ours are neither. */
const speaks = (record: FeedRecord): boolean => {
  const { sk, before, after } = record;
  if (sk.startsWith("H#")) return true;
  if (sk !== "A") return false;
  return (
    (before?.data as StoredEntity | undefined)?.version !== (after.data as StoredEntity).version || isRemapped(record)
  );
};

/** What people said of a feature here. */
const isSaid = ({ pk, sk }: FeedRecord): boolean =>
  kindOf(entityOf(pk) ?? "") === "feature" && (sk === "S" || sk.startsWith("U#"));

/** What the tool said is the same; a newer mapping read it, and may read its past differently. */
const isRemapped = ({ sk, before, after }: FeedRecord): boolean => {
  if (sk !== "A" || before === undefined) return false;
  const [was, is] = [before.data as StoredEntity, after.data as StoredEntity];
  return was.contentHash === is.contentHash && was.mappingVersion !== is.mappingVersion;
};

const becameComplete = ({ before, after }: FeedRecord): boolean => {
  const complete = (data: unknown) =>
    typeof data === "object" && data !== null && "firstCompletedAt" in data && data.firstCompletedAt !== undefined;
  return complete(after.data) && !complete(before?.data);
};

/** A status word that came after items with a past in that status: their past is mapped anew. */
const itemsOfNewWords = async (hub: Hub, touched: ReadonlySet<string>): Promise<string[]> => {
  const words = [...touched].filter((id) => kindOf(id) === "vocabulary");
  if (words.length === 0) return [];
  const entities = await entitiesById(hub.ports.table, words);
  const connections = new Set([...entities.values()].map(({ source }) => source.connectionId));
  const ids: string[] = [];
  for await (const { id, source } of everyOf(hub.ports.table, "workItem"))
    if (connections.has(source.connectionId)) ids.push(id);
  return ids;
};

/** Writes what a record says under each feature that it leads to. @returns whether the set of features changed */
const contribute = async (hub: Hub, id: string, words: ReturnType<typeof vocabulary>, work: Work): Promise<boolean> => {
  const { done, features, flow } = work;
  const { table } = hub.ports;
  const entity = await entityById(table, id);
  if (entity === undefined) return false;
  if (!SPEAKING.has(entity.kind)) return false;
  const held = await projectedOf(table, id);
  const now = await spokenOf(hub, id, work);
  const changed = JSON.stringify(held.features) !== JSON.stringify(now);
  const wanted = new Set(now.map(({ featureId }) => featureId));
  for (const { featureId } of held.features) {
    if (wanted.has(featureId)) continue;
    await putFacts(table, featureId, id, undefined);
    features.add(featureId);
  }
  const history = WITH_PAST.has(entity.kind) ? await historyOf(table, id) : [];
  if (isKind(entity, "workItem"))
    done.set(id, { ...done.get(id), cycles: await putCycleParts(table, entity, history, held.cycles) });
  const statusOf = await words(entity.source.connectionId);
  const record = await flowRecordOf(table, entity, history, statusOf);
  done.set(id, { ...done.get(id), flow: noteFlow(flow, entity, record, held.flow) });
  if (isKind(entity, "workItem") && record?.kind === "item")
    for (const former of await putFormer(table, entity, history, record, wanted)) features.add(former);
  if (now.length > 0) {
    const timeline = timelineOf(entity, history);
    const context = await factsContext(hub, words, entity);
    for (const one of now) {
      const facts: Fact[] = factsOf({ entity, history }, one, context);
      const row = { gone: false, line: evidenceLine(entity, one), facts, timeline, ...(record && { flow: record }) };
      await putFacts(table, one.featureId, id, row);
      features.add(one.featureId);
    }
  }
  if (changed) done.set(id, { ...done.get(id), features: now });
  if (changed && entity.kind === "feature") features.add(id);
  const named = await suggestNamed(table, entity, now.length > 0);
  if (named !== undefined) done.set(id, { ...done.get(id), words: named });
  const said = [...held.said, ...(done.get(id)?.said ?? [])];
  if (said.some(({ from, type }) => from === id && type === "mentions")) await suggestMentioned(table, entity);
  return changed;
};
