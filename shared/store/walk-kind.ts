import type { Entity } from "../domain/entity.ts";
import type { Table } from "../ports/table.ts";
import { lists, SHARDS } from "./keys.ts";

/** Rows looked at for one page at the most: a filter that fits little gives a short page and the place to go on. */
export const LOOK_AT_MOST = 2000;

/** The entities of a kind by id, ascending over all shards: one page of what `map` makes of them. */
export const walkKind = async <Data>(
  table: Table,
  kind: "feature" | "workItem" | "cycle",
  after: string | undefined,
  limit: number,
  map: (id: string, data: unknown) => Promise<Data | undefined>,
) => {
  const items: Data[] = [];
  let looked = 0;
  const first = after === undefined ? 0 : SHARDS.indexOf((after.split("_")[1]?.[0] ?? "0") as (typeof SHARDS)[number]);
  let place = after;
  for (const digit of SHARDS.slice(Math.max(0, first))) {
    for (;;) {
      const rows = await table.query<Entity>({
        pk: lists.shard(kind, digit),
        by: "list",
        limit: 100,
        ...(place !== undefined && { after: place }),
      });
      for (const { data } of rows) {
        if (items.length === limit || looked === LOOK_AT_MOST) return { items, next: place };
        place = data.id;
        looked += 1;
        const item = await map(data.id, data);
        if (item !== undefined) items.push(item);
      }
      if (rows.length < 100) break;
    }
  }
  return { items, next: undefined };
};
