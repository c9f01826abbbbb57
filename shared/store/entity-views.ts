import { type Entity, type FieldedKind, isKind } from "../domain/entity.ts";
import type { Instant } from "../domain/instant.ts";
import { KINDS, kindOf } from "../domain/kind.ts";
import type { Row, Table } from "../ports/table.ts";
import { calledSo, entitiesById } from "./entities.ts";
import { lists, partition, SHARDS } from "./keys.ts";
import type { EvidenceLine, Slice, Views } from "./views.ts";

export interface EntityFilter {
  /** A product's id. */
  readonly product?: string | undefined;
  /** Ids: what belongs to none of them is left out. */
  readonly products?: readonly string[] | undefined;
  /** A feature's id: what speaks about it. */
  readonly feature?: string | undefined;
  readonly tool?: string | undefined;
  /** Categories of its status, state or result. */
  readonly status?: readonly string[] | undefined;
  readonly updatedSince?: Instant | undefined;
}

/** Rows looked at for one page at the most: a filter that fits little gives a short page and the place to go on. */
export const LOOK_AT_MOST = 2000;

/**
 * A kind in the order of its ids, page by page: the shards one after the other.
 *
 * @param pick what a page of rows gives, one answer for each row; undefined leaves it out
 */
export const walkKind = async <Data>(
  table: Table,
  kind: FieldedKind,
  after: string | undefined,
  limit: number,
  pick: (found: readonly Entity[]) => Promise<readonly (Data | undefined)[]>,
): Promise<Slice<Data>> => {
  const items: Data[] = [];
  const size = Math.min(100, limit + 1);
  let looked = 0;
  const first = after === undefined ? 0 : SHARDS.indexOf((after.split("_")[1]?.[0] ?? "0") as (typeof SHARDS)[number]);
  let place = after;
  for (const digit of SHARDS.slice(Math.max(0, first))) {
    for (;;) {
      const rows: Row<Entity>[] = await table.query<Entity>({
        pk: lists.shard(kind, digit),
        by: "list",
        limit: size,
        ...(place !== undefined && { after: place }),
      });
      const picked = await pick(rows.map(({ data }) => data));
      for (const [at, { data }] of rows.entries()) {
        if (items.length === limit || looked === LOOK_AT_MOST) return { items, next: place };
        place = data.id;
        looked += 1;
        const item = picked[at];
        if (item !== undefined) items.push(item);
      }
      if (rows.length < size) break;
    }
  }
  return { items, next: undefined };
};

/** The reads of {@link Views} over entities of any kind. */
export const entityViews = (table: Table): Pick<Views, "entities" | "entity"> => ({
  async entities<K extends FieldedKind>(kind: K, filter: EntityFilter, after: string | undefined, limit: number) {
    if (filter.feature !== undefined) return ofFeature<K>(table, kind, filter.feature, filter, after, limit);
    return walkKind<Entity<K>>(table, kind, after, limit, async (found) =>
      found.map((entity) => (entityFits(entity, filter) ? (entity as Entity<K>) : undefined)),
    );
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
  (products === undefined || entity.productIds.some((id) => products.includes(id))) &&
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
