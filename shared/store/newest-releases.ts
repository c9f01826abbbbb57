import { type Entity, isKind } from "../domain/entity.ts";
import type { Table } from "../ports/table.ts";
import { entitiesById, update } from "./entities.ts";
import { entityFits } from "./entity-views.ts";
import { lists, recencyKey } from "./keys.ts";
import type { EntityFilter } from "./kind-reads.ts";
import { newestFirst, type Recency } from "./newest-first.ts";
import type { Slice } from "./views.ts";

/** A release of which no tool tells a day comes after all others. */
const NO_DAY = "-";

/** When a release was published, else when it was or is to be released: a moment, or a day. */
const dayOf = ({ fields: { publishedAt, releaseDate } }: Entity<"release">): string =>
  publishedAt ?? releaseDate ?? NO_DAY;

/**
 * Puts a release to its place among the newest; one that is gone stands nowhere.
 *
 * @param isNewer whether what is held may be older than this: else a place that it has stays
 */
export const putReleaseDay = (table: Table, release: Entity<"release">, isNewer = true): Promise<boolean> => {
  const { id, presence } = release;
  const isGone = presence.state === "deleted" || presence.state === "out_of_scope";
  const list = isGone ? undefined : lists.ofRelease(dayOf(release), id);
  return update<Recency["data"]>(table, recencyKey(id), (held) =>
    (held !== undefined && !isNewer) || held?.list?.sk === list?.sk
      ? undefined
      : { data: { id }, ...(list !== undefined && { list }) },
  );
};

/** Releases by their day, newest first, those without a day last. */
export const newestReleases = (
  table: Table,
  filter: EntityFilter,
  after: string | undefined,
  limit: number,
): Promise<Slice<Entity<"release">>> => {
  const read = async (ids: readonly string[]) => {
    const found = [...(await entitiesById(table, ids)).values()];
    return new Map(found.flatMap((entity) => (isKind(entity, "release") ? [[entity.id, entity] as const] : [])));
  };
  return newestFirst(table, lists.releases, read, (release) => entityFits(release, filter), after, limit);
};
