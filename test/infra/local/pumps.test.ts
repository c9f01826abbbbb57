import type { DynamoDBStreamEvent } from "aws-lambda";
import { describe, expect, it, vi } from "vitest";
import { feedPump } from "../../../infra/local/pumps.ts";
import { openDatabase } from "../../../shared/adapters/sqlite/database.ts";
import { sqliteFeed, sqliteTable } from "../../../shared/adapters/sqlite/table.ts";

const log = { info: () => {}, warn: () => {} };
const keysOf = ({ Records }: DynamoDBStreamEvent) => Records.map(({ dynamodb }) => dynamodb?.Keys?.["sk"]?.S ?? "");

describe("the pump of the change feed", () => {
  it("F23 goes on behind a record that keeps failing, and handles that one too once its cause is gone", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    const db = openDatabase(":memory:");
    const table = sqliteTable(db);
    const feed = sqliteFeed(db, ["project"]);
    const handled: string[] = [];
    const broken = new Set(["bad"]);
    const pump = feedPump(
      "project",
      feed,
      100,
      async (event) => {
        const keys = keysOf(event);
        if (keys.some((key) => broken.has(key))) throw new Error("cannot be projected");
        handled.push(...keys);
      },
      log,
    );
    for (const sk of ["a", "bad", "c", "d"]) await table.put({ pk: "E#x", sk, version: 1, data: sk });
    for (let step = 0; step < 30 && (await pump.step()); step++);
    expect([...new Set(handled)].sort()).toEqual(["a", "c", "d"]);
    broken.clear();
    vi.setSystemTime(Date.now() + 120_000);
    await pump.step();
    expect(handled).toContain("bad");
    expect(feed.missed("project")).toBeUndefined();
    db.close();
    vi.useRealTimers();
  });
});
