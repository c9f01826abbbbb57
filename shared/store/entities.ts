import type { Entity, FieldedKind } from "../domain/entity.ts";
import type { HistoryEntry } from "../domain/history.ts";
import type { Instant } from "../domain/instant.ts";
import { type Evidence, type Link, type LinkType, restated } from "../domain/link.ts";
import type { Place, Row, Table } from "../ports/table.ts";
import { entriesIn, historyData, historyParts, inOrder } from "./history-rows.ts";
import {
  aliasKey,
  entityKey,
  historyKey,
  linkInKey,
  linkOutKey,
  lists,
  partition,
  referrerKey,
  SHARDS,
} from "./keys.ts";

/** Rows per read of a partition; a partition may hold any number. */
const PAGE = 500;

/** All rows of a partition whose sort key starts with the prefix, page by page. */
export async function* rowsOf<Data>(table: Table, pk: string, prefix: string): AsyncGenerator<Row<Data>> {
  for (let after: string | undefined; ; ) {
    const rows: Row<Data>[] = await table.query<Data>({
      pk,
      prefix,
      limit: PAGE,
      ...(after !== undefined && { after }),
    });
    yield* rows;
    after = rows.at(-1)?.sk;
    if (rows.length < PAGE || after === undefined) return;
  }
}

/** All rows of a partition up to a sort key, page by page. */
export async function* rowsUpTo(table: Table, pk: string, upTo: string): AsyncGenerator<Row> {
  for (let after: string | undefined; ; ) {
    const rows: Row[] = await table.query({ pk, upTo, limit: PAGE, ...(after !== undefined && { after }) });
    yield* rows;
    after = rows.at(-1)?.sk;
    if (rows.length < PAGE || after === undefined) return;
  }
}

/** Reads a row and puts what `next` makes of it until nobody came between. `undefined` from `next` leaves it as it is. */
export const update = async <Data>(
  table: Table,
  key: Place,
  next: (held: Row<Data> | undefined) => Omit<Row<Data>, "pk" | "sk" | "version"> | undefined,
): Promise<boolean> => {
  for (;;) {
    const held = await table.get<Data>(key.pk, key.sk);
    const wanted = next(held);
    if (wanted === undefined) return false;
    if (await table.put({ ...key, version: (held?.version ?? 0) + 1, ...wanted })) return true;
  }
};

/** What is stored of an entity beside what the model shows: needed by the merge and by publication. */
export interface StoredEntity<K extends FieldedKind = FieldedKind> extends Entity<K> {
  readonly mappedHash: string;
  /** When the payload came in that it was last written from, by our clock. */
  readonly receivedAt?: Instant | undefined;
  /** When we were told that it is gone, by our clock; absent while it is there. */
  readonly goneToldAt?: Instant | undefined;
  /** Over the ids of the past entries that came with the last record. */
  readonly historyHash?: string | undefined;
}

export const entityById = async (table: Table, id: string): Promise<StoredEntity | undefined> => {
  const { pk, sk } = entityKey(id);
  return (await table.get<StoredEntity>(pk, sk))?.data;
};

export const entitiesById = async (table: Table, ids: readonly string[]): Promise<Map<string, StoredEntity>> => {
  const rows = await table.getMany<StoredEntity>([...new Set(ids)].map(entityKey));
  return new Map(rows.map(({ data }) => [data.id, data]));
};

/** All entities of a kind, by id, page by page. @param from those behind this id alone */
export async function* everyOf<K extends FieldedKind>(
  table: Table,
  kind: K,
  from?: string,
): AsyncGenerator<StoredEntity<K>> {
  const first = from === undefined ? undefined : lists.ofKind(kind, from).pk;
  for (const digit of SHARDS) {
    const shard = lists.shard(kind, digit);
    if (first !== undefined && shard < first) continue;
    for (let after = shard === first ? from : undefined; ; ) {
      const rows: Row<StoredEntity<K>>[] = await table.query<StoredEntity<K>>({
        pk: shard,
        by: "list",
        limit: PAGE,
        ...(after !== undefined && { after }),
      });
      for (const { data } of rows) yield data;
      after = rows.at(-1)?.list?.sk;
      if (rows.length < PAGE || after === undefined) break;
    }
  }
}

/** Oldest first, each entry once. */
export const historyOf = async (table: Table, id: string): Promise<HistoryEntry[]> => {
  const entries: HistoryEntry[] = [];
  for await (const { data } of rowsOf(table, partition.ofEntity(id), "H#")) entries.push(...entriesIn(data));
  return inOrder(entries);
};

/**
 * Adds entries of the past that are not there yet, as few rows.
 *
 * @param entries oldest first
 * @param held how many of the first are known to be there. Undefined if that is to be looked up
 */
export const addHistory = async (
  table: Table,
  id: string,
  entries: readonly HistoryEntry[],
  held: number | undefined,
): Promise<void> => {
  for (let missing = held === undefined ? await missingOf(table, id, entries) : entries.slice(held); ; ) {
    let isPut = true;
    for (const part of historyParts(missing)) {
      const [{ at, id: first }] = part;
      if (!(await table.put({ ...historyKey(id, at, first), version: 1, data: historyData(part) }))) isPut = false;
    }
    if (isPut) return;
    // A run that crashed, or another payload, put a row that begins alike: what it lacks still has to be put.
    missing = await missingOf(table, id, entries);
  }
};

const missingOf = async (table: Table, id: string, entries: readonly HistoryEntry[]): Promise<HistoryEntry[]> => {
  const known = new Set((await historyOf(table, id)).map((entry) => `${entry.at} ${entry.id}`));
  return entries.filter((entry) => !known.has(`${entry.at} ${entry.id}`));
};

/** Links from (`out`) or to (`in`) an entity that hold now. */
export const linksOf = async (table: Table, id: string, way: "out" | "in", type?: LinkType): Promise<Link[]> => {
  const found: Link[] = [];
  const prefix = `L#${way === "out" ? ">" : "<"}${type === undefined ? "" : `${type}#`}`;
  for await (const { data } of rowsOf<Link>(table, partition.ofEntity(id), prefix)) {
    if (data.validTo === undefined) found.push(data);
  }
  return found;
};

/** Lets one record say (or withdraw, with no evidence) its part of a link; both rows of the link are kept alike. */
export const say = async (
  table: Table,
  ends: Pick<Link, "from" | "to" | "type">,
  saidBy: string,
  said: readonly Evidence[],
  at: Instant,
  recordedAt: Instant,
): Promise<void> => {
  for (const key of [linkOutKey(ends.from, ends.type, ends.to), linkInKey(ends.to, ends.type, ends.from)]) {
    await update<Link>(table, key, (held) => {
      const link = restated(held?.data, ends, saidBy, said, at, recordedAt);
      return link && { data: link };
    });
  }
};

/** Entities that are called so, by any connection. */
export const calledSo = async (table: Table, alias: string): Promise<string[]> => {
  const rows = await table.query<{ id: string; gone: boolean }>({ pk: partition.ofAlias(alias), prefix: "A#" });
  return rows.filter(({ data }) => !data.gone).map(({ data }) => data.id);
};

/** Entities whose texts point to that name. */
export const pointingTo = async (table: Table, alias: string): Promise<string[]> => {
  const found: string[] = [];
  for await (const { data } of rowsOf<{ id: string; gone: boolean }>(table, partition.ofAlias(alias), "R#")) {
    if (!data.gone) found.push(data.id);
  }
  return found;
};

/** Says that an entity has (or no longer has) a name, or that its texts point to one. @returns true if that is news */
export const setName = (
  table: Table,
  what: "alias" | "referrer",
  name: string,
  id: string,
  gone: boolean,
): Promise<boolean> =>
  update<{ id: string; gone: boolean }>(table, (what === "alias" ? aliasKey : referrerKey)(name, id), (held) =>
    (held?.data.gone ?? true) === gone ? undefined : { data: { id, gone } },
  );
