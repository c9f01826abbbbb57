import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
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

/** The end of a query that gives so many rows at the most. SQLite prepares a statement anew for each limit that it is given bare. */
export const AT_MOST = "LIMIT ? + 0";

/**
 * Runs statements that belong together. Everything written before the process next waits for anything is one commit,
 * which costs a tenth of a commit each. A crash in between loses a whole tail and never a part: what acknowledges a
 * write stands in the same file behind it.
 *
 * If the disk refuses, whoever is alone in a commit is told and may try again. Where others were told already that
 * theirs was written, nothing may go on from what is lost, so the process ends.
 */
export const atomically = <Result>(db: DatabaseSync, work: () => Result): Result => {
  if (!db.isTransaction) {
    db.exec("BEGIN IMMEDIATE");
    gathered.set(db, 0);
    setImmediate(() => commit(db));
  }
  try {
    const result = work();
    gathered.set(db, (gathered.get(db) ?? 0) + 1);
    return result;
  } catch (error) {
    giveUp(db, error, 0);
    throw error;
  }
};

/** How many works have ended in the open transaction. */
const gathered = new WeakMap<DatabaseSync, number>();

/** What is called after each commit. */
export const afterCommit = new WeakMap<DatabaseSync, () => void>();

/** Commits now what {@link atomically} has gathered. */
export const commit = (db: DatabaseSync): void => {
  try {
    commitNow(db);
  } catch (error) {
    giveUp(db, error, 0);
  }
};

/** Writes the file anew without what was deleted or replaced, and empties the write-ahead log. */
export const checkpointed = (db: DatabaseSync): void => {
  db.exec("VACUUM");
  db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
};

/**
 * Commits before anything is acknowledged to the outside.
 *
 * @throws what the disk says, to whoever calls it right behind a work of their own
 */
export const acknowledge = (db: DatabaseSync): void => {
  try {
    commitNow(db);
  } catch (error) {
    giveUp(db, error, 1);
    throw error;
  }
};

const commitNow = (db: DatabaseSync): void => {
  if (!db.isOpen || !db.isTransaction) return;
  db.exec("COMMIT");
  afterCommit.get(db)?.();
};

/** @param told how many works of the transaction are told of the failure by an error of their own */
const giveUp = (db: DatabaseSync, cause: unknown, told: number): void => {
  if ((gathered.get(db) ?? 0) > told) end(db, cause);
  else if (db.isTransaction) db.exec("ROLLBACK");
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
  const owner = join(folder, "lock.owner");
  try {
    db.exec("BEGIN EXCLUSIVE");
  } catch (cause) {
    db.close();
    const words = `another process works in ${folder}${ownerIn(owner)}`;
    throw new HubError("data_folder_locked", words, { retry: "never", cause });
  }
  writeFileSync(owner, `${process.pid} ${new Date().toISOString()}\n`, { mode: 0o600 });
  return () => db.close();
};

/** Who wrote that they own the folder, for people to find the process. */
const ownerIn = (path: string): string => {
  try {
    const [, pid, since] = /^(\d+) (\S+)\n$/.exec(readFileSync(path, "utf8")) ?? [];
    return pid === undefined ? "" : `: process ${pid}, since ${since}`;
  } catch {
    return "";
  }
};
