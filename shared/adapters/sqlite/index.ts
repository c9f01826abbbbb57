import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import type { Clock } from "../../ports/clock.ts";
import type { Ports } from "../../ports/ports.ts";
import type { QueueConsumer } from "../../ports/queue.ts";
import { systemClock } from "../clock.ts";
import { fileArchive } from "./archive.ts";
import { sqliteBus } from "./bus.ts";
import { afterCommit, commit, lockFolder, openDatabase } from "./database.ts";
import { handedOver } from "./handed-over.ts";
import { outboxMailer } from "./mailer.ts";
import { keepMark, readMark } from "./mark.ts";
import { sqliteQueue } from "./queue.ts";
import { environmentSecrets } from "./secrets.ts";
import { checkFolder, checkOpened, isDamage, storeDamaged } from "./soundness.ts";
import { type SqliteFeed, sqliteFeed, sqliteTable } from "./table.ts";

/** The embedded adapter set with the ends that the local runner holds: on AWS, Lambda has them built in. */
export interface Embedded {
  readonly ports: Ports;
  readonly consumers: Readonly<
    Record<QueueName, QueueConsumer & Pick<ReturnType<typeof sqliteQueue>, "oldestSeconds">>
  >;
  readonly feed: SqliteFeed;
  readonly bus: ReturnType<typeof sqliteBus>;
  readonly db: DatabaseSync;
  /** When the store was last written, if the process that did so never closed it. */
  readonly brokenOffAt: Date | undefined;
  /** How many of its last changes a power cut took. */
  readonly lostChanges: number;
  close(): void;
}

type QueueName = "inbox" | "jobs" | "unpublished";

/** What was written to. */
export type Told = QueueName | "table";

/** Readers of the change feed, by the name of their function. */
export const FEED_READERS = ["project-lifecycle", "publish-events"] as const;

/**
 * Opens the embedded set in a data folder.
 *
 * @param options.exclusive keeps every other process out, and shows again what a process that is gone had taken
 * @param options.told is called after each write, so that a runner need not ask
 * @param options.database the folder of the database, where that is another: one that is made anew
 * @throws HubError data_folder_locked | store_damaged
 */
export const openEmbedded = (options: {
  readonly folder: string;
  readonly exclusive: boolean;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly envFile: string;
  readonly url: string;
  readonly typePrefix?: string | undefined;
  readonly clock?: Clock;
  readonly database?: string | undefined;
  readonly told?: (what: Told) => void;
}): Embedded => {
  const { folder, clock = systemClock, told = () => {}, database = folder } = options;
  const unlock = options.exclusive ? lockFolder(database) : () => {};
  const brokenOffAt = options.exclusive ? leftOpenSince(database) : undefined;
  const { db, mark, lostChanges } = openSound(database, brokenOffAt !== undefined, unlock);
  const inbox = sqliteQueue(db, "inbox", clock, () => told("inbox"));
  const jobs = sqliteQueue(db, "jobs", clock, () => told("jobs"));
  const unpublished = sqliteQueue(db, "unpublished", clock, () => told("unpublished"));
  const archive = handedOver(fileArchive(join(folder, "archive")));
  const bus = sqliteBus(db, { url: options.url, typePrefix: options.typePrefix ?? "dev.throughline", archive });
  const table = sqliteTable(db, () => told("table"));
  if (options.exclusive) {
    for (const queue of [inbox, jobs, unpublished]) queue.recover();
    db.prepare("DELETE FROM item WHERE expires_at < ?").run(Math.floor(clock.now().getTime() / 1000));
    // Local subscribers read within days; the change log keeps everything.
    db.exec("DELETE FROM bus WHERE seq <= (SELECT max(seq) FROM bus) - 100000");
  }
  return {
    ports: {
      table,
      inbox,
      jobs,
      unpublished,
      bus,
      archive,
      secrets: environmentSecrets(options.environment, options.envFile, join(folder, "secrets")),
      clock,
      mailer: outboxMailer(join(folder, "outbox")),
    },
    consumers: { inbox, jobs, unpublished },
    feed: sqliteFeed(db, FEED_READERS),
    bus,
    db,
    brokenOffAt,
    lostChanges,
    close() {
      commit(db);
      mark.close();
      db.close();
      unlock();
    },
  };
};

/** The database of a data folder, once it is known to be whole; gives the folder free again if it is not. */
const openSound = (folder: string, brokenOff: boolean, unlock: () => void) => {
  try {
    const known = readMark(folder);
    checkFolder(folder, known);
    const db = openDatabase(folder);
    try {
      const lostChanges = checkOpened(db, folder, known, brokenOff);
      const mark = keepMark(db, folder);
      afterCommit.set(db, mark.set);
      return { db, mark, lostChanges };
    } catch (error) {
      db.close();
      throw error;
    }
  } catch (error) {
    unlock();
    throw isDamage(error) ? storeDamaged(`${join(folder, "hub.db")} cannot be read`, error) : error;
  }
};

/** Closing empties the write-ahead log: what is in it was left by a process that was stopped. */
const leftOpenSince = (folder: string): Date | undefined => {
  const log = statSync(join(folder, "hub.db-wal"), { throwIfNoEntry: false });
  return log === undefined || log.size === 0 ? undefined : log.mtime;
};

/** Whether a data folder holds a hub already. */
export const holdsHub = (folder: string): boolean => existsSync(join(folder, "hub.db"));
