import { existsSync, mkdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { handler as project } from "../../functions/project-lifecycle.ts";
import { type Carried, carryOver, forgetHowFar } from "../../shared/adapters/sqlite/carry-over.ts";
import { commit, lockFolder } from "../../shared/adapters/sqlite/database.ts";
import { type Embedded, openEmbedded } from "../../shared/adapters/sqlite/index.ts";
import { storeDamaged } from "../../shared/adapters/sqlite/soundness.ts";
import { storedRows } from "../../shared/adapters/sqlite/table.ts";
import { HubError } from "../../shared/connector/errors.ts";
import { decideAgain } from "../../shared/pipeline/decide.ts";
import { declare } from "../../shared/pipeline/declare.ts";
import { declarePlan } from "../../shared/pipeline/declare-plan.ts";
import type { Hub, Log } from "../../shared/pipeline/hub.ts";
import { ingest } from "../../shared/pipeline/ingest.ts";
import { remember } from "../../shared/pipeline/lost.ts";
import { setAside } from "../../shared/pipeline/quarantine.ts";
import { noteMapping } from "../../shared/pipeline/rederive.ts";
import { useHub } from "../../shared/platform/current.ts";
import type { HubConfig } from "../../shared/platform/define-hub.ts";
import { openHub } from "../../shared/platform/open-hub.ts";
import { feedPump } from "./pumps.ts";

export interface Rebuilt {
  /** What the old database still gave, or undefined if nothing. */
  readonly old: Carried | undefined;
  readonly payloads: number;
  /** Connections of whose payloads some are damaged or missing, with how many; each is read whole at its next run. */
  readonly incomplete: Readonly<Record<string, number>>;
  readonly entities: number;
  readonly views: number;
  /** Where the files lie that were there before. */
  readonly kept: string;
}

const FILES = ["hub.db", "hub.db-wal", "hub.db-shm", "hub.mark"];
const AT_ONCE = 1000;

/**
 * Makes the store of a data folder anew from its archive: a new database beside the old one, looked through, and then
 * put in its place. No tool is asked and nothing is announced again. What no payload holds (keys, members, what people
 * said, the past that was shown) is taken from the old database as far as that can be read.
 *
 * @throws HubError data_folder_locked while a hub works there; store_damaged if the new one is not whole either
 */
export const rebuildStore = async (options: {
  readonly folder: string;
  readonly config: HubConfig;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly envFile: string;
  readonly log: Log;
  readonly now: Date;
}): Promise<Rebuilt> => {
  const { folder, config, environment, envFile, log } = options;
  const unlock = lockFolder(folder);
  const beside = join(folder, "rebuilt");
  const kept = join(folder, `damaged-${options.now.toISOString().replaceAll(/[:.]/g, "")}`);
  try {
    rmSync(beside, { recursive: true, force: true });
    const url = config.url ?? "http://localhost:4100";
    const embedded = openEmbedded({ folder, database: beside, exclusive: true, environment, envFile, url });
    let outcome: Omit<Rebuilt, "kept">;
    try {
      const old = carried(folder, embedded);
      const hub = await openHub({ config, ports: embedded.ports, log, url, alone: true });
      useHub(hub);
      await declare(hub);
      await declarePlan(hub);
      outcome = { old, ...(await readArchive(hub, embedded, old)), ...(await derive(hub, embedded)) };
    } finally {
      embedded.close();
    }
    swap(folder, beside, kept);
    return { ...outcome, kept };
  } finally {
    unlock();
  }
};

const carried = (folder: string, { db }: Embedded): Carried | undefined => {
  const path = join(folder, "hub.db");
  if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) < 512) return undefined;
  const old = new DatabaseSync(path, { readOnly: true });
  try {
    return carryOver(old, db);
  } finally {
    old.close();
  }
};

/** Every payload once, in order of receipt. One that is damaged is counted, and its connection read whole again. */
const readArchive = async (hub: Hub, { db }: Embedded, old: Carried | undefined) => {
  const incomplete: Record<string, number> = {};
  const missing = new Set(old?.rawRefs);
  let payloads = 0;
  for (const connection of hub.connectionNames) {
    for await (const rawRef of hub.ports.archive.list(connection)) {
      missing.delete(rawRef);
      payloads += 1;
      try {
        await ingest(hub, { connection, rawRef, replay: true });
      } catch (error) {
        if (error instanceof HubError) await setAside(hub, { connectionId: connection, stream: "", rawRef }, error);
        else incomplete[connection] = (incomplete[connection] ?? 0) + 1;
      }
    }
    await noteMapping(hub, connection);
  }
  for (const rawRef of missing) {
    const [connection = ""] = rawRef.split("/");
    if (hub.connectionNames.includes(connection)) incomplete[connection] = (incomplete[connection] ?? 0) + 1;
  }
  for (const connection of Object.keys(incomplete)) forgetHowFar(db, connection);
  return { payloads, incomplete };
};

/** Brings views up to date, notes that nothing is to be announced, and looks through every row. */
const derive = async (hub: Hub, { db, feed }: Embedded) => {
  const projecting = feedPump("project-lifecycle", feed, AT_ONCE, project, hub.log);
  while (await projecting.step());
  await decideAllAgain(hub, db);
  while (await projecting.step());
  for (;;) {
    const records = feed.read(feed.place("publish-events"), AT_ONCE);
    const last = records.at(-1);
    if (last === undefined) break;
    await remember(
      hub.ports,
      records.map(({ record }) => record),
    );
    feed.passed("publish-events", last.seq);
    while (await projecting.step());
  }
  commit(db);
  let [entities, views] = [0, 0];
  for (const { stored, whole } of storedRows(db)) {
    if (!whole) throw storeDamaged("the new database is not whole either: look at the disk");
    if (stored.pk.startsWith("E#") && stored.sk === "A") entities += 1;
    if (stored.pk.startsWith("E#") && stored.sk === "V") views += 1;
  }
  return { entities, views };
};

/** What people decided about links came over as rows that no feed told of: each is written again, so that it counts. */
const decideAllAgain = async ({ ports: { table } }: Hub, db: Embedded["db"]): Promise<void> => {
  const keys = [...storedRows(db)].flatMap(({ stored: { pk, sk } }) =>
    pk.startsWith("E#") && sk.startsWith("D#") ? [{ pk, sk }] : [],
  );
  for (const key of keys) await decideAgain(table, key);
};

const WHOLE = "whole";

/** Puts the new database in the place of the old one, which is kept. */
const swap = (folder: string, beside: string, kept: string): void => {
  writeFileSync(join(beside, WHOLE), "");
  mkdirSync(kept, { mode: 0o700 });
  for (const name of FILES) if (existsSync(join(folder, name))) renameSync(join(folder, name), join(kept, name));
  for (const name of ["hub.mark", "hub.db"]) renameSync(join(beside, name), join(folder, name));
  rmSync(beside, { recursive: true });
};

/** After a crash between two files of {@link swap}: goes on with it. @returns whether there was one to go on with */
export const endSwap = (folder: string): boolean => {
  const beside = join(folder, "rebuilt");
  if (!existsSync(join(beside, WHOLE)) || existsSync(join(folder, "hub.db"))) return false;
  for (const name of ["hub.mark", "hub.db"])
    if (existsSync(join(beside, name))) renameSync(join(beside, name), join(folder, name));
  rmSync(beside, { recursive: true });
  return true;
};
