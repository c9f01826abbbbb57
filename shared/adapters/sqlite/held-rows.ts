import type { DatabaseSync } from "node:sqlite";
import type { Row } from "../../ports/table.ts";
import type { Stored } from "./table.ts";

/**
 * Rows that people look at again and again, and characters of their text that are held of each kind: entities, about
 * 3,000, and views of features, about 6,000. Parsed they take not quite twice as many bytes. Each has a room of its own,
 * so that a sync, which reads entities, leaves the features alone.
 */
const HELD_AT_MOST: Readonly<Record<string, number>> = { A: 5_000_000, V: 15_000_000 };
/** A row that is longer is not held. */
const LONGEST = 40_000;

/** Pages of sort keys, about 3 MB. */
const PAGES_AT_MOST = 500;

/** A row as it is stored. */
type StoredText = Pick<Stored, "pk" | "sk" | "version" | "data" | "sum">;

interface Held {
  readonly row: Row;
  /** Characters of its text, and the sum over the row. */
  readonly length: number;
  readonly sum: number | null;
  /** By SQLite's number for what others have written. */
  readonly seen: number;
}

/** Parsed rows that are still as they are stored. Nobody may change what a row holds. */
export interface HeldRows {
  /** What SQLite says of the writes of other connections, as of this turn of the event loop: ask before the rows are read. */
  seen(): number;
  /** Whether rows with this sort key are held. */
  holds(sk: string): boolean;
  /** The row, if nobody can have written it since. */
  at(pk: string, sk: string, seen: number): Row | undefined;
  /** What the text of a stored row says, without parsing it where the same row was parsed before. */
  parse(stored: StoredText): unknown;
  keep(row: Row, stored: StoredText, seen: number): void;
  /** The sort keys that a query found, read again where anybody has written anything since. */
  keys(query: string, read: () => readonly string[]): readonly string[];
  /** This connection writes it. */
  forget(pk: string, sk: string): void;
}

const ofConnection = new WeakMap<DatabaseSync, HeldRows>();

/** The rows that a connection holds: its own writes are told of, those of others SQLite counts. */
export const heldRows = (db: DatabaseSync): HeldRows => {
  const rows = ofConnection.get(db) ?? holding(db);
  ofConnection.set(db, rows);
  return rows;
};

const holding = (db: DatabaseSync): HeldRows => {
  const rooms = new Map(
    Object.entries(HELD_AT_MOST).map(([sk, most]) => [sk, { held: new Map<string, Held>(), size: 0, most }]),
  );
  const version = db.prepare("PRAGMA data_version");
  const changes = db.prepare("SELECT total_changes() AS own");
  const pages = new Map<string, readonly string[]>();
  let pagesOf = { seen: 0, own: 0 };
  const drop = (pk: string, sk: string) => {
    const room = rooms.get(sk);
    if (room === undefined) return;
    room.size -= room.held.get(pk)?.length ?? 0;
    room.held.delete(pk);
  };
  let seenNow: number | undefined;
  // Once for each turn of the event loop: whoever asks in it came before, so that later writes of others may stay unseen.
  const seen = (): number => {
    if (seenNow === undefined) {
      seenNow = Number(version.get()?.["data_version"]);
      setImmediate(() => {
        seenNow = undefined;
      });
    }
    return seenNow;
  };
  return {
    seen,
    holds: (sk) => rooms.has(sk),
    at(pk, sk, seen) {
      const known = rooms.get(sk)?.held.get(pk);
      return known?.seen === seen ? known.row : undefined;
    },
    parse({ pk, sk, version, data, sum }) {
      const known = rooms.get(sk)?.held.get(pk);
      // Where words were erased the version stays and the sum does not.
      const isSame =
        known !== undefined && known.row.version === version && known.length === data.length && known.sum === sum;
      return isSame && sum !== null ? known.row.data : JSON.parse(data);
    },
    keep(row, { data: { length }, sum }, seen) {
      // What is written in an open transaction may be taken back; what expires goes without a word.
      const { pk, sk, expiresAt } = row;
      const room = rooms.get(sk);
      if (room === undefined || length > LONGEST || db.isTransaction || expiresAt !== undefined) return;
      drop(pk, sk);
      room.held.set(pk, { row, length, sum, seen });
      room.size += length;
      for (const oldest of room.held.keys()) {
        if (room.size <= room.most) break;
        drop(oldest, sk);
      }
    },
    keys(query, read) {
      // What is written in an open transaction counts as written, and may still be taken back.
      if (db.isTransaction) return read();
      const state = { seen: seen(), own: Number(changes.get()?.["own"]) };
      const isOld = state.seen !== pagesOf.seen || state.own !== pagesOf.own;
      if (isOld || pages.size >= PAGES_AT_MOST) pages.clear();
      pagesOf = state;
      const found = pages.get(query) ?? read();
      pages.set(query, found);
      return found;
    },
    forget: drop,
  };
};
