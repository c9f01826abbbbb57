import { readFileSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { folderLake } from "../../shared/adapters/sqlite/lake.ts";
import { FIELDS, type FieldedKind } from "../../shared/domain/entity.ts";
import { athenaDdl, duckdbDdl } from "../../shared/lake/ddl.ts";
import { parquetOf } from "../../shared/lake/parquet.ts";
import { LAKE_TABLES } from "../../shared/lake/tables.ts";
import { writeTable } from "../../shared/lake/write-lake.ts";
import { everyOf, linksOf } from "../../shared/store/entities.ts";
import { viewKey } from "../../shared/store/keys.ts";
import type { FeatureView } from "../../shared/store/views.ts";
import { openDuck } from "./duck.ts";
import { fill, openLakeStore } from "./lake-store.ts";

const folders: string[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
});
const makeFolder = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), "throughline-test-"));
  folders.push(folder);
  return folder;
};

const tableCalled = (name: string) => {
  const found = LAKE_TABLES.find((table) => table.name === name);
  if (found === undefined) throw new Error(`no table ${name}`);
  return found;
};
const pathsIn = async (folder: string, below: string): Promise<string[]> =>
  (await Array.fromAsync(folderLake(folder).list(below))).sort();
const bytesIn = async (folder: string, below: string) =>
  Promise.all(
    (await pathsIn(folder, below)).map(async (path) => [path, (await readFile(join(folder, path))).toString("base64")]),
  );

describe("the lake of a filled store", () => {
  it("gives DuckDB as many rows of each kind as the store holds, and the joins that the store's links give", async () => {
    using held = openLakeStore();
    await fill(held);
    const folder = await makeFolder();
    for (const table of LAKE_TABLES) await writeTable(folderLake(folder), held.store, table);
    using duck = await openDuck();
    await duck.run(duckdbDdl(LAKE_TABLES, folder));

    const counts: Record<string, number> = {};
    const stored: Record<string, number> = {};
    for (const kind of Object.keys(FIELDS) as FieldedKind[]) {
      const { name } = tableCalled(kind.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`));
      stored[name] = (await Array.fromAsync(everyOf(held.store, kind))).length;
      counts[name] = Number((await duck.rows(`SELECT count(*) AS n FROM "${name}"`))[0]?.["n"]);
    }
    expect(counts).toEqual(stored);
    expect(stored).toMatchObject({ feature: 3, work_item: 12, support_ticket: 9, campaign: 2, incident: 0 });

    const expected = [];
    for (const key of ["F1", "F2", "F3"]) {
      const id = held.idOf("feature", "feature", key);
      const { pk, sk } = viewKey(id);
      const view = (await held.store.get<FeatureView>(pk, sk))?.data;
      expected.push({
        source_key: key,
        tickets: String((await linksOf(held.store, id, "in", "reports_problem_in")).length),
        campaigns: String((await linksOf(held.store, id, "in", "promotes")).length),
        headline: view?.explanation.headline ?? null,
        health: view?.health.value,
        done: String(view?.progress.done),
      });
    }
    const joined = await duck.rows(`
      SELECT f.source_key, count(DISTINCT t.id) AS tickets, count(DISTINCT c.id) AS campaigns,
        any_value(s.headline) AS headline, any_value(s.health) AS health, any_value(s.work_items_done) AS done
      FROM feature f JOIN feature_status s ON s.feature_id = f.id
      LEFT JOIN link l ON l.to_id = f.id AND l.valid_to IS NULL
      LEFT JOIN support_ticket t ON t.id = l.from_id AND l.type = 'reports_problem_in'
      LEFT JOIN campaign c ON c.id = l.from_id AND l.type = 'promotes'
      GROUP BY f.source_key ORDER BY f.source_key`);
    expect(joined).toEqual(expected);
    expect(joined.map(({ tickets, campaigns }) => [tickets, campaigns])).toEqual([
      ["2", "0"],
      ["7", "2"],
      ["0", "0"],
    ]);
    expect(await duck.rows("SELECT sum(cost_amount) AS cost, any_value(cost_currency) AS c FROM campaign")).toEqual([
      { cost: 200, c: "EUR" },
    ]);
  });

  it("has typed columns: times in UTC, days, whole numbers, lists, both sides of a mapped value", async () => {
    using held = openLakeStore();
    await fill(held);
    const folder = await makeFolder();
    for (const name of ["feature", "work_item", "support_ticket"])
      await writeTable(folderLake(folder), held.store, tableCalled(name));
    using duck = await openDuck();
    await duck.run(duckdbDdl(["feature", "work_item", "support_ticket"].map(tableCalled), folder));
    expect(
      await duck.rows(`SELECT title, target_date, typeof(target_date) AS day, declared_status_category AS category,
        declared_status_detail AS detail, labels, typeof(labels) AS list, source_created_at, typeof(recorded_at) AS time,
        recorded_at, typeof(entity_version) AS whole, entity_version, dt FROM feature WHERE source_key = 'F2'`),
    ).toEqual([
      {
        title: "Checkout",
        target_date: "2026-06-30",
        day: "DATE",
        category: "active",
        detail: "In flight",
        labels: ["a", "b"],
        list: "VARCHAR[]",
        source_created_at: "2026-02-01 10:00:00+00",
        time: "TIMESTAMP WITH TIME ZONE",
        recorded_at: "2026-03-02 10:00:00+00",
        whole: "BIGINT",
        entity_version: "1",
        dt: "2026-03-02",
      },
    ]);
    expect(await duck.rows("SELECT title, target_date FROM feature WHERE source_key = 'F1'")).toEqual([
      { title: 'Sign in, with "quotes" and \u202eright-to-left', target_date: null },
    ]);
    expect(
      await duck.rows("SELECT estimate_value, estimate_unit, status_category FROM work_item WHERE source_key = 'I3'"),
    ).toEqual([{ estimate_value: 3.5, estimate_unit: "points", status_category: "done" }]);
    expect(
      await duck.rows("SELECT solve_minutes, is_sla_breached FROM support_ticket WHERE source_key = 'T4'"),
    ).toEqual([{ solve_minutes: 80, is_sla_breached: true }]);
  });
});

describe("an export that is repeated", () => {
  it("writes the same bytes into the same files on another day", async () => {
    using held = openLakeStore();
    await fill(held);
    const folder = await makeFolder();
    const lake = folderLake(folder);
    await writeTable(lake, held.store, tableCalled("work_item"));
    const first = await bytesIn(folder, "work_item");
    held.pass(3 * 86_400);
    const again = await writeTable(lake, held.store, tableCalled("work_item"));
    expect(await bytesIn(folder, "work_item")).toEqual(first);
    expect(first.map(([path]) => path)).toEqual(["work_item/dt=2026-03-02/part-00000.parquet"]);
    expect(again).toEqual({ table: "work_item", rows: 12, files: 1, removed: 0 });
  });

  it("moves what changed to the day of its change, and leaves no older copy and no other file behind", async () => {
    using held = openLakeStore();
    await held.read("features", [{ id: "F1", title: "Sign in", at: "2026-02-01T10:00:00.000Z" }]);
    const folder = await makeFolder();
    const lake = folderLake(folder);
    const table = tableCalled("feature");
    await writeTable(lake, held.store, table);
    await writeFile(join(folder, "feature/notes.txt"), "mine");
    held.pass(2 * 86_400);
    await held.read("features", [{ id: "F1", title: "Sign in with a key", at: "2026-03-04T09:00:00.000Z" }]);
    expect(await writeTable(lake, held.store, table)).toEqual({ table: "feature", rows: 1, files: 1, removed: 1 });
    expect(await pathsIn(folder, "feature")).toEqual(["feature/dt=2026-03-04/part-00000.parquet", "feature/notes.txt"]);
  });

  it("since a day leaves the partitions before it alone; the view still shows each thing once, in its newest version", async () => {
    using held = openLakeStore();
    await held.read("features", [
      { id: "F1", title: "Sign in", at: "2026-02-01T10:00:00.000Z" },
      { id: "F2", title: "Checkout", at: "2026-02-01T10:00:00.000Z" },
    ]);
    const folder = await makeFolder();
    const lake = folderLake(folder);
    const table = tableCalled("feature");
    await writeTable(lake, held.store, table);
    held.pass(2 * 86_400);
    await held.read("features", [{ id: "F1", title: "Sign in with a key", at: "2026-03-04T09:00:00.000Z" }]);
    for (const _ of ["once", "again"]) {
      expect(await writeTable(lake, held.store, table, "2026-03-04")).toMatchObject({ rows: 1, removed: 0 });
      expect(await pathsIn(folder, "feature")).toHaveLength(2);
    }
    using duck = await openDuck();
    await duck.run(duckdbDdl([table], folder));
    expect(await duck.rows("SELECT source_key, title, entity_version AS v FROM feature ORDER BY source_key")).toEqual([
      { source_key: "F1", title: "Sign in with a key", v: "2" },
      { source_key: "F2", title: "Checkout", v: "1" },
    ]);
  });

  it("holds no more rows than the limits allow: more files, the same content", async () => {
    using held = openLakeStore();
    await fill(held);
    const folder = await makeFolder();
    const table = tableCalled("work_item");
    const lake = folderLake(folder);
    const limits = { partRows: 5, partBytes: 1e9, heldBytes: 1e9 };
    expect(await writeTable(lake, held.store, table, "", limits)).toMatchObject({ rows: 12, files: 3 });
    using duck = await openDuck();
    const all = `SELECT count(*) AS n, count(DISTINCT id) AS ids FROM read_parquet('${folder}/work_item/*/*.parquet')`;
    expect(await duck.rows(all)).toEqual([{ n: "12", ids: "12" }]);
    expect(await writeTable(lake, held.store, table, "", { ...limits, partRows: 100, heldBytes: 1 })).toMatchObject({
      files: 12,
    });
    expect(await duck.rows(all)).toEqual([{ n: "12", ids: "12" }]);
    expect(await writeTable(lake, held.store, table)).toMatchObject({ files: 1, removed: 11 });
    expect(await duck.rows(all)).toEqual([{ n: "12", ids: "12" }]);
  });
});

describe("columns", () => {
  it("of an old file and of a new one read as one table, what is missing as null", async () => {
    const folder = await makeFolder();
    const lake = folderLake(folder);
    const old = [{ name: "id", type: "text" }] as const;
    const now = [...old, { name: "labels", type: "texts" }, { name: "seen_at", type: "time" }] as const;
    await lake.put("thing/dt=2026-03-01/part-00000.parquet", await parquetOf(old, [["a"]]));
    await lake.put(
      "thing/dt=2026-03-02/part-00000.parquet",
      await parquetOf(now, [["b", ["x"], new Date("2026-03-02T10:00:00.123Z")]]),
    );
    await lake.put("thing/dt=2026-03-03/part-00000.parquet", await parquetOf(now, []));
    using duck = await openDuck();
    expect(
      await duck.rows(
        `SELECT id, labels, seen_at FROM read_parquet('${folder}/thing/*/*.parquet', union_by_name = true) ORDER BY id`,
      ),
    ).toEqual([
      { id: "a", labels: null, seen_at: null },
      { id: "b", labels: ["x"], seen_at: "2026-03-02 10:00:00.123+00" },
    ]);
  });

  it("that were released are still there, with the same type", () => {
    const released = JSON.parse(readFileSync("test/fixtures/lake/columns.json", "utf8")) as Record<string, object>;
    const present = Object.fromEntries(
      LAKE_TABLES.map(({ name, columns }) => [name, Object.fromEntries(columns.map((one) => [one.name, one.type]))]),
    );
    expect(present).toMatchObject(released);
  });

  it("have names of their own in each table, and every table its key and version among them", () => {
    for (const { name, columns, key, version } of LAKE_TABLES) {
      const names = columns.map((one) => one.name);
      expect(new Set([...names, "dt"]).size, name).toBe(names.length + 1);
      expect(names, name).toEqual(expect.arrayContaining([...key, version]));
    }
  });
});

describe("the SQL for Athena", () => {
  it("projects the partitions of each table from the calendar, and shows the newest row of each thing", () => {
    const ddl = athenaDdl([tableCalled("link")], "s3://acme-lake/hub/");
    expect(ddl).toBe(`CREATE EXTERNAL TABLE IF NOT EXISTS \`link_rows\` (
  \`from_id\` string,
  \`to_id\` string,
  \`type\` string,
  \`origin\` string,
  \`confidence\` double,
  \`valid_from\` timestamp,
  \`valid_to\` timestamp,
  \`evidence\` string,
  \`recorded_at\` timestamp,
  \`link_version\` bigint
)
PARTITIONED BY (\`dt\` string)
STORED AS PARQUET
LOCATION 's3://acme-lake/hub/link/'
TBLPROPERTIES (
  'projection.enabled' = 'true',
  'projection.dt.type' = 'date',
  'projection.dt.format' = 'yyyy-MM-dd',
  'projection.dt.range' = '2026-01-01,NOW+1DAYS',
  'storage.location.template' = 's3://acme-lake/hub/link/dt=\${dt}/'
);

CREATE OR REPLACE VIEW "link" AS
SELECT "from_id", "to_id", "type", "origin", "confidence", "valid_from", "valid_to", "evidence", "recorded_at", "link_version", dt
FROM (SELECT *, row_number() OVER (PARTITION BY "from_id", "to_id", "type" ORDER BY "link_version" DESC, dt DESC) AS nth FROM "link_rows") WHERE nth = 1;
`);
    expect(athenaDdl(LAKE_TABLES, "s3://acme-lake")).toContain("`labels` array<string>");
  });

  it.each(["lake", "s3://", "s3://a b/c", "s3://acme-lake/it's"])("refuses the place %s", (place) => {
    expect(() => athenaDdl(LAKE_TABLES, place)).toThrow("--out s3://bucket/folder");
  });
});
