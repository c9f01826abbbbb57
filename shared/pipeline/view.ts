import { type Entity, isKind, nameOf } from "../domain/entity.ts";
import type { HistoryEntry } from "../domain/history.ts";
import type { Instant } from "../domain/instant.ts";
import { kindOf } from "../domain/kind.ts";
import type { Link } from "../domain/link.ts";
import type { Coverage, Explanation, Fact } from "../domain/stage.ts";
import { derive } from "../lifecycle/derive.ts";
import { factsOf } from "../lifecycle/facts.ts";
import { type Health, healthOf, type WorkItemSummary } from "../lifecycle/health.ts";
import { RULE_SET } from "../lifecycle/rule-set.ts";
import type { Row, Table } from "../ports/table.ts";
import { boardPlace } from "../store/board-place.ts";
import { entitiesById, entityById, rowsUpTo, type StoredEntity } from "../store/entities.ts";
import { dues, lists, partition, pastViewKey, viewKey } from "../store/keys.ts";
import type { PastView, ViewStep } from "../store/past.ts";
import type { FeatureView } from "../store/views.ts";
import { evidenceLine, type FactsRow, putFacts, type Said, summaryOf, timelineOf } from "./contribute.ts";
import { coverageOf, type Sight } from "./coverage.ts";
import { hash } from "./entity-of.ts";
import type { Hub } from "./hub.ts";
import type { vocabulary } from "./vocabulary.ts";

/** A feature's row with why it was last written, so that publication can say so. */
export interface StoredView extends FeatureView {
  readonly cause: "sync" | "time" | "rule_change";
  /** What could be seen of its products. */
  readonly coverage: readonly Coverage[];
  /** Over all that is shown but what newer records alone move; unlike it, nothing else is shown. */
  readonly meaning: string;
  /** Versions since the last row of its past, oldest first: they differ in what a step has alone. */
  readonly steps?: readonly ViewStep[];
}

/** Steps that a row holds before one of the past is made of them. */
const STEPS_AT_MOST = 8;

/** Why a view is made, and of what beside that which is stored. */
export interface Task {
  /** By record: what it says now; undefined takes back what it said. */
  readonly said?: ReadonlyMap<string, Said | undefined>;
  /** The feature's own record, its links or its initiatives changed. */
  readonly isItself?: boolean | undefined;
  /** What can be seen may have changed: else what could be seen last time counts until the sweep says otherwise. */
  readonly looksAnew: boolean;
  readonly sights: () => Promise<readonly Sight[]>;
  readonly words: ReturnType<typeof vocabulary>;
  readonly cause: StoredView["cause"];
}

/** All that lies under a feature, read at once. */
interface Under {
  readonly feature: StoredEntity<"feature"> | undefined;
  readonly history: readonly HistoryEntry[];
  readonly facts: Map<string, Row<FactsRow>>;
  /** Of links that hold. */
  readonly initiatives: readonly string[];
  readonly view: Row<StoredView> | undefined;
}

const underOf = async (table: Table, id: string): Promise<Under> => {
  let feature: StoredEntity<"feature"> | undefined;
  let view: Row<StoredView> | undefined;
  const history: HistoryEntry[] = [];
  const facts = new Map<string, Row<FactsRow>>();
  const initiatives: string[] = [];
  for await (const row of rowsUpTo(table, partition.ofEntity(id), "V")) {
    const { sk, data } = row;
    if (sk === "A") feature = isKind(data as Entity, "feature") ? (data as StoredEntity<"feature">) : undefined;
    else if (sk === "V") view = row as Row<StoredView>;
    else if (sk.startsWith("H#")) history.push(data as HistoryEntry);
    else if (sk.startsWith("F#")) facts.set(sk.slice("F#".length), row as Row<FactsRow>);
    else if (sk.startsWith("L#<parent_of#")) {
      const { from, validTo } = data as Link;
      if (validTo === undefined && kindOf(from) === "initiative") initiatives.push(from);
    }
  }
  return { feature, history, facts, initiatives, view };
};

/**
 * Writes what records say about a feature, derives it from all that is said and stores what people see, if that changed.
 * Whoever wrote between the reading and the writing makes it begin anew.
 */
export const putView = async (hub: Hub, id: string, task: Task): Promise<void> => {
  while (!(await tryView(hub, id, task)));
};

/** @returns false if somebody else wrote meanwhile */
const tryView = async (hub: Hub, id: string, task: Task): Promise<boolean> => {
  const { table, clock } = hub.ports;
  const under = await underOf(table, id);
  const { feature, facts: rowsById, view } = under;
  const said = new Map(task.said);
  if (feature !== undefined && (task.isItself === true || view === undefined))
    for (const [record, one] of await ownSaid(table, under, feature, task)) said.set(record, one);
  for (const [record, one] of said) {
    const put = await putFacts(table, id, record, one, rowsById.get(record));
    if (put === "conflict") return false;
    if (put !== undefined) rowsById.set(record, put);
  }
  if (feature === undefined) return true;
  const rows = [...rowsById]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, { data }]) => (data.gone ? [] : [data]));
  const facts: Fact[] = rows.flatMap((row) => row.facts);
  // Earlier versions of the hub kept a digest there.
  const isSeenSo =
    !task.looksAnew && view !== undefined && Array.isArray(view.data.coverage) && sameProducts(view.data, feature);
  const coverage = isSeenSo ? view.data.coverage : coverageOf(await task.sights(), feature.productIds);
  // A clock that was set back must not put a version before the one that it follows.
  const asOf = latestOf(clock.now().toISOString(), view?.data.observedAt);
  const derived = derive(id, facts, coverage, RULE_SET, { asOf });
  const items = await itemsOf(table, rows);
  const lastFactAt = latest(rows);
  const health = healthOf({ feature, items, explanation: derived, coverage, asOf, ...(lastFactAt && { lastFactAt }) });
  const explanation: Explanation = {
    ...derived,
    badges: health.isWatermelon ? [...derived.badges, "watermelon"] : derived.badges,
    nextChangeAt: [derived.nextChangeAt, health.nextChangeAt].filter((at) => at !== null).sort()[0] ?? null,
  };
  const owner = await ownerOf(table, feature, view?.data, task);
  return store(table, feature, view, { coverage, explanation, health, rows, items, asOf, owner, cause: task.cause });
};

const sameProducts = (view: FeatureView, feature: Entity<"feature">): boolean =>
  view.productIds.join() === feature.productIds.join();

const latestOf = (at: Instant, other: Instant | undefined): Instant => (other !== undefined && other > at ? other : at);

/** What the feature's own record says, and the initiatives above it of its strategy; one that it left speaks no more. */
const ownSaid = async (
  table: Table,
  { history, facts, initiatives }: Under,
  feature: StoredEntity<"feature">,
  { words }: Task,
): Promise<Map<string, Said | undefined>> => {
  const statusOf = await words(feature.source.connectionId);
  const itself = { featureId: feature.id, confidence: 1, via: "the feature itself" };
  const said = new Map<string, Said | undefined>();
  for (const record of facts.keys()) if (record.startsWith("ini_")) said.set(record, undefined);
  for (const entity of initiatives.length === 0 ? [] : (await entitiesById(table, initiatives)).values()) {
    const to = { featureId: feature.id, confidence: 1, via: "its initiative" };
    const speaks = factsOf({ entity, history: [] }, to, { statusOf });
    said.set(entity.id, { line: evidenceLine(entity, to), facts: speaks, timeline: [] });
  }
  return said.set(feature.id, {
    line: evidenceLine(feature, itself),
    facts: factsOf({ entity: feature, history }, itself, { statusOf }),
    timeline: timelineOf(feature, history),
  });
};

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
export const isSeenAsBefore = async (table: Table, id: string, sights: readonly Sight[]): Promise<boolean> => {
  const { pk, sk } = viewKey(id);
  const view = (await table.get<StoredView>(pk, sk))?.data;
  return view !== undefined && hash(view.coverage) === hash(coverageOf(sights, view.productIds));
};

interface Derived {
  readonly coverage: readonly Coverage[];
  readonly explanation: Explanation;
  readonly health: Health;
  readonly rows: readonly FactsRow[];
  readonly items: readonly WorkItemSummary[];
  readonly asOf: Instant;
  readonly owner: FeatureView["owner"];
  readonly cause: StoredView["cause"];
}

/** @returns false if somebody else wrote meanwhile */
const store = async (
  table: Table,
  feature: Entity<"feature">,
  held: Row<StoredView> | undefined,
  made: Derived,
): Promise<boolean> => {
  const { coverage, explanation, rows, items, asOf, owner, cause } = made;
  const { value, disagree, derived, declared } = made.health;
  const of = (kind: string) => rows.filter(({ line }) => line.kind === kind).length;
  const status = (category: string) => items.filter(({ fields }) => fields.status.category === category).length;
  const { targetDate, targetDateResolution, declaredStatus, title, type } = feature.fields;
  const decisions = rows.flatMap(({ line: { id, name, url }, decision }) =>
    decision === undefined ? [] : [{ id, name, decision, url }],
  );
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
    status: declaredStatus,
    ...(owner !== undefined && { owner }),
    initiatives: rows.flatMap(({ line: { id, kind, name } }) => (kind === "initiative" ? [{ id, name }] : [])),
    ...(targetDate !== undefined && { targetDate }),
    ...(targetDateResolution !== undefined && { targetDateResolution }),
    explanation,
    health: { value, disagree, derived, ...(declared !== undefined && { declared }) },
    ...(decisions.length > 0 && { decisions }),
    progress: { done: status("done"), total: items.length - status("cancelled"), cancelled: status("cancelled") },
    counts: { workItems: items.length, pullRequests: of("pullRequest"), deployments: of("deployment") },
  };
  // Looking again at another time is no news: only what it says counts.
  const meaning = hash({ ...said, explanation: { ...explanation, asOf: "", knownAt: "", nextChangeAt: "" } });
  const updatedAt = latest(rows) ?? feature.sourceUpdatedAt;
  const before = held?.data;
  const row = { ...viewKey(feature.id), version: (held?.version ?? 0) + 1 };
  const isSame = before?.updatedAt === updatedAt && before.explanation.nextChangeAt === explanation.nextChangeAt;
  if (before?.meaning === meaning && isSame) {
    const isDue = held?.due !== undefined && held.due.sk <= `${asOf}#~`;
    if (!isDue && hash(before.coverage) === hash(coverage)) return true;
    return table.put({ ...row, data: { ...before, coverage }, ...places(before, explanation.nextChangeAt) });
  }
  const steps = before?.meaning === meaning ? [...(before.steps ?? []), stepOf(before)] : [];
  const isStep = steps.length > 0 && steps.length <= STEPS_AT_MOST;
  if (!isStep) await putPast(table, feature.id, before, asOf);
  const version = (before?.version ?? 0) + 1;
  const shown = { ...said, updatedAt, version, observedAt: asOf };
  const data: StoredView = {
    ...shown,
    cause: isStep && before !== undefined ? before.cause : cause,
    coverage,
    meaning,
    ...(isStep && { steps }),
  };
  return table.put({ ...row, data, ...places(shown, explanation.nextChangeAt) });
};

const stepOf = ({ version, observedAt, updatedAt, explanation: { nextChangeAt } }: FeatureView): ViewStep => ({
  version,
  observedAt,
  updatedAt,
  nextChangeAt,
});

/** Keeps what was shown until now, before something else is shown: a crash in between leaves the past complete. */
const putPast = async (table: Table, id: string, shown: StoredView | undefined, until: Instant): Promise<void> => {
  const version = shown?.version ?? 0;
  const { coverage: _, meaning: _m, ...view } = shown ?? {};
  const data = { id, until, view: shown === undefined ? null : view } as PastView;
  // Where it stands already, it is the same.
  await table.put({ ...pastViewKey(id, until, version), version: 1, data, list: lists.ofPast(until, id, version) });
};

/** Where a view stands on the board, and when it must be looked at again. */
const places = (view: FeatureView, nextChangeAt: Instant | null) => {
  const list = boardPlace(view);
  return { ...(list && { list }), ...(nextChangeAt !== null && { due: dues.feature(nextChangeAt, view.id) }) };
};

/** The items as their rows hold them; rows of earlier versions of the hub hold none. */
const itemsOf = async (table: Table, rows: readonly FactsRow[]): Promise<WorkItemSummary[]> => {
  const missing = rows.flatMap(({ line, item }) => (line.kind === "workItem" && item === undefined ? [line.id] : []));
  const found = missing.length === 0 ? [] : [...(await entitiesById(table, missing)).values()].map(summaryOf);
  return [...rows.map(({ item }) => item), ...found].filter((item) => item !== undefined && item !== null);
};

const latest = (rows: readonly FactsRow[]): Instant | undefined =>
  rows.reduce<Instant | undefined>(
    (best, { line }) => (best === undefined || line.at > best ? line.at : best),
    undefined,
  );
