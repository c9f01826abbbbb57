import type { COUNTED, CountedRow } from "./counted.ts";

/** A second way to find a row: its place in one of two ordered lists. */
export interface Place {
  readonly pk: string;
  readonly sk: string;
}

/** One row. `pk`/`sk` are built in `shared/store/keys.ts` and nowhere else. */
export interface Row<Data = unknown> {
  readonly pk: string;
  readonly sk: string;
  /** Of the row, for the conditional write: 1 for the first put, then strictly +1. */
  readonly version: number;
  /** JSON. */
  readonly data: Data;
  /** In what list of things it stands. */
  readonly list?: Place | undefined;
  /** By when somebody must look at it again. */
  readonly due?: Place | undefined;
  /** Seconds since the epoch after which the row may vanish by itself, sooner or later. */
  readonly expiresAt?: number | undefined;
}

/** Rows of one partition, or of one list, in ascending UTF-8 order of the sort key. */
export interface Query {
  readonly pk: string;
  readonly by?: "list" | "due";
  /** Only sort keys that start with this. */
  readonly prefix?: string;
  /** Only sort keys greater than this (smaller, if `descending`). */
  readonly after?: string;
  /** Only sort keys up to and including this. */
  readonly upTo?: string;
  readonly descending?: boolean;
  /** Rows at the most; default 100. */
  readonly limit?: number;
}

/** Which entities of the list of a kind somebody wants. A hint: a table that holds no index of it gives the others too. */
export interface Wanted {
  /** Where they may stand: category of `fields.status`, `fields.state` or `fields.result`, `unknown` without one. */
  readonly standing?: readonly string[] | undefined;
}

/** Which tickets, feedback and answers are counted: those that fit either, all without `since`. */
export interface WantedSince extends Wanted {
  /** From when on they came, were solved or were said. */
  readonly since?: string | undefined;
}

/** What Throughline needs of a table: the part of DynamoDB that SQLite can also keep. */
export interface Table {
  get<Data>(pk: string, sk: string): Promise<Row<Data> | undefined>;
  /** Reads of many keys at once, in any order; absent ones are left out. */
  getMany<Data>(keys: readonly { readonly pk: string; readonly sk: string }[]): Promise<Row<Data>[]>;
  query<Data>(query: Query): Promise<Row<Data>[]>;
  /** The sort keys of what a query gives, without a look at the rows: where one moved just now, its place of before may be told. */
  sortKeys(query: Query & Wanted): Promise<readonly string[]>;
  /** Rows of a list by a few values of theirs: of tickets, feedback and answers those wanted, of other lists all. */
  counted(
    query: Pick<Query, "pk" | "after" | "limit"> & WantedSince,
    by: keyof typeof COUNTED,
  ): Promise<readonly CountedRow[]>;
  /** How many rows a query without limit would give, without fetching them. */
  count(query: Omit<Query, "limit" | "after" | "descending">): Promise<number>;
  /**
   * Writes iff the stored version is `row.version - 1` (0: absent). A row equal to the stored one in all but its
   * version is still a write; callers that would change nothing do not put.
   *
   * @returns false if the version was another
   */
  put(row: Row): Promise<boolean>;
}

/** One committed put, as the change feed tells it: at least once, in order per row. */
export interface FeedRecord {
  readonly pk: string;
  readonly sk: string;
  readonly before: Row | undefined;
  readonly after: Row;
}
