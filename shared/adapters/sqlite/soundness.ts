import { closeSync, existsSync, openSync, readdirSync, readSync, statSync } from "node:fs";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { HubError } from "../../connector/errors.ts";
import { changesIn, isOfThisStart, type Mark } from "./mark.ts";

export const storeDamaged = (what: string, cause?: unknown): HubError =>
  new HubError("store_damaged", what, { retry: "never", cause });

/** A header, and something behind it. */
const SMALLEST = 512;

/**
 * Looks at a data folder before SQLite does, which would make a new database of an empty file.
 *
 * @throws HubError store_damaged
 */
export const checkFolder = (folder: string, mark: Mark | undefined): void => {
  const path = join(folder, "hub.db");
  const file = statSync(path, { throwIfNoEntry: false });
  if (file === undefined && (mark?.changes ?? 0) === 0 && !hasEntries(join(folder, "archive"))) return;
  if (file === undefined) throw storeDamaged(`${path} is missing, though this folder was in use`);
  // A hub that was stopped at its very first step has left a file without a header, and nothing else.
  if (file.size < SMALLEST && ((mark?.changes ?? 0) > 0 || hasEntries(join(folder, "archive"))))
    throw storeDamaged(`${path} has only ${file.size} bytes`);
  const log = statSync(`${path}-wal`, { throwIfNoEntry: false });
  // While there is a log, the last pages may still stand in it alone.
  if (file.size >= SMALLEST && (log?.size ?? 0) === 0 && file.size < sizeIn(path))
    throw storeDamaged(`${path} was cut: it has ${file.size} of ${sizeIn(path)} bytes`);
};

/** How many bytes the header of a database says that it has. */
const sizeIn = (path: string): number => {
  const header = Buffer.alloc(32);
  const file = openSync(path, "r");
  try {
    readSync(file, header);
  } finally {
    closeSync(file);
  }
  const pageSize = header.readUInt16BE(16);
  return header.readUInt32BE(28) * (pageSize === 1 ? 65_536 : pageSize);
};

const hasEntries = (folder: string): boolean => existsSync(folder) && readdirSync(folder).length > 0;

/**
 * Looks at an opened database: whether changes are gone that were committed, and after a stop that was none of ours,
 * whether it holds together.
 *
 * @returns how many changes a power cut may have taken: they are read again, and what people said in them is lost
 * @throws HubError store_damaged
 */
export const checkOpened = (db: DatabaseSync, folder: string, mark: Mark | undefined, brokenOff: boolean): number => {
  const path = join(folder, "hub.db");
  if (brokenOff) {
    const found = db.prepare("PRAGMA quick_check(1)").get()?.["quick_check"];
    if (found !== "ok") throw storeDamaged(`${path} is damaged: ${String(found).split("\n")[0]}`);
  }
  const lost = mark === undefined ? 0 : mark.changes - changesIn(db);
  if (lost > 0 && mark !== undefined && isOfThisStart(mark))
    throw storeDamaged(`${path} has lost its last ${lost} changes: it or its -wal file was cut, damaged or taken away`);
  return Math.max(0, lost);
};

/** SQLite's own words for a file that is none of its own, or no more. */
export const isDamage = (error: unknown): boolean =>
  error instanceof Error && "errcode" in error && [11, 26].includes(Number(error.errcode) & 0xff);
