import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { systemClock } from "../../shared/adapters/clock.ts";
import { fileArchive } from "../../shared/adapters/sqlite/archive.ts";
import { sqliteBus } from "../../shared/adapters/sqlite/bus.ts";
import { lockFolder, openDatabase } from "../../shared/adapters/sqlite/database.ts";
import { outboxMailer } from "../../shared/adapters/sqlite/mailer.ts";
import { sqliteQueue } from "../../shared/adapters/sqlite/queue.ts";
import { environmentSecrets } from "../../shared/adapters/sqlite/secrets.ts";
import { sqliteFeed, sqliteTable } from "../../shared/adapters/sqlite/table.ts";
import { testArchive } from "../contract/archive.ts";
import { testBus } from "../contract/bus.ts";
import { testQueue } from "../contract/queue.ts";
import { testClock, testMailer, testSecrets } from "../contract/small-ports.ts";
import { testTable } from "../contract/table.ts";

const folder = () => mkdtemp(join(tmpdir(), "throughline-test-"));
const HUB = { url: "http://localhost:4100", typePrefix: "dev.throughline" };

testTable("SQLite table", async () => {
  const db = openDatabase(":memory:");
  const table = sqliteTable(db);
  const feed = sqliteFeed(db, ["reader"]);
  return { table, feed: async () => feed.read(0, 1000).map(({ record }) => record), close: async () => db.close() };
});

testQueue("SQLite queue", async () => {
  const db = openDatabase(":memory:");
  let now = Date.parse("2026-03-01T00:00:00.000Z");
  const queue = sqliteQueue(db, "inbox", { now: () => new Date(now), sleep: async () => {} });
  return {
    queue,
    consumer: queue,
    pass: async (seconds) => {
      now += seconds * 1000;
    },
    close: async () => db.close(),
  };
});

testArchive("file archive", async () => {
  const root = await folder();
  return {
    archive: fileArchive(root),
    damage: async (ref) => {
      const path = join(root, `${ref}.zst`);
      const content = await readFile(path);
      await writeFile(path, content.subarray(0, content.length - 12));
    },
    close: () => rm(root, { recursive: true }),
  };
});

testBus("SQLite bus", async () => {
  const db = openDatabase(":memory:");
  const bus = sqliteBus(db, HUB);
  return { bus, received: async () => bus.read(0, 1000).map(({ event }) => event), close: async () => db.close() };
});

testSecrets("secrets of the environment", async (values) =>
  environmentSecrets(values, "/nowhere/.env", await folder()),
);

testSecrets("secrets of an .env file", async (values) => {
  const file = join(await folder(), ".env");
  await writeFile(
    file,
    Object.entries(values)
      .map(([name, value]) => `${name}="${value}"\n`)
      .join(""),
  );
  return environmentSecrets({}, file, await folder());
});

testClock("system clock", systemClock);

testMailer("mail outbox", async () => {
  const root = await folder();
  const sent = async () =>
    Promise.all((await readdir(root)).map(async (name) => JSON.parse(await readFile(join(root, name), "utf8"))));
  return { mailer: outboxMailer(root), sent };
});

describe("the embedded set alone", () => {
  it("F42 keeps a second process out of a data folder until the first one ends", async () => {
    const root = await folder();
    const unlock = lockFolder(root);
    const since = Date.now();
    expect(() => lockFolder(root)).toThrow(`another process works in ${root}: process ${process.pid}, since 20`);
    expect(Date.now() - since).toBeLessThan(1000);
    unlock();
    lockFolder(root)();
  });

  it("F11, F12 gives the feed back from where each reader stopped, and drops what all have passed", () => {
    const db = openDatabase(":memory:");
    const table = sqliteTable(db);
    const feed = sqliteFeed(db, ["first", "second"]);
    for (const sk of ["a", "b", "c"]) void table.put({ pk: "P", sk, version: 1, data: sk });
    const all = feed.read(feed.place("first"), 10);
    feed.passed("first", all[1]?.seq ?? 0);
    expect(feed.read(feed.place("first"), 10).map(({ record }) => record.sk)).toEqual(["c"]);
    expect(feed.read(feed.place("second"), 10)).toHaveLength(3);
    expect(feed.lag()).toBe(3);
    feed.passed("second", all[2]?.seq ?? 0);
    expect(feed.read(0, 10).map(({ record }) => record.sk)).toEqual(["c"]);
    db.close();
  });

  it("shows again at once what a process that is gone had taken", async () => {
    const db = openDatabase(":memory:");
    const queue = sqliteQueue(db, "inbox", systemClock);
    await queue.send(["one"]);
    await queue.receive(10, 3600);
    queue.recover();
    expect(await queue.receive(10, 3600)).toMatchObject([{ body: "one", receives: 1 }]);
    db.close();
  });
});

it("can be opened beside a process that is in the middle of a write", async () => {
  const root = await folder();
  const busy = openDatabase(root);
  sqliteTable(busy);
  sqliteFeed(busy, ["reader"]);
  await new Promise((resolve) => setImmediate(resolve));
  busy.exec("BEGIN IMMEDIATE");
  const beside = openDatabase(root);
  beside.exec("PRAGMA busy_timeout = 0");
  expect(sqliteFeed(beside, ["reader"]).lag()).toBe(0);
  beside.close();
  busy.close();
  await rm(root, { recursive: true });
});
