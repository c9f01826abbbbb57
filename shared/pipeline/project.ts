import { safeReason } from "../connector/errors.ts";
import { isKind } from "../domain/entity.ts";
import type { Instant } from "../domain/instant.ts";
import { kindOf } from "../domain/kind.ts";
import { type Ends, linkId } from "../domain/link.ts";
import { traceOf } from "../domain/trace.ts";
import type { FeedRecord } from "../ports/table.ts";
import { entitiesById, entityById, everyOf, type StoredEntity, update } from "../store/entities.ts";
import { entityOf, sightsKey } from "../store/keys.ts";
import { downwardOf } from "./contribute.ts";
import { sightsOf } from "./coverage.ts";
import { applyDecision, decidedIn } from "./decide.ts";
import { hash } from "./entity-of.ts";
import { putFlow } from "./flow-rows.ts";
import { breathe } from "./give-way.ts";
import { seenOf } from "./health-feeds.ts";
import type { Hub } from "./hub.ts";
import { identifyAccounts } from "./identify.ts";
import { calledAs } from "./namesakes.ts";
import { once } from "./once.ts";
import { setProjected, storedHome } from "./relink.ts";
import { relinkAll } from "./relink-all.ts";
import { peopleSay } from "./said.ts";
import { contribute, openWork, plansOn, taskOf, type Work } from "./spread.ts";
import { isSeenAsBefore, putView } from "./view.ts";
import { putWords, vocabulary } from "./vocabulary.ts";

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
  const traces = tracesIn(records);

  const work = openWork();
  for (const id of told) {
    const task = taskOf(work, id);
    for (const [record, said] of await peopleSay(hub, id)) task.said.set(record, said);
  }
  const decided = new Set<string>();
  for (const ends of decisions.values()) {
    await applyDecision(table, ends, now);
    for (const end of [ends.from, ends.to])
      if (kindOf(end) === "feature") taskOf(work, end).isItself = true;
      else decided.add(end);
  }
  const { recontribute, unmoved, seen, accounts } = await relinkAll(hub, touched, others, work, now);
  for (const id of decided) recontribute.add(id);
  await identifyAccounts(hub, accounts);
  for (const id of await itemsOfNewWords(hub, seen))
    if (kindOf(id) === "feature") taskOf(work, id).isItself = true;
    else unmoved.add(id);

  const words = vocabulary(hub);
  await contributeAll(hub, words, work, recontribute, unmoved);
  await putFlow(table, work.flow);
  for (const [id, { isItself = false }] of [...work.features]) {
    // What stands above a record counts for the feature that stands for it.
    const home = isItself ? (work.homes.has(id) ? work.homes.get(id) : await storedHome(table, id)) : undefined;
    if (home !== undefined) taskOf(work, home.featureId).isItself = true;
  }
  const sights = once(() => sightsOf(hub));
  const onlyDecided = touched.size === 0 && decisions.size > 0;
  for (const [id, task] of work.features) {
    await breathe();
    const home = work.homes.has(id) ? { is: work.homes.get(id) } : undefined;
    const isTheirs = told.has(id) || onlyDecided;
    const trace = isTheirs ? undefined : traces.of([id, ...task.said.keys()]);
    await putView(hub, id, {
      ...task,
      home,
      sights,
      words,
      cause: isTheirs ? "override" : cause,
      looksAnew: sightChanged,
      ...(trace !== undefined && { trace }),
    });
  }
  if (sightChanged) {
    const all = await sights();
    for await (const { id } of everyOf(table, "feature")) {
      if (work.features.has(id) || (await isSeenAsBefore(hub, id, all))) continue;
      await breathe();
      await putView(hub, id, { sights, words, cause: "sync", looksAnew: true });
    }
  }
  // What hangs below is noted before what it hangs on: whoever was not noted is found again by way of what is above.
  for (const [id, part] of [...work.done].reverse()) {
    await breathe();
    await setProjected(table, id, part);
  }
  const durationMs = clock.now().getTime() - Date.parse(now);
  hub.meter?.observe("projection_duration_seconds", {}, durationMs / 1000);
  hub.meter?.add("features_derived", {}, work.features.size);
  hub.log.info({ records: touched.size, written: work.features.size, trace: traces.only, durationMs }, "projected");
};

/** The payloads that records of the feed go back to. */
const tracesIn = (records: readonly FeedRecord[]) => {
  const byRecord = new Map<string, { readonly trace: string; readonly order: number }>();
  for (const [order, { pk, sk, after }] of records.entries()) {
    const id = entityOf(pk);
    const trace = sk === "A" ? traceOf((after.data as StoredEntity).rawRef) : undefined;
    if (id !== undefined && trace !== undefined) byRecord.set(id, { trace, order });
  }
  const [only, ...others] = new Set([...byRecord.values()].map(({ trace }) => trace));
  return {
    /** Of all of them, if it is one. */
    only: others.length === 0 ? only : undefined,
    /** Of the last that one of these came with; of none of them in particular, where all came with one. */
    of(ids: readonly string[]): string | undefined {
      const found = ids.flatMap((id) => byRecord.get(id) ?? []).toSorted((a, b) => b.order - a.order)[0];
      return found?.trace ?? this.only;
    },
  };
};

/** What every record says now: those whose links may lead elsewhere with all that hangs below them, then the others. */
const contributeAll = async (
  hub: Hub,
  words: ReturnType<typeof vocabulary>,
  work: Work,
  recontribute: ReadonlySet<string>,
  unmoved: ReadonlySet<string>,
): Promise<void> => {
  const { table } = hub.ports;
  const done = new Set<string>();
  const isPlan = (id: string) => kindOf(id) === "feature";
  // Features first: what others say is written where the feature stands.
  let wave = [...recontribute].sort((a, b) => Number(isPlan(b)) - Number(isPlan(a)));
  while (wave.length > 0) {
    const next: string[] = [];
    for (const id of wave) {
      if (done.has(id)) continue;
      done.add(id);
      await breathe();
      if (!(await contribute(hub, id, words, work, true))) continue;
      const below = await downwardOf(table, id);
      const plan = isPlan(id) ? await entityById(table, id) : undefined;
      const called = plan === undefined ? [] : await calledAs(table, plan);
      // What stands for a plan follows from links alone, and stays as it is; what is said of it follows where it stands.
      if (isPlan(id)) for (const other of [...below, ...called.filter((one) => !isPlan(one))]) done.delete(other);
      next.push(...below, ...called, ...(await plansOn(table, id)));
    }
    wave = next;
  }
  for (const id of unmoved) {
    if (done.has(id)) continue;
    done.add(id);
    await breathe();
    await contribute(hub, id, words, work, false);
  }
};

/** A record of a plan that came, went, or turned into another kind of plan: it may now stand for others, or no more. */
const isOtherPlan = ({ sk, before, after }: FeedRecord): boolean => {
  if (sk !== "A" || kindOf((after.data as StoredEntity).id) !== "feature") return false;
  const [was, is] = [before?.data as StoredEntity<"feature"> | undefined, after.data as StoredEntity<"feature">];
  return was?.presence.state !== is.presence.state || was.fields.type !== is.fields.type;
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
  const seen = hash(hub.products.map(({ id }) => seenOf(hub, sights, [id])));
  const noted = await table.get<{ seen: string }>(sightsKey.pk, sightsKey.sk);
  if (noted?.data.seen === seen) return 0;
  const words = vocabulary(hub);
  let derived = 0;
  for await (const { id } of everyOf(table, "feature")) {
    if (await isSeenAsBefore(hub, id, sights)) continue;
    await putView(hub, id, { sights: async () => sights, words, cause: "time", looksAnew: true });
    derived += 1;
  }
  await update<{ seen: string }>(table, sightsKey, (held) => ({ data: { ...held?.data, seen } }));
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

/** Status words that came after items with a past in that status: their past is mapped anew, and features show the name of today. */
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
  for (const kind of ["workItem", "feature"] as const)
    for await (const { id, source } of everyOf(hub.ports.table, kind))
      if (connections.has(source.connectionId)) ids.push(id);
  return ids;
};
