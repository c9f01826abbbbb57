import { type Entity, type FieldedKind, isKind } from "../domain/entity.ts";
import { KINDS, kindOf } from "../domain/kind.ts";
import type { Table } from "../ports/table.ts";
import { calledSo, entitiesById } from "./entities.ts";
import { isOfAny } from "./feature-fits.ts";
import { partition } from "./keys.ts";
import type { EntityFilter, KindReads } from "./kind-reads.ts";
import type { EvidenceLine, Slice } from "./views.ts";
import { walkKind } from "./walk-kind.ts";

/** Entities of any kind, one at a time or as lists. */
export const entityViews = (table: Table): Pick<KindReads, "entities" | "entity"> => ({
  async entities<K extends FieldedKind>(kind: K, filter: EntityFilter, after: string | undefined, limit: number) {
    if (filter.feature !== undefined) return ofFeature<K>(table, kind, filter.feature, filter, after, limit);
    const map = (entity: Entity) => (entityFits(entity, filter) ? (entity as Entity<K>) : undefined);
    return walkKind(table, kind, after, limit, map, { standing: filter.status });
  },
  async entity<K extends FieldedKind>(kind: K, idOrKey: string) {
    const ids =
      kindOf(idOrKey) === kind
        ? [idOrKey]
        : (
            await Promise.all(
              [idOrKey, idOrKey.toUpperCase(), idOrKey.toLowerCase()].map((key) => calledSo(table, key)),
            )
          )
            .flat()
            .filter((id) => kindOf(id) === kind);
    const found: ReadonlyMap<string, Entity> = await entitiesById(table, ids.slice(0, 10));
    return ids.map((id) => found.get(id)).find((entity) => isKind(entity, kind));
  },
});

/** Where a thing stands, in our word. */
export const standingOf = (entity: Entity): string | undefined => {
  const { status, state, result } = entity.fields as Readonly<
    Record<string, { readonly category?: string } | undefined>
  >;
  return (status ?? state ?? result)?.category;
};

export const entityFits = (entity: Entity, { product, products, tool, status, updatedSince }: EntityFilter): boolean =>
  entity.presence.state !== "deleted" &&
  entity.presence.state !== "out_of_scope" &&
  (product === undefined || entity.productIds.includes(product)) &&
  isOfAny(products, entity) &&
  (tool === undefined || entity.source.tool === tool) &&
  (status === undefined || status.includes(standingOf(entity) ?? "unknown")) &&
  (updatedSince === undefined || entity.sourceUpdatedAt >= updatedSince);

/** What speaks about a feature, read from where the feature keeps it. */
const ofFeature = async <K extends FieldedKind>(
  table: Table,
  kind: K,
  featureId: string,
  filter: EntityFilter,
  after: string | undefined,
  limit: number,
): Promise<Slice<Entity<K>>> => {
  const rows = await table.query<{ gone: boolean; line: EvidenceLine }>({
    pk: partition.ofEntity(featureId),
    prefix: `F#${KINDS[kind]}_`,
    limit: limit + 1,
    ...(after !== undefined && { after: `F#${after}` }),
  });
  const shown = rows.slice(0, limit);
  const found: ReadonlyMap<string, Entity> = await entitiesById(
    table,
    shown.flatMap(({ data }) => (data.gone ? [] : [data.line.id])),
  );
  const items = shown.flatMap(({ data }) => {
    const entity = found.get(data.line.id);
    return isKind(entity, kind) && entityFits(entity, filter) ? [entity] : [];
  });
  return { items, next: rows.length > limit ? shown.at(-1)?.data.line.id : undefined };
};
