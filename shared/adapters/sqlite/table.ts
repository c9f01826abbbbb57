import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";
import { crc32 } from "node:zlib";
import { checkQuery, checkRow } from "../../ports/row-image.ts";
import type { FeedRecord, Place, Query, Row, Table, Wanted } from "../../ports/table.ts";
import { COUNTED_INDEXES, countedQuery, countedRows, OF_KIND, STANDS } from "./counted.ts";
import { AT_MOST, atomically } from "./database.ts";
import { type HeldRows, heldRows } from "./held-rows.ts";
import { storeDamaged } from "./soundness.ts";

// Not WITHOUT ROWID: with rows of 1 KB that takes more than twice the space.
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS item (
    pk TEXT NOT NULL, sk TEXT NOT NULL, version INTEGER NOT NULL, data TEXT NOT NULL,
    list_pk TEXT, list_sk TEXT, due_pk TEXT, due_sk TEXT, expires_at INTEGER, sum INTEGER,
    PRIMARY KEY (pk, sk)
  );
  CREATE INDEX IF NOT EXISTS item_list ON item (list_pk, list_sk) WHERE list_pk IS NOT NULL;
  CREATE INDEX IF NOT EXISTS item_due ON item (due_pk, due_sk) WHERE due_pk IS NOT NULL;
  CREATE INDEX IF NOT EXISTS item_expiry ON item (expires_at) WHERE expires_at IS NOT NULL;
  CREATE TABLE IF NOT EXISTS feed (seq INTEGER PRIMARY KEY AUTOINCREMENT, pk TEXT NOT NULL, sk TEXT NOT NULL, before TEXT, after TEXT NOT NULL);
`;
export const COLUMNS = "pk, sk, version, data, list_pk, list_sk, due_pk, due_sk, expires_at, sum";

export interface Stored {
  pk: string;
  sk: string;
  version: number;
  data: string;
  list_pk: string | null;
  list_sk: string | null;
  due_pk: string | null;
  due_sk: string | null;
  expires_at: number | null;
  /** Over everything else; null in rows from before there were sums. */
  sum: number | null;
}

/** A sum that a flipped bit of a row does not fit: SQLite looks at its own structure only. */
export const sumOf = (data: string, cells: readonly (string | number | null)[]): number =>
  crc32(data, crc32(JSON.stringify(cells)));

/** Whether a stored row is as it was written. */
const isWhole = ({ pk, sk, version, data, list_pk, list_sk, due_pk, due_sk, expires_at, sum }: Stored): boolean =>
  sum === null || sum === sumOf(data, [pk, sk, version, list_pk, list_sk, due_pk, due_sk, expires_at]);
/** A row as JSON around the text of its data, which is as long as all else together and is not written a second time. */
const rowText = ({ pk, sk, version, list, due, expiresAt }: Omit<Row, "data">, data: string): string => {
  const key = `"pk":${JSON.stringify(pk)},"sk":${JSON.stringify(sk)},"version":${version}`;
  const places = `${list ? `,"list":${JSON.stringify(list)}` : ""}${due ? `,"due":${JSON.stringify(due)}` : ""}`;
  return `{${key},"data":${data}${places}${expiresAt === undefined ? "" : `,"expiresAt":${expiresAt}`}}`;
};

const place = (pk: string | null, sk: string | null): Place | undefined =>
  pk === null || sk === null ? undefined : { pk, sk };

type Frame = { -readonly [Part in keyof Omit<Row, "data">]: Row[Part] };

/** All of a row but its data, which is still text. @throws HubError store_damaged */
const frameOf = (stored: Stored): Frame => {
  const { pk, sk, version, list_pk, list_sk, due_pk, due_sk, expires_at } = stored;
  if (!isWhole(stored)) throw storeDamaged(`a row of hub.db is damaged: ${pk.slice(0, 40)}`);
  const list = place(list_pk, list_sk);
  const due = place(due_pk, due_sk);
  const frame: Frame = { pk, sk, version };
  if (list !== undefined) frame.list = list;
  if (due !== undefined) frame.due = due;
  if (expires_at !== null) frame.expiresAt = expires_at;
  return frame;
};

const toRow = (record: unknown, held: HeldRows): Row => {
  const stored = record as Stored;
  // A row is made at each read of a table, and spreading it out takes as long as the rest.
  return Object.assign(frameOf(stored), { data: held.parse(stored) });
};

/** The first text behind all that start with the prefix; undefined where there is none. */
const behind = (prefix: string): string | undefined => {
  const points = [...prefix.toWellFormed()];
  for (let last = points.pop(); last !== undefined; last = points.pop()) {
    const code = last.codePointAt(0) ?? 0;
    if (code < 0x10ffff) return `${points.join("")}${String.fromCodePoint(code === 0xd7ff ? 0xe000 : code + 1)}`;
  }
  return undefined;
};

const INDEXES = { item: ["pk", "sk"], list: ["list_pk", "list_sk"], due: ["due_pk", "due_sk"] } as const;

/** A query's condition and its values, in the order of the placeholders. */
const condition = ({
  pk,
  by,
  prefix,
  after,
  upTo,
  descending,
}: Query): { where: string; values: SQLInputValue[]; order: string } => {
  const [partition, sort] = INDEXES[by ?? "item"];
  const parts = [`${partition} = ?`];
  const values: SQLInputValue[] = [pk];
  const add = (part: string, ...more: SQLInputValue[]) => {
    parts.push(part);
    values.push(...more);
  };
  if (prefix) {
    const end = behind(prefix);
    add(`${sort} >= ?`, prefix);
    if (end !== undefined) add(`${sort} < ?`, end);
  }
  if (after !== undefined) add(`${sort} ${descending ? "<" : ">"} ?`, after);
  if (upTo !== undefined) add(`${sort} <= ?`, upTo);
  return { where: parts.join(" AND "), values, order: `${sort} ${descending ? "DESC" : "ASC"}` };
};

/** The embedded table. An item and its feed row are one commit, so the feed misses nothing and invents nothing. */
export const sqliteTable = (db: DatabaseSync, told: () => void = () => {}): Table => {
  db.exec(SCHEMA);
  db.exec(COUNTED_INDEXES);
  withSums(db);
  const one = db.prepare(`SELECT ${COLUMNS} FROM item WHERE pk = ? AND sk = ?`);
  const many = db.prepare(
    "SELECT item.* FROM json_each(?) AS asked CROSS JOIN item ON item.pk = asked.value ->> 0 AND item.sk = asked.value ->> 1",
  );
  const write = db.prepare(`INSERT OR REPLACE INTO item (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  const tell = db.prepare("INSERT INTO feed (pk, sk, before, after) VALUES (?, ?, ?, ?)");
  // One statement per shape of query; `all` reads it to the end at once, so sharing it is safe.
  const prepared = new Map<string, StatementSync>();
  const statement = (sql: string): StatementSync => {
    const held = prepared.get(sql) ?? db.prepare(sql);
    prepared.set(sql, held);
    return held;
  };
  const held = heldRows(db);
  const heldAs = (record: unknown, seen: number): Row => {
    const row = toRow(record, held);
    held.keep(row, record as Stored, seen);
    return row;
  };
  const keysAt = (sort: string, where: string, order: string, values: readonly SQLInputValue[]) =>
    statement(`SELECT ${sort} AS sk FROM item WHERE ${where} ORDER BY ${order} ${AT_MOST}`)
      .all(...values)
      .map(({ sk }) => String(sk));
  const keysOf = ({ standing, ...query }: Query & Wanted): string[] => {
    const { where, values, order } = condition(query);
    const { by = "item", limit = 100, descending = false } = query;
    const [, sort] = INDEXES[by];
    if (standing === undefined || by !== "list") return keysAt(sort, where, order, [...values, limit]);
    // One by one: of several at once SQLite would sort all that stand there.
    const each = [...new Set(standing)].map((one) =>
      keysAt(sort, `${where} AND ${OF_KIND} AND ${STANDS} = ?`, order, [...values, one, limit]),
    );
    if (each.length === 1) return each[0] ?? [];
    const sorted = each.flat().sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    return (descending ? sorted.reverse() : sorted).slice(0, limit);
  };
  return {
    async get<Data>(pk: string, sk: string) {
      const seen = held.holds(sk) ? held.seen() : 0;
      const known = held.at(pk, sk, seen);
      if (known !== undefined) return known as Row<Data>;
      const record = one.get(pk, sk);
      return record && (heldAs(record, seen) as Row<Data>);
    },
    async getMany<Data>(keys: readonly { readonly pk: string; readonly sk: string }[]) {
      const seen = held.seen();
      const missed: [pk: string, sk: string][] = [];
      const rows: Row[] = [];
      for (const { pk, sk } of keys) {
        const known = held.at(pk, sk, seen);
        if (known === undefined) missed.push([pk.toWellFormed(), sk.toWellFormed()]);
        else rows.push(known);
      }
      if (missed.length > 0) for (const record of many.all(JSON.stringify(missed))) rows.push(heldAs(record, seen));
      return rows as Row<Data>[];
    },
    async query<Data>(query: Query) {
      checkQuery(query);
      const { where, values, order } = condition(query);
      const { limit = 100 } = query;
      const rows = statement(`SELECT ${COLUMNS} FROM item WHERE ${where} ORDER BY ${order} ${AT_MOST}`).all(
        ...values,
        limit,
      );
      return rows.map((row) => toRow(row, held)) as Row<Data>[];
    },
    async sortKeys(query) {
      checkQuery(query);
      return held.keys(JSON.stringify(query), () => keysOf(query));
    },
    async counted(query, by) {
      checkQuery(query);
      const { sql, values } = countedQuery(query, by);
      return countedRows(statement(sql).get(...values)?.["rows"]);
    },
    async count(query) {
      checkQuery(query);
      const { where, values } = condition(query);
      return Number(statement(`SELECT count(*) AS n FROM item WHERE ${where}`).get(...values)?.["n"]);
    },
    async put(row) {
      const json = JSON.stringify(row.data);
      checkRow(row, json);
      const fits = atomically(db, () => {
        const before = one.get(row.pk, row.sk) as Stored | undefined;
        if ((before?.version ?? 0) !== row.version - 1) return false;
        const { pk, sk, version, list, due, expiresAt } = row;
        const places = [list?.pk ?? null, list?.sk ?? null, due?.pk ?? null, due?.sk ?? null];
        const expires = expiresAt ?? null;
        held.forget(pk, sk);
        write.run(pk, sk, version, json, ...places, expires, sumOf(json, [pk, sk, version, ...places, expires]));
        tell.run(pk, sk, before === undefined ? null : rowText(frameOf(before), before.data), rowText(row, json));
        return true;
      });
      if (fits) told();
      return fits;
    },
  };
};

/** Tables of before there were sums get room for them. */
const withSums = (db: DatabaseSync): void => {
  const columns = db.prepare("SELECT name FROM pragma_table_info('item')").all();
  if (!columns.some(({ name }) => name === "sum")) db.exec("ALTER TABLE item ADD COLUMN sum INTEGER");
};

/** Every stored row that can be read, as it is stored, and how many are not as they were written. */
export function* storedRows(db: DatabaseSync): Generator<{ readonly stored: Stored; readonly whole: boolean }> {
  for (const record of db.prepare(`SELECT ${COLUMNS} FROM item`).iterate()) {
    const stored = record as unknown as Stored;
    yield { stored, whole: isWhole(stored) };
  }
}

interface FeedRow {
  seq: number;
  pk: string;
  sk: string;
  before: string | null;
  after: string;
}

/** The change feed of {@link sqliteTable}, read by number, each reader keeping its own place. */
export interface SqliteFeed {
  /** Records after the given number, oldest first. */
  read(afterSeq: number, most: number): { readonly seq: number; readonly record: FeedRecord }[];
  /** The reader's stored place; 0 at first. */
  place(reader: string): number;
  /** Stores the reader's place, and drops what every reader has passed. */
  passed(reader: string, seq: number): void;
  /** Passes over one record that the reader failed at for now, and keeps it for {@link missed}. */
  miss(reader: string, seq: number): void;
  /** The oldest record that the reader passed over, or undefined. */
  missed(reader: string): { readonly seq: number; readonly record: FeedRecord } | undefined;
  /** Forgets a missed record, since it was handled after all. */
  settled(reader: string, seq: number): void;
  /** How far the slowest reader is behind. */
  lag(): number;
}

export const sqliteFeed = (db: DatabaseSync, readers: readonly string[]): SqliteFeed => {
  db.exec("CREATE TABLE IF NOT EXISTS feed_reader (name TEXT PRIMARY KEY, seq INTEGER NOT NULL)");
  db.exec(
    "CREATE TABLE IF NOT EXISTS feed_missed (reader TEXT NOT NULL, seq INTEGER NOT NULL, pk TEXT NOT NULL, sk TEXT NOT NULL, before TEXT, after TEXT NOT NULL, PRIMARY KEY (reader, seq))",
  );
  // Asked first: even an insert that is ignored waits for the lock, and a reader beside a busy hub would wait in vain.
  const known = db.prepare("SELECT 1 FROM feed_reader WHERE name = ?");
  for (const reader of readers)
    if (known.get(reader) === undefined) db.prepare("INSERT OR IGNORE INTO feed_reader VALUES (?, 0)").run(reader);
  const some = db.prepare(`SELECT seq, pk, sk, before, after FROM feed WHERE seq > ? ORDER BY seq ${AT_MOST}`);
  const at = db.prepare("SELECT seq FROM feed_reader WHERE name = ?");
  const move = db.prepare("UPDATE feed_reader SET seq = ? WHERE name = ?");
  const trim = db.prepare("DELETE FROM feed WHERE seq <= (SELECT min(seq) FROM feed_reader)");
  const keep = db.prepare(
    "INSERT OR IGNORE INTO feed_missed SELECT ?, seq, pk, sk, before, after FROM feed WHERE seq = ?",
  );
  const oldest = db.prepare("SELECT seq, pk, sk, before, after FROM feed_missed WHERE reader = ? ORDER BY seq LIMIT 1");
  const forget = db.prepare("DELETE FROM feed_missed WHERE reader = ? AND seq = ?");
  const told = (found: unknown): { readonly seq: number; readonly record: FeedRecord } => {
    const { seq, pk, sk, before, after } = found as FeedRow;
    // Of most changes a reader wants no more than the key.
    let [was, is]: (Row | undefined)[] = [];
    return {
      seq,
      record: {
        pk,
        sk,
        get before(): Row | undefined {
          was ??= before === null ? undefined : (JSON.parse(before) as Row);
          return was;
        },
        get after(): Row {
          is ??= JSON.parse(after) as Row;
          return is;
        },
      },
    };
  };
  return {
    read: (afterSeq, most) => some.all(afterSeq, most).map(told),
    place: (reader) => Number(at.get(reader)?.["seq"] ?? 0),
    passed: (reader, seq) =>
      atomically(db, () => {
        move.run(seq, reader);
        trim.run();
      }),
    miss: (reader, seq) =>
      atomically(db, () => {
        keep.run(reader, seq);
        move.run(seq, reader);
        trim.run();
      }),
    missed: (reader) => {
      const found = oldest.get(reader);
      return found === undefined ? undefined : told(found);
    },
    settled: (reader, seq) => atomically(db, () => forget.run(reader, seq)),
    lag: () =>
      Number(
        db
          .prepare(
            "SELECT coalesce((SELECT max(seq) FROM feed), 0) - min(seq) AS n FROM feed_reader WHERE EXISTS (SELECT 1 FROM feed)",
          )
          .get()?.["n"] ?? 0,
      ),
  };
};
