import { beforeEach, describe, expect, it } from "vitest";
import { openDatabase } from "../../shared/adapters/sqlite/database.ts";
import { sqliteTable } from "../../shared/adapters/sqlite/table.ts";
import type { Query, Table } from "../../shared/ports/table.ts";
import { dues, eventKey } from "../../shared/store/keys.ts";
import { stageChanges } from "../../shared/store/stage-changes.ts";

const START = Date.parse("2026-11-15T10:00:00.000Z");
const at = (seconds: number) => new Date(START + seconds * 1000).toISOString();

let table: Table;
let rowsRead: number;
let changedSince: ReturnType<typeof stageChanges>;
let order: number;

const log = async (seconds: number, feature: string, productIds: readonly string[] = ["prd_1"]) => {
  const id = `evt_${order++}`;
  const data = { id, name: "feature.stage.changed", subject: feature, data: { productIds } };
  await table.put({ ...eventKey(id), version: 1, data, due: dues.stageChange(at(seconds), order, id) });
};

beforeEach(() => {
  const whole = sqliteTable(openDatabase(":memory:"));
  rowsRead = 0;
  order = 0;
  table = {
    ...whole,
    async query<Data>(query: Query) {
      const rows = await whole.query<Data>(query);
      rowsRead += rows.length;
      return rows;
    },
  };
  changedSince = stageChanges(table);
});

describe("how many features changed stage since a moment", () => {
  it("counts a feature once, under each of its products, and once over several", async () => {
    await log(1, "ftr_1", ["prd_1", "prd_2"]);
    await log(2, "ftr_1", ["prd_1", "prd_2"]);
    await log(3, "ftr_2", ["prd_2"]);
    await log(4, "ftr_3", []);
    expect(await changedSince(at(0), undefined)).toBe(3);
    expect(await changedSince(at(0), "prd_1")).toBe(1);
    expect(await changedSince(at(0), "prd_2")).toBe(2);
    expect(await changedSince(at(0), ["prd_1", "prd_2"])).toBe(2);
    expect(await changedSince(at(0), [])).toBe(0);
    expect(await changedSince(at(0), "prd_3")).toBe(0);
  });

  it("reads what came since and not the rest again, as the moment goes on", async () => {
    for (let n = 0; n < 50; n++) await log(n * 10, `ftr_${n}`);
    expect(await changedSince(at(-1), undefined)).toBe(50);
    expect(rowsRead).toBe(50);
    await log(505, "ftr_0");
    await log(506, "ftr_new");
    expect(await changedSince(at(95), undefined)).toBe(42);
    // Those two, and the last one again, beside which a late one could have come.
    expect(rowsRead).toBe(53);
  });

  it("finds what another publisher logged a little earlier after all", async () => {
    await log(100, "ftr_1");
    expect(await changedSince(at(0), "prd_1")).toBe(1);
    await log(97, "ftr_2");
    expect(await changedSince(at(0), "prd_1")).toBe(2);
  });

  it("forgets nothing that a clock set back a little asks for, and reads anew for an earlier moment", async () => {
    await log(10, "ftr_1");
    await log(1000, "ftr_2");
    expect(await changedSince(at(40), undefined)).toBe(1);
    expect(await changedSince(at(5), undefined)).toBe(2);
    expect(rowsRead).toBe(3);
    expect(await changedSince(at(500), undefined)).toBe(1);
    expect(await changedSince(at(5), undefined)).toBe(2);
  });

  it("counts more than are read of one time, each once", async () => {
    for (let n = 0; n < 2500; n++) await log(n, `ftr_${n % 2300}`);
    expect(await changedSince(at(-1), undefined)).toBe(2300);
    expect(await changedSince(at(2400), undefined)).toBe(100);
  });

  it("counts up to a moment that is over", async () => {
    for (let n = 0; n < 5; n++) await log(n, `ftr_${n}`);
    expect(await changedSince(at(1), undefined, at(3))).toBe(3);
    expect(await changedSince(at(1), undefined)).toBe(4);
  });

  it("gives two who ask at once the same", async () => {
    for (let n = 0; n < 5; n++) await log(n, `ftr_${n}`);
    expect(await Promise.all([at(0), at(2)].map((since) => changedSince(since, "prd_1")))).toEqual([5, 3]);
  });
});
