import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { Issue } from "../../connectors/jira/schema.ts";
import { readRecord } from "../../shared/connector/read-record.ts";

const maybe = <S extends z.ZodType>(shape: S) => shape.nullish().catch(undefined);
const Node = z.looseObject({
  id: z.union([z.string().min(1), z.int().transform(String)]),
  a: maybe(z.string()),
  get b(): z.ZodType {
    return maybe(z.array(maybe(Node)));
  },
  c: z.record(z.string(), z.union([z.string(), z.looseObject({ a: z.number() })])).optional(),
  d: z.unknown(),
  e: z.string().default("x"),
});
const SCHEMAS: readonly z.ZodType[] = [
  Node,
  z.object({ a: z.string().optional(), b: z.number().nullable() }),
  z.strictObject({ a: z.boolean().catch(false) }),
  z.object({ a: z.string().catch("none").optional() }),
  z.array(z.enum(["a", "b"]).nullable()),
  z.looseObject({ a: z.iso.datetime().transform((at) => new Date(at).toISOString()) }),
  z.union([z.literal(1), z.number().transform((n) => n + 1), z.coerce.string()]),
  z.looseObject({ a: z.string() }).refine(({ a }) => a !== "b"),
  z.looseObject({
    a: z
      .union([z.array(z.string()), z.looseObject({ b: z.array(z.string()) }).transform(({ b }) => b)])
      .nullish()
      .transform((list) => list ?? []),
  }),
];

const key = fc.constantFrom("id", "a", "b", "c", "d", "e", "__proto__", "toString");
const { value: anything } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.constantFrom(null, true, 0, 1, 1.5, "", "a", "b", "2026-01-01T00:00:00Z"),
    fc.array(tie("value"), { maxLength: 3 }),
    fc
      .array(fc.tuple(key, tie("value")), { maxLength: 6 })
      .map((entries) => JSON.parse(`{${entries.map(([name, part]) => `"${name}":${JSON.stringify(part)}`).join()}}`)),
  ),
}));

describe("a record that is read by its schema", () => {
  it("is what zod makes of it, whatever it is, and leaves the record itself as it was", () => {
    let read = 0;
    fc.assert(
      fc.property(anything, fc.constantFrom(...SCHEMAS), (value, schema) => {
        const before = JSON.stringify(value);
        const { data, success } = readRecord(schema, value);
        expect(data).toStrictEqual(schema.safeParse(value).data);
        expect(success).toBe(schema.safeParse(value).success);
        expect(JSON.stringify(value)).toBe(before);
        read += Number(success);
      }),
      { numRuns: 3000, seed: 7 },
    );
    expect(read).toBeGreaterThan(100);
  });

  it("is not copied where the schema leaves it as it is", () => {
    const issue = {
      id: "10001",
      key: "FT-1",
      fields: { summary: "A", labels: ["x"], status: { id: "3", name: "Open" }, customfield_1: [{ value: 2 }] },
      changelog: { histories: [{ id: "1", created: "2026-01-01T00:00:00.000+0000", items: [{ field: "status" }] }] },
    };
    expect(readRecord(Issue, issue).data).toBe(issue);
    expect(readRecord(Issue, { ...issue, id: 10001 }).data).toEqual(issue);
    const odd = { ...issue, fields: { ...issue.fields, labels: [1], summary: 2 } };
    expect(readRecord(Issue, odd).data?.fields).toMatchObject({ labels: [undefined], summary: undefined });
  });
});
