import { closeSync, openSync, readFileSync, writeSync } from "node:fs";
import { uptime } from "node:os";
import { join } from "node:path";
import type { DatabaseSync, StatementSync } from "node:sqlite";

/** What is known of the database outside of it: SQLite forgets a damaged end without a word. */
export interface Mark {
  /** The number of the last change that was committed. */
  readonly changes: number;
  /** When the machine was started that committed it, in seconds since 1970. */
  readonly bootedAt: number;
}

const fileIn = (folder: string): string => join(folder, "hub.mark");
/** Two reckonings of one start differ by less. */
const SAME_START_SECONDS = 300;
const LENGTH = 64;

/** The mark of a data folder, or undefined where there is none that can be read. */
export const readMark = (folder: string): Mark | undefined => {
  try {
    const [changes, bootedAt] = readFileSync(fileIn(folder), "utf8").trim().split(" ").map(Number);
    return Number.isSafeInteger(changes) && Number.isSafeInteger(bootedAt)
      ? { changes: changes ?? 0, bootedAt: bootedAt ?? 0 }
      : undefined;
  } catch {
    return undefined;
  }
};

/** Whether the machine has run since: what it was told to write is then in the file, `kill -9` or not. */
export const isOfThisStart = ({ bootedAt }: Mark): boolean => Math.abs(bootedAt - startedAt()) < SAME_START_SECONDS;

const startedAt = (): number => Math.round(Date.now() / 1000 - uptime());

/** The number of the last committed change; 0 where there is not even a table. */
export const changesIn = (db: DatabaseSync): number =>
  db.prepare("SELECT 1 FROM sqlite_master WHERE name = 'feed'").get() === undefined
    ? 0
    : Number(db.prepare("SELECT max(seq) AS n FROM sqlite_sequence WHERE name = 'feed'").get()?.["n"] ?? 0);

/**
 * Writes the mark anew, in place, so that a full disk does not keep it from it.
 *
 * @returns what is to be called after each commit, and at the end
 */
export const keepMark = (
  db: DatabaseSync,
  folder: string,
): { readonly set: () => void; readonly close: () => void } => {
  const file = openSync(fileIn(folder), "a+", 0o600);
  closeSync(file);
  const held = openSync(fileIn(folder), "r+");
  let last = readMark(folder)?.changes;
  let latest: StatementSync | undefined;
  return {
    set() {
      latest ??= db.prepare("SELECT seq FROM sqlite_sequence WHERE name = 'feed'");
      const changes = Number(latest.get()?.["seq"] ?? 0);
      if (changes === last) return;
      last = changes;
      // A mark that could not be written is behind: less is noticed then, and nothing is wrong.
      try {
        writeSync(held, `${changes} ${startedAt()}`.padEnd(LENGTH), 0);
      } catch {}
    },
    close: () => closeSync(held),
  };
};
