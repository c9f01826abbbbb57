import { runs } from "../domain/assertion.ts";
import { createdAt, type Entity, nameOf } from "../domain/entity.ts";
import type { HistoryEntry } from "../domain/history.ts";
import type { Instant } from "../domain/instant.ts";
import { kindOf } from "../domain/kind.ts";
import type { Explanation, Fact } from "../domain/stage.ts";
import { promiseOf } from "../domain/target-moves.ts";
import { derive } from "../lifecycle/derive.ts";
import { factsOf } from "../lifecycle/facts.ts";
import type { WorkItemSummary } from "../lifecycle/health/input.ts";
import { type Health, healthOf } from "../lifecycle/health.ts";
import { lastDeclared } from "../lifecycle/said-facts.ts";
import type { Row, Table } from "../ports/table.ts";
import { boardPlace } from "../store/board-place.ts";
import { entitiesById, entityById, linksOf, type StoredEntity } from "../store/entities.ts";
import { dues, lists, pastViewKey, viewKey } from "../store/keys.ts";
import { type PastView, stepOf } from "../store/past.ts";
import { putRecency } from "../store/recent-features.ts";
import type { FeatureView } from "../store/views.ts";
import { evidenceLine, type FactsRow, putFacts, type Said, summaryOf } from "./contribute.ts";
import type { Sight } from "./coverage.ts";
import { hash } from "./entity-of.ts";
import { rulesFor, type Seen, seenOf } from "./health-feeds.ts";
import { healthInputOf } from "./health-input.ts";
import type { Hub } from "./hub.ts";
import type { Contribution } from "./relink.ts";
import { timelineOf } from "./timeline.ts";
import { type StoredView, type Under, underOf } from "./under.ts";
import { type Signs, signsOf } from "./view-signs.ts";
import { factsContext, namedToday, type vocabulary } from "./vocabulary.ts";

/** Steps that a row holds before one of the past is made of them. */
const STEPS_AT_MOST = 8;

/** Why a view is made, and of what beside that which is stored. */
export interface Task {
  /** By record: what it says now; undefined takes back what it said. */
  readonly said?: ReadonlyMap<string, Said | undefined>;
  /** The feature's own record, its links or its initiatives changed. */
  readonly isItself?: boolean | undefined;
  /** The feature that stands for it, where that was just looked at; else as it was found last. */
  readonly home?: { readonly is: Contribution | undefined } | undefined;
  /** What can be seen may have changed: else what could be seen last time counts until the sweep says otherwise. */
  readonly looksAnew: boolean;
  readonly sights: () => Promise<readonly Sight[]>;
  readonly words: ReturnType<typeof vocabulary>;
  readonly cause: StoredView["cause"];
  /** Of the payload that brought it about. */
  readonly trace?: string | undefined;
}

/**
 * Writes what records say about a feature, derives it from all that is said and stores what people see, if that changed.
 * Whoever wrote between the reading and the writing makes it begin anew.
 *
 * @returns the feature that stands for it, if it is not itself
 */
export const putView = async (hub: Hub, id: string, task: Task): Promise<string | undefined> => {
  for (;;) {
    const made = await tryView(hub, id, task);
    if (made !== "conflict") return made;
  }
};

/** @returns `conflict` if somebody else wrote meanwhile */
const tryView = async (hub: Hub, id: string, task: Task): Promise<string | undefined | "conflict"> => {
  const { table, clock } = hub.ports;
  const under = await underOf(table, id);
  const { feature, history, facts: rowsById, view, recency } = under;
  const put = async (said: ReadonlyMap<string, Said | undefined>): Promise<boolean> => {
    for (const [record, one] of said) {
      const row = await putFacts(table, id, record, one, rowsById.get(record));
      if (row === "conflict") return false;
      if (row !== undefined) rowsById.set(record, row);
    }
    return true;
  };
  if (!(await put(task.said ?? new Map()))) return "conflict";
  if (feature === undefined) return undefined;
  if (task.isItself === true || view === undefined)
    if (
      !((await put(await ownSaid(hub, under, feature, task))) && (await put(await plansSaid(table, under, id, task))))
    )
      return "conflict";
  const all = [...rowsById].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, { data }]) => data);
  const rows = all.filter(({ gone }) => !gone);
  const seen = await seenBy(hub, feature, view?.data, task);
  // A clock that was set back must not put a version before the one that it follows.
  const asOf = latestOf(clock.now().toISOString(), view?.data.observedAt);
  const facts: Fact[] = rows.flatMap((row) => row.facts);
  const derived = derive(id, facts, seen.coverage, hub.rules.ofProducts(feature.productIds), { asOf });
  const items = await itemsOf(table, rows);
  // That somebody says something is no work on it.
  const lastFactAt = latest(rows.filter(({ line }) => line.kind !== "assertion"));
  const told = withDeclared(feature, rows, asOf);
  const known = { feature: told.feature, history, rows: all, items, explanation: derived, seen, lastFactAt, asOf };
  const health = healthOf(await healthInputOf(hub, known));
  const explanation: Explanation = {
    ...derived,
    badges: health.isWatermelon ? [...derived.badges, "watermelon"] : derived.badges,
    nextChangeAt: [derived.nextChangeAt, health.nextChangeAt].filter((at) => at !== null).sort()[0] ?? null,
  };
  const { declared } = health;
  const shown = { ...health, ...(declared && { declared: { ...declared, ...told.words } }) };
  const owner = await ownerOf(table, feature, view?.data, task);
  const home = task.home === undefined ? under.projected.features?.[0] : task.home.is;
  const { initiatives } = under;
  const updatedAt = latest(rows) ?? feature.sourceUpdatedAt;
  const signs = signsOf(feature, items, rows, seen.workReadAt?.[feature.source.connectionId], asOf);
  const status = namedToday(feature.fields.declaredStatus, await task.words(feature.source.connectionId));
  const beside = { status, signs, updatedAt, owner, initiatives, home, cause: task.cause, trace: task.trace };
  const made = { seen, explanation, health: shown, rows, items, history, asOf, ...beside };
  const isPlaced = await putRecency(table, { id, updatedAt, presence: feature.presence }, recency);
  const isStored = isPlaced && (await store(table, feature, view, made));
  return isStored ? home?.featureId : "conflict";
};

/** What can be seen now where that may have changed; else what could be seen last time, until the sweep says otherwise. */
const seenBy = async (
  hub: Hub,
  feature: Entity<"feature">,
  view: StoredView | undefined,
  { looksAnew, sights }: Task,
): Promise<Seen> => {
  const isAsBefore =
    !looksAnew &&
    view?.seen !== undefined &&
    sameProducts(view, feature) &&
    view.seen.thresholds === rulesFor(hub, feature.productIds).version;
  return isAsBefore ? view.seen : seenOf(hub, await sights(), feature.productIds);
};

/** A feature with the health that somebody declared last, in its tool or here, and their words if here. */
const withDeclared = (feature: Entity<"feature">, rows: readonly FactsRow[], asOf: Instant) => {
  const { fields, sourceUpdatedAt } = feature;
  const last = lastDeclared(
    rows.flatMap(({ declared }) => declared ?? []),
    asOf,
  );
  const inTool = fields.declaredHealth && (fields.declaredHealthAt ?? sourceUpdatedAt);
  if (last === undefined || (inTool !== undefined && inTool > last.at)) return { feature, words: undefined };
  const declaredHealth = { category: last.value, detail: last.value, mappedBy: "user" } as const;
  return {
    feature: {
      ...feature,
      fields: { ...fields, declaredHealth, declaredHealthAt: last.at },
      ...(last.until !== undefined && { declaredUntil: last.until }),
    },
    words: { by: last.by, text: last.text },
  };
};

const sameProducts = (view: FeatureView, feature: Entity<"feature">): boolean =>
  view.productIds.join() === feature.productIds.join();

const latestOf = (at: Instant, other: Instant | undefined): Instant => (other !== undefined && other > at ? other : at);

/** What the feature's own record says. */
const ownSaid = async (
  hub: Hub,
  { history }: Under,
  feature: StoredEntity<"feature">,
  { words }: Task,
): Promise<ReadonlyMap<string, Said>> => {
  const context = await factsContext(hub, words, feature);
  const itself = { featureId: feature.id, confidence: 1, via: "the feature itself" };
  const facts = factsOf({ entity: feature, history }, itself, context);
  const line = evidenceLine(feature, itself);
  return new Map([[feature.id, { line, facts, timeline: timelineOf(feature, history) }]]);
};

/** Initiatives and objectives above a feature, under whatever name, speak for its strategy and vision; one that it left speaks no more. */
const plansSaid = async (
  table: Table,
  { facts, feature }: Under,
  featureId: string,
  { words }: Task,
): Promise<ReadonlyMap<string, Said | undefined>> => {
  const above: string[] = [];
  for (const [id, { data }] of facts) {
    if (kindOf(id) !== "feature" || data.gone) continue;
    above.push(...(await linksOf(table, id, "in", "parent_of")).map(({ from }) => from));
    above.push(...(await linksOf(table, id, "out", "contributes_to")).map(({ to }) => to));
  }
  const plans = above.filter((id) => PLAN_KINDS.has(kindOf(id) ?? ""));
  const found = plans.length === 0 ? new Map<string, StoredEntity>() : await entitiesById(table, plans);
  const said = new Map<string, Said | undefined>();
  for (const id of facts.keys()) if (PLAN_KINDS.has(kindOf(id) ?? "") && !found.has(id)) said.set(id, undefined);
  const statusOf = await words(feature?.source.connectionId ?? "");
  for (const entity of found.values()) {
    const via = entity.kind === "initiative" ? "its initiative" : "its objective";
    const to = { featureId, confidence: 1, via, bornAt: feature && createdAt(feature) };
    const speaks = factsOf({ entity, history: [] }, to, { statusOf });
    said.set(entity.id, { line: evidenceLine(entity, to), facts: speaks, timeline: [] });
  }
  return said;
};

const PLAN_KINDS: ReadonlySet<string> = new Set(["initiative", "objective"]);

/** Who owns it, by name; asked again when the feature itself is looked at. */
const ownerOf = async (
  table: Table,
  { fields: { ownerId } }: Entity<"feature">,
  view: FeatureView | undefined,
  { isItself = false, looksAnew }: Task,
): Promise<FeatureView["owner"]> => {
  if (ownerId === undefined) return undefined;
  if (!isItself && !looksAnew && view?.owner?.id === ownerId) return view.owner;
  const found = await entityById(table, ownerId);
  return found && { id: found.id, name: nameOf(found) };
};

/** Whether a feature's view rests on what can be seen now, so that a newly read stream is no news for it. */
export const isSeenAsBefore = async (hub: Hub, id: string, sights: readonly Sight[]): Promise<boolean> => {
  const { pk, sk } = viewKey(id);
  const view = (await hub.ports.table.get<StoredView>(pk, sk))?.data;
  return view?.seen !== undefined && hash(view.seen) === hash(seenOf(hub, sights, view.productIds));
};

interface Derived {
  readonly seen: Seen;
  readonly explanation: Explanation;
  readonly health: Omit<Health, "declared"> & Pick<FeatureView["health"], "declared">;
  readonly rows: readonly FactsRow[];
  readonly items: ReadonlyMap<string, WorkItemSummary>;
  readonly history: readonly HistoryEntry[];
  readonly signs: Signs | undefined;
  readonly asOf: Instant;
  readonly updatedAt: Instant;
  readonly status: FeatureView["status"];
  readonly owner: FeatureView["owner"];
  readonly initiatives: readonly string[];
  readonly home: Contribution | undefined;
  readonly cause: StoredView["cause"];
  readonly trace: string | undefined;
}

/** @returns false if somebody else wrote meanwhile */
const store = async (
  table: Table,
  feature: Entity<"feature">,
  held: Row<StoredView> | undefined,
  made: Derived,
): Promise<boolean> => {
  const { seen, explanation, rows, signs, asOf, owner, home, cause, updatedAt } = made;
  const { nextChangeAt: _, isWatermelon: __, declared, ...judged } = made.health;
  const items = [...made.items.values()];
  const of = (kind: string) => rows.filter(({ line }) => line.kind === kind).length;
  const status = (category: string) => items.filter(({ fields }) => fields.status.category === category).length;
  const { targetDate, targetDateResolution, title, type } = feature.fields;
  const decisions = rows.flatMap(({ line: { id, name, url }, decision }) =>
    decision === undefined ? [] : [{ id, name, decision, url }],
  );
  const assertions = rows.flatMap(({ assertion }) => (assertion && runs(assertion, asOf) ? [assertion] : []));
  const said = {
    id: feature.id,
    ...(feature.source.key !== undefined && { key: feature.source.key }),
    name: title,
    url: feature.source.url,
    tool: feature.source.tool,
    type: type ?? "Feature",
    productIds: feature.productIds,
    connectionId: feature.source.connectionId,
    presence: feature.presence,
    status: made.status,
    ...(owner !== undefined && { owner }),
    initiatives: rows.flatMap(({ line: { id, name } }) => (made.initiatives.includes(id) ? [{ id, name }] : [])),
    ...(targetDate !== undefined && { targetDate }),
    ...(targetDateResolution !== undefined && { targetDateResolution }),
    explanation,
    tickets: of("supportTicket"),
    ...promiseOf(made.history),
    health: { ...judged, ...(declared !== undefined && { declared }) },
    ...(assertions.length > 0 && { assertions }),
    ...(decisions.length > 0 && { decisions }),
    progress: { done: status("done"), total: items.length - status("cancelled"), cancelled: status("cancelled") },
    counts: { workItems: items.length, pullRequests: of("pullRequest"), deployments: of("deployment") },
    ...(home !== undefined && { sameAs: home.featureId }),
    names: namesIn(rows, feature.id),
  };
  // Looking again at another time is no news: only what it says counts.
  const { dimensions } = judged;
  const meaning = hash({
    ...said,
    signs,
    explanation: { ...explanation, asOf: "", knownAt: "", nextChangeAt: "" },
    health: { ...said.health, dimensions: dimensions.map((one) => ({ ...one, dataAt: "" })) },
  });
  const before = held?.data;
  const row = { ...viewKey(feature.id), version: (held?.version ?? 0) + 1 };
  const moving = [updatedAt, explanation.nextChangeAt, dimensions.map(({ dataAt = null }) => dataAt)];
  const isSame = before?.meaning === meaning && JSON.stringify(movingOf(before)) === JSON.stringify(moving);
  if (isSame) {
    const isDue = held?.due !== undefined && held.due.sk <= `${asOf}#~`;
    if (!isDue && before.seen !== undefined && hash(before.seen) === hash(seen)) return true;
    return table.put({ ...row, data: { ...before, seen }, ...places(before, explanation.nextChangeAt) });
  }
  const steps = before?.meaning === meaning ? [...(before.steps ?? []), stepOf(before)] : [];
  const isStep = steps.length > 0 && steps.length <= STEPS_AT_MOST;
  if (!isStep) await putPast(table, feature.id, before, asOf);
  const version = (before?.version ?? 0) + 1;
  const shown = { ...said, updatedAt, version, observedAt: asOf };
  const data: StoredView = {
    ...shown,
    cause: isStep && before !== undefined ? before.cause : cause,
    ...(made.trace !== undefined && { trace: made.trace }),
    seen,
    ...(signs !== undefined && { signs }),
    meaning,
    ...(isStep && { steps }),
  };
  return table.put({ ...row, data, ...places(shown, explanation.nextChangeAt) });
};

/** What newer records alone move. */
const movingOf = ({ updatedAt, explanation, health: { dimensions = [] } }: FeatureView) => [
  updatedAt,
  explanation.nextChangeAt,
  dimensions.map(({ dataAt = null }) => dataAt),
];

/** Keeps what was shown until now, before something else is shown: a crash in between leaves the past complete. */
const putPast = async (table: Table, id: string, shown: StoredView | undefined, until: Instant): Promise<void> => {
  const version = shown?.version ?? 0;
  const { seen: _, meaning: _m, signs: _s, trace: _t, ...view } = shown ?? {};
  const data = { id, until, view: shown === undefined ? null : view } as PastView;
  // Where it stands already, it is the same.
  await table.put({ ...pastViewKey(id, until, version), version: 1, data, list: lists.ofPast(until, id, version) });
};

/** Where a view stands on the board, and when it must be looked at again. */
const places = (view: FeatureView, nextChangeAt: Instant | null) => {
  const list = boardPlace(view);
  const isDue = nextChangeAt !== null && view.sameAs === undefined;
  return { ...(list && { list }), ...(isDue && { due: dues.feature(nextChangeAt, view.id) }) };
};

/** What other tools call the feature. */
const namesIn = (rows: readonly FactsRow[], featureId: string): FeatureView["names"] =>
  rows.flatMap(({ line: { id, kind, key, name, tool, url } }) =>
    kind === "feature" && id !== featureId ? [{ id, ...(key !== undefined && { key }), name, tool, url }] : [],
  );

/** The items as their rows hold them; rows of earlier versions of the hub hold none. */
const itemsOf = async (table: Table, rows: readonly FactsRow[]): Promise<ReadonlyMap<string, WorkItemSummary>> => {
  const missing = rows.flatMap(({ line, item }) => (line.kind === "workItem" && item === undefined ? [line.id] : []));
  const found = missing.length === 0 ? [] : [...(await entitiesById(table, missing)).values()];
  const items = [
    ...rows.map(({ line, item }) => [line.id, item] as const),
    ...found.map((entity) => [entity.id, summaryOf(entity)] as const),
  ];
  return new Map(items.flatMap(([id, item]) => (item === undefined || item === null ? [] : [[id, item]])));
};

const latest = (rows: readonly FactsRow[]): Instant | undefined =>
  rows.reduce<Instant | undefined>(
    (best, { line }) => (best === undefined || line.at > best ? line.at : best),
    undefined,
  );
