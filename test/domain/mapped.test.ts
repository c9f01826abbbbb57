import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { configuredId, entityId, KINDS, type Kind, kindOf } from "../../shared/domain/kind.ts";
import { mapped, mapWord } from "../../shared/domain/mapped.ts";

const TOOL = new Map([
  ["new", "todo"],
  ["done", "done"],
] as const);

describe("a word of a tool", () => {
  it.each([
    [
      { id: "1", name: "Fertig", type: "DONE" },
      { category: "done", detail: "Fertig", mappedBy: "tool", id: "1" },
    ],
    [{ name: "New" }, { category: "todo", detail: "New", mappedBy: "tool" }],
    [
      { name: "Done", type: "limbo" },
      { category: "unknown", detail: "Done", mappedBy: "default" },
    ],
    [{ name: "constructor" }, { category: "unknown", detail: "constructor", mappedBy: "default" }],
    [
      { name: "x", type: "__proto__" },
      { category: "unknown", detail: "x", mappedBy: "default" },
    ],
    [{ name: "" }, { category: "unknown", detail: "", mappedBy: "default" }],
  ])("%j means %j", (word, meaning) => {
    expect(mapWord(word, TOOL)).toEqual(meaning);
  });

  it("means what the hub says, by id before name before type", () => {
    const own = new Map<string, "todo" | "done">([
      ["7", "done"],
      ["Later", "todo"],
    ]);
    expect(mapWord({ id: "7", name: "Later", type: "new" }, TOOL, own)).toMatchObject({
      category: "done",
      mappedBy: "user",
    });
    expect(mapWord({ id: "8", name: "Later", type: "done" }, TOOL, own)).toMatchObject({
      category: "todo",
      mappedBy: "user",
    });
    expect(mapWord({ id: "8", name: "later", type: "done" }, TOOL, own)).toMatchObject({ mappedBy: "tool" });
  });

  it("fits its own schema, and keeps the tool's word, whatever that is", () => {
    const shape = mapped(["todo", "done"]);
    const word = fc.record({ id: fc.string(), name: fc.string(), type: fc.string() }, { requiredKeys: ["name"] });
    fc.assert(
      fc.property(word, (one) => {
        const meaning = mapWord(one, TOOL);
        expect(shape.parse(meaning)).toEqual(meaning);
        expect(meaning.detail).toBe(one.name);
      }),
    );
  });
});

describe("an id of ours", () => {
  const kinds = Object.keys(KINDS) as Kind[];
  const ref = fc.record({ kind: fc.constantFrom(...kinds), noun: fc.string(), id: fc.string() });

  it("says its kind, and is safe in keys, addresses and queue groups", () => {
    fc.assert(
      fc.property(fc.string(), ref, (connection, one) => {
        const id = entityId(connection, one);
        expect(id).toMatch(/^[a-z]{3}_[0-9a-f]{26}$/);
        expect(kindOf(id)).toBe(one.kind);
      }),
    );
    expect(new Set(Object.values(KINDS)).size).toBe(kinds.length);
  });

  it("is the same at every arrival, and never that of another site, record type or record", () => {
    const parts = fc.constantFrom("a", "b", 'a","b', "", "1", "11");
    fc.assert(
      fc.property(fc.tuple(parts, parts, parts), fc.tuple(parts, parts, parts), (one, other) => {
        const idOf = ([connection, noun, id]: readonly [string, string, string]) =>
          entityId(connection, { kind: "workItem", noun, id });
        expect(idOf(one) === idOf(other)).toBe(JSON.stringify(one) === JSON.stringify(other));
      }),
    );
  });

  it.each(["", "wrk", "wrk-1", "WRK_1", "xxx_1", "__proto___1", "constructor_1"])("is not %j", (text) => {
    expect(kindOf(text)).toBeUndefined();
  });

  it("of a configured thing is its name", () => {
    expect([configuredId("prd", "web"), kindOf(configuredId("prd", "web"))]).toEqual(["prd_web", "product"]);
  });
});
