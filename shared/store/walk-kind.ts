import type { Entity, FieldedKind } from "../domain/entity.ts";
import type { Query, Table } from "../ports/table.ts";
import { lists, SHARDS } from "./keys.ts";
import type { Slice } from "./views.ts";

/** Rows looked at for one page at the most: a filter that fits little gives a short page and the place to go on. */
export const LOOK_AT_MOST = 2000;

/** Rows of one read of a shard. */
const PAGE = 100;

/** One row of a walk: what became of it, undefined where it is left out. */
type Seen<Data> = readonly [id: string, item: Data | undefined];

/** The list of a kind by id, ascending over all shards: one page of what `read` makes of its rows, many at once. */
const walk = async <Data>(
  kind: FieldedKind,
  after: string | undefined,
  limit: number,
  read: (query: Query) => Promise<readonly Seen<Data>[]>,
): Promise<Slice<Data>> => {
  const items: Data[] = [];
  let looked = 0;
  const first = after === undefined ? 0 : SHARDS.indexOf((after.split("_")[1]?.[0] ?? "0") as (typeof SHARDS)[number]);
  let place = after;
  for (const digit of SHARDS.slice(Math.max(0, first))) {
    for (;;) {
      // A page that is nearly full needs few more, unless few of them fit.
      const wanted = looked > PAGE ? PAGE : Math.min(PAGE, limit - items.length + 1);
      const seen = await read({
        pk: lists.shard(kind, digit),
        by: "list",
        limit: wanted,
        ...(place !== undefined && { after: place }),
      });
      for (const [id, item] of seen) {
        if (items.length === limit || looked === LOOK_AT_MOST) return { items, next: place };
        place = id;
        looked += 1;
        if (item !== undefined) items.push(item);
      }
      if (seen.length < wanted) break;
    }
  }
  return { items, next: undefined };
};

/**
 * The entities of a kind by id.
 *
 * @param standing where those that fit stand, as far as that is known
 */
export const walkKind = <Data>(
  table: Table,
  kind: FieldedKind,
  after: string | undefined,
  limit: number,
  map: (entity: Entity) => Data | undefined,
  standing?: readonly string[],
): Promise<Slice<Data>> =>
  walk(kind, after, limit, async (query) =>
    (await table.query<Entity>({ ...query, ...(standing && { standing }) })).map(({ data }) => [data.id, map(data)]),
  );

/** The same of what is kept beside the entities: their own rows are not read. */
export const walkIds = <Data>(
  table: Table,
  kind: FieldedKind,
  after: string | undefined,
  limit: number,
  map: (ids: readonly string[]) => Promise<readonly (Data | undefined)[]>,
): Promise<Slice<Data>> =>
  walk(kind, after, limit, async (query) => {
    const ids = await table.sortKeys(query);
    const items = await map(ids);
    return ids.map((id, index) => [id, items[index]]);
  });
