import type { Coverage, Explanation, Fact, Signal, Stage, Tier } from "../../shared/domain/stage.ts";
import { STAGES } from "../../shared/domain/stage.ts";
import { derive, RULE_SET, type RuleSet } from "../../shared/lifecycle/derive.ts";

export const FEATURE = "ftr_00000000000000000000000001";

/** Stage and tier of each signal, as table 8.3 of the lifecycle reference has them. */
export const SIGNAL_TABLE: Readonly<Record<Signal, readonly [Stage, Tier]>> = {
  idea: ["vision", "declared"],
  objective: ["vision", "declared"],
  need: ["vision", "workflow"],
  target: ["strategy", "declared"],
  initiative: ["strategy", "declared"],
  scored: ["strategy", "declared"],
  committed: ["strategy", "declared"],
  "design.edited": ["design", "workflow"],
  "design.item": ["design", "workflow"],
  "design.ready": ["design", "workflow"],
  item: ["development", "workflow"],
  pr: ["development", "workflow"],
  "item.stage": ["design", "workflow"],
  "pr.reverted": ["development", "workflow"],
  "deploy.nonprod": ["testing", "observed"],
  "test.run": ["testing", "workflow"],
  "flag.internal": ["testing", "observed"],
  experiment: ["testing", "workflow"],
  "deploy.prod": ["production", "observed"],
  exposure: ["production", "observed"],
  "experiment.shipped": ["production", "workflow"],
  usage: ["production", "observed"],
  "claim.done": ["production", "declared"],
  campaign: ["marketing", "workflow"],
  announced: ["marketing", "workflow"],
  ticket: ["support", "observed"],
  "flag.archived": ["support", "workflow"],
  "removal.merged": ["support", "workflow"],
  declared: ["vision", "declared"],
  asserted: ["production", "asserted"],
};

const DAY = 86_400_000;
export const START = Date.parse("2026-03-01T00:00:00.000Z");

/** Days after 1 March 2026 as a moment. */
export const on = (days: number): string => new Date(START + Math.round(days * DAY)).toISOString();

/** A fact on a day, complete but for what the test is about. */
export const fact = (days: number, signal: Signal, value?: string, more: Partial<Fact> = {}): Fact => {
  const [stage, tier] = SIGNAL_TABLE[signal];
  const recordId = more.recordId ?? `${signal}-1`;
  return {
    featureId: FEATURE,
    stage,
    signal,
    ...(value !== undefined && { value }),
    polarity: "+",
    tier,
    tool: "github",
    recordKey: recordId,
    url: `https://tool.example/${recordId}`,
    occurredAt: on(days),
    recordedAt: on(days),
    linkConfidence: 1,
    ...more,
    recordId,
  };
};

export const seen = (...unseen: readonly Stage[]): Coverage[] =>
  STAGES.map((stage) =>
    unseen.includes(stage)
      ? { stage, visible: false, reason: `no tool for ${stage} is connected` }
      : { stage, visible: true },
  );

/** Derives on a day, everything visible unless said otherwise. */
export const at = (
  days: number,
  facts: readonly Fact[],
  { coverage = seen(), rules = RULE_SET }: { coverage?: readonly Coverage[]; rules?: RuleSet } = {},
): Explanation => derive(FEATURE, facts, coverage, rules, { asOf: on(days) });
