import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { endSwap, rebuildStore } from "../../infra/local/rebuild.ts";
import { storedRows } from "../../shared/adapters/sqlite/table.ts";
import { HubError } from "../../shared/connector/errors.ts";
import type { Link } from "../../shared/domain/link.ts";
import { linkOutKey } from "../../shared/store/keys.ts";
import { sayings } from "../../shared/store/said.ts";
import { CONFIG, ENVIRONMENT, knowledgeOf, LOG, open, storedWork } from "./stored-work.ts";

const room = mkdtempSync(join(tmpdir(), "throughline-damage-"));
/** As it lies there after `kill -9`: with its write-ahead log. */
const killed = join(room, "killed");
/** As it lies there after an orderly end. */
const closed = join(room, "closed");
let known: Map<string, unknown>;

beforeAll(async () => {
  const embedded = await storedWork(join(room, "live"));
  await new Promise((resolve) => setImmediate(resolve));
  known = knowledgeOf(embedded);
  cpSync(join(room, "live"), killed, { recursive: true });
  embedded.close();
  cpSync(join(room, "live"), closed, { recursive: true });
});
afterAll(() => rmSync(room, { recursive: true }));

let made = 0;
const copyOf = (folder: string): string => {
  made += 1;
  const copy = join(room, `copy-${made}`);
  cpSync(folder, copy, { recursive: true });
  return copy;
};

/** How the hub begins over a folder: how much it finds, or what it refuses it with. */
const start = (folder: string): string => {
  try {
    const embedded = open(folder);
    try {
      return `${knowledgeOf(embedded).size}`;
    } finally {
      embedded.close();
    }
  } catch (error) {
    if (error instanceof HubError) return `${error.code}: ${error.message.replace(folder, "")}`;
    return String(error);
  }
};

const rebuilt = (folder: string) =>
  rebuildStore({
    folder,
    config: CONFIG,
    environment: ENVIRONMENT,
    envFile: join(folder, ".env"),
    log: LOG,
    now: new Date(Date.UTC(2026, 2, 2)),
  });

const flip = (path: string, at: number): void => {
  const bytes = readFileSync(path);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  writeFileSync(path, bytes);
};

describe("a store", () => {
  it("opens after kill -9 and after an orderly end, with all that was in it", () => {
    expect(known.size).toBeGreaterThan(10);
    expect([start(copyOf(killed)), start(copyOf(closed))]).toEqual([`${known.size}`, `${known.size}`]);
  });

  it("F40 whose write-ahead log was cut is refused at every length that lost a change, and never opens with fewer", () => {
    const log = readFileSync(join(killed, "hub.db-wal"));
    const folder = copyOf(killed);
    const frame = 24 + 4096;
    const frames = Math.floor((log.length - 32) / frame);
    const lengths = [0, 1, 31, 32, log.length - 1];
    for (let at = 1; at < frames; at += Math.ceil(frames / 12))
      lengths.push(32 + at * frame, 32 + at * frame - 1, 32 + at * frame + 1);
    const opened: Record<string, number> = {};
    for (const length of lengths) {
      for (const name of ["hub.db", "hub.mark"]) copyFileSync(join(killed, name), join(folder, name));
      rmSync(join(folder, "hub.db-shm"), { force: true });
      writeFileSync(join(folder, "hub.db-wal"), log.subarray(0, length));
      const said = start(folder).replace(/\d+ changes/, "n changes");
      opened[said] = (opened[said] ?? 0) + 1;
    }
    expect(opened).toEqual({
      "store_damaged: /hub.db has lost its last n changes: it or its -wal file was cut, damaged or taken away":
        lengths.length,
    });
  });

  it("F40 without its write-ahead log, with a flipped bit in it, or with a file of nothing is refused", () => {
    const without = copyOf(killed);
    rmSync(join(without, "hub.db-wal"));
    const flipped = copyOf(killed);
    flip(join(flipped, "hub.db-wal"), 32 + 24 + 5000);
    const [empty, one, gone] = [copyOf(closed), copyOf(closed), copyOf(closed)];
    truncateSync(join(empty, "hub.db"), 0);
    truncateSync(join(one, "hub.db"), 1);
    rmSync(join(gone, "hub.db"));
    for (const folder of [without, flipped])
      expect(start(folder)).toMatch(/^store_damaged: .* has lost its last \d+ changes/);
    expect([empty, one, gone].map(start)).toEqual([
      "store_damaged: /hub.db has only 0 bytes",
      "store_damaged: /hub.db has only 1 bytes",
      "store_damaged: /hub.db is missing, though this folder was in use",
    ]);
  });

  it("F40 cut at any page, or just before or behind one, is refused", () => {
    const whole = readFileSync(join(closed, "hub.db"));
    const folder = copyOf(closed);
    const said = new Set<string>();
    let cuts = 0;
    for (let page = 1; page < whole.length / 4096; page += 5)
      for (const off of [-1, 0, 1]) {
        if (page * 4096 + off >= whole.length) continue;
        cuts += 1;
        copyFileSync(join(closed, "hub.mark"), join(folder, "hub.mark"));
        for (const name of ["hub.db-wal", "hub.db-shm"]) rmSync(join(folder, name), { force: true });
        writeFileSync(join(folder, "hub.db"), whole.subarray(0, page * 4096 + off));
        said.add(start(folder).replace(/: .*/s, ""));
      }
    expect(cuts).toBeGreaterThan(15);
    expect([...said]).toEqual(["store_damaged"]);
  });

  it("F40 with a flipped bit in a row refuses that row when it is read, whatever SQLite thinks of it", () => {
    const folder = copyOf(closed);
    const bytes = readFileSync(join(folder, "hub.db"));
    const places = [...bytes.toString("latin1").matchAll(/"kind":"workItem"/g)].map(({ index }) => index + 9);
    expect(places.length).toBeGreaterThan(10);
    bytes[places[0] ?? 0] = "x".charCodeAt(0);
    writeFileSync(join(folder, "hub.db"), bytes);
    const db = new DatabaseSync(join(folder, "hub.db"));
    expect(db.prepare("PRAGMA integrity_check").get()).toEqual({ integrity_check: "ok" });
    db.close();
    const embedded = open(folder);
    const damaged = [...storedRows(embedded.db)].filter(({ whole }) => !whole);
    embedded.close();
    expect(damaged.length).toBe(1);
  });

  it.each([
    ["its write-ahead log is gone", (folder: string) => rmSync(join(folder, "hub.db-wal")), killed],
    ["its database has no byte", (folder: string) => truncateSync(join(folder, "hub.db"), 0), closed],
  ])("F40 is made anew from the archive when %s, and the damaged files are kept", async (_, damage, from) => {
    const folder = copyOf(from);
    damage(folder);
    const { kept, incomplete, payloads } = await rebuilt(folder);
    expect({ incomplete, payloads }).toEqual({ incomplete: {}, payloads: 3 });
    expect(readdirSync(kept)).toContain("hub.db");
    expect(existsSync(join(folder, "rebuilt"))).toBe(false);
    const embedded = open(folder);
    const found = knowledgeOf(embedded);
    embedded.close();
    // What people made lies in no payload: it is there if the old file still gave it.
    expect([...found].filter(([key]) => !key.startsWith("A#"))).toEqual(
      [...known].filter(([key]) => !key.startsWith("A#")),
    );
  });

  it("F40 that is made anew keeps what people made, and names the connection of a payload that is damaged", async () => {
    const folder = copyOf(closed);
    const day = join(folder, "archive/jira", readdirSync(join(folder, "archive/jira"))[0] ?? "");
    const [first = ""] = readdirSync(day);
    flip(join(day, first), 40);
    const { incomplete, old } = await rebuilt(folder);
    expect({ incomplete, toTheEnd: old?.toTheEnd }).toEqual({ incomplete: { jira: 1 }, toTheEnd: true });
    const embedded = open(folder);
    expect(knowledgeOf(embedded).get("A#member#1 A")).toEqual({ name: "ana" });
    embedded.close();
  });

  it("F40 that is made anew goes by what people decided about links", async () => {
    const folder = copyOf(closed);
    const ids = [...new Set([...known.keys()].flatMap((key) => /^E#(wrk_\w+) A$/.exec(key)?.[1] ?? []))];
    const [from = "", to = ""] = ids;
    const before = open(folder);
    const ANA = { id: "mem_ana", name: "Ana" };
    await sayings(before.ports.table, () => new Date()).decide({ from, type: "relates_to", to }, "confirmed", ANA);
    before.close();
    await rebuilt(folder);
    const embedded = open(folder);
    const { pk, sk } = linkOutKey(from, "relates_to", to);
    const link = await embedded.ports.table.get<Link>(pk, sk);
    embedded.close();
    expect(link?.data).toMatchObject({ confidence: 1, decision: { is: "confirmed", by: ANA } });
  });

  it.each([
    ["before the first file", ["hub.db", "hub.mark"]],
    ["between the two files", ["hub.db"]],
  ])("F40 whose rebuild died %s of the swap is whole once that is ended, and only once", (_, left) => {
    const folder = copyOf(closed);
    const beside = join(folder, "rebuilt");
    mkdirSync(beside);
    expect(endSwap(folder)).toBe(false);
    for (const name of left) renameSync(join(folder, name), join(beside, name));
    // Not yet known to be whole: a rebuild that died earlier is begun anew.
    expect(endSwap(folder)).toBe(false);
    writeFileSync(join(beside, "whole"), "");
    expect([endSwap(folder), start(folder), existsSync(beside), endSwap(folder)]).toEqual([
      true,
      `${known.size}`,
      false,
      false,
    ]);
  });
});
