import { type Disposition, STAGES, type Stage, type StageState } from "../domain/stage.ts";
import { confidenceOf } from "./confidence.ts";
import type { Group } from "./group.ts";
import { type Held, SLOTS } from "./held.ts";
import { Ledger } from "./ledger.ts";
import { DAY, type RuleSet } from "./rule-set.ts";
import { DECIDED_IN_ORDER, RULES, type Scene } from "./rules.ts";

/** What one stage is at a moment, before coverage and skipping. */
export interface View {
  readonly state: "not_started" | "active" | "done" | "regressed";
  /** epoch milliseconds of the breakpoint at which the state began */
  readonly since: number | undefined;
  /** Whether something carries it now. */
  readonly entered: boolean;
  readonly isUndone: boolean;
  readonly support: readonly Group[];
  readonly confidence: number;
  /** Established, and done, active, or regressed but entered. */
  readonly counts: boolean;
}

export interface Folded {
  readonly ledger: Ledger;
  readonly views: Readonly<Record<Stage, View>>;
  readonly scene: Scene;
  readonly disposition: Disposition;
  readonly headline: Stage | null;
  readonly path: readonly { readonly headline: Stage | null; readonly at: number }[];
  /** The earliest moment after `until` at which time alone could change a state. */
  readonly nextAt: number | undefined;
}

const UNTOUCHED: View = {
  state: "not_started",
  since: undefined,
  entered: false,
  isUndone: false,
  support: [],
  confidence: 0,
  counts: false,
};

/**
 * Folds facts in their order, stopping at each moment at which one happened or a window ended (8.5).
 *
 * @param held as {@link prepare} gives them; those after `until` only tell when the result will change
 * @param until epoch milliseconds
 */
export const fold = (held: readonly Held[], ruleSet: RuleSet, hasDeploymentSource: boolean, until: number): Folded => {
  const ledger = new Ledger(ruleSet, hasDeploymentSource);
  const views = Object.fromEntries(STAGES.map((stage) => [stage, UNTOUCHED])) as Record<Stage, View>;
  const scene = {
    ledger,
    counts: (stage: Stage) => views[stage].counts,
    stateOf: (stage: Stage): StageState => views[stage].state,
    supportOf: (stage: Stage) => views[stage].support,
    isSunset: false,
  };
  const path: { headline: Stage | null; at: number }[] = [];
  let headline: Stage | null = null;
  let read = 0;
  for (;;) {
    const timer = ledger.nextTimer ?? Number.POSITIVE_INFINITY;
    const now = Math.min(held[read]?.at ?? Number.POSITIVE_INFINITY, timer);
    if (now > until || now === Number.POSITIVE_INFINITY) break;
    const from = read;
    while (held[read]?.at === now) read += 1;
    ledger.advance(now, held.slice(from, read));
    noteReopens(ledger, views.development.state);
    scene.isSunset = isSunset(ledger);
    const stale = now === timer ? new Set(STAGES) : touchedStages(ledger);
    for (const stage of DECIDED_IN_ORDER) {
      if (!stale.has(stage)) continue;
      const before = views[stage];
      views[stage] = decide(stage, scene, before);
      if (stage === "production" && views.production.entered) ledger.expose();
      if (stage === "production" || views[stage].counts !== before.counts)
        for (const dependent of DEPENDENTS[stage] ?? []) stale.add(dependent);
    }
    const next = headlineOf(scene.counts);
    if (next !== headline) path.push({ headline: next, at: now });
    headline = next;
  }
  const upcoming = Math.min(held[read]?.at ?? Number.POSITIVE_INFINITY, ledger.nextTimer ?? Number.POSITIVE_INFINITY);
  return {
    ledger,
    views,
    scene,
    disposition: dispositionOf(ledger),
    headline,
    path,
    nextAt: Number.isFinite(upcoming) ? upcoming : undefined,
  };
};

/** Stages whose rule asks about a slot. */
const ASKED_BY: Readonly<Record<string, readonly Stage[]>> = {
  idea: ["vision"],
  objective: ["vision"],
  "need:vision": ["vision"],
  "need:support": ["support"],
  target: ["strategy"],
  initiative: ["strategy"],
  scored: ["strategy"],
  committed: ["strategy"],
  "design.edited": ["design"],
  "design.item": ["design"],
  "design.ready": ["design"],
  item: ["development"],
  pr: ["development", "testing"],
  "pr.reverted": ["development"],
  "deploy.nonprod": ["testing"],
  "test.run": ["testing"],
  "flag.internal": ["testing"],
  experiment: ["testing"],
  "deploy.prod": ["production"],
  exposure: ["production"],
  "experiment.shipped": ["production"],
  usage: ["production"],
  "claim.done": ["production"],
  campaign: ["marketing"],
  announced: ["marketing"],
  ticket: ["support"],
  "flag.archived": ["support"],
  "removal.merged": ["support"],
  declared: [],
  ...Object.fromEntries(
    STAGES.flatMap((stage) => [
      [SLOTS[stage].placed, [stage]],
      [SLOTS[stage].asserted, [stage]],
    ]),
  ),
};

/** Stages whose rule asks about another stage; those of production share its support and follow it always. */
const DEPENDENTS: Readonly<Partial<Record<Stage, readonly Stage[]>>> = {
  design: ["strategy"],
  development: ["strategy"],
  production: ["testing", "support"],
  strategy: ["vision"],
};

const touchedStages = ({ touched }: Ledger): Set<Stage> => {
  const stages = new Set<Stage>();
  for (const slot of touched) for (const stage of ASKED_BY[slot] ?? STAGES) stages.add(stage);
  return stages;
};

/** The furthest stage that counts; marketing and support only if production counts too (8.7). */
const headlineOf = (counts: (stage: Stage) => boolean): Stage | null =>
  STAGES.findLast((stage) => counts(stage) && (!AFTER_PRODUCTION.has(stage) || counts("production"))) ?? null;

export const AFTER_PRODUCTION: ReadonlySet<Stage> = new Set<Stage>(["marketing", "support"]);

/** Reopens count against the grace only while development is done. */
const noteReopens = (ledger: Ledger, development: StageState): void => {
  if (development !== "done") return;
  for (const { at } of ledger.reopened.values()) if (at === ledger.now) ledger.reopens.push(at);
};

const decide = (stage: Stage, scene: Scene, before: View): View => {
  const { ledger } = scene;
  const rule = RULES[stage];
  let support = rule.support(scene, before.state);
  let done = rule.done(scene, before.state);
  let entered = rule.entered(scene);

  const placed = ledger.group(SLOTS[stage].placed, "in");
  if (placed.size > 0) {
    entered = true;
    support = [...support, placed];
  }
  const assertion = ledger.assertion(stage);
  if (assertion?.fact.polarity === "-" && !(entered || done ? support : []).some(({ isStrong }) => isStrong)) {
    entered = false;
    done = false;
  } else if (ledger.group(SLOTS[stage].asserted, "+").size > 0) {
    if (canAssert(stage, ledger)) entered = true;
    support = [...support, ledger.group(SLOTS[stage].asserted, "+")];
  }

  if (!(entered || done)) support = [];
  const isLost = before.state === "done" || (before.state === "active" && !entered);
  const isUndone = !done && (before.isUndone || (isLost && rule.ended(scene, before.state)));
  const state = done ? "done" : isUndone ? "regressed" : entered ? "active" : "not_started";
  const confidence = confidenceOf(support);
  return {
    state,
    since: state === before.state ? before.since : ledger.now,
    entered,
    isUndone,
    support,
    confidence,
    counts: (entered || done) && confidence >= ledger.ruleSet.establishedAt[stage],
  };
};

/** A person may place a feature anywhere but in a production that deployments can be seen of: that one they contradict. */
export const canAssert = (stage: Stage, ledger: Ledger): boolean =>
  stage !== "production" || !ledger.hasDeploymentSource;

const isSunset = (ledger: Ledger): boolean =>
  ledger.count("flag.archived", "archived") > 0 && ledger.group("removal.merged").size > 0;

/** R9: shown beside the headline, never instead of it. */
const dispositionOf = (ledger: Ledger): Disposition => {
  if (isSunset(ledger)) return "sunset";
  const isQuiet = ledger.now >= ledger.lastObserved + ledger.ruleSet.lapseDays * DAY;
  return ledger.declared?.fact.value === "cancelled" && isQuiet ? "cancelled" : "open";
};
