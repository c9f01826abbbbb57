import * as fc from "fast-check";
import type { Fact, Signal, Stage } from "../../shared/domain/stage.ts";
import { fact, on } from "./evidence.ts";

/** What each signal may say. Few words, so that facts meet. */
const VALUES: Readonly<Record<Signal, readonly (string | undefined)[]>> = {
  idea: ["exists", "gone"],
  objective: ["linked", "unlinked"],
  need: ["open", "closed_loop", "gone"],
  target: ["set", "removed"],
  initiative: ["active", "not"],
  scored: ["yes", "no"],
  committed: ["yes", "no"],
  "design.edited": [undefined, undefined, "gone"],
  "design.item": ["todo", "in_progress", "done"],
  "design.ready": ["ready", "not"],
  item: ["todo", "in_progress", "in_review", "done", "done", "cancelled", "unknown", "gone"],
  pr: ["draft", "open", "merged", "merged", "closed"],
  "item.stage": ["in", "out"],
  "pr.reverted": [undefined],
  "deploy.nonprod": ["live", "rolled_back"],
  "test.run": ["green", "red"],
  "flag.internal": ["on", "off"],
  experiment: ["draft", "running", "stopped", "lost"],
  "deploy.prod": ["live", "live", "rolled_back"],
  exposure: ["0", "25", "100", "some", "gone"],
  "experiment.shipped": [undefined],
  usage: [undefined],
  "claim.done": ["yes", "no"],
  campaign: ["draft", "scheduled", "sent", "paused", "cancelled"],
  announced: [undefined, undefined, "gone"],
  ticket: [undefined, undefined, "gone"],
  "flag.archived": ["archived", "gone"],
  "removal.merged": [undefined],
  declared: ["planned", "active", "cancelled"],
  asserted: [undefined, "skip"],
};
const SIGNALS = Object.keys(VALUES) as Signal[];
/** Days of which the windows of the rules (1, 7, 14, 30 d) are differences, so that edges are hit. */
const DAYS = [0, 0.5, 1, 1.5, 2, 3, 8, 9, 10, 15, 17, 31, 33, 40, 47];
const STAGES_NAMED: readonly Stage[] = ["vision", "design", "development", "testing", "production", "marketing"];

/** One fact; `signals` narrows what it may be about. */
export const anyFact = (signals: readonly Signal[] = SIGNALS): fc.Arbitrary<Fact> =>
  fc
    .record({
      signal: fc.constantFrom(...signals),
      word: fc.nat(),
      days: fc.constantFrom(...DAYS),
      record: fc.constantFrom("a", "b", "c"),
      tool: fc.constantFrom("github", "jira"),
      confidence: fc.constantFrom(1, 0.95, 0.7, 0.4),
      stage: fc.constantFrom(...STAGES_NAMED),
      negative: fc.boolean(),
      lasts: fc.constantFrom(undefined, 1, 14),
    })
    .map(({ signal, word, days, record, tool, confidence, stage, negative, lasts }) => {
      const values = VALUES[signal];
      const isAssertion = signal === "asserted";
      const isNeed = signal === "need";
      return fact(days, signal, values[word % values.length], {
        tool,
        recordId: record,
        url: `https://${tool}.example/${signal}/${record}`,
        linkConfidence: confidence,
        ...((signal === "item.stage" || isAssertion) && { stage }),
        ...(isNeed && { stage: negative ? "vision" : "support" }),
        ...(isAssertion && { polarity: negative ? "-" : "+" }),
        ...(isAssertion && lasts !== undefined && { expiresAt: on(days + lasts) }),
      });
    });

export const anyFacts = (signals?: readonly Signal[], maxLength = 24): fc.Arbitrary<Fact[]> =>
  fc.array(anyFact(signals), { maxLength, size: "max" });

export const anyDay = fc.constantFrom(...DAYS, 5, 20, 60, 100);
