import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Distinct, sizeOf, withMembers } from "../../shared/domain/distinct.ts";

const names = (count: number, of = "m"): string[] => Array.from({ length: count }, (_, at) => `${of}-${at}`);
const setOf = (members: readonly string[], exactTo: number): Distinct => withMembers(undefined, members, exactTo);

describe("a set of which only the size is asked", () => {
  it("is the same in any order, in any parts, and with any repeats, few or many", () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(40), { minLength: 1, maxLength: 60 }),
        fc.constantFrom(0, 5, 100),
        fc.nat(60),
        (order, exactTo, cut) => {
          const whole = setOf([...new Set(order)].sort().map(String), exactTo);
          const first = setOf(order.slice(0, cut).map(String), exactTo);
          const parts = withMembers(first, order.slice(cut).map(String), exactTo);
          expect(withMembers(parts, order.toReversed().map(String), exactTo)).toEqual(whole);
        },
      ),
      { numRuns: 30 },
    );
  });

  it("has its exact size as long as digests are kept, and keeps none of a member's own text", () => {
    const set = setOf(names(300), 300);
    expect(sizeOf(set, 300)).toBe(300);
    expect(JSON.stringify(set)).not.toContain("m-1");
    expect(setOf(names(301), 300)).toHaveProperty("registers");
  });

  it.each([0, 1, 3, 50, 1000, 30_000])(
    "has its size of %i to within five per cent once only registers are kept",
    (count) => {
      const size = sizeOf(setOf(names(count), 0), -1);
      expect(Math.abs(size - count)).toBeLessThanOrEqual(count * 0.05);
    },
  );

  it("never gets smaller by another member", () => {
    let set = setOf([], 20);
    let size = 0;
    for (const name of names(400, "other")) {
      set = withMembers(set, [name], 20);
      expect(sizeOf(set, 20)).toBeGreaterThanOrEqual(size);
      size = sizeOf(set, 20);
    }
    expect(size).toBeGreaterThan(370);
  });
});
