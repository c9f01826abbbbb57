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
    "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 8000; PRAGMA cache_size = -16384;",
  );
  return db;
};

/**
 * Runs statements that belong together. Everything written before the process next waits for anything is one commit,
 * which costs a tenth of a commit each. A crash in between loses a whole tail and never a part: what acknowledges a
 * write stands in the same file behind it.
 *
 * If the disk refuses, what was already told to be written is lost: nothing may go on from there, so the process ends.
 */
export const atomically = <Result>(db: DatabaseSync, work: () => Result): Result => {
  if (!db.isTransaction) {
    db.exec("BEGIN IMMEDIATE");
    setImmediate(() => commit(db));
  }
  try {
    return work();
  } catch (error) {
    end(db, error);
    throw error;
  }
};

/** What is called after each commit. */
export const afterCommit = new WeakMap<DatabaseSync, () => void>();

/** Commits now what {@link atomically} has gathered: before anything is acknowledged to the outside. */
export const commit = (db: DatabaseSync): void => {
  if (!db.isOpen || !db.isTransaction) return;
  try {
    db.exec("COMMIT");
    afterCommit.get(db)?.();
  } catch (error) {
    end(db, error);
  }
};

const end = (db: DatabaseSync, cause: unknown): void => {
  if (db.isTransaction) db.exec("ROLLBACK");
  const error = new Error("the database could not be written: stopped, so that nothing goes on from what was lost", {
    cause,
  });
  setImmediate(() => {
    throw error;
  });
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
