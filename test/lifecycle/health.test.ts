import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Fields } from "../../shared/domain/entity.ts";
import { chanceOfAtLeast } from "../../shared/lifecycle/health/poisson.ts";
import { type HealthInput, healthOf, type WorkItemSummary } from "../../shared/lifecycle/health.ts";
import { at, fact, on, seen } from "./evidence.ts";

const word = <C extends string>(category: C) => ({ category, detail: category, mappedBy: "tool" as const });

const item = (
  category: Fields<"workItem">["status"]["category"],
  more: Partial<WorkItemSummary["fields"]> = {},
  { key = "ACME-1", created = 20, updated = 29 }: { key?: string; created?: number; updated?: number } = {},
): WorkItemSummary => ({
  fields: { status: word(category), type: word("story"), ...more },
  source: { key, externalId: key },
  sourceCreatedAt: on(created),
  sourceUpdatedAt: on(updated),
});

const developing = at(30, [fact(20, "item", "in_progress")]);
const launched = at(30, [fact(20, "item", "done"), fact(21, "deploy.prod", "live")]);

const health = (
  items: readonly WorkItemSummary[],
  fields: Partial<HealthInput["feature"]["fields"]> = {},
  more: Partial<HealthInput> = {},
) =>
  healthOf({
    feature: { fields: { declaredStatus: word("active"), ...fields }, sourceUpdatedAt: on(20) },
    items,
    explanation: developing,
    coverage: seen(),
    asOf: on(30),
    ...more,
  });

// on(30) is 31 March 2026.
describe("health", () => {
  it("is on track when work moves", () => {
    expect(health([item("in_progress")])).toMatchObject({
      value: "on_track",
      derived: { value: "on_track", rule: "H4", reasons: [] },
    });
  });

  it("is off track past the target, unless it is in production", () => {
    const late = health([item("in_progress")], { targetDate: "2026-03-28" });
    expect(late.derived).toEqual({
      value: "off_track",
      rule: "H1",
      reasons: ["the target 28 Mar has passed and it is not in production"],
    });
    expect(health([], { targetDate: "2026-03-28" }, { explanation: launched }).derived.value).toBe("on_track");
  });

  it("reads a target of March as the end of March", () => {
    const march = { targetDate: "2026-03-01", targetDateResolution: "month" } as const;
    expect(health([item("in_progress")], march).derived.reasons).toEqual([
      "the target is 31 Mar, and 0 of 1 work item done",
    ]);
    expect(health([item("in_progress")], march, { asOf: on(31) }).derived.value).toBe("off_track");
    expect(
      health([item("in_progress")], { ...march, targetDateResolution: "quarter" }, { asOf: on(30.9) }).derived.value,
    ).not.toBe("off_track");
  });

  it("gives one warning no colour, and two make it at risk", () => {
    const soon = { targetDate: "2026-04-03" };
    expect(health([item("in_progress")], soon).derived).toMatchObject({
      value: "on_track",
      reasons: [expect.stringContaining("the target is 3 Apr")],
    });
    expect(health([item("in_progress", { isBlocked: true }, { updated: 26 })], soon).derived).toMatchObject({
      value: "at_risk",
      rule: "H2",
    });
  });

  it("does not warn of a near target when 70 % are done", () => {
    const items = [1, 2, 3, 4, 5, 6, 7].map((n) => item("done", {}, { key: `ACME-${n}` }));
    const rest = [8, 9, 10].map((n) => item("in_progress", {}, { key: `ACME-${n}` }));
    expect(health([...items, ...rest], { targetDate: "2026-04-03" }).derived.reasons).toEqual([]);
  });

  it.each([
    [
      "blocked for 10 d",
      [item("in_progress", { isBlocked: true }, { updated: 20 }), item("in_progress")],
      "at_risk",
      "blocked",
    ],
    [
      "an urgent bug open for 48 h",
      [item("todo", { type: word("bug"), priority: word("urgent") }, { created: 28 })],
      "at_risk",
      "urgent bug ACME-1 open since 29 Mar",
    ],
    [
      "three bugs in a week after none",
      [1, 2, 3].map((n) => item("todo", { type: word("bug") }, { key: `ACME-${n}`, created: 28 })),
      "at_risk",
      "3 bugs within 7 d, usual 0 per week",
    ],
  ] as const)("is at risk, not off track, by %s: only schedule gates", (_, items, value, reason) => {
    const { derived } = health(items);
    expect(derived.value).toBe(value);
    expect(derived.reasons.join("; ")).toContain(reason);
  });

  it("needs three bugs, however silent it was before", () => {
    expect(
      health([1, 2].map((n) => item("todo", { type: word("bug") }, { key: `ACME-${n}`, created: 28 }))).derived.value,
    ).toBe("on_track");
  });

  it("warns of silence after 7 d, and tells when it will", () => {
    const silent = [item("in_progress", {}, { updated: 23 })];
    expect(health(silent).derived.reasons).toEqual(["no activity since 24 Mar, for more than 7 d"]);
    expect(health(silent, {}, { asOf: on(29) }).nextChangeAt).toBe(on(30));
  });

  it("measures age against 85 % of the same type, once ten are known", () => {
    const done = (count: number) =>
      Array.from({ length: count }, (_, n) =>
        item("done", { startedAt: on(n), completedAt: on(n + 2) }, { key: `D-${n}` }),
      );
    const old = item("in_progress", { startedAt: on(20) });
    expect(health([old, ...done(10)]).derived.reasons).toEqual([
      "ACME-1 has been in progress since 21 Mar; 85 % of similar items take at most 2 d",
    ]);
    expect(health([old, ...done(9)]).derived.reasons).toEqual([]);
  });

  it("is unknown, never on track, where the work cannot be seen", () => {
    expect(health([item("in_progress")], {}, { coverage: seen("development") })).toMatchObject({
      value: "unknown",
      derived: { value: "unknown", rule: "H3", reasons: ["no tool for development is connected"] },
    });
    expect(health([item("in_progress")], { targetDate: "2026-03-01" }, { coverage: seen("development") }).value).toBe(
      "off_track",
    );
  });

  it("is unknown before there is a date or work", () => {
    expect(health([], {}, { explanation: at(30, [fact(1, "idea", "exists")]) }).derived).toMatchObject({
      value: "unknown",
      rule: "H0",
    });
  });

  it("keeps what a person declared beside it, and shows the worse", () => {
    const ana = (category: "on_track" | "off_track", days: number) => ({
      declaredHealth: word(category),
      declaredHealthAt: on(days),
    });
    expect(health([item("in_progress")], ana("off_track", 28))).toMatchObject({
      value: "off_track",
      disagree: true,
      isWatermelon: false,
      derived: { value: "on_track" },
    });
    expect(health([], { ...ana("on_track", 28), targetDate: "2026-03-01" })).toMatchObject({
      value: "off_track",
      disagree: true,
      isWatermelon: true,
    });
    expect(health([item("in_progress")], ana("off_track", 16))).toMatchObject({
      value: "on_track",
      disagree: false,
      declared: { stale: true },
    });
    expect(health([item("in_progress")], ana("on_track", 28), { coverage: seen("development") })).toMatchObject({
      value: "unknown",
      disagree: false,
    });
  });
});

const anyItem = fc
  .record({
    category: fc.constantFrom("todo", "in_progress", "done", "cancelled"),
    type: fc.constantFrom("story", "bug"),
    urgent: fc.boolean(),
    blocked: fc.boolean(),
    started: fc.constantFrom(undefined, 5, 18, 27),
    due: fc.constantFrom(undefined, "2026-03-20", "2026-04-04"),
    created: fc.integer({ min: 0, max: 29 }),
    updated: fc.integer({ min: 15, max: 29 }),
  })
  .map(({ category, type, urgent, blocked, started, due, created, updated }) =>
    item(
      category as "todo",
      {
        type: word(type as "story"),
        priority: word(urgent ? "urgent" : "low"),
        isBlocked: blocked,
        ...(started !== undefined && { startedAt: on(started) }),
        ...(category === "done" && { completedAt: on(28) }),
        ...(due !== undefined && { dueAt: due }),
      },
      { created, updated },
    ),
  );
const anyTarget = fc.constantFrom({}, { targetDate: "2026-03-20" }, { targetDate: "2026-04-05" });

describe("what holds for any work", () => {
  it("is never on track when the work cannot be seen", () => {
    void fc.assert(
      fc.property(fc.array(anyItem, { maxLength: 14, size: "max" }), anyTarget, (items, target) => {
        expect(health(items, target, { coverage: seen("development") }).value).not.toBe("on_track");
      }),
      { numRuns: 2000 },
    );
  });

  it("does not change before it says it will", () => {
    void fc.assert(
      fc.property(
        fc.array(anyItem, { maxLength: 14, size: "max" }),
        anyTarget,
        fc.integer({ min: 0, max: 999 }),
        (items, target, part) => {
          const { nextChangeAt, ...first } = health(items, target);
          const [from, to] = [
            Date.parse(on(30)),
            nextChangeAt === null ? Date.parse(on(400)) : Date.parse(nextChangeAt),
          ];
          const asOf = new Date(Math.floor(from + ((to - from) * part) / 1000)).toISOString();
          const { nextChangeAt: _, ...then } = health(items, target, { asOf });
          expect(then).toEqual(first);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it("does not improve by one more bug", () => {
    const rank = ["off_track", "at_risk", "unknown", "on_track"];
    void fc.assert(
      fc.property(fc.array(anyItem, { maxLength: 14, size: "max" }), (items) => {
        const bug = item("todo", { type: word("bug") }, { created: 29 });
        const [before, after] = [health(items), health([...items, bug])].map(({ derived }) =>
          rank.indexOf(derived.value),
        );
        // A new bug is activity too: only what is not silence is compared.
        if (health(items).derived.reasons.some((reason) => reason.startsWith("no activity"))) return;
        expect(after).toBeLessThanOrEqual(before ?? 0);
      }),
      { numRuns: 2000 },
    );
  });

  it("knows the chances of a Poisson process", () => {
    expect(chanceOfAtLeast(0, 2)).toBe(1);
    expect(chanceOfAtLeast(3, 0.25)).toBeCloseTo(0.00216, 5);
    expect(chanceOfAtLeast(5, 2)).toBeCloseTo(0.05265, 5);
  });
});
