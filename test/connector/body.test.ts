import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseJson } from "../../shared/connector/body.ts";
import { HubError } from "../../shared/connector/errors.ts";
import type { Draft } from "../../shared/domain/entity.ts";
import { entityOf, hash } from "../../shared/pipeline/entity-of.ts";
import { corpusRows } from "./corpus.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

/** What becomes of a body: a value, or the one refusal. Anything else fails the test. */
const outcomeOf = (body: Uint8Array): { value: unknown } | "refused" => {
  try {
    return { value: parseJson(body) };
  } catch (error) {
    expect(error).toBeInstanceOf(HubError);
    expect(error).toMatchObject({ code: "payload_unreadable", retry: "never" });
    return "refused";
  }
};
const nested = (open: string, depth: number, inner = "", close = "") =>
  bytes(`${open.repeat(depth)}${inner}${close.repeat(depth)}`);

describe("T08 a body as JSON", () => {
  it.each<[string, Uint8Array]>([
    ["arrays 65 deep", nested("[", 65, "1", "]")],
    ["objects 65 deep", nested('{"a":', 65, "1", "}")],
    ["100,000 open arrays", nested("[", 100_000)],
    ["250,000 open arrays and objects", nested('[{"":', 250_000)],
    ["no UTF-8", Uint8Array.of(0x22, 0xff, 0x22)],
    ["an overlong slash", Uint8Array.of(0x22, 0xc0, 0xaf, 0x22)],
    ["a surrogate half in UTF-8", Uint8Array.of(0x22, 0xed, 0xa0, 0x80, 0x22)],
    ["UTF-16", new Uint8Array(Buffer.from('{"a":1}', "utf16le"))],
    ["nothing", bytes("")],
    ["a comment", bytes("{} // done")],
    ["two values", bytes("{}{}")],
  ])("is refused with %s", (_, body) => {
    expect(outcomeOf(body)).toBe("refused");
  });

  it.each<[string, Uint8Array, unknown]>([
    [
      "brackets and quotes inside a text",
      bytes(JSON.stringify({ a: `${"[".repeat(100)}\\"{` })),
      { a: `${"[".repeat(100)}\\"{` },
    ],
    ["a byte order mark", bytes('\uFEFF{"a":1}'), { a: 1 }],
    ["the last of two like keys", bytes('{"a":1,"a":2}'), { a: 2 }],
  ])("is read with %s", (_, body, value) => {
    expect(outcomeOf(body)).toEqual({ value });
  });

  it("is read 64 deep, and can be written again", () => {
    const outcome = outcomeOf(nested("[", 64, "1", "]"));
    expect(JSON.stringify(outcome)).toBe(`{"value":${"[".repeat(64)}1${"]".repeat(64)}}`);
  });

  it("is read with 200,000 keys and texts of 5,000,000 characters", () => {
    const keys = Object.fromEntries(Array.from({ length: 200_000 }, (_, at) => [`k${at}`, at]));
    expect(outcomeOf(bytes(JSON.stringify(keys)))).toEqual({ value: keys });
    expect(outcomeOf(bytes(JSON.stringify("x".repeat(5_000_000))))).toEqual({ value: "x".repeat(5_000_000) });
  });

  it("is what JSON.parse gives, for whatever is not too deep", () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 20 }), (text) => {
        expect(outcomeOf(bytes(text))).toEqual({ value: JSON.parse(text) });
      }),
    );
  });

  it("is refused or read for any bytes, and never anything else", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (body) => {
        expect(outcomeOf(body)).toBeDefined();
      }),
    );
  });

  const rows = corpusRows<{ id: string; expect: string; b64: string }>("json.parsing.jsonl");
  it.skipIf(rows.length === 0)("is read or refused as the JSON test suite says", () => {
    const counts: Record<string, number> = {};
    for (const { id, expect: expected, b64 } of rows) {
      const outcome = outcomeOf(Buffer.from(b64, "base64")) === "refused" ? "reject" : "accept";
      if (expected !== "either-no-crash") expect({ id, outcome }).toEqual({ id, outcome: expected });
      counts[expected] = (counts[expected] ?? 0) + 1;
    }
    expect(counts).toEqual({ accept: 49, reject: 97, "either-no-crash": 27 });
  });
});

describe("T09 a body that reaches for the prototype of all objects", () => {
  const before = Object.getOwnPropertyDescriptors(Object.prototype);
  const own = ["__proto__", "constructor"].flatMap((key) => [
    { raw: `{"${key}":{"polluted":"yes","prototype":{"polluted":"yes"}}}`, prop: "polluted" },
    { raw: `{"a":[{"${key}":{"prototype":{"polluted":"yes"}}}],"${key}.polluted":"yes"}`, prop: "polluted" },
  ]);
  const rows = corpusRows<{ raw?: string; prop: string }>("prototype.pollution.jsonl").filter(
    ({ raw }) => raw !== undefined,
  );
  const arrival = {
    connectionId: "con_x",
    tool: "x",
    productsOf: () => [],
    mappingVersion: 1,
    rawRef: "r",
    now: "2026-03-02T10:00:00.000Z",
    receivedAt: "2026-03-02T10:00:00.000Z",
    how: "read" as const,
  };

  it(`leaves it as it was, through parsing, an entity and a hash: ${own.length + rows.length} bodies`, () => {
    for (const { raw = "", prop } of [...own, ...rows]) {
      const outcome = outcomeOf(bytes(raw));
      if (outcome === "refused") continue;
      const draft = {
        kind: "team",
        external: { noun: "team", id: "1", url: "https://x.example/1" },
        scopes: [],
        updatedAt: "2026-03-02T10:00:00.000Z",
        fields: { name: "A", ...(outcome.value as object) },
        customFields: [{ fieldId: "f", name: "f", type: "json", value: outcome.value }],
      } as Draft<"team">;
      const entity = entityOf(draft, arrival);
      expect(hash(entity)).toMatch(/^[0-9a-f]{32}$/);
      expect({ prop, polluted: Object.hasOwn(Object.prototype, prop) }).toEqual({
        prop,
        polluted: Object.hasOwn(before, prop),
      });
    }
    expect(Object.getOwnPropertyDescriptors(Object.prototype)).toEqual(before);
  });

  it("is told apart from one that does not", () => {
    expect(hash(JSON.parse('{"__proto__":{"a":1}}'))).not.toBe(hash({}));
    expect(hash(JSON.parse('{"__proto__":{"a":1}}'))).not.toBe(hash(JSON.parse('{"__proto__":{"a":2}}')));
  });
});
