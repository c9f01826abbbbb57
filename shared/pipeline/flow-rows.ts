import { type Entity, isKind } from "../domain/entity.ts";
import type { HistoryEntry } from "../domain/history.ts";
import type { StatusOf } from "../domain/item-history.ts";
import { kindOf } from "../domain/kind.ts";
import { bucketsOf } from "../flow/buckets.ts";
import { formerFeatures } from "../flow/item-times.ts";
import { type FlowRecord, flowRecord, type ItemRecord } from "../flow/record.ts";
import type { Place, Table } from "../ports/table.ts";
import { entitiesById, linksOf, update } from "../store/entities.ts";
import type { FlowRow } from "../store/flow-views.ts";
import { factsKey, flowKey } from "../store/keys.ts";
import { evidenceLine, type FactsRow, type Said } from "./contribute.ts";

/** What one call of projection changes of products' weeks: by row, each record with its line, or without one. */
export type FlowChanges = Map<string, { readonly place: Place; readonly lines: Map<string, FlowRecord | undefined> }>;

/** A record's times; a pull request's with its reviews. */
export const flowRecordOf = async (
  table: Table,
  entity: Entity,
  history: readonly HistoryEntry[],
  statusOf: StatusOf,
): Promise<FlowRecord | undefined> => {
  if (!isKind(entity, "pullRequest")) return flowRecord({ entity, history }, statusOf);
  const below = (await linksOf(table, entity.id, "out", "parent_of")).map(({ to }) => to);
  const found = await entitiesById(
    table,
    below.filter((id) => kindOf(id) === "review"),
  );
  const reviews = [...found.values()].filter((one): one is typeof one & Entity<"review"> => isKind(one, "review"));
  return flowRecord({ entity, history, reviews }, statusOf);
};

/**
 * Notes in which weeks of which products a record counts now, and where it does no more.
 *
 * @param before where it counted, as {@link Projected} has it
 * @returns where it counts now
 */
export const noteFlow = (
  changes: FlowChanges,
  { id, productIds }: Pick<Entity, "id" | "productIds">,
  record: FlowRecord | undefined,
  before: readonly string[],
): string[] => {
  const buckets = record === undefined ? [] : bucketsOf(record);
  const now = productIds.flatMap((product) => buckets.map((bucket) => `${product} ${bucket}`)).sort();
  for (const at of new Set([...before, ...now])) {
    const [product = "", bucket = ""] = at.split(" ");
    const place = flowKey(product, bucket, id);
    const row = `${place.pk} ${place.sk}`;
    const held = changes.get(row) ?? { place, lines: new Map() };
    held.lines.set(id, now.includes(at) ? record : undefined);
    changes.set(row, held);
  }
  return now;
};

/** Writes what was noted, each row once; a row that stays as it is is not written. */
export const putFlow = async (table: Table, changes: FlowChanges): Promise<void> => {
  for (const { place, lines } of changes.values())
    await update<FlowRow>(table, place, (held) => {
      const before = held?.data.lines ?? {};
      const kept = Object.entries(before).filter(([id]) => !lines.has(id));
      const set = [...lines].flatMap(([id, line]) => (line === undefined ? [] : [[id, line] as const]));
      const next = Object.fromEntries([...kept, ...set].sort(([a], [b]) => (a < b ? -1 : 1)));
      return JSON.stringify(next) === JSON.stringify(before) ? undefined : { data: { lines: next } };
    });
};

/**
 * What the features that an item has left are told: when it came and went, so that they know what their scope was. It says
 * nothing else there: it is gone.
 *
 * @param present features that it speaks about now
 * @returns by feature, only where that is news
 */
export const formerSaid = async (
  table: Table,
  item: Entity<"workItem">,
  history: readonly HistoryEntry[],
  record: ItemRecord,
  present: ReadonlySet<string>,
): Promise<ReadonlyMap<string, Said>> => {
  const told = new Map<string, Said>();
  for (const [featureId, times] of formerFeatures(item, history)) {
    if (present.has(featureId)) continue;
    const line = evidenceLine(item, { featureId, confidence: 1, via: "its parent once" });
    const said: Said = { gone: true, line, facts: [], timeline: [], flow: { ...record, ...times } };
    const { pk, sk } = factsKey(featureId, item.id);
    const held = (await table.get<FactsRow>(pk, sk))?.data;
    const isSame = held?.gone === true && JSON.stringify([held.line, held.flow]) === JSON.stringify([line, said.flow]);
    if (!isSame) told.set(featureId, said);
  }
  return told;
};
