import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Fact } from "../../shared/domain/stage.ts";
import { STAGES } from "../../shared/domain/stage.ts";
import { derive, RULE_SET } from "../../shared/lifecycle/derive.ts";
import { fold } from "../../shared/lifecycle/fold.ts";
import { prepare } from "../../shared/lifecycle/held.ts";
import { anyDay, anyFacts } from "./arbitrary-facts.ts";
import { FEATURE, fact, on, seen } from "./evidence.ts";
import { oracle } from "./oracle.ts";

describe("the fold", () => {
  const agree = (signals?: Parameters<typeof anyFacts>[0], numRuns = 800) =>
    fc.assert(
      fc.property(anyFacts(signals), anyDay, fc.boolean(), (facts, days, hasDeployments) => {
        const asOf = Date.parse(on(days));
        const fast = fold(prepare(FEATURE, facts, on(days)), RULE_SET, hasDeployments, asOf);
        const slow = oracle(facts, RULE_SET, hasDeployments, asOf);
        const brief = (of: typeof fast.views | typeof slow.stages) =>
          STAGES.map((stage) => {
            const { state, since, confidence, counts } = of[stage];
            return { stage, state, since, confidence, counts };
          });
        expect(brief(fast.views)).toEqual(brief(slow.stages));
        expect(fast.path).toEqual(slow.path);
        expect(fast.disposition).toBe(slow.disposition);
      }),
      { numRuns },
    );

  it("gives what looking everything up again at every moment gives", () => agree());
  it("does so where work is reopened and reverted", () => agree(["item", "pr", "pr.reverted", "committed", "target"]));
  it("does so where tests, deployments and flags meet", () =>
    agree(["pr", "test.run", "deploy.prod", "exposure", "deploy.nonprod", "experiment.shipped", "ticket", "need"]));
  it("does so where people assert", () =>
    agree(["asserted", "claim.done", "design.edited", "design.ready", "idea", "deploy.prod"]));

  it("lets the assertion that never ends stand for its double that does (found by chance: 2781:2:0:2:3)", () => {
    const standing = fact(0, "asserted", "skip", { stage: "vision", polarity: "-", recordId: "b" });
    const ending = { ...standing, expiresAt: on(1) };
    const idea = fact(0, "idea", "exists");
    const later = (facts: readonly Fact[]) => derive(FEATURE, facts, seen(), RULE_SET, { asOf: on(40) });
    expect(later([ending, standing, idea])).toEqual(later([standing, idea]));
    expect(later([idea, standing, ending])).toEqual(later([standing, idea]));
  });

  it("remembers the edit of a design when a fact of another kind about its record goes (found by chance: 497570765)", () => {
    const facts = [
      fact(30, "design.ready", "ready", { recordId: "a" }),
      fact(40, "design.edited", undefined, { recordId: "a" }),
      fact(60, "announced", "gone", { recordId: "a" }),
    ];
    const { views } = fold(prepare(FEATURE, facts, on(100)), RULE_SET, false, Date.parse(on(100)));
    expect(views.design.state).toBe("active");
  });
});
