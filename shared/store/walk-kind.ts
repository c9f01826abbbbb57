import type { Entity, FieldedKind } from "../domain/entity.ts";
import type { Table, Wanted } from "../ports/table.ts";
import { entitiesById } from "./entities.ts";
import { lists, SHARDS } from "./keys.ts";
import type { Slice } from "./views.ts";

/** Rows looked at for one page at the most: a filter that fits little gives a short page and the place to go on. */
export const LOOK_AT_MOST = 2000;

/** Rows of one read of a shard. */
const PAGE = 100;

/** The entities of a kind by id, ascending over all shards: one page of what `map` makes of them, many at once. */
export const walkIds = async <Data>(
  table: Table,
  kind: FieldedKind,
  after: string | undefined,
  limit: number,
  map: (ids: readonly string[]) => Promise<readonly (Data | undefined)[]>,
  wanted?: Wanted,
): Promise<Slice<Data>> => {
  const items: Data[] = [];
  let looked = 0;
  const first = after === undefined ? 0 : SHARDS.indexOf((after.split("_")[1]?.[0] ?? "0") as (typeof SHARDS)[number]);
  let place = after;
  for (const digit of SHARDS.slice(Math.max(0, first))) {
    for (;;) {
      // A page that is nearly full needs few more, unless few of them fit.
      const most = looked > PAGE ? PAGE : Math.min(PAGE, limit - items.length + 1);
      const ids = await table.sortKeys({
        pk: lists.shard(kind, digit),
        by: "list",
        limit: most,
        ...(place !== undefined && { after: place }),
        ...wanted,
      });
      const mapped = await map(ids);
      for (const [index, id] of ids.entries()) {
        if (items.length === limit || looked === LOOK_AT_MOST) return { items, next: place };
        place = id;
        looked += 1;
        const item = mapped[index];
        if (item !== undefined) items.push(item);
      }
      if (ids.length < most) break;
    }
  }
  return { items, next: undefined };
};

/**
 * The same, of the entities themselves.
 *
 * @param wanted which can fit, as far as that is known: `map` looks at others too
 */
export const walkKind = <Data>(
  table: Table,
  kind: FieldedKind,
  after: string | undefined,
  limit: number,
  map: (entity: Entity) => Data | undefined,
  wanted?: Wanted,
): Promise<Slice<Data>> =>
  walkIds(
    table,
    kind,
    after,
    limit,
    async (ids) => {
      const found = await entitiesById(table, ids);
      return ids.map((id) => {
        const entity = found.get(id);
        return entity && map(entity);
      });
    },
    wanted,
  );
