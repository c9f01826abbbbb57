import { runs } from "../domain/assertion.ts";
import type { Entity } from "../domain/entity.ts";
import { isKind, nameOf } from "../domain/entity.ts";
import type { Instant } from "../domain/instant.ts";
import type { StatusOf } from "../domain/item-history.ts";
import { kindOf } from "../domain/kind.ts";
import type { Explanation, Fact } from "../domain/stage.ts";
import { derive } from "../lifecycle/derive.ts";
import { factsOf } from "../lifecycle/facts.ts";
import { type Health, healthOf } from "../lifecycle/health.ts";
import { lastDeclared } from "../lifecycle/said-facts.ts";
import type { Table } from "../ports/table.ts";
import { entitiesById, entityById, historyOf, linksOf, rowsOf, update } from "../store/entities.ts";
import { dues, lists, partition, viewKey } from "../store/keys.ts";
import type { FeatureView, HealthValue } from "../store/views.ts";
import { evidenceLine, type FactsRow, putFacts } from "./contribute.ts";
import { coverageOf, type Sight } from "./coverage.ts";
import { hash } from "./entity-of.ts";
import { seenOf } from "./health-feeds.ts";
import { healthInputOf } from "./health-input.ts";
import type { Hub } from "./hub.ts";
import { type Contribution, storedHome } from "./relink.ts";
import { timelineOf } from "./timeline.ts";
import { type Signs, signsOf } from "./view-signs.ts";
import { factsContext, type vocabulary } from "./vocabulary.ts";

/** A feature's row with why it was last written, so that publication can say so. */
export interface StoredView extends FeatureView {
  readonly cause: "sync" | "time" | "rule_change" | "override";
  /** Over what could be seen of its products. */
  readonly coverage: string;
  /** Absent while the tool of the work cannot be seen. */
  readonly signs?: Signs | undefined;
  /** Over all that is shown; unlike it, nothing is written. */
  readonly meaning: string;
}

const HEALTH_RANK: Readonly<Record<HealthValue, number>> = { off_track: 0, at_risk: 1, unknown: 2, on_track: 3 };

/** Derives one feature from the facts that lie under it and stores what people see, if that changed. */
export const putView = async (
  hub: Hub,
  id: string,
  sights: readonly Sight[],
  words: ReturnType<typeof vocabulary>,
  cause: StoredView["cause"],
  homeIn: (id: string) => Promise<Contribution | undefined> = (one) => storedHome(hub.ports.table, one),
): Promise<void> => {
  const { table, clock } = hub.ports;
  const feature = await entityById(table, id);
  if (!isKind(feature, "feature")) return;
  const history = await historyOf(table, id);
  const context = await factsContext(hub, words, feature);
  const itself = { featureId: id, confidence: 1, via: "the feature itself" };
  await putFacts(table, id, id, {
    gone: false,
    line: evidenceLine(feature, itself),
    facts: factsOf({ entity: feature, history }, itself, context),
    timeline: timelineOf(feature, history),
  });
  const home = await homeIn(id);
  await putPlans(table, id, context.statusOf);
  const all: FactsRow[] = [];
  for await (const { data } of rowsOf<FactsRow>(table, partition.ofEntity(id), "F#")) all.push(data);
  const rows = all.filter(({ gone }) => !gone);
  const facts: Fact[] = rows.flatMap((row) => row.facts);
  const coverage = coverageOf(sights, feature.productIds);
  const asOf = clock.now().toISOString();
  const derived = derive(id, facts, coverage, hub.rules.ofProducts(feature.productIds), { asOf });
  const items = await itemsOf(table, rows);
  // That somebody says something is no work on it.
  const lastFactAt = latest(rows.filter(({ line }) => line.kind !== "assertion"));
  const told = withDeclared(feature, rows, asOf);
  const known = { feature: told.feature, history, rows: all, items, explanation: derived, coverage, lastFactAt, asOf };
  const health = healthOf(await healthInputOf(hub, sights, known));
  const explanation: Explanation = {
    ...derived,
    badges: health.isWatermelon ? [...derived.badges, "watermelon"] : derived.badges,
    nextChangeAt: [derived.nextChangeAt, health.nextChangeAt].filter((at) => at !== null).sort()[0] ?? null,
  };
  const { declared } = health;
  const shown = { ...health, ...(declared && { declared: { ...declared, ...told.words } }) };
  const seen = seenOf(hub, sights, feature.productIds);
  const { workReadAt } = sights.find(({ connection }) => connection.id === feature.source.connectionId) ?? {};
  const signs = signsOf(feature, items, rows, workReadAt, asOf);
  await store(hub, feature, { coverage: seen, explanation, health: shown, rows, items, signs, asOf, cause, home });
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

/** Initiatives and objectives above a feature, under whatever name, speak for its strategy and vision; one that it left speaks no more. */
const putPlans = async (table: Table, featureId: string, statusOf: StatusOf): Promise<void> => {
  const parents: string[] = [];
  const objectives: string[] = [];
  for await (const { sk, data } of rowsOf<FactsRow>(table, partition.ofEntity(featureId), "F#ftr_")) {
    if (data.gone) continue;
    const id = sk.slice("F#".length);
    parents.push(...(await linksOf(table, id, "in", "parent_of")).map(({ from }) => from));
    objectives.push(...(await linksOf(table, id, "out", "contributes_to")).map(({ to }) => to));
  }
  const found = await entitiesById(
    table,
    [...parents, ...objectives].filter((id) => PLAN_KINDS.has(kindOf(id) ?? "")),
  );
  for (const prefix of ["F#ini_", "F#obj_"])
    for await (const { sk } of rowsOf(table, partition.ofEntity(featureId), prefix)) {
      const id = sk.slice("F#".length);
      if (!found.has(id)) await putFacts(table, featureId, id, undefined);
    }
  for (const entity of found.values()) {
    const to = { featureId, confidence: 1, via: entity.kind === "initiative" ? "its initiative" : "its objective" };
    const facts = factsOf({ entity, history: [] }, to, { statusOf });
    await putFacts(table, featureId, entity.id, { gone: false, line: evidenceLine(entity, to), facts, timeline: [] });
  }
};

const PLAN_KINDS: ReadonlySet<string> = new Set(["initiative", "objective"]);

/** Whether a feature's view rests on what can be seen now, so that a newly read stream is no news for it. */
export const isSeenAsBefore = async (hub: Hub, id: string, sights: readonly Sight[]): Promise<boolean> => {
  const { pk, sk } = viewKey(id);
  const view = (await hub.ports.table.get<StoredView>(pk, sk))?.data;
  return view !== undefined && view.coverage === seenOf(hub, sights, view.productIds);
};

interface Derived {
  readonly coverage: string;
  readonly explanation: Explanation;
  readonly health: Omit<Health, "declared"> & Pick<FeatureView["health"], "declared">;
  readonly rows: readonly FactsRow[];
  readonly items: readonly Entity<"workItem">[];
  readonly signs: Signs | undefined;
  readonly asOf: Instant;
  readonly cause: StoredView["cause"];
  readonly home: Contribution | undefined;
}

const store = async (hub: Hub, feature: Entity<"feature">, made: Derived): Promise<void> => {
  const { table } = hub.ports;
  const { coverage, explanation, rows, items, signs, asOf, cause, home } = made;
  const { nextChangeAt: _, isWatermelon: __, declared, ...judged } = made.health;
  const parents = (await linksOf(table, feature.id, "in", "parent_of")).map(({ from }) => from);
  const named = await entitiesById(table, [...parents, ...(feature.fields.ownerId ? [feature.fields.ownerId] : [])]);
  const owner = feature.fields.ownerId === undefined ? undefined : named.get(feature.fields.ownerId);
  const initiatives = parents.flatMap((id) => {
    const found = named.get(id);
    return found?.kind === "initiative" ? [{ id, name: nameOf(found) }] : [];
  });
  const of = (kind: string) => rows.filter(({ line }) => line.kind === kind).length;
  const status = (category: string) => items.filter(({ fields }) => fields.status.category === category).length;
  const { targetDate, targetDateResolution, declaredStatus, title, type } = feature.fields;
  const assertions = rows.flatMap(({ assertion }) => (assertion && runs(assertion, asOf) ? [assertion] : []));
  const shown: Omit<FeatureView, "version" | "observedAt"> = {
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
    ...(owner !== undefined && { owner: { id: owner.id, name: nameOf(owner) } }),
    initiatives,
    ...(targetDate !== undefined && { targetDate }),
    ...(targetDateResolution !== undefined && { targetDateResolution }),
    explanation,
    health: { ...judged, ...(declared !== undefined && { declared }) },
    ...(assertions.length > 0 && { assertions }),
    progress: { done: status("done"), total: items.length - status("cancelled"), cancelled: status("cancelled") },
    counts: { workItems: items.length, pullRequests: of("pullRequest"), deployments: of("deployment") },
    ...(home !== undefined && { sameAs: home.featureId }),
    names: namesIn(rows, feature.id),
    updatedAt: latest(rows) ?? feature.sourceUpdatedAt,
  };
  // Looking again at another time is no news: only what it says counts.
  const meaning = hash({ ...shown, signs, explanation: { ...explanation, asOf: "", knownAt: "" } });
  await update<StoredView>(table, viewKey(feature.id), (held) => {
    if (held?.data.meaning === meaning) {
      const isDue = held.due !== undefined && held.due.sk <= `${asOf}#~`;
      if (!isDue && held.data.coverage === coverage) return undefined;
      return { data: { ...held.data, coverage }, ...places(shown, explanation.nextChangeAt) };
    }
    const version = (held?.data.version ?? 0) + 1;
    const data: StoredView = { ...shown, version, observedAt: asOf, cause, coverage, meaning, signs };
    return { data, ...places(shown, explanation.nextChangeAt) };
  });
};

/** Where a view stands on the board, and when it must be looked at again. Gone features stand nowhere. */
const places = (view: Omit<FeatureView, "version" | "observedAt">, nextChangeAt: Instant | null) => {
  const { state } = view.presence;
  const gone = state === "deleted" || state === "out_of_scope" || view.sameAs !== undefined;
  const rank = HEALTH_RANK[view.health.value];
  const list = lists.ofStage(
    view.explanation.headline ?? "none",
    view.productIds[0] ?? "-",
    rank,
    view.targetDate ?? "9999-12-31",
    view.id,
  );
  return {
    ...(!gone && { list }),
    ...(nextChangeAt !== null && view.sameAs === undefined && { due: dues.feature(nextChangeAt, view.id) }),
  };
};

/** What other tools call the feature. */
const namesIn = (rows: readonly FactsRow[], id: string): FeatureView["names"] =>
  rows.flatMap(({ line }) =>
    line.kind === "feature" && line.id !== id
      ? [
          {
            id: line.id,
            ...(line.key !== undefined && { key: line.key }),
            name: line.name,
            tool: line.tool,
            url: line.url,
          },
        ]
      : [],
  );

const itemsOf = async (table: Table, rows: readonly FactsRow[]): Promise<Entity<"workItem">[]> => {
  const ids = rows.filter(({ line }) => line.kind === "workItem").map(({ line }) => line.id);
  const found = await entitiesById(table, ids);
  return [...found.values()].filter(
    (entity): entity is typeof entity & Entity<"workItem"> =>
      isKind(entity, "workItem") && entity.presence.state !== "deleted",
  );
};

const latest = (rows: readonly FactsRow[]): Instant | undefined =>
  rows.reduce<Instant | undefined>(
    (best, { line }) => (best === undefined || line.at > best ? line.at : best),
    undefined,
  );
