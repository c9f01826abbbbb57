import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { HubError } from "../../connector/errors.ts";

/** The one database file of a data folder, ready for use; `:memory:` for a database that nobody keeps. */
export const openDatabase = (folder: string): DatabaseSync => {
  if (folder !== ":memory:") mkdirSync(folder, { recursive: true, mode: 0o700 });
  const db = new DatabaseSync(folder === ":memory:" ? folder : join(folder, "hub.db"), { timeout: 5000 });
  // NORMAL may lose the last commits at a power cut, never their order: the archive, which is synced, carries durability.
  db.exec(
    "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 8000; PRAGMA cache_size = -65536;",
  );
  return db;
};

/** Several statements as one commit. */
export const atomically = <Result>(db: DatabaseSync, work: () => Result): Result => {
  if (db.isTransaction) return work();
  db.exec("BEGIN IMMEDIATE");
  try {
    const result = work();
    db.exec("COMMIT");
    return result;
  } catch (error) {
    db.exec("ROLLBACK");
    throw error;
  }
};

/**
 * Keeps a second hub out of a data folder for as long as this process lives. SQLite alone does not: a transaction held
 * open on a database of its own does, and leaves nothing behind after `kill -9`.
 *
 * @returns what gives the folder free again
 * @throws HubError data_folder_locked
 */
export const lockFolder = (folder: string): (() => void) => {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const db = new DatabaseSync(join(folder, "lock.db"), { timeout: 500 });
  try {
    db.exec("BEGIN EXCLUSIVE");
  } catch (cause) {
    db.close();
    throw new HubError("data_folder_locked", `another process works in ${folder}`, { retry: "never", cause });
  }
  return () => db.close();
};
