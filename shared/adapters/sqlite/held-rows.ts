import type { DatabaseSync } from "node:sqlite";
import type { Row } from "../../ports/table.ts";

/** Rows that people look at again and again: entities and views of features. */
const LOOKED_AT: ReadonlySet<string> = new Set(["A", "V"]);
/** Characters of their text, about 1,500 rows. */
const HELD_AT_MOST = 4_000_000;
/** A row that is longer is not held. */
const LONGEST = 40_000;

/** Pages of sort keys, about 3 MB. */
const PAGES_AT_MOST = 500;

interface Held {
  readonly row: Row;
  readonly text: string;
  /** By SQLite's number for what others have written. */
  readonly seen: number;
}

/** Parsed rows that are still as they are stored. Nobody may change what a row holds. */
export interface HeldRows {
  /** What SQLite says of the writes of other connections: ask before the rows are read. Of no use where none of them is held. */
  seen(): number;
  /** Whether rows with this sort key are held. */
  holds(sk: string): boolean;
  /** The row, if nobody can have written it since. */
  at(pk: string, sk: string, seen: number): Row | undefined;
  /** What the text says, without parsing it where the same was parsed before. */
  parse(pk: string, sk: string, text: string): unknown;
  keep(row: Row, text: string, seen: number): void;
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
  const held = new Map<string, Held>();
  const version = db.prepare("PRAGMA data_version");
  const changes = db.prepare("SELECT total_changes() AS own");
  const pages = new Map<string, readonly string[]>();
  let pagesOf = "";
  let size = 0;
  const nameOf = (pk: string, sk: string) => `${sk} ${pk}`;
  const drop = (name: string) => {
    size -= held.get(name)?.text.length ?? 0;
    held.delete(name);
  };
  const seen = () => Number(version.get()?.["data_version"]);
  return {
    seen,
    holds: (sk) => LOOKED_AT.has(sk),
    at(pk, sk, seen) {
      const known = LOOKED_AT.has(sk) ? held.get(nameOf(pk, sk)) : undefined;
      return known?.seen === seen ? known.row : undefined;
    },
    parse(pk, sk, text) {
      const known = LOOKED_AT.has(sk) ? held.get(nameOf(pk, sk)) : undefined;
      return known?.text === text ? known.row.data : JSON.parse(text);
    },
    keep(row, text, seen) {
      // What is written in an open transaction may be taken back; what expires goes without a word.
      if (!LOOKED_AT.has(row.sk) || text.length > LONGEST || db.isTransaction || row.expiresAt !== undefined) return;
      const name = nameOf(row.pk, row.sk);
      drop(name);
      held.set(name, { row, text, seen });
      size += text.length;
      for (const oldest of held.keys()) {
        if (size <= HELD_AT_MOST) break;
        drop(oldest);
      }
    },
    keys(query, read) {
      // What is written in an open transaction counts as written, and may still be taken back.
      if (db.isTransaction) return read();
      const state = `${seen()} ${changes.get()?.["own"]}`;
      if (state !== pagesOf || pages.size >= PAGES_AT_MOST) pages.clear();
      pagesOf = state;
      const found = pages.get(query) ?? read();
      pages.set(query, found);
      return found;
    },
    forget: (pk, sk) => drop(nameOf(pk, sk)),
  };
};
