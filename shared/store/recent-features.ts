import type { Row, Table } from "../ports/table.ts";
import { update } from "./entities.ts";
import { LOOK_AT_MOST } from "./entity-views.ts";
import { lists, recencyKey, viewKey } from "./keys.ts";
import type { FeatureView, Slice } from "./views.ts";

/** Puts a feature to its place among those that changed last. Gone features stand nowhere. */
export const putRecency = async (
  table: Table,
  { id, updatedAt, presence }: Pick<FeatureView, "id" | "updatedAt" | "presence">,
) => {
  const isGone = presence.state === "deleted" || presence.state === "out_of_scope";
  const list = isGone ? undefined : lists.ofRecency(updatedAt, id);
  await update<{ id: string }>(table, recencyKey(id), (held) =>
    held?.list?.sk === list?.sk ? undefined : { data: { id }, ...(list !== undefined && { list }) },
  );
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
    const rows: Row<{ id: string }>[] = await table.query<{ id: string }>({
      pk: lists.recency,
      by: "list",
      descending: true,
      limit: size,
      ...(place !== undefined && { after: place }),
    });
    const found = await table.getMany<FeatureView>(rows.map(({ data }) => viewKey(data.id)));
    const views = new Map(found.map(({ data }) => [data.id, data]));
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
