import { describe, expect, it } from "vitest";
import { openDatabase } from "../../shared/adapters/sqlite/database.ts";
import { sqliteTable } from "../../shared/adapters/sqlite/table.ts";
import type { HistoryEntry } from "../../shared/domain/history.ts";
import type { Table } from "../../shared/ports/table.ts";
import { addHistory, historyOf } from "../../shared/store/entities.ts";
import { historyKey, partition } from "../../shared/store/keys.ts";

const ID = "wrk_1";
const entry = (day: number, id = String(day), name = "x"): HistoryEntry => ({
  id,
  at: `2026-03-${String(day).padStart(2, "0")}T10:00:00.000Z`,
  changes: [{ field: "status", from: null, to: { name } }],
});
const days = (...numbers: number[]) => numbers.map((day) => entry(day));
const opened = (): Table => sqliteTable(openDatabase(":memory:"));
const rows = (table: Table) => table.query({ pk: partition.ofEntity(ID), prefix: "H#", limit: 500 });

describe("the rows of a past", () => {
  it("are one for all entries that come together, and none for those that come again", async () => {
    const table = opened();
    await addHistory(table, ID, days(1, 2, 3), 0);
    await addHistory(table, ID, days(1, 2, 3), undefined);
    expect((await rows(table)).map(({ sk, version }) => [sk, version])).toEqual([["H#2026-03-01T10:00:00.000Z#1", 1]]);
    await addHistory(table, ID, days(1, 2, 3, 4), 3);
    expect(await historyOf(table, ID)).toEqual(days(1, 2, 3, 4));
  });

  it("give the same past whatever the order in which overlapping sets come, none of which knows of another", async () => {
    const sets = [days(1, 2), days(1, 2, 3), days(1, 4, 5), days(1, 3, 5)];
    for (const order of [sets, sets.toReversed(), [...sets.slice(2), ...sets.slice(0, 2)]]) {
      const table = opened();
      for (const set of [...order, ...order]) await addHistory(table, ID, set, 0);
      expect(await historyOf(table, ID)).toEqual(days(1, 2, 3, 4, 5));
    }
  });

  it("are several where one would be long, each no longer than 32 KB unless it holds one entry alone", async () => {
    const table = opened();
    const past = Array.from({ length: 28 }, (_, at) => entry(at + 1, String(at), "y".repeat(at === 9 ? 90_000 : 4000)));
    await addHistory(table, ID, past, 0);
    const lengths = (await rows(table)).map(({ data }) => JSON.stringify(data).length);
    expect(lengths.filter((length) => length > 32 * 1024)).toHaveLength(1);
    expect(lengths).toHaveLength(6);
    expect(await historyOf(table, ID)).toEqual(past);
  });

  it("may be of one entry each, as they were kept at first", async () => {
    const table = opened();
    for (const one of days(1, 3)) await table.put({ ...historyKey(ID, one.at, one.id), version: 1, data: one });
    await addHistory(table, ID, days(1, 2, 3, 4), undefined);
    expect(await rows(table)).toHaveLength(3);
    expect(await historyOf(table, ID)).toEqual(days(1, 2, 3, 4));
  });
});
