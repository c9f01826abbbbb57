import type { Table } from "../ports/table.ts";
import { featuresById } from "./entity-reads.ts";
import { lists, recencyKey } from "./keys.ts";
import { newestFirst, type Recency } from "./newest-first.ts";
import type { FeatureView, Slice } from "./views.ts";

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

/** Features in the order of their last change, newest first. */
export const recentFeatures = (
  table: Table,
  fits: (view: FeatureView) => boolean,
  after: string | undefined,
  limit: number,
): Promise<Slice<FeatureView>> =>
  newestFirst(table, lists.recency, (ids) => featuresById(table, ids), fits, after, limit);
