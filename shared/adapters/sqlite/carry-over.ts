import type { DatabaseSync } from "node:sqlite";
import { atomically, commit } from "./database.ts";
import { COLUMNS, type Stored, storedRows } from "./table.ts";

/** Rows that no payload of the archive holds: what people said and made, how far was read, what was shown and told. */
const HELD_BY_NO_PAYLOAD: readonly ((row: Stored) => boolean)[] = [
  ({ pk }) => /^(A#|C#|Y#|G#|R#|I#|H$|H#)/.test(pk),
  ({ pk, sk }) => pk.startsWith("E#") && /^(S$|U#|D#|V#)/.test(sk),
  ({ pk, sk }) => pk.startsWith("O#") && /^(A$|R#)/.test(sk),
  ({ pk, sk }) => pk === "M" && (sk === "K" || sk === "F"),
];

/** What was found in a database of which some may be damaged. */
export interface Carried {
  readonly rows: number;
  readonly damaged: number;
  /** Of how many features it had views, and how many records of tools. */
  readonly views: number;
  readonly entities: number;
  /** Payloads that its records were read from. */
  readonly rawRefs: ReadonlySet<string>;
  /** Whether all of it could be read, from the first row to the last. */
  readonly toTheEnd: boolean;
}

/**
 * Copies into a new database what only the old one has, as far as it can be read.
 *
 */
export const carryOver = (from: DatabaseSync, to: DatabaseSync): Carried => {
  const marks = COLUMNS.split(",").map(() => "?");
  const insert = to.prepare(`INSERT OR REPLACE INTO item (${COLUMNS}) VALUES (${marks})`);
  let [rows, damaged, views, entities, toTheEnd] = [0, 0, 0, 0, true];
  const rawRefs = new Set<string>();
  atomically(to, () => {
    try {
      for (const { stored, whole } of storedRows(from)) {
        const { pk, sk } = stored;
        if (whole && pk.startsWith("E#") && sk === "V") views += 1;
        if (whole && pk.startsWith("E#") && sk === "A") {
          entities += 1;
          rawRefs.add((JSON.parse(stored.data) as { readonly rawRef: string }).rawRef);
        }
        if (!whole) damaged += 1;
        else if (HELD_BY_NO_PAYLOAD.some((holds) => holds(stored))) {
          insert.run(...COLUMNS.split(", ").map((name) => stored[name as keyof Stored]));
          rows += 1;
        }
      }
    } catch {
      toTheEnd = false;
    }
  });
  commit(to);
  return { rows, damaged, views, entities, rawRefs, toTheEnd };
};

/** What would be read anew of a connection whose archive is not whole. */
export const forgetHowFar = (db: DatabaseSync, connection: string): void => {
  db.prepare("DELETE FROM item WHERE pk IN (?, ?)").run(`C#${connection}`, `Y#${connection}`);
};
