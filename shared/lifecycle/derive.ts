import type { Instant } from "../domain/instant.ts";
import {
  BADGES,
  type Badge,
  type Coverage,
  type Explanation,
  type Fact,
  STAGES,
  type Stage,
  type StageResult,
  type StageState,
} from "../domain/stage.ts";
import { becauseOf, isDesignHeld, ruleOf } from "./because.ts";
import { conflictsOf } from "./conflicts.ts";
import { findingsOf } from "./findings.ts";
import { AFTER_PRODUCTION, type Folded, fold } from "./fold.ts";
import { prepare } from "./held.ts";
import { notYetOf, unseenOf } from "./not-yet.ts";
import type { RuleSet } from "./rule-set.ts";
import { isAfter, isInReopenGrace } from "./rules.ts";
import { dayIn } from "./sentence.ts";

export type { RuleSet } from "./rule-set.ts";
export { RULE_SET } from "./rule-set.ts";

/**
 * Where a feature stands, why, and what is missing, from facts alone (lifecycle reference, section 8).
 *
 * The same facts give the same answer in any order and however often each is given. Facts of other features are left
 * out; facts of rejected, unconfirmed inferred and mere `mentions` links must not be given.
 *
 * @param coverage what the hub can see of the product; a stage that is not in it cannot be seen
 * @param at asOf: the moment asked for; knownAt: only what was learnt until then counts, by default asOf
 */
export const derive = (
  featureId: string,
  facts: readonly Fact[],
  coverage: readonly Coverage[],
  ruleSet: RuleSet,
  { asOf, knownAt = asOf }: { readonly asOf: Instant; readonly knownAt?: Instant | undefined },
): Explanation => {
  const unseen = unseenStages(coverage);
  const held = prepare(featureId, facts, knownAt);
  const folded = fold(held, ruleSet, ruleSet.hasDeploymentSource ?? !unseen.has("production"), Date.parse(asOf));
  const { headline, views, nextAt } = folded;

  const states = statesOf(folded, ruleSet, unseen);
  const stages = Object.fromEntries(STAGES.map((stage) => [stage, resultOf(stage, states[stage], folded)]));
  const newest = held.findLast((one) => one.at <= Date.parse(asOf));
  const day = dayIn(new Date(newest?.at ?? 0).getUTCFullYear());
  const findings = findingsOf(folded, day);
  const shown = headline === null ? STAGES : [headline, ...STAGES.filter((stage) => stage !== headline)];

  return {
    featureId,
    headline,
    state: headline === null ? "unknown" : views[headline].state,
    since: headline === null ? null : timeOf(views[headline].since),
    confidence: headline === null ? 0 : views[headline].confidence,
    asOf,
    knownAt,
    ruleSet: ruleSet.version,
    disposition: folded.disposition,
    stages: stages as Record<Stage, StageResult>,
    because: shown.flatMap((stage) => becauseOf(stage, folded, day)),
    badges: badgesOf(folded),
    notYet: notYetOf(folded, states, day),
    conflicts: conflictsOf(folded, day),
    ...(findings.length > 0 && { findings }),
    unknown: unseenOf(unseen),
    path: folded.path.map((step) => ({ headline: step.headline, at: new Date(step.at).toISOString() })),
    nextChangeAt: timeOf(nextAt),
  };
};

const timeOf = (at: number | undefined): Instant | null => (at === undefined ? null : new Date(at).toISOString());

/** The stages that cannot be seen, with the reason. */
const unseenStages = (coverage: readonly Coverage[]): Map<Stage, string> => {
  const seen = new Map(coverage.map((one) => [one.stage, one]));
  return new Map(
    STAGES.flatMap((stage) => {
      const one = seen.get(stage);
      return one?.visible === true ? [] : [[stage, one?.reason ?? "no connected tool shows it"]];
    }),
  );
};

/** After the fold: what was not started may be unknown, or skipped (8.5, steps 5 and 6). */
const statesOf = (
  { views, scene, ledger }: Folded,
  { skips }: RuleSet,
  unseen: ReadonlyMap<Stage, string>,
): Record<Stage, StageState> => {
  const stateOf = (stage: Stage): StageState => {
    const { state } = views[stage];
    if (state !== "not_started") return state;
    const assertion = ledger.assertion(stage)?.fact;
    if (skips.includes(stage) || (assertion?.polarity === "-" && assertion.value === "skip")) return "skipped";
    if (unseen.has(stage)) return "unknown";
    const isPassed = STAGES.some(
      (later) => isAfter(later, stage) && !AFTER_PRODUCTION.has(later) && scene.counts(later),
    );
    return isPassed ? "skipped" : "not_started";
  };
  return Object.fromEntries(STAGES.map((stage) => [stage, stateOf(stage)])) as Record<Stage, StageState>;
};

const resultOf = (stage: Stage, state: StageState, folded: Folded): StageResult => {
  const { since, confidence } = folded.views[stage];
  if (state !== "active" && state !== "done" && state !== "regressed") return { state, confidence: 0 };
  const began = timeOf(since);
  return { state, ...(began !== null && { since: began }), confidence, rule: ruleOf(stage, folded) };
};

const badgesOf = ({ ledger, scene, views }: Folded): Badge[] => {
  const has: Readonly<Record<Badge, boolean>> = {
    deployed_dark: ledger.isDark,
    changed_after_ready: ledger.changedAfterReady.length > 0,
    reopened: isInReopenGrace(scene, views.development.state),
    tests_failing: ledger.isFailing,
    held: views.design.state === "active" && isDesignHeld(ledger),
    ahead_of_production: scene.counts("marketing") && !scene.counts("production"),
    // Health tells declared from derived; whoever joins the two adds it.
    watermelon: false,
  };
  return BADGES.filter((badge) => has[badge]);
};
