import { rmSync } from "node:fs";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import type { Replace } from "../../domain/erased-words.ts";
import { ENDINGS } from "../archived.ts";
import { checkpointed, commit } from "./database.ts";
import { COLUMNS, type Stored, storedRows, sumOf } from "./table.ts";

/** Tables beside the items whose rows hold text, and the columns that do. */
const TEXTS = {
  feed: ["pk", "sk", "before", "after"],
  feed_missed: ["pk", "sk", "before", "after"],
  message: ["body"],
  bus: ["detail"],
} as const;

/** @param folder of the archive */
export const removePayloads = (folder: string, refs: Iterable<string>): void => {
  for (const ref of refs) for (const ending of ENDINGS) rmSync(join(folder, `${ref}${ending}`), { force: true });
};

/**
 * Replaces words in every row of the database, keys included, in one transaction, and leaves nothing of them in free
 * pages or in the write-ahead log. Versions and the feed stay: nothing is announced.
 *
 * @returns how many rows were changed
 */
export const replaceInRows = (db: DatabaseSync, all: Replace): number => {
  commit(db);
  db.exec("BEGIN IMMEDIATE");
  let changed = 0;
  try {
    const marks = COLUMNS.split(",").map(() => "?");
    const remove = db.prepare("DELETE FROM item WHERE pk = ? AND sk = ?");
    const insert = db.prepare(`INSERT OR REPLACE INTO item (${COLUMNS}) VALUES (${marks})`);
    const found: Stored[] = [];
    for (const { stored } of storedRows(db)) if (isChanged(stored, all)) found.push(stored);
    for (const stored of found) {
      remove.run(stored.pk, stored.sk);
      const [pk, sk, data] = [all(stored.pk), all(stored.sk), all(stored.data)];
      const [listPk, listSk, duePk, dueSk] = [stored.list_pk, stored.list_sk, stored.due_pk, stored.due_sk].map(
        (key) => (key === null ? null : all(key)),
      ) as [string | null, string | null, string | null, string | null];
      const cells = [pk, sk, stored.version, listPk, listSk, duePk, dueSk, stored.expires_at];
      insert.run(pk, sk, stored.version, data, listPk, listSk, duePk, dueSk, stored.expires_at, sumOf(data, cells));
      changed += 1;
    }
    for (const [table, columns] of Object.entries(TEXTS)) changed += replaceIn(db, table, columns, all);
    db.exec("COMMIT");
  } catch (error) {
    db.exec("ROLLBACK");
    throw error;
  }
  checkpointed(db);
  return changed;
};

const isChanged = (row: Stored, all: Replace): boolean =>
  [row.data, row.pk, row.sk, row.list_pk, row.list_sk, row.due_pk, row.due_sk].some(
    (cell) => cell !== null && all(cell) !== cell,
  );

const replaceIn = (db: DatabaseSync, table: string, columns: readonly string[], all: Replace): number => {
  const set = db.prepare(`UPDATE ${table} SET ${columns.map((name) => `${name} = ?`).join(", ")} WHERE rowid = ?`);
  let changed = 0;
  for (const row of db.prepare(`SELECT rowid AS at, ${columns.join(", ")} FROM ${table}`).all()) {
    const held = columns.map((name) => row[name] as string | null);
    const now = held.map((text) => (text === null ? null : all(text)));
    if (now.every((text, n) => text === held[n])) continue;
    set.run(...now, Number(row["at"]));
    changed += 1;
  }
  return changed;
};
