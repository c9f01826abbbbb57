import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, describe, expect, it } from "vitest";
import { systemClock } from "../../shared/adapters/clock.ts";
import { openDatabase } from "../../shared/adapters/sqlite/database.ts";
import { sqliteQueue } from "../../shared/adapters/sqlite/queue.ts";
import { sqliteTable } from "../../shared/adapters/sqlite/table.ts";

const room = mkdtempSync(join(tmpdir(), "throughline-disk-"));
afterAll(() => rmSync(room, { recursive: true }));

const next = () => new Promise((resolve) => setImmediate(resolve));
/** What a call of a port is refused with by SQLite. */
const codeOf = async (call: Promise<unknown>): Promise<number> => {
  const outcome = await call.then(
    () => undefined,
    (error: unknown) => error,
  );
  return outcome instanceof Error && "errcode" in outcome ? Number(outcome.errcode) : 0;
};

describe("a disk", () => {
  it("F41 that is full refuses messages and rows, keeps what it had, and takes them again without a restart", async () => {
    const db = openDatabase(join(room, "full"));
    const queue = sqliteQueue(db, "inbox", systemClock);
    const table = sqliteTable(db);
    const row = (sk: string) => ({ pk: "P", sk, version: 1, data: "x".repeat(20_000) });
    await table.put(row("before"));
    await next();
    const { page_count: pages } = db.prepare("PRAGMA page_count").get() ?? {};
    db.exec(`PRAGMA max_page_count = ${pages}`);
    const message = JSON.stringify("y".repeat(100_000));
    expect([await codeOf(queue.send([message])), await codeOf(table.put(row("during")))]).toEqual([13, 13]);
    await next();
    expect([(await queue.depth()).waiting, (await table.query({ pk: "P" })).length]).toEqual([0, 1]);
    db.exec("PRAGMA max_page_count = 1000000");
    await queue.send([message]);
    expect(await table.put(row("during"))).toBe(true);
    await next();
    expect([(await queue.depth()).waiting, (await table.query({ pk: "P" })).length]).toEqual([1, 2]);
    expect(db.prepare("PRAGMA integrity_check").get()).toEqual({ integrity_check: "ok" });
    db.close();
  });

  it("F41 that may only be read refuses what is to be written, and shows what is there", async () => {
    const folder = join(room, "read-only");
    const before = openDatabase(folder);
    await sqliteTable(before).put({ pk: "P", sk: "a", version: 1, data: 1 });
    sqliteQueue(before, "inbox", systemClock);
    await next();
    before.close();
    const db = new DatabaseSync(join(folder, "hub.db"), { readOnly: true });
    expect(await codeOf(sqliteQueue(db, "inbox", systemClock).send(["1"]))).toBe(8);
    db.close();
  });
});
