import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { expect, it } from "vitest";
import { openDatabase } from "../../shared/adapters/sqlite/database.ts";
import { sqliteTable, sumOf } from "../../shared/adapters/sqlite/table.ts";
import { viewKey } from "../../shared/store/keys.ts";
import { made, wireText } from "../../shared/web/api/wire.ts";

const key = viewKey("ftr_1");
const says = (version: number, name: string) => ({ ...key, version, data: { name } });

/** One database, opened twice as by a hub and by a command beside it. */
const twoConnections = () => {
  const folder = mkdtempSync(join(tmpdir(), "throughline-held-"));
  const [here, there] = [openDatabase(folder), openDatabase(folder)];
  return {
    here,
    there,
    tables: [sqliteTable(here), sqliteTable(there)] as const,
    [Symbol.dispose]() {
      here.close();
      there.close();
      rmSync(folder, { recursive: true });
    },
  };
};

const nameIn = async (table: ReturnType<typeof sqliteTable>) =>
  (await table.getMany<{ name: string }>([key]))[0]?.data.name;

it("gives the value that it held while nobody wrote the row, and the new one at once", async () => {
  using both = twoConnections();
  const [here, there] = both.tables;
  await here.put(says(1, "first"));
  await setImmediate();
  const [before] = await here.getMany([key]);
  expect((await here.get(key.pk, key.sk))?.data).toBe(before?.data);
  await here.put(says(2, "second"));
  expect(await nameIn(here)).toBe("second");
  await setImmediate();
  expect(await nameIn(here)).toBe("second");
  await there.put(says(3, "third"));
  await setImmediate();
  expect(await nameIn(here)).toBe("third");
});

it("shows words erased beside it, though the row has the version that it had", async () => {
  using both = twoConnections();
  const [here] = both.tables;
  await here.put(says(1, "Ana"));
  await setImmediate();
  expect(await nameIn(here)).toBe("Ana");
  const data = JSON.stringify({ name: "Bob" });
  const sum = sumOf(data, [key.pk, key.sk, 1, null, null, null, null, null]);
  both.there.prepare("UPDATE item SET data = ?, sum = ?").run(data, sum);
  await setImmediate();
  expect(await nameIn(here)).toBe("Bob");
});

it("holds what others wrote beside it without parsing it again where it is as it was", async () => {
  using both = twoConnections();
  const [here, there] = both.tables;
  await here.put(says(1, "first"));
  await setImmediate();
  const before = await here.get(key.pk, key.sk);
  await there.put({ ...viewKey("ftr_2"), version: 1, data: {} });
  await setImmediate();
  expect((await here.getMany([key]))[0]?.data).toBe(before?.data);
});

it("finds rows of any name at once, those that are held and those that are not", async () => {
  using both = twoConnections();
  const [here] = both.tables;
  const names = ["a\u0000b", "\"'\\\n\u2028é😀", "plain"];
  for (const pk of names) await here.put({ pk, sk: "V", version: 1, data: { pk } });
  await setImmediate();
  expect((await here.get("plain", "V"))?.data).toEqual({ pk: "plain" });
  const found = await here.getMany([...names, "absent"].map((pk) => ({ pk, sk: "V" })));
  expect(found.map(({ data }) => (data as { pk: string }).pk).sort()).toEqual([...names].sort());
});

it("shows nothing of a write that was taken back", async () => {
  using both = twoConnections();
  const [here] = both.tables;
  await here.put(says(1, "kept"));
  await setImmediate();
  expect(await nameIn(here)).toBe("kept");
  await here.put(says(2, "lost"));
  expect(await nameIn(here)).toBe("lost");
  both.here.exec("ROLLBACK");
  expect(await nameIn(here)).toBe("kept");
});

it("writes the JSON of a value once for each hub and set of fields", () => {
  let times = 0;
  const of = {};
  const text = (hub: string, fields?: readonly string[]) =>
    wireText(
      made(of, hub, () => ({ shownAt: hub, count: ++times })),
      fields,
    );
  expect([text("a"), text("a")]).toEqual(['{"shown_at":"a","count":1}', '{"shown_at":"a","count":1}']);
  expect(text("b")).toBe('{"shown_at":"b","count":2}');
  expect([text("a", ["count"]), text("a", ["shown_at"])]).toEqual(['{"count":3}', '{"shown_at":"a"}']);
});

it("gives the page of a list that it held while nobody wrote, and the new one after any write or one taken back", async () => {
  using both = twoConnections();
  const [here, there] = both.tables;
  const listed = (id: string) => ({ ...viewKey(id), version: 1, data: {}, list: { pk: "B#testing", sk: id } });
  const page = () => here.sortKeys({ pk: "B#testing", by: "list" });
  await here.put(listed("ftr_1"));
  await setImmediate();
  const held = await page();
  expect(held).toEqual(["ftr_1"]);
  expect(await page()).toBe(held);
  await here.put(listed("ftr_2"));
  expect(await page()).toEqual(["ftr_1", "ftr_2"]);
  both.here.exec("ROLLBACK");
  expect(await page()).toEqual(["ftr_1"]);
  await there.put(listed("ftr_3"));
  await setImmediate();
  expect(await page()).toEqual(["ftr_1", "ftr_3"]);
});
