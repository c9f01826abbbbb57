import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { changesIn, readMark } from "../../shared/adapters/sqlite/mark.ts";
import { storedRows } from "../../shared/adapters/sqlite/table.ts";

/** `npm run soak` kills more often, and at other moments each time. */
const KILLS = Number(process.env["THROUGHLINE_KILLS"] ?? 100);
const SEED = Number(process.env["SOAK_SEED"] ?? 20_261_123);

const room = mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "throughline-kill-"));
const worker = join(room, "worker.mjs");
beforeAll(async () => {
  const entry = fileURLToPath(new URL("kill-worker.ts", import.meta.url));
  await build({
    entryPoints: [entry],
    outfile: worker,
    bundle: true,
    platform: "node",
    format: "esm",
    logLevel: "error",
  });
});
afterAll(() => rmSync(room, { recursive: true }));

/** Runs the worker until some milliseconds after it is ready. @returns what it acknowledged */
const killedAfter = (folder: string, from: number, milliseconds: number): Promise<number[]> =>
  new Promise((resolve, reject) => {
    const child: ChildProcess = spawn(process.execPath, [worker, folder, String(from)], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let told = "";
    let counting = false;
    child.stdout?.on("data", (chunk: Buffer) => {
      told += chunk.toString();
      // Every other one lives until it has acknowledged something, however slow the machine is.
      const begun = milliseconds % 2 === 0 || told.split("\n").length > 2;
      if (begun && !counting) setTimeout(() => child.kill("SIGKILL"), milliseconds);
      counting ||= begun;
    });
    child.on("error", reject);
    child.on("close", (code) => {
      if (code !== null) reject(new Error(`it ended by itself with ${code}: ${told}`));
      // The last line may be cut.
      resolve(told.split("\n").slice(1, -1).map(Number));
    });
  });

/** What lies there: payloads that were read or wait, the versions that the feed tells. */
const lookInto = (folder: string) => {
  const db = new DatabaseSync(join(folder, "hub.db"));
  try {
    const rows = [...storedRows(db)];
    const read = rows.flatMap(({ stored }) => (JSON.parse(stored.data) as { payloads: number[] }).payloads);
    const waiting = db
      .prepare("SELECT body FROM message")
      .all()
      .map(({ body }) => (JSON.parse(String(body)) as { payload: number }).payload);
    const versions = db
      .prepare("SELECT after FROM feed ORDER BY seq")
      .all()
      .map(({ after }) => (JSON.parse(String(after)) as { version: number }).version);
    return {
      whole: rows.every(({ whole }) => whole),
      read,
      waiting,
      versions,
      lost: (readMark(folder)?.changes ?? 0) - changesIn(db),
    };
  } finally {
    db.close();
  }
};

it(
  "F39 keeps all that was acknowledged through kill -9 at any moment, each once, no version skipped",
  async () => {
    const [moments = []] = fc.sample(fc.array(fc.nat(30), { minLength: KILLS, maxLength: KILLS }), {
      seed: SEED,
      numRuns: 1,
    });
    let acknowledged = 0;
    let between = 0;
    // Two at a time, each in a folder of its own, that go on where they were killed.
    const lane = async (folder: string, of: readonly number[]) => {
      const known = new Set<number>();
      let next = 0;
      for (const milliseconds of of) {
        const told = await killedAfter(folder, next, milliseconds);
        for (const payload of told) known.add(payload);
        acknowledged += told.length;
        const { whole, read, waiting, versions, lost } = lookInto(folder);
        const there = new Set([...read, ...waiting]);
        expect({ milliseconds, missing: [...known].filter((payload) => !there.has(payload)) }).toEqual({
          milliseconds,
          missing: [],
        });
        expect({ whole, twice: read.length - new Set(read).size, lost: lost > 0 }).toEqual({
          whole: true,
          twice: 0,
          lost: false,
        });
        expect(versions).toEqual(versions.map((_, at) => at + 1));
        expect(versions.length).toBe(read.length);
        if (there.size > known.size) between += 1;
        for (const payload of there) known.add(payload);
        next = Math.max(-1, ...known) + 1;
      }
    };
    const half = Math.ceil(moments.length / 2);
    await Promise.all([lane(join(room, "a"), moments.slice(0, half)), lane(join(room, "b"), moments.slice(half))]);
    process.stdout.write(
      `${moments.length} kills by seed ${SEED}: ${acknowledged} payloads acknowledged, 0 lost; ${between} kills between a commit and its answer\n`,
    );
    expect(acknowledged).toBeGreaterThan(KILLS / 4);
  },
  60_000 + KILLS * 2_000,
);
