import { describe, expect, it } from "vitest";
import type { Fact, Stage, StageState } from "../../shared/domain/stage.ts";
import { RULE_SET } from "../../shared/lifecycle/derive.ts";
import { at, fact, on, seen } from "./evidence.ts";

const stateOn = (days: number, stage: Stage, facts: readonly Fact[], options?: Parameters<typeof at>[2]): StageState =>
  at(days, facts, options).stages[stage].state;

const idea = fact(0, "idea", "exists");
const target = fact(1, "target", "set");
const merged = (days: number, recordId = "pr-1") => [
  fact(days - 1, "pr", "open", { recordId }),
  fact(days, "pr", "merged", { recordId }),
];
const live = (days: number) => fact(days, "deploy.prod", "live", { recordKey: "production of acme/web" });

/** Title, stage, day asked for, facts, the state expected. */
type Row = readonly [string, Stage, number, readonly Fact[], StageState];

const need = (customer: string, days = 1) => fact(days, "need", "open", { recordId: customer });
const ready = (days: number) => fact(days, "design.ready", "ready", { recordId: "file" });
const edited = (days: number) => fact(days, "design.edited", undefined, { recordId: "file" });
const item = (days: number, value: string, recordId = "item-1") => fact(days, "item", value, { recordId });
const claim = (tool: string) => fact(5, "claim.done", "yes", { tool });
const noDeployments = { coverage: seen("production") };

const ROWS: readonly Row[] = [
  ["R1 is entered by an idea", "vision", 1, [idea], "active"],
  ["R1 is entered by a linked objective", "vision", 1, [fact(0, "objective", "linked")], "active"],
  ["R1 is not entered by the needs of two customers", "vision", 2, [need("a"), need("b"), need("a", 2)], "not_started"],
  ["R1 is entered by the needs of three customers", "vision", 2, [need("a"), need("b"), need("c")], "active"],
  ["R1 is done once strategy is established", "vision", 2, [idea, target], "done"],
  [
    "R1 is not done by a target that is hardly linked",
    "vision",
    2,
    [idea, { ...target, linkConfidence: 0.9 }],
    "active",
  ],
  ["R1 regresses when the idea is gone", "vision", 3, [idea, target, fact(2, "idea", "gone")], "regressed"],
  [
    "R1 is active again when the target is removed",
    "vision",
    3,
    [idea, target, fact(2, "target", "removed")],
    "active",
  ],

  ["R2 is entered by a target", "strategy", 1, [target], "active"],
  ["R2 is entered by an active initiative", "strategy", 1, [fact(1, "initiative", "active")], "active"],
  ["R2 is entered by a score", "strategy", 1, [fact(1, "scored", "yes")], "active"],
  ["R2 is not entered by a commitment alone", "strategy", 1, [fact(1, "committed", "yes")], "not_started"],
  [
    "R2 is done once committed and in development",
    "strategy",
    3,
    [target, fact(2, "committed", "yes"), item(3, "in_progress")],
    "done",
  ],
  ["R2 is not done without a commitment", "strategy", 3, [target, item(3, "in_progress")], "active"],
  ["R2 regresses when the target is removed", "strategy", 3, [target, fact(2, "target", "removed")], "regressed"],

  ["R3 is entered by an edit", "design", 1, [edited(1)], "active"],
  ["R3 is held by an edit until 30 d", "design", 30.9, [edited(1)], "active"],
  ["R3 lapses 30 d after the last edit", "design", 31, [edited(1)], "not_started"],
  ["R3 is entered by a design item in progress", "design", 1, [fact(1, "design.item", "in_progress")], "active"],
  ["R3 is done by a ready design", "design", 2, [edited(1), ready(2)], "done"],
  [
    "R3 is active while a design item is in progress beside a ready one",
    "design",
    3,
    [ready(2), fact(3, "design.item", "in_progress")],
    "active",
  ],
  ["R3 goes back to active by an edit after the ready mark", "design", 3, [ready(2), edited(3)], "active"],
  [
    "R3 is done again by a new ready mark",
    "design",
    4,
    [ready(2), edited(3), fact(3.5, "design.ready", "not", { recordId: "file" }), ready(4)],
    "done",
  ],
  [
    "R3 regresses when the ready mark is withdrawn",
    "design",
    3,
    [ready(2), fact(3, "design.ready", "not", { recordId: "file" })],
    "regressed",
  ],

  ["R4 is entered by a child in progress", "development", 1, [item(1, "in_progress")], "active"],
  ["R4 is entered by a child in review", "development", 1, [item(1, "in_review")], "active"],
  ["R4 is not entered by a child to do", "development", 1, [item(1, "todo")], "not_started"],
  ["R4 does not read unknown as in progress", "development", 1, [item(1, "unknown")], "not_started"],
  ["R4 is entered by an open pull request", "development", 1, [fact(1, "pr", "open")], "active"],
  ["R4 is not entered by a draft", "development", 1, [fact(1, "pr", "draft")], "not_started"],
  [
    "R4 is entered by some but not all children done",
    "development",
    2,
    [item(1, "done"), item(1, "todo", "item-2")],
    "active",
  ],
  [
    "R4 is not entered by a cancelled child",
    "development",
    2,
    [item(1, "cancelled"), item(1, "todo", "item-2")],
    "not_started",
  ],
  [
    "R4 is done when all is done or cancelled",
    "development",
    2,
    [item(1, "done"), item(2, "cancelled", "item-2")],
    "done",
  ],
  ["R4 is not done when all is cancelled", "development", 2, [item(1, "cancelled")], "not_started"],
  ["R4 is not done while a pull request is open", "development", 2, [item(1, "done"), fact(1, "pr", "open")], "active"],
  [
    "R4 is done with a closed pull request beside a merged one",
    "development",
    3,
    [...merged(2), fact(3, "pr", "closed", { recordId: "pr-2" })],
    "done",
  ],
  ["R4 stays done for a day after a reopen", "development", 3.9, [item(1, "done"), item(3, "in_progress")], "done"],
  ["R4 regresses a day after a reopen", "development", 4, [item(1, "done"), item(3, "in_progress")], "regressed"],
  [
    "R4 regresses at once at a second reopen",
    "development",
    3.5,
    [item(1, "done"), item(1, "done", "item-2"), item(3, "todo"), item(3.2, "todo", "item-2")],
    "regressed",
  ],
  [
    "R4 regresses at once when one item is reopened twice within a day",
    "development",
    3.5,
    [item(1, "done"), item(3, "todo"), item(3.2, "done"), item(3.4, "todo")],
    "regressed",
  ],
  [
    "R4 is done again when the reopened item is",
    "development",
    6,
    [item(1, "done"), item(3, "in_progress"), item(6, "done")],
    "done",
  ],
  ["R4 is active again by new scope", "development", 3, [item(1, "done"), item(3, "todo", "item-2")], "active"],
  ["R4 regresses at once by a revert", "development", 3, [...merged(2), fact(3, "pr.reverted")], "regressed"],
  [
    "R4 is done again by a merge after the revert",
    "development",
    5,
    [...merged(2), fact(3, "pr.reverted"), ...merged(5, "pr-2")],
    "done",
  ],

  ["R5 is entered by a deployment to staging", "testing", 1, [fact(1, "deploy.nonprod", "live")], "active"],
  [
    "R5 is entered by a green run before the last merge",
    "testing",
    3,
    [fact(1, "test.run", "green"), ...merged(2)],
    "active",
  ],
  [
    "R5 is entered by a red run before the last merge",
    "testing",
    3,
    [fact(1, "test.run", "red"), ...merged(2)],
    "active",
  ],
  [
    "R5 is not entered by a red run after the last merge",
    "testing",
    3,
    [...merged(2), fact(3, "test.run", "red")],
    "not_started",
  ],
  ["R5 is entered by an internal flag", "testing", 1, [fact(1, "flag.internal", "on")], "active"],
  ["R5 is entered by a running experiment", "testing", 1, [fact(1, "experiment", "running")], "active"],
  [
    "R5 is left by a stopped experiment",
    "testing",
    2,
    [fact(1, "experiment", "running"), fact(2, "experiment", "stopped")],
    "not_started",
  ],
  [
    "R5 is done by a green run after the last merge",
    "testing",
    3,
    [...merged(2), fact(3, "test.run", "green")],
    "done",
  ],
  ["R5 is done by production", "testing", 3, [live(3)], "done"],
  [
    "R5 regresses by a red run after the last merge",
    "testing",
    4,
    [...merged(2), fact(3, "test.run", "green"), fact(4, "test.run", "red")],
    "regressed",
  ],
  [
    "R5 is not done while another suite is red",
    "testing",
    4,
    [
      ...merged(2),
      fact(3, "test.run", "green"),
      fact(4, "test.run", "red", { recordId: "e2e" }),
      fact(4, "deploy.nonprod", "live"),
    ],
    "regressed",
  ],
  [
    "R5 is not done again by a new merge that no run followed",
    "testing",
    6,
    [...merged(2), fact(3, "test.run", "green"), ...merged(6, "pr-2")],
    "active",
  ],

  ["R6 is entered by a deployment without a flag", "production", 3, [live(3)], "active"],
  ["R6 is entered at 1 %", "production", 3, [live(3), fact(3, "exposure", "1")], "active"],
  ["R6 is not entered at 0 %", "production", 3, [live(3), fact(3, "exposure", "0")], "not_started"],
  ["R6 is not entered by a flag without a deployment", "production", 3, [fact(3, "exposure", "100")], "not_started"],
  ["R6 is not done before 7 d of full exposure", "production", 9.9, [live(3)], "active"],
  ["R6 is done after 7 d of full exposure", "production", 10, [live(3)], "done"],
  ["R6 is not done at 50 %", "production", 30, [live(3), fact(3, "exposure", "50")], "active"],
  [
    "R6 is done at 50 % once the winner shipped",
    "production",
    30,
    [live(3), fact(3, "exposure", "50"), fact(4, "experiment.shipped")],
    "done",
  ],
  [
    "R6 counts the 7 d anew after a break",
    "production",
    12,
    [live(3), fact(4, "exposure", "50"), fact(6, "exposure", "100")],
    "active",
  ],
  ["R6 regresses by a rollback", "production", 12, [live(3), fact(11, "deploy.prod", "rolled_back")], "regressed"],
  [
    "R6 regresses by a flag at 0 %",
    "production",
    12,
    [live(3), fact(3, "exposure", "100"), fact(11, "exposure", "0")],
    "regressed",
  ],
  [
    "R6 is active again by less exposure",
    "production",
    12,
    [live(3), fact(3, "exposure", "100"), fact(11, "exposure", "40")],
    "active",
  ],
  [
    "R6 is not entered by a claim where deployments are seen",
    "production",
    6,
    [claim("jira"), claim("linear")],
    "not_started",
  ],
  ["R6 is not entered by usage alone", "production", 6, [fact(5, "usage")], "not_started"],

  ["R7 is entered by a scheduled campaign", "marketing", 1, [fact(1, "campaign", "scheduled")], "active"],
  ["R7 is not entered by a draft campaign", "marketing", 1, [fact(1, "campaign", "draft")], "not_started"],
  ["R7 is entered by a release note", "marketing", 1, [fact(1, "announced")], "active"],
  ["R7 is done 14 d after the last announcement", "marketing", 15, [fact(1, "announced")], "done"],
  [
    "R7 is not done while a campaign is scheduled",
    "marketing",
    30,
    [fact(1, "announced"), fact(2, "campaign", "scheduled")],
    "active",
  ],
  [
    "R7 counts the 14 d from the last send",
    "marketing",
    15,
    [fact(1, "announced"), fact(2, "campaign", "sent")],
    "active",
  ],
  [
    "R7 regresses when all campaigns are cancelled",
    "marketing",
    3,
    [fact(1, "campaign", "scheduled"), fact(2, "campaign", "cancelled")],
    "regressed",
  ],

  ["R8 is entered when production is done", "support", 10, [live(3)], "active"],
  ["R8 is entered by a ticket after exposure", "support", 5, [live(3), fact(4, "ticket")], "active"],
  ["R8 is not entered by a ticket before exposure", "support", 5, [fact(2, "ticket"), live(3)], "not_started"],
  [
    "R8 lets tickets lapse after 30 d",
    "support",
    34,
    [live(3), fact(3, "exposure", "50"), fact(4, "ticket")],
    "not_started",
  ],
  [
    "R8 is done at sunset",
    "support",
    50,
    [live(3), fact(40, "flag.archived", "archived"), fact(41, "removal.merged")],
    "done",
  ],

  ["a mapped status enters its stage", "design", 1, [fact(1, "item.stage", "in", { stage: "design" })], "active"],
  ["an assertion enters its stage", "design", 1, [fact(1, "asserted", undefined, { stage: "design" })], "active"],
  [
    "an assertion ends when it expires",
    "design",
    3,
    [fact(1, "asserted", undefined, { stage: "design", expiresAt: on(3) })],
    "not_started",
  ],
  [
    "a negative assertion takes away what is only declared",
    "vision",
    2,
    [idea, fact(1, "asserted", undefined, { stage: "vision", polarity: "-" })],
    "not_started",
  ],
  [
    "a negative assertion cannot silence workflow",
    "development",
    2,
    [item(1, "in_progress"), fact(1, "asserted", undefined, { stage: "development", polarity: "-" })],
    "active",
  ],
];

describe("each rule of 8.4", () => {
  it.each(ROWS)("%s", (_, stage, days, facts, expected) => {
    expect(stateOn(days, stage, facts)).toBe(expected);
  });
});

describe("production without a deployment source", () => {
  const counts = (facts: readonly Fact[]) => at(9, facts, noDeployments).headline === "production";
  it("is claimed by one tool at 0.5, which does not establish it", () => {
    const { stages, headline } = at(9, [claim("jira")], noDeployments);
    expect(stages.production).toMatchObject({ state: "active", confidence: 0.5 });
    expect(headline).toBeNull();
  });
  it("is established by the claims of two tools, at 0.75", () => {
    expect(at(9, [claim("jira"), claim("linear")], noDeployments).stages.production.confidence).toBe(0.75);
    expect(counts([claim("jira"), claim("linear")])).toBe(true);
  });
  it("is established by an assertion", () => {
    expect(counts([fact(5, "asserted")])).toBe(true);
  });
});

describe("unknown and skipped", () => {
  it("says unknown, never not started, of what cannot be seen", () => {
    const { stages, unknown } = at(1, [idea], { coverage: seen("support") });
    expect(stages.support.state).toBe("unknown");
    expect(stages.marketing.state).toBe("not_started");
    expect(unknown).toEqual(["support: no tool for support is connected"]);
  });
  it("skips stages before the headline, but not marketing and support", () => {
    const { stages } = at(4, [live(3)]);
    expect([stages.vision.state, stages.design.state, stages.development.state]).toEqual([
      "skipped",
      "skipped",
      "skipped",
    ]);
    expect([stages.marketing.state, stages.support.state]).toEqual(["not_started", "not_started"]);
  });
  it("skips marketing if the config says so", () => {
    expect(stateOn(4, "marketing", [live(3)], { rules: { ...RULE_SET, skips: ["marketing"] } })).toBe("skipped");
  });
  it("skips marketing if a person says so", () => {
    const skip = fact(3, "asserted", "skip", { stage: "marketing", polarity: "-" });
    expect(stateOn(4, "marketing", [live(3), skip])).toBe("skipped");
  });
});
