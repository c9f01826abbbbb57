import type { Row, Table } from "../ports/table.ts";
import { featuresById } from "./entity-reads.ts";
import { lists, recencyKey } from "./keys.ts";
import type { FeatureView, Slice } from "./views.ts";
import { LOOK_AT_MOST } from "./walk-kind.ts";

/** A feature's row among those that changed last; gone features stand nowhere. */
export type Recency = Row<{ readonly id: string }>;

/**
 * Puts a feature to its place among those that changed last.
 *
 * @returns false if somebody else wrote meanwhile
 */
export const putRecency = async (
  table: Table,
  { id, updatedAt, presence }: Pick<FeatureView, "id" | "updatedAt" | "presence">,
  held: Recency | undefined,
): Promise<boolean> => {
  const isGone = presence.state === "deleted" || presence.state === "out_of_scope";
  const list = isGone ? undefined : lists.ofRecency(updatedAt, id);
  if (held?.list?.sk === list?.sk) return true;
  const version = (held?.version ?? 0) + 1;
  return table.put({ ...recencyKey(id), version, data: { id }, ...(list !== undefined && { list }) });
};

/** Features in the order of their last change, newest first: one that changes meanwhile may come twice. */
export const recentFeatures = async (
  table: Table,
  fits: (view: FeatureView) => boolean,
  after: string | undefined,
  limit: number,
): Promise<Slice<FeatureView>> => {
  const items: FeatureView[] = [];
  const size = Math.min(100, limit + 1);
  let place = after;
  for (let looked = 0; looked < LOOK_AT_MOST; ) {
    const rows: Recency[] = await table.query<Recency["data"]>({
      pk: lists.recency,
      by: "list",
      descending: true,
      limit: size,
      ...(place !== undefined && { after: place }),
    });
    const views = await featuresById(
      table,
      rows.map(({ data }) => data.id),
    );
    for (const { data, list } of rows) {
      if (items.length === limit) return { items, next: place };
      place = list?.sk;
      const view = views.get(data.id);
      if (view !== undefined && fits(view)) items.push(view);
    }
    looked += rows.length;
    if (rows.length < size) return { items, next: undefined };
  }
  return { items, next: place };
};
