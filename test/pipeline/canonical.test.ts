import fc from "fast-check";
import { expect, it } from "vitest";
import { canonical } from "../../shared/pipeline/canonical.ts";

/** The same by the plain way: a copy with its keys in order, as text. */
const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, part]) => part !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, part]) => [key, sorted(part)]),
  );
};

it("writes any value as JSON writes it once its keys are in order, so that hashes of before stay what they were", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
      expect(canonical(value)).toBe(JSON.stringify(sorted(value)));
    }),
    { numRuns: 300 },
  );
  const odd = JSON.parse('{"b":[1,{"10":1,"9":2,"a":3,"-1":4,"01":5}],"__proto__":{"x":1},"ü":"\\ud800"}');
  expect(canonical(odd)).toBe(JSON.stringify(sorted(odd)));
  expect(canonical({ b: undefined, a: [undefined, Number.NaN] })).toBe('{"a":[null,null]}');
});
