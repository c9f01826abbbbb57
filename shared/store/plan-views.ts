import { type Entity, HEALTH_VALUES, isKind, nameOf } from "../domain/entity.ts";
import { measuredNow, progressOf } from "../domain/key-result.ts";
import { kindOf } from "../domain/kind.ts";
import { STAGES, type Stage } from "../domain/stage.ts";
import type { Table } from "../ports/table.ts";
import { calledSo, entitiesById, entityById, linksOf } from "./entities.ts";
import { featuresById } from "./entity-reads.ts";
import { lists, SHARDS } from "./keys.ts";
import { updatesOf } from "./said.ts";
import type { InitiativeView, KeyResultView, ObjectiveView, PlanRollUp } from "./shown-plan.ts";
import type { FeatureView, HealthValue, Slice, Views } from "./views.ts";

/** Features of one initiative that are looked at; none that people keep has more. */
const FEATURES_AT_MOST = 500;
const WORST_FIRST = ["off_track", "at_risk", "unknown", "on_track"] as const;

const isGone = ({ presence }: Entity): boolean => presence.state === "deleted" || presence.state === "out_of_scope";

/** Features as shown, by their ids; those that are gone are left out. */
const featuresHeld = async (table: Table, ids: readonly string[]): Promise<FeatureView[]> =>
  [...(await featuresById(table, ids.slice(0, FEATURES_AT_MOST))).values()]
    .filter(({ presence }) => presence.state !== "deleted" && presence.state !== "out_of_scope")
    .sort((a, b) => (a.id < b.id ? -1 : 1));

/** How features are doing together: the worst of those that are open, and how many stand where. */
export const rollUpOf = (features: readonly FeatureView[]): PlanRollUp => {
  const stages = Object.fromEntries([...STAGES, "none"].map((stage) => [stage, 0])) as Record<Stage | "none", number>;
  const healthCounts: Record<HealthValue, number> = { on_track: 0, at_risk: 0, off_track: 0, unknown: 0 };
  for (const { explanation, health } of features) {
    stages[explanation.headline ?? "none"] += 1;
    if (explanation.disposition === "open") healthCounts[health.value] += 1;
  }
  const health = WORST_FIRST.find((value) => healthCounts[value] > 0) ?? "unknown";
  return { features: features.length, stages, health, healthCounts };
};

const ownerOf = (entity: Entity | undefined) => entity && { id: entity.id, name: nameOf(entity) };

/** A key result as it is shown: what its metric says now counts before what its tool or the config tells. */
export const keyResultView = async (table: Table, result: Entity<"keyResult">): Promise<KeyResultView> => {
  const { title, status, baseline, target, unit, dueDate } = result.fields;
  const metrics = (await linksOf(table, result.id, "in", "measures")).map(({ from }) => from);
  const found = [...(await entitiesById(table, metrics.toSorted())).values()].find((one) => isKind(one, "metric"));
  const metric = isKind(found, "metric") ? found : undefined;
  const measured = metric && measuredNow(metric.fields, unit);
  const current = measured?.value ?? result.fields.current;
  return {
    id: result.id,
    title,
    status,
    ...(baseline !== undefined && { baseline }),
    ...(target !== undefined && { target }),
    ...(current !== undefined && { current }),
    ...(unit !== undefined && { unit }),
    ...(dueDate !== undefined && { dueDate }),
    progress: progressOf(baseline, target, current),
    ...(metric !== undefined && {
      metric: {
        id: metric.id,
        name: metric.fields.name,
        tool: metric.source.tool,
        url: metric.source.url,
        ...(measured?.at !== undefined && { at: measured.at }),
      },
    }),
  };
};

const objectiveView = async (table: Table, objective: Entity<"objective">): Promise<ObjectiveView> => {
  const { title, text, status, startDate, endDate, ownerId } = objective.fields;
  const [children, serving] = await Promise.all([
    linksOf(table, objective.id, "out", "parent_of"),
    linksOf(table, objective.id, "in", "contributes_to"),
  ]);
  const entities = await entitiesById(table, [
    ...children.map(({ to }) => to),
    ...serving.map(({ from }) => from).filter((id) => kindOf(id) === "initiative"),
    ...(ownerId === undefined ? [] : [ownerId]),
  ]);
  const results = [...entities.values()].flatMap((one) => (isKind(one, "keyResult") && !isGone(one) ? [one] : []));
  const above = [...entities.values()].flatMap((one) => (isKind(one, "initiative") && !isGone(one) ? [one] : []));
  const direct = serving.map(({ from }) => from).filter((id) => kindOf(id) === "feature");
  const initiatives = await Promise.all(above.map((one) => initiativeLine(table, one)));
  const owner = ownerOf(entities.get(ownerId ?? ""));
  return {
    id: objective.id,
    title,
    ...(text !== undefined && { text }),
    status,
    ...(startDate !== undefined && { startDate }),
    ...(endDate !== undefined && { endDate }),
    productIds: objective.productIds,
    tool: objective.source.tool,
    url: objective.source.url,
    ...(owner && { owner }),
    keyResults: await Promise.all(
      results
        .toSorted((a, b) => (a.source.externalId < b.source.externalId ? -1 : 1))
        .map((one) => keyResultView(table, one)),
    ),
    initiatives: initiatives.toSorted((a, b) => (a.title < b.title ? -1 : 1)),
    direct: rollUpOf(await featuresHeld(table, direct)),
    ...(objective.fields.parentId !== undefined && { parentId: objective.fields.parentId }),
  };
};

const featuresOf = async (table: Table, initiative: string): Promise<FeatureView[]> => {
  const below = await linksOf(table, initiative, "out", "parent_of");
  return featuresHeld(
    table,
    below.map(({ to }) => to).filter((id) => kindOf(id) === "feature"),
  );
};

const initiativeLine = async (table: Table, initiative: Entity<"initiative">) => ({
  id: initiative.id,
  title: initiative.fields.title,
  status: initiative.fields.status,
  ...rollUpOf(await featuresOf(table, initiative.id)),
});

const initiativeView = async (
  table: Table,
  initiative: Entity<"initiative">,
  rolled: PlanRollUp,
): Promise<InitiativeView> => {
  const { fields, source, productIds } = initiative;
  const { title, status, targetDate, targetDateResolution, declaredHealth, ownerId, parentId } = fields;
  const [{ items }, serves] = await Promise.all([
    updatesOf(table, initiative.id, undefined, 1),
    linksOf(table, initiative.id, "out", "contributes_to"),
  ]);
  const [update] = items;
  const entities = await entitiesById(table, [ownerId ?? [], parentId ?? [], serves.map(({ to }) => to)].flat());
  const category = HEALTH_VALUES.find((value) => value === declaredHealth?.category);
  const inTool = category && { value: category, at: initiative.sourceUpdatedAt };
  const here = update?.health && { value: update.health, at: update.at, by: update.by.name, text: update.text };
  const declared = here !== undefined && here.at >= (inTool?.at ?? "") ? here : inTool;
  const owner = ownerOf(entities.get(ownerId ?? ""));
  const parent = ownerOf(entities.get(parentId ?? ""));
  const objectives = serves.flatMap(({ to }) => {
    const found = entities.get(to);
    return isKind(found, "objective") && !isGone(found) ? [{ id: to, title: found.fields.title }] : [];
  });
  return {
    id: initiative.id,
    ...(source.key !== undefined && { key: source.key }),
    title,
    tool: source.tool,
    url: source.url,
    productIds,
    status,
    ...(owner && { owner }),
    ...(parent && { parent }),
    ...(targetDate !== undefined && { targetDate }),
    ...(targetDateResolution !== undefined && { targetDateResolution }),
    objectives,
    rollUp: rolled,
    ...(declared !== undefined && { declared }),
    // The worse of the two: a person's warning is never hidden.
    health: WORST_FIRST.find((value) => value === rolled.health || value === declared?.value) ?? "unknown",
    presence: initiative.presence,
    updatedAt: initiative.sourceUpdatedAt,
  };
};

/** Entities of a kind by id, that fit; the shards one after the other. */
const page = async <K extends "objective" | "initiative">(
  table: Table,
  kind: K,
  fits: (entity: Entity<K>) => boolean,
  after: string | undefined,
  limit: number,
): Promise<Slice<Entity<K>>> => {
  const items: Entity<K>[] = [];
  const first = after === undefined ? 0 : SHARDS.indexOf((after.split("_")[1]?.[0] ?? "0") as (typeof SHARDS)[number]);
  let place = after;
  for (const digit of SHARDS.slice(Math.max(0, first))) {
    for (;;) {
      const rows = await table.query<Entity<K>>({
        pk: lists.shard(kind, digit),
        by: "list",
        limit: 100,
        ...(place !== undefined && { after: place }),
      });
      for (const { data } of rows) {
        if (items.length === limit) return { items, next: place };
        place = data.id;
        if (!isGone(data) && fits(data)) items.push(data);
      }
      if (rows.length < 100) break;
    }
  }
  return { items, next: undefined };
};

/** The reads of plans that {@link Views} makes: what they cost grows with what is asked for, never with all features. */
export const planViews = (
  table: Table,
): Pick<Views, "objectives" | "objective" | "initiatives" | "initiative" | "initiativeFeatures"> => ({
  async objectives({ product }, after, limit) {
    const fits = ({ productIds }: Entity) => product === undefined || productIds.includes(product);
    const { items, next } = await page(table, "objective", fits, after, limit);
    return { items: await Promise.all(items.map((one) => objectiveView(table, one))), next };
  },
  async objective(id) {
    const found = kindOf(id) === "objective" ? await entityById(table, id) : undefined;
    return isKind(found, "objective") && !isGone(found) ? objectiveView(table, found) : undefined;
  },
  async initiatives({ product, status }, after, limit) {
    const fits = ({ productIds, fields }: Entity<"initiative">) =>
      (product === undefined || productIds.includes(product)) &&
      (status === undefined || status.includes(fields.status.category));
    const { items, next } = await page(table, "initiative", fits, after, limit);
    const shown = items.map(async (one) => initiativeView(table, one, rollUpOf(await featuresOf(table, one.id))));
    return { items: await Promise.all(shown), next };
  },
  async initiative(named) {
    const ids = kindOf(named) === "initiative" ? [named] : await calledSo(table, named.toUpperCase());
    for (const id of ids) {
      const found = kindOf(id) === "initiative" ? await entityById(table, id) : undefined;
      if (isKind(found, "initiative")) return initiativeView(table, found, rollUpOf(await featuresOf(table, id)));
    }
    return undefined;
  },
  initiativeFeatures: (id) => featuresOf(table, id),
});
