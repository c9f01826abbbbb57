import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { forecastOf, weeksToGo } from "../../shared/lifecycle/health/forecast.ts";
import type { HealthInput, WorkItemSummary } from "../../shared/lifecycle/health/input.ts";
import { at, fact, on, seen } from "./evidence.ts";

type Weeks = readonly { readonly done: number; readonly added: number }[];

/** The chance of being done after each week, by adding up all courses: what the simulation only samples. */
const exactChances = (remaining: number, past: Weeks): number[] => {
  let left = new Map([[remaining, 1]]);
  const chances = [remaining <= 0 ? 1 : 0];
  for (let week = 1; week <= 104; week++) {
    const next = new Map<number, number>();
    let ended = chances.at(-1) ?? 0;
    for (const [rest, chance] of left)
      for (const { done, added } of past) {
        const after = rest - done + added;
        const part = chance / past.length;
        if (after <= 0) ended += part;
        else next.set(after, (next.get(after) ?? 0) + part);
      }
    left = next;
    chances.push(ended);
  }
  return chances;
};

const anyWeeks = fc.array(fc.record({ done: fc.integer({ min: 0, max: 6 }), added: fc.integer({ min: 0, max: 3 }) }), {
  minLength: 8,
  maxLength: 12,
});

describe("the forecast", () => {
  it("is what adding up all courses gives", () => {
    void fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), anyWeeks, fc.integer(), (remaining, past, seed) => {
        const chances = exactChances(remaining, past);
        const { p50, p85 } = weeksToGo(remaining, past, seed);
        for (const [share, week] of [
          [0.5, p50],
          [0.85, p85],
        ] as const) {
          // 10,000 trials miss a share by 2 points once in ten thousand times at the most.
          if (Number.isFinite(week)) {
            expect(chances[week]).toBeGreaterThan(share - 0.02);
            expect(chances[week - 1] ?? 0).toBeLessThan(share + 0.02);
          } else expect(chances[104]).toBeLessThan(share + 0.02);
        }
      }),
      { numRuns: 15 },
    );
  });

  it("never ends earlier with more left to do", () => {
    void fc.assert(
      fc.property(fc.integer({ min: 1, max: 15 }), anyWeeks, fc.integer(), (remaining, past, seed) => {
        const [less, more] = [weeksToGo(remaining, past, seed), weeksToGo(remaining + 1, past, seed)];
        expect(more.p50).toBeGreaterThanOrEqual(less.p50);
        expect(more.p85).toBeGreaterThanOrEqual(less.p85);
      }),
      { numRuns: 15 },
    );
  });

  it("has no end where as much comes as is done", () => {
    expect(weeksToGo(1, Array(8).fill({ done: 1, added: 1 }), 1)).toEqual({
      p50: Number.POSITIVE_INFINITY,
      p85: Number.POSITIVE_INFINITY,
    });
  });

  const word = <C extends string>(category: C) => ({ category, detail: category, mappedBy: "tool" as const });
  /** On(29) is Monday, 30 March 2026; on(-34) a Sunday, so that nine full weeks lie between. */
  const item = (n: number, doneOn?: number): WorkItemSummary => ({
    fields: {
      status: word(doneOn === undefined ? "todo" : "done"),
      type: word("story"),
      startedAt: on(-34),
      ...(doneOn !== undefined && { completedAt: on(doneOn) }),
    },
    source: { key: `A-${n}`, externalId: `A-${n}` },
    sourceUpdatedAt: on(28),
  });
  const input = (done: readonly number[], open: number, more: Partial<HealthInput> = {}): HealthInput => ({
    feature: { id: "ftr_1", fields: { declaredStatus: word("active") }, sourceUpdatedAt: on(20) },
    items: [...done.map((day, n) => item(n, day)), ...Array.from({ length: open }, (_, n) => item(100 + n))],
    explanation: at(30, [fact(20, "item", "in_progress")]),
    coverage: seen(),
    asOf: on(30.5),
    ...more,
  });
  const weekly = [-33, -26, -19, -12, -5, 2, 9, 16, 23];

  it("counts full weeks only and says what it was made of", () => {
    // One a week, in all nine weeks, and one more in the first; what was done this week counts for no week.
    expect(forecastOf(input([...weekly, -32, 29.5], 3))).toMatchObject({
      p50: "2026-04-20",
      p85: "2026-04-20",
      basis: "10 done and 0 added in 9 full weeks, 3 left",
    });
  });

  it("is insufficient below ten done or eight full weeks", () => {
    expect(forecastOf(input(weekly, 3))).toBe(
      "insufficient history for a forecast: 9 done in 9 full weeks, 10 in 8 are needed",
    );
    const young = input(Array(12).fill(10), 3);
    const items = young.items.map((one) => ({ ...one, fields: { ...one.fields, startedAt: on(-12.5) } }));
    expect(forecastOf({ ...young, items })).toContain("12 done in 5 full weeks");
  });

  it("is the same all day for one feature, and another draw on another day", () => {
    const uneven = [...weekly, ...Array(14).fill(-19), ...Array(9).fill(9)];
    const one = forecastOf(input(uneven, 40));
    expect(forecastOf(input(uneven, 40, { asOf: on(30.9) }))).toEqual(one);
    const past: Weeks = [1, 5, 0, 9, 1, 0, 2, 4].map((done) => ({ done, added: 0 }));
    const draws = Array.from({ length: 40 }, (_, seed) => weeksToGo(97, past, seed).p50);
    expect(new Set(draws).size).toBeLessThanOrEqual(2);
  });
});
