import { beforeAll, describe, expect, it } from "vitest";
import { openDatabase } from "../../shared/adapters/sqlite/database.ts";
import { sqliteTable } from "../../shared/adapters/sqlite/table.ts";
import type { Entity } from "../../shared/domain/entity.ts";
import { KINDS } from "../../shared/domain/kind.ts";
import { setName, update } from "../../shared/store/entities.ts";
import { entityKey, lists, partition } from "../../shared/store/keys.ts";
import { putSearchWords, search } from "../../shared/store/search.ts";
import { SAMPLE_ENTITIES } from "../web/sample-entities.ts";

const table = sqliteTable(openDatabase(":memory:"));
const [base] = SAMPLE_ENTITIES as readonly [Entity, ...Entity[]];

const entity = (kind: "feature" | "workItem" | "pullRequest" | "campaign", n: number, key: string, name: string) =>
  ({
    ...base,
    id: `${KINDS[kind]}_${String(n).padStart(26, "0")}`,
    kind,
    source: { ...base.source, key },
    fields: kind === "campaign" ? { name } : { title: name },
  }) as unknown as Entity;

const held = new Map<string, readonly string[]>();
const put = async (one: Entity) => {
  await update(table, entityKey(one.id), () => ({ data: one, list: lists.ofKind(one.kind, one.id) }));
  if (one.source.key !== undefined) await setName(table, "alias", one.source.key, one.id, false);
  held.set(one.id, (await putSearchWords(table, one, held.get(one.id))) ?? held.get(one.id) ?? []);
};
const names = async (text: string, limit = 20) => (await search(table, text, limit)).map(({ name }) => name);

describe("search", () => {
  beforeAll(async () => {
    await put(entity("feature", 1, "ACME-8", "Redesign checkout"));
    await put(entity("feature", 2, "ACME-9", "Café checkout for résumés"));
    await put(entity("workItem", 3, "PAY-1", "Redesign of the form"));
    await put(entity("workItem", 4, "acme/web#41", "Rename a button"));
    await put(entity("pullRequest", 5, "acme/web#418", "Idempotency keys"));
    await put(entity("campaign", 6, "autumn", "Checkout in autumn"));
  });

  it("finds a thing by its key, in any case, before anything by name", async () => {
    expect(await search(table, "acme-8", 20)).toMatchObject([{ name: "Redesign checkout", match: "key" }]);
    expect(await search(table, "pay-1", 20)).toMatchObject([{ kind: "workItem", match: "key" }]);
    expect((await search(table, "autumn", 20)).map(({ match }) => match)).toEqual(["key"]);
  });

  it("finds what has a number alone, and nothing with a longer one", async () => {
    expect(await names("#418")).toEqual(["Idempotency keys"]);
    expect(await names("#41")).toEqual(["Rename a button"]);
    expect(await names("#4")).toEqual([]);
  });

  it("finds names by the beginnings of all their words, without accents and in any case", async () => {
    expect((await names("check")).sort()).toEqual([
      "Café checkout for résumés",
      "Checkout in autumn",
      "Redesign checkout",
    ]);
    expect(await names("RESUMES cafe")).toEqual(["Café checkout for résumés"]);
    expect(await names("checkout banana")).toEqual([]);
    expect(await names("heckout")).toEqual([]);
  });

  it("gives no more of a kind than asked for", async () => {
    expect((await search(table, "checkout", 1)).map(({ kind }) => kind).sort()).toEqual(["campaign", "feature"]);
  });

  it("forgets the words that a name no longer has, and all of them when the thing is deleted", async () => {
    const one = entity("feature", 7, "ACME-10", "Old wording");
    await put(one);
    await put({ ...one, fields: { ...one.fields, title: "New wording" } } as Entity);
    expect(await names("old")).toEqual([]);
    expect(await names("new word")).toEqual(["New wording"]);
    await put({ ...one, presence: { ...one.presence, state: "deleted" } });
    expect(await names("wording")).toEqual([]);
    const rows = await table.query({ pk: partition.ofEntity(one.id), prefix: "N#" });
    expect(rows.filter(({ list }) => list !== undefined)).toEqual([]);
  });

  it("writes nothing the second time", async () => {
    const one = entity("feature", 8, "ACME-11", "Written once");
    await put(one);
    const versions = async () =>
      (await table.query({ pk: partition.ofEntity(one.id), prefix: "N#" })).map(({ version }) => version);
    const before = await versions();
    expect(await putSearchWords(table, one, ["written", "once"])).toBeUndefined();
    await putSearchWords(table, one);
    expect([before, await versions()]).toEqual([
      [1, 1],
      [1, 1],
    ]);
  });

  it.each(["", "   ", "#", "%", "a", "\u0000", "'; DROP TABLE rows; --", "x".repeat(200)])(
    "answers with nothing to %j",
    async (text) => {
      expect(await names(text)).toEqual([]);
    },
  );
});
