import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Explanation, type Fact, STAGES, type Stage, TIERS } from "../../shared/domain/stage.ts";
import { derive, RULE_SET } from "../../shared/lifecycle/derive.ts";
import { fold } from "../../shared/lifecycle/fold.ts";
import { prepare } from "../../shared/lifecycle/held.ts";
import { anyDay, anyFact, anyFacts } from "./arbitrary-facts.ts";
import { FEATURE, fact, on, seen } from "./evidence.ts";

const now = (facts: readonly Fact[], days: number, coverage = seen()): Explanation =>
  derive(FEATURE, facts, coverage, RULE_SET, { asOf: on(days), knownAt: on(200) });

const when = (facts: readonly Fact[], milliseconds: number): Explanation =>
  derive(FEATURE, facts, seen(), RULE_SET, { asOf: new Date(milliseconds).toISOString(), knownAt: on(200) });

/** All that is said, without the moment it is said for. */
const said = ({ asOf: _, knownAt: __, ...rest }: Explanation) => rest;

const shuffled = anyFacts().chain((facts) =>
  fc.tuple(fc.constant(facts), fc.shuffledSubarray(facts, { minLength: facts.length })),
);

describe("what holds for any facts (lifecycle reference, section 11)", () => {
  it("1: any order of facts gives the same result", () => {
    void fc.assert(
      fc.property(shuffled, anyDay, ([facts, other], days) => {
        expect(now(other, days)).toEqual(now(facts, days));
      }),
      { numRuns: 1000 },
    );
  });

  it("2: repeated facts change nothing, whatever their order and their weaker links", () => {
    void fc.assert(
      fc.property(shuffled, anyDay, fc.constantFrom(1, 0.5), ([facts, again], days, weaker) => {
        const repeated = again.map((one) => ({ ...one, linkConfidence: one.linkConfidence * weaker }));
        expect(now([...repeated, ...facts], days)).toEqual(now(facts, days));
      }),
      { numRuns: 1000 },
    );
  });

  it("3: a fact of a tier lower than all the headline rests on never lowers the headline", () => {
    let relevant = 0;
    void fc.assert(
      fc.property(anyFacts(), anyFact(), anyDay, fc.boolean(), (facts, added, days, hasDeployments) => {
        const headline = (of: readonly Fact[]) =>
          fold(prepare(FEATURE, of, on(200)), RULE_SET, hasDeployments, Date.parse(on(days)));
        const before = headline(facts);
        if (before.headline === null) return;
        const restsOn: Stage[] =
          before.headline === "marketing" || before.headline === "support"
            ? [before.headline, "production"]
            : [before.headline];
        const lowest = Math.min(
          ...restsOn.flatMap((stage) =>
            before.views[stage].support.flatMap((group) => [...group.values()].map((held) => TIERS[held.fact.tier])),
          ),
        );
        if (TIERS[added.tier] >= lowest) return;
        relevant += 1;
        const after = headline([...facts, added]);
        expect(STAGES.indexOf(after.headline ?? "vision")).toBeGreaterThanOrEqual(STAGES.indexOf(before.headline));
        expect(after.headline).not.toBeNull();
      }),
      { numRuns: 4000 },
    );
    expect(relevant).toBeGreaterThan(500);
  });

  it("4: the facts known then give what was shown then", () => {
    void fc.assert(
      fc.property(
        fc.array(fc.tuple(anyFact(), fc.constantFrom(0, 0, 1, 9)), { maxLength: 20, size: "max" }),
        anyDay,
        (drawn, days) => {
          const facts = drawn.map(([one, lag]) => ({
            ...one,
            recordedAt: new Date(Date.parse(one.occurredAt) + lag * 86_400_000).toISOString(),
          }));
          const knownThen = facts.filter(({ recordedAt }) => recordedAt <= on(days));
          const later = derive(FEATURE, facts, seen(), RULE_SET, { asOf: on(days) });
          expect(later).toEqual(derive(FEATURE, knownThen, seen(), RULE_SET, { asOf: on(days) }));
        },
      ),
      { numRuns: 1000 },
    );
  });

  it("5: until the next change nothing changes without a new fact", () => {
    void fc.assert(
      fc.property(anyFacts(), anyDay, fc.integer({ min: 0, max: 999 }), (facts, days, part) => {
        const first = now(facts, days);
        const from = Date.parse(first.asOf);
        const to = first.nextChangeAt === null ? from + 400 * 86_400_000 : Date.parse(first.nextChangeAt);
        expect(to).toBeGreaterThan(from);
        const between = Math.floor(from + ((to - from) * part) / 1000);
        expect(said(when(facts, between))).toEqual(said(first));
        expect(said(when(facts, to - 1))).toEqual(said(first));
      }),
      { numRuns: 1000 },
    );
  });

  it("6: every stage that is active or done names its proof", () => {
    void fc.assert(
      fc.property(anyFacts(), anyDay, (facts, days) => {
        const { stages, because, headline } = now(facts, days);
        for (const stage of STAGES) {
          const lines = because.filter((line) => line.stage === stage);
          if (stages[stage].state !== "active" && stages[stage].state !== "done") continue;
          expect(lines).toHaveLength(1);
          expect(lines[0]?.evidence.length).toBeGreaterThan(0);
          expect(lines[0]?.evidence.length).toBeLessThanOrEqual(5);
          expect(lines[0]?.text).toMatch(/^[A-Z0-9]/);
          expect(lines[0]?.text).not.toMatch(/undefined|NaN|ftr_|Infinity/);
        }
        if (headline !== null) expect(because[0]?.stage).toBe(headline);
      }),
      { numRuns: 1000 },
    );
  });

  it("7: without a source a stage is unknown or keeps its facts, and is never not started", () => {
    void fc.assert(
      fc.property(anyFacts(), anyDay, fc.subarray([...STAGES]), (facts, days, hidden) => {
        const { stages, unknown } = now(facts, days, seen(...hidden));
        for (const stage of hidden) {
          expect(stages[stage].state).not.toBe("not_started");
          expect(unknown.some((text) => text.startsWith(`${stage}: `))).toBe(true);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it("9: one reopen of less than a day leaves the headlines unchanged", () => {
    const around = anyFacts(["idea", "target", "committed", "deploy.nonprod", "deploy.prod", "test.run"], 10);
    void fc.assert(
      fc.property(
        around,
        fc.constantFrom("todo", "in_progress"),
        fc.integer({ min: 1, max: 23 }),
        (others, to, hours) => {
          const done = [
            ...others.filter(({ occurredAt }) => occurredAt < on(20) || occurredAt > on(22)),
            fact(1, "item", "in_progress"),
            fact(2, "item", "done"),
            fact(2, "item", "done", { recordId: "item-2" }),
          ];
          const reopened = [...done, fact(20, "item", to), fact(20 + hours / 24, "item", "done")];
          for (const days of [20, 20 + hours / 48, 21, 30])
            expect(now(reopened, days).path).toEqual(now(done, days).path);
        },
      ),
      { numRuns: 800 },
    );
  });

  it("a hundred facts for each of many features are derived without looking all up again", () => {
    const facts = fc.sample(anyFacts(undefined, 200), { numRuns: 200, seed: 7 });
    const time = (run: (given: readonly Fact[]) => unknown, rounds: number): number => {
      const from = performance.now();
      for (let round = 0; round < rounds; round++) for (const given of facts) run(given);
      return performance.now() - from;
    };
    const sort = (given: readonly Fact[]) => prepare(FEATURE, given, on(200));
    time((given) => now(given, 60), 1);
    const [derived, floor] = [time((given) => now(given, 60), 3), time(sort, 3)];
    const count = facts.reduce((sum, given) => sum + given.length, 0) * 3;
    process.stdout.write(
      `derive: ${(derived / floor).toFixed(1)} x the time to sort the facts; ${Math.round((derived / count) * 200_000)} ms for 1,000 features of 200 facts\n`,
    );
    expect(count).toBeGreaterThan(10_000);
  });
});
