import { describe, expect, it } from "vitest";
import { derive, RULE_SET } from "../../shared/lifecycle/derive.ts";
import { at, FEATURE, fact, on, seen } from "./evidence.ts";

const live = (days: number) => fact(days, "deploy.prod", "live", { recordKey: "production of acme/web" });
const flag = (days: number, percent: string) =>
  fact(days, "exposure", percent, { recordKey: "checkout-v2", tool: "launchdarkly" });
const item = (days: number, value: string, recordId = "ACME-12") =>
  fact(days, "item", value, { recordId, tool: "jira" });

describe("the explanation", () => {
  it("gives 0.95 x 0.95 for one tool, observed, linked by a branch name", () => {
    const deployed = fact(2, "deploy.nonprod", "live", { linkConfidence: 0.95 });
    expect(at(8, [deployed])).toMatchObject({ headline: "testing", state: "active", confidence: 0.9025, since: on(2) });
  });

  it("says what happened, when and where it can be looked up", () => {
    const { because } = at(8, [
      fact(1, "pr", "open", { recordId: "acme/web#418" }),
      fact(2, "pr", "merged", { recordId: "acme/web#418" }),
      fact(2, "deploy.nonprod", "live", { recordKey: "staging of acme/web" }),
      fact(2.5, "test.run", "green", { recordId: "unit" }),
    ]);
    expect(because.map(({ rule, text }) => `${rule} ${text}`)).toEqual([
      "R5 Deployed to staging of acme/web 3 Mar; tests green 3 Mar (unit)",
      "R4 1 of 1 pull request merged, the last (acme/web#418) 3 Mar",
    ]);
    expect(because[0]?.evidence).toEqual(["https://tool.example/deploy.nonprod-1", "https://tool.example/unit"]);
  });

  it("shows at most five proofs, the best first", () => {
    const facts = Array.from({ length: 8 }, (_, n) =>
      fact(n, "pr", "open", { recordId: `pr-${n}`, linkConfidence: n === 3 ? 1 : 0.9 }),
    );
    const { evidence } = at(9, facts).because[0] ?? { evidence: [] };
    expect(evidence).toHaveLength(5);
    expect(evidence.slice(0, 2)).toEqual(["https://tool.example/pr-3", "https://tool.example/pr-7"]);
  });

  it("names the year of a day that is not in the year of the newest fact", () => {
    const { because } = at(400, [
      fact(0, "idea", "exists", { recordKey: "ACME-8", tool: "jira" }),
      fact(320, "target", "set"),
    ]);
    expect(because.find(({ stage }) => stage === "vision")?.text).toContain("Jira ACME-8 has existed since 1 Mar 2026");
  });

  it("says what production lacks while it is deployed dark", () => {
    const { headline, badges, notYet, because } = at(4, [live(3), flag(3, "0")]);
    expect(headline).toBe("testing");
    expect(badges).toEqual(["deployed_dark"]);
    expect(because[0]).toMatchObject({ rule: "R6b", stage: "testing" });
    expect(notYet[0]).toEqual({ stage: "production", missing: ["flag checkout-v2 at 0 % in production"] });
    expect(notYet[1]).toEqual({
      stage: "marketing",
      missing: ["no campaign linked", "no external announcement or release note"],
    });
  });

  it("says that a state is not established, and what it needs", () => {
    const { notYet, because } = at(6, [fact(5, "claim.done", "yes", { tool: "jira", recordKey: "ACME-8" })], {
      coverage: seen("production"),
    });
    expect(because[0]?.text).toBe("Jira ACME-8 says done; not enough to count yet (confidence 0.5, needs 0.7)");
    expect(notYet.find(({ stage }) => stage === "production")?.missing).toEqual([
      "more evidence of another tool (confidence 0.5, needs 0.7)",
    ]);
  });

  it("keeps the headlines and when they began", () => {
    const { path } = at(20, [
      fact(0, "idea", "exists"),
      item(2, "in_progress"),
      live(5),
      fact(8, "deploy.prod", "rolled_back"),
    ]);
    expect(path).toEqual([
      { headline: "vision", at: on(0) },
      { headline: "development", at: on(2) },
      { headline: "production", at: on(5) },
      { headline: "development", at: on(8) },
    ]);
  });

  it("tells when time alone will change it", () => {
    expect(at(4, [live(3)]).nextChangeAt).toBe(on(10));
    expect(at(4, [fact(3, "design.edited")]).nextChangeAt).toBe(on(17));
    expect(at(20, [fact(3, "design.edited")]).nextChangeAt).toBe(on(33));
    expect(at(3.5, [item(1, "done"), item(3, "todo")]).nextChangeAt).toBe(on(4));
    expect(at(4, [item(3, "in_progress")]).nextChangeAt).toBeNull();
  });

  it("leaves out what was not known then", () => {
    const late = { ...live(3), recordedAt: on(6) };
    expect(derive(FEATURE, [late], seen(), RULE_SET, { asOf: on(5) }).headline).toBeNull();
    expect(derive(FEATURE, [late], seen(), RULE_SET, { asOf: on(5), knownAt: on(7) }).headline).toBe("production");
  });

  it("leaves out facts of other features", () => {
    expect(at(5, [{ ...live(3), featureId: "ftr_other" }]).headline).toBeNull();
  });

  it("counts an early campaign without making it the headline", () => {
    const { headline, badges, stages } = at(3, [item(1, "in_progress"), fact(2, "campaign", "sent")]);
    expect([headline, stages.marketing.state, badges]).toEqual(["development", "active", ["ahead_of_production"]]);
  });

  it.each([
    ["reopened", [item(1, "done"), item(3, "todo")], 3.5],
    ["held", [fact(1, "design.edited")], 16],
    [
      "changed_after_ready",
      [fact(1, "design.ready", "ready", { recordId: "f" }), fact(2, "design.edited", undefined, { recordId: "f" })],
      3,
    ],
    ["tests_failing", [fact(1, "pr", "merged"), fact(2, "test.run", "red")], 3],
  ] as const)("bears the badge %s", (badge, facts, days) => {
    expect(at(days, facts).badges).toEqual([badge]);
  });
});

describe("conflicts", () => {
  const claim = fact(1, "claim.done", "yes", { tool: "jira", recordKey: "ACME-12" });
  const told = (facts: Parameters<typeof at>[1], days = 5) =>
    at(days, facts).conflicts.map(({ claim: said, against }) => `${said} | ${against}`);

  it("claimed done, not exposed", () => {
    expect(told([claim])).toEqual([
      "Jira ACME-12 says done (2 Mar) | R6: not exposed to customers, no production deployment contains its commits",
    ]);
    expect(told([claim, live(2), flag(2, "0")])[0]).toContain("flag checkout-v2 at 0 %");
    expect(told([claim, live(2)])).toEqual([]);
  });
  it("exposed, work open", () => {
    expect(told([live(2), item(3, "in_progress"), item(3, "in_review", "ACME-13")])).toEqual([
      "2 pieces of work still in progress: ACME-12 and ACME-13 | R6: 100 % in production",
    ]);
  });
  it("an assertion overruled", () => {
    const ana = fact(1, "asserted", undefined, { tool: "throughline", recordKey: "Ana" });
    expect(told([ana, live(2), flag(2, "0")])).toEqual([
      "Ana asserted production (2 Mar) | R6: not exposed to customers, flag checkout-v2 at 0 %",
    ]);
    const against = { ...ana, polarity: "-" as const, stage: "development" as const };
    expect(told([item(1, "in_progress"), against])).toEqual([
      "Ana asserted that it is not in development (2 Mar) | R4: Jira ACME-12 shows it since 2 Mar",
    ]);
  });
  it("the declared stage differs", () => {
    const planned = fact(1, "declared", "planned", { tool: "linear", recordKey: "Checkout" });
    expect(told([planned, fact(2, "pr", "merged", { recordKey: "acme/web#418" })])).toEqual([
      "Linear Checkout says planned (2 Mar) | R4: development is done, acme/web#418 merged 3 Mar",
    ]);
  });
});
