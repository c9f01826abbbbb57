import { setImmediate } from "node:timers/promises";
import { safeReason } from "../connector/errors.ts";
import type { FieldedKind } from "../domain/entity.ts";
import { isKind } from "../domain/entity.ts";
import type { HistoryEntry } from "../domain/history.ts";
import type { Instant } from "../domain/instant.ts";
import { kindOf } from "../domain/kind.ts";
import type { Fact } from "../domain/stage.ts";
import { factsOf } from "../lifecycle/facts.ts";
import type { FeedRecord, Table } from "../ports/table.ts";
import { entitiesById, everyOf, rowsUpTo, type StoredEntity, update } from "../store/entities.ts";
import { contributionKey, entityKey, entityOf, partition, sightsKey } from "../store/keys.ts";
import {
  contributionsOf,
  decisionOf,
  downwardOf,
  evidenceLine,
  type Said,
  setFacts,
  summaryOf,
  timelineOf,
} from "./contribute.ts";
import { coverageOf, sightsOf } from "./coverage.ts";
import { putCycleParts } from "./cycle-parts.ts";
import { hash } from "./entity-of.ts";
import type { Hub } from "./hub.ts";
import { identifyAccounts } from "./identify.ts";
import { linkedOf, NOTHING, type Projected, relink, setProjected } from "./relink.ts";
import { SAYS } from "./statements.ts";
import { isSeenAsBefore, putView } from "./view.ts";
import { putWords, vocabulary } from "./vocabulary.ts";

/** Kinds that speak about features. */
const SPEAKING: ReadonlySet<FieldedKind> = new Set([
  "workItem",
  "pullRequest",
  "review",
  "testRun",
  "deployment",
  "release",
  ...(Object.keys(SAYS) as FieldedKind[]),
]);

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
  let sightChanged = false;
  let cause: "sync" | "rule_change" = "rule_change";
  for (const record of records) {
    const id = entityOf(record.pk);
    if (id !== undefined && speaks(record)) {
      touched.add(id);
      if (!isRemapped(record)) cause = "sync";
    }
    if (record.pk.startsWith("C#") && becameComplete(record)) sightChanged = true;
  }
  if (touched.size === 0 && !sightChanged) return;

  const words = vocabulary(hub);
  const work: Work = { known: new Map(), done: new Map(), features: new Map(), waiting: 0 };
  const { recontribute, unmoved, seen, accounts } = await relinkAll(hub, touched, work, now);
  await identifyAccounts(hub, accounts);
  for (const id of await itemsOfNewWords(hub, seen)) unmoved.add(id);

  const done = new Set<string>();
  let wave = [...recontribute];
  while (wave.length > 0) {
    const next: string[] = [];
    for (const id of wave) {
      if (done.has(id)) continue;
      done.add(id);
      if (done.size % BREATHE_EVERY === 0) await setImmediate();
      if (await contribute(hub, id, words, work, true)) next.push(...(await downwardOf(table, id)));
    }
    wave = next;
  }
  for (const id of unmoved) {
    if (done.has(id)) continue;
    done.add(id);
    if (done.size % BREATHE_EVERY === 0) await setImmediate();
    await contribute(hub, id, words, work, false);
  }

  const sights = once(() => sightsOf(hub));
  for (const [id, task] of work.features) {
    await setImmediate();
    await putView(hub, id, { ...task, sights, words, cause, looksAnew: sightChanged });
  }
  if (sightChanged) {
    const all = await sights();
    for await (const { id } of everyOf(table, "feature")) {
      if (work.features.has(id) || (await isSeenAsBefore(table, id, all))) continue;
      await setImmediate();
      await putView(hub, id, { sights, words, cause: "sync", looksAnew: true });
    }
  }
  // What hangs below is noted before what it hangs on: whoever was not noted is found again by way of what is above.
  for (const [id, part] of [...work.done].reverse()) await setProjected(table, id, part);
};

/** What one call does: noted at its end only, so that a call that broke off is done again as a whole. */
interface Work {
  /** What was read of the records that came. */
  readonly known: Map<string, Known>;
  readonly done: Map<string, Partial<Projected>>;
  /** Whose views are derived anew, and what is first to be written of them. */
  readonly features: Map<string, { readonly said: Map<string, Said | undefined>; isItself?: boolean }>;
  /** Rows of facts not yet written. */
  waiting: number;
}

/** Rows of facts held at once; more are written before their features' turn comes. */
const WAIT_AT_MOST = 2000;

/** A record as it is stored, with its past and with what was last done for it. */
interface Known {
  readonly entity: StoredEntity;
  readonly history: readonly HistoryEntry[];
  readonly held: Projected;
}

const knownOf = async (table: Table, id: string, { known }: Work): Promise<Known | undefined> => {
  const already = known.get(id);
  if (already !== undefined) return already;
  let entity: StoredEntity | undefined;
  let held: Projected = NOTHING;
  const history: HistoryEntry[] = [];
  // A feature's past lies behind its facts, and only its view needs it.
  const rows =
    kindOf(id) === "feature"
      ? await table.getMany([entityKey(id), contributionKey(id)])
      : rowsUpTo(table, partition.ofEntity(id), "H~");
  for await (const { sk, data } of rows) {
    if (sk === "A") entity = data as StoredEntity;
    else if (sk === "C") held = { ...NOTHING, ...(data as Projected) };
    else if (sk.startsWith("H#")) history.push(data as HistoryEntry);
  }
  return entity && { entity, history, held };
};

const taskOf = ({ features }: Work, id: string) => {
  const task = features.get(id) ?? { said: new Map<string, Said | undefined>() };
  features.set(id, task);
  return task;
};

/** Names, pointers and links of what came; records whose links nothing can have changed are left alone. */
const relinkAll = async (hub: Hub, touched: ReadonlySet<string>, work: Work, now: Instant) => {
  const { table } = hub.ports;
  const recontribute = new Set<string>();
  const unmoved = new Set<string>();
  const seen = new Set<string>();
  const accounts = new Set<string>();
  let wave = [...touched];
  let isFirst = true;
  while (wave.length > 0) {
    const next = new Set<string>();
    for (const id of wave) {
      // Whoever was looked at before the name that it waits for was taken is looked at again.
      const isNew = !seen.has(id);
      seen.add(id);
      if (seen.size % BREATHE_EVERY === 0) await setImmediate();
      const known = await knownOf(table, id, work);
      if (known === undefined) continue;
      const { entity, held } = known;
      if (entity.kind === "account") accounts.add(id);
      if (entity.kind === "account" || entity.kind === "vocabulary") continue;
      if (isFirst) work.known.set(id, known);
      if (entity.kind === "feature") taskOf(work, id).isItself = true;
      if (entity.kind === "initiative")
        for (const below of await downwardOf(table, id))
          if (kindOf(below) === "feature") taskOf(work, below).isItself = true;
      if (isFirst && held.linked === linkedOf(entity)) {
        unmoved.add(id);
        continue;
      }
      const { done, affected } = await relink(table, entity, now, held, work.done.get(id));
      work.done.set(id, done);
      if (unmoved.delete(id) || isNew) for (const other of affected) next.add(other);
      // A commit or an issue may say a link of a pull request: whoever lies at its start contributes anew.
      for (const { from, type, to } of done.said) {
        recontribute.add(from);
        if (type === "parent_of") recontribute.add(to);
      }
      recontribute.add(id);
    }
    wave = [...next];
    isFirst = false;
  }
  return { recontribute, unmoved, seen, accounts };
};

const once = <Value>(read: () => Promise<Value>): (() => Promise<Value>) => {
  let held: Promise<Value> | undefined;
  return () => {
    held ??= read();
    return held;
  };
};

/** Features whose result time alone may have changed by now. */
export const projectDue = async (hub: Hub, now: Instant): Promise<number> => {
  const rows = await hub.ports.table.query<{ id: string }>({ pk: "T#features", by: "due", upTo: `${now}#~` });
  if (rows.length === 0) return 0;
  const sights = once(() => sightsOf(hub));
  const words = vocabulary(hub);
  let derived = 0;
  for (const { pk } of rows) {
    try {
      await putView(hub, entityOf(pk) ?? "", { sights, words, cause: "time", looksAnew: true });
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
  const sights = once(() => sightsOf(hub));
  const words = vocabulary(hub);
  for await (const { id } of everyOf(hub.ports.table, "feature"))
    await putView(hub, id, { sights, words, cause: "time", isItself: true, looksAnew: true });
};

/** Features of products of which more, or less, can be seen than at the last sweep: a source went stale or came back. */
export const projectSights = async (hub: Hub): Promise<number> => {
  const { table } = hub.ports;
  const sights = await sightsOf(hub);
  const seen = hash(hub.products.map(({ id }) => coverageOf(sights, [id])));
  const noted = await table.get<{ seen: string }>(sightsKey.pk, sightsKey.sk);
  if (noted?.data.seen === seen) return 0;
  const words = vocabulary(hub);
  let derived = 0;
  for await (const { id } of everyOf(table, "feature")) {
    if (await isSeenAsBefore(table, id, sights)) continue;
    await putView(hub, id, { sights: async () => sights, words, cause: "time", looksAnew: true });
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

/** Status words that came after items with a past in that status: their past is mapped anew. */
const itemsOfNewWords = async (hub: Hub, touched: ReadonlySet<string>): Promise<string[]> => {
  const words = [...touched].filter((id) => kindOf(id) === "vocabulary");
  if (words.length === 0) return [];
  const entities = await entitiesById(hub.ports.table, words);
  await putWords(
    hub.ports.table,
    [...entities.values()].filter((entity) => isKind(entity, "vocabulary")),
  );
  const connections = new Set([...entities.values()].map(({ source }) => source.connectionId));
  const ids: string[] = [];
  for await (const { id, source } of everyOf(hub.ports.table, "workItem"))
    if (connections.has(source.connectionId)) ids.push(id);
  return ids;
};

/**
 * Finds what a record says under each feature that it leads to.
 *
 * @param isMoved its links, or those above it, may lead elsewhere than they did
 * @returns whether the set of features changed
 */
const contribute = async (
  hub: Hub,
  id: string,
  words: ReturnType<typeof vocabulary>,
  work: Work,
  isMoved: boolean,
): Promise<boolean> => {
  const { table } = hub.ports;
  if (kindOf(id) === "feature") return false;
  const known = await knownOf(table, id, work);
  work.known.delete(id);
  if (known === undefined || !SPEAKING.has(known.entity.kind)) return false;
  const { entity, held } = known;
  const now = isMoved ? await contributionsOf(table, id) : held.features;
  const changed = JSON.stringify(held.features) !== JSON.stringify(now);
  const wanted = new Set(now.map(({ featureId }) => featureId));
  const say = async (featureId: string, said: Said | undefined) => {
    taskOf(work, featureId).said.set(id, said);
    work.waiting += 1;
    if (work.waiting >= WAIT_AT_MOST) await writeWaiting(table, work);
  };
  for (const { featureId } of held.features) if (!wanted.has(featureId)) await say(featureId, undefined);
  const history = isKind(entity, "workItem") ? known.history : [];
  if (isKind(entity, "workItem")) {
    const cycles = await putCycleParts(table, entity, history, held.cycles);
    if (cycles.join() !== held.cycles.join()) work.done.set(id, { ...work.done.get(id), cycles });
  }
  if (now.length > 0) {
    const timeline = timelineOf(entity, history);
    const statusOf = await words(entity.source.connectionId);
    const [item, decision] = [summaryOf(entity), decisionOf(entity)];
    const rest = { ...(item !== undefined && { item }), ...(decision !== undefined && { decision }) };
    for (const one of now) {
      const facts: Fact[] = factsOf({ entity, history }, one, { statusOf });
      await say(one.featureId, { line: evidenceLine(entity, one), facts, timeline, ...rest });
    }
  }
  if (changed) work.done.set(id, { ...work.done.get(id), features: now });
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
