import type { Row, Table } from "../ports/table.ts";
import type { Slice } from "./views.ts";
import { LOOK_AT_MOST } from "./walk-kind.ts";

/** A thing's row among those that stand in the order of their time; what is gone stands nowhere. */
export type Recency = Row<{ readonly id: string }>;

/**
 * Things of a list in the order of their time, newest first: one whose time changes meanwhile may come twice.
 *
 * @param read by id
 */
export const newestFirst = async <Item>(
  table: Table,
  list: string,
  read: (ids: readonly string[]) => Promise<ReadonlyMap<string, Item>>,
  fits: (item: Item) => boolean,
  after: string | undefined,
  limit: number,
): Promise<Slice<Item>> => {
  const items: Item[] = [];
  const size = Math.min(100, limit + 1);
  let place = after;
  for (let looked = 0; looked < LOOK_AT_MOST; ) {
    const rows: Recency[] = await table.query<Recency["data"]>({
      pk: list,
      by: "list",
      descending: true,
      limit: size,
      ...(place !== undefined && { after: place }),
    });
    const found = await read(rows.map(({ data }) => data.id));
    for (const row of rows) {
      if (items.length === limit) return { items, next: place };
      place = row.list?.sk;
      const item = found.get(row.data.id);
      if (item !== undefined && fits(item)) items.push(item);
    }
    looked += rows.length;
    if (rows.length < size) return { items, next: undefined };
  }
  return { items, next: place };
};
