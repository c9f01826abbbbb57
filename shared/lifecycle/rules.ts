import { STAGES, type Stage, type StageState } from "../domain/stage.ts";
import type { Group } from "./group.ts";
import type { Ledger } from "./ledger.ts";
import { DAY, HOUR } from "./rule-set.ts";

/** What a rule may ask: the facts so far, and the stages decided before it. */
export interface Scene {
  readonly ledger: Ledger;
  /** Whether a stage is done, active, or regressed and entered again, and established. */
  readonly counts: (stage: Stage) => boolean;
  readonly stateOf: (stage: Stage) => StageState;
  readonly supportOf: (stage: Stage) => readonly Group[];
  readonly isSunset: boolean;
}

/** One row of the rules table (8.4). */
export interface Rule {
  readonly id: string;
  /** In words, for the page that explains how stages are decided. */
  readonly enteredWhen: string;
  readonly doneWhen: string;
  readonly endedBy: string;
  readonly entered: (scene: Scene) => boolean;
  /** @param before the state of the stage until now */
  readonly done: (scene: Scene, before: StageState) => boolean;
  readonly ended: (scene: Scene, before: StageState) => boolean;
  /** The facts that carry the stage while it is entered or done. */
  readonly support: (scene: Scene, before: StageState) => readonly Group[];
}

const endedNow =
  (stage: Stage) =>
  ({ ledger }: Scene): boolean =>
    ledger.ended.has(stage);

const enoughNeeds = ({ ledger }: Scene): boolean => {
  const { visionNeeds } = ledger.ruleSet;
  const [open, closed] = [ledger.group("need:vision", "open"), ledger.group("need:vision", "closed_loop")];
  const sizes = [open.customers.size, closed.customers.size] as const;
  if (Math.max(...sizes) >= visionNeeds) return true;
  return sizes[0] + sizes[1] >= visionNeeds && customersOf([open, closed]) >= visionNeeds;
};

/** Customers whom needs name, each once however many tools know them. */
export const customersOf = (needs: readonly Group[]): number =>
  new Set(needs.flatMap(({ customers }) => [...customers.keys()])).size;

export const customersInNeed = (ledger: Ledger): number =>
  customersOf([ledger.group("need:vision", "open"), ledger.group("need:vision", "closed_loop")]);

const vision: Rule = {
  id: "R1",
  enteredWhen: "an idea exists, an objective is linked, or enough customers asked for it",
  doneWhen: "entered, and strategy is established: it has a time frame",
  endedBy: "the idea is gone or the objective unlinked",
  entered: (scene) =>
    scene.ledger.count("idea", "exists") + scene.ledger.count("objective", "linked") > 0 || enoughNeeds(scene),
  done: (scene) => vision.entered(scene) && scene.counts("strategy"),
  ended: endedNow("vision"),
  support: (scene) => [
    scene.ledger.group("idea", "exists"),
    scene.ledger.group("objective", "linked"),
    ...(enoughNeeds(scene)
      ? [scene.ledger.group("need:vision", "open"), scene.ledger.group("need:vision", "closed_loop")]
      : []),
  ],
};

const strategy: Rule = {
  id: "R2",
  enteredWhen: "a target date is set, its initiative is planned or active, or its priority is scored",
  doneWhen: "entered and committed, and design or development is active or done",
  endedBy: "the target is removed",
  entered: ({ ledger }) =>
    ledger.count("target", "set") + ledger.count("initiative", "active") + ledger.count("scored", "yes") > 0,
  done: (scene) =>
    strategy.entered(scene) &&
    scene.ledger.count("committed", "yes") > 0 &&
    (scene.counts("design") || scene.counts("development")),
  ended: endedNow("strategy"),
  support: ({ ledger }) => [
    ledger.group("target", "set"),
    ledger.group("initiative", "active"),
    ledger.group("scored", "yes"),
    ledger.group("committed", "yes"),
  ],
};

const design: Rule = {
  id: "R3",
  enteredWhen:
    "a linked design was edited within 14 d (held to 30 d), a design item is in progress, or a design is ready",
  doneWhen: "a design is ready, none was edited after its ready mark, and no design item is in progress",
  endedBy: "a ready mark is withdrawn",
  entered: ({ ledger }) =>
    ledger.group("design.edited").size +
      ledger.count("design.item", "in_progress") +
      ledger.count("design.ready", "ready") >
    0,
  done: ({ ledger }) =>
    ledger.count("design.ready", "ready") > 0 &&
    ledger.changedAfterReady.length === 0 &&
    ledger.count("design.item", "in_progress") === 0,
  ended: endedNow("design"),
  support: ({ ledger }) => [
    ledger.group("design.ready", "ready"),
    ledger.group("design.item", "in_progress"),
    ledger.group("design.edited"),
  ],
};

/** Children and implementing pull requests that are not finished. */
export const openWork = (ledger: Ledger): number =>
  ledger.total("item") -
  ledger.count("item", "done", "cancelled") +
  (ledger.total("pr") - ledger.count("pr", "merged", "closed"));

/** Children done and pull requests merged; a merge that was reverted does not count. */
const finishedWork = (ledger: Ledger): number =>
  ledger.count("item", "done") + Math.max(0, ledger.count("pr", "merged") - ledger.outstandingReverts.length);

/** One item of a finished development is open again, for less than a day, and it is the only one (8.5). */
const isSingleReopen = ({ ledger }: Scene): boolean => {
  const from = ledger.now - ledger.ruleSet.reopenGraceHours * HOUR;
  const [only, ...more] = ledger.reopened.values();
  if (only === undefined || more.length > 0 || only.at <= from) return false;
  return ledger.reopens.filter((at) => at > from).length === 1;
};

/** Whether development stays done although an item was reopened. */
export const isInReopenGrace = (scene: Scene, before: StageState): boolean =>
  before === "done" &&
  openWork(scene.ledger) === 1 &&
  scene.ledger.outstandingReverts.length === 0 &&
  isSingleReopen(scene);

const development: Rule = {
  id: "R4",
  enteredWhen:
    "a child is in progress or in review, a pull request that is no draft is open, or some but not all of them are finished",
  doneWhen: "every child is done or cancelled, every pull request merged or closed, and at least one done or merged",
  endedBy: "a done child is reopened or a revert is merged",
  entered: ({ ledger }) =>
    ledger.count("item", "in_progress", "in_review") + ledger.count("pr", "open") > 0 ||
    (finishedWork(ledger) > 0 && openWork(ledger) + ledger.outstandingReverts.length > 0),
  done: (scene, before) =>
    (openWork(scene.ledger) === 0 && scene.ledger.outstandingReverts.length === 0 && finishedWork(scene.ledger) > 0) ||
    isInReopenGrace(scene, before),
  ended: (scene, before) => {
    if (scene.ledger.ended.has("development")) return true;
    const reopened = [...scene.ledger.reopened.values()];
    return before === "done"
      ? reopened.length > 0 && !isSingleReopen(scene)
      : reopened.some(({ at }) => at === scene.ledger.now);
  },
  support: (scene, before) => [
    scene.ledger.group("item", "done"),
    scene.ledger.group("item", "in_review"),
    scene.ledger.group("item", "in_progress"),
    scene.ledger.group("pr", "merged"),
    scene.ledger.group("pr", "open"),
    ...(isInReopenGrace(scene, before) ? [scene.ledger.wasDone] : []),
  ],
};

const isTested = ({ ledger }: Scene): boolean => {
  const merged = ledger.group("pr", "merged");
  return merged.size > 0 && !ledger.isFailing && ledger.group("test.run", "green").latest >= merged.latest;
};

/** Suites that speak for being in testing: the last run green, or red and before the last merge. */
const suites = ({ ledger }: Scene): readonly Group[] => {
  if (ledger.isFailing) return [];
  const green = ledger.group("test.run", "green");
  return ledger.group("pr", "merged").size > 0 ? [green, ledger.group("test.run", "red")] : [green];
};

const testing: Rule = {
  id: "R5",
  enteredWhen:
    "it is deployed to a test environment, its last test run is green (or red and before the last merge), an internal flag is on, an experiment is draft or running, or it is deployed dark",
  doneWhen: "the last test run is green and after the last merge, or production is established",
  endedBy: "a failing run after the last merge",
  entered: (scene) =>
    scene.ledger.isDark ||
    scene.ledger.count("deploy.nonprod", "live") +
      scene.ledger.count("flag.internal", "on") +
      scene.ledger.count("experiment", "draft", "running") >
      0 ||
    suites(scene).some(({ size }) => size > 0),
  done: (scene) => isTested(scene) || scene.counts("production"),
  ended: ({ ledger }) => ledger.isFailing,
  support: (scene) => [
    scene.ledger.group("deploy.nonprod", "live"),
    ...suites(scene),
    scene.ledger.group("flag.internal", "on"),
    scene.ledger.group("experiment", "draft"),
    scene.ledger.group("experiment", "running"),
    ...(scene.ledger.isDark ? [scene.ledger.group("deploy.prod", "live"), scene.ledger.group("exposure", "zero")] : []),
    ...(scene.counts("production") ? scene.supportOf("production") : []),
  ],
};

const production: Rule = {
  id: "R6",
  enteredWhen:
    "a live production deployment contains its commits, and no flag gates it or some gating flag is above 0 %",
  doneWhen: "every customer could have it for 7 d without a break",
  endedBy: "the deployment is rolled back or a flag is set to 0 %",
  entered: ({ ledger }) => ledger.isExposed || (!ledger.hasDeploymentSource && ledger.count("claim.done", "yes") > 0),
  done: ({ ledger }) =>
    ledger.fullySince !== undefined && ledger.now >= ledger.fullySince + ledger.ruleSet.fullyExposedDays * DAY,
  ended: endedNow("production"),
  support: ({ ledger }) => [
    ...(ledger.isExposed
      ? [
          ledger.group("deploy.prod", "live"),
          ledger.group("exposure", "full"),
          ledger.group("exposure", "part"),
          ledger.group("experiment.shipped"),
          ledger.group("usage"),
        ]
      : []),
    ...(ledger.isExposed || !ledger.hasDeploymentSource ? [ledger.group("claim.done", "yes")] : []),
  ],
};

const marketing: Rule = {
  id: "R7",
  enteredWhen: "a campaign is scheduled, sending or sent, or it was announced",
  doneWhen: "all campaigns that are not cancelled are sent, and 14 d have passed since the last send or announcement",
  endedBy: "all campaigns are cancelled and nothing was announced",
  entered: ({ ledger }) =>
    ledger.count("campaign", "scheduled", "sending", "sent") + ledger.group("announced").size > 0,
  done: ({ ledger }) =>
    ledger.total("campaign") === ledger.count("campaign", "sent", "cancelled") &&
    ledger.now >= ledger.lastSend + ledger.ruleSet.marketingQuietDays * DAY &&
    Number.isFinite(ledger.lastSend),
  ended: ({ ledger }) =>
    ledger.count("campaign", "cancelled") > 0 &&
    ledger.count("campaign", "cancelled") === ledger.total("campaign") &&
    ledger.group("announced").size === 0,
  support: ({ ledger }) => [
    ledger.group("campaign", "sent"),
    ledger.group("announced"),
    ledger.group("campaign", "sending"),
    ledger.group("campaign", "scheduled"),
  ],
};

const isLaunched = (scene: Scene): boolean => scene.counts("production") && scene.stateOf("production") === "done";

const support: Rule = {
  id: "R8",
  enteredWhen: "production is done, or a first ticket or need came after exposure",
  doneWhen: "the feature is sunset",
  endedBy: "nothing",
  entered: (scene) =>
    isLaunched(scene) || scene.ledger.count("ticket", "after") + scene.ledger.count("need:support", "after") > 0,
  done: ({ isSunset }) => isSunset,
  ended: () => false,
  support: (scene) => [
    scene.ledger.group("ticket", "after"),
    scene.ledger.group("need:support", "after"),
    ...(isLaunched(scene) ? scene.supportOf("production") : []),
    ...(scene.isSunset ? [scene.ledger.group("flag.archived", "archived"), scene.ledger.group("removal.merged")] : []),
  ],
};

/** The rules of version 2026.1. */
export const RULES: Readonly<Record<Stage, Rule>> = {
  vision,
  strategy,
  design,
  development,
  testing,
  production,
  marketing,
  support,
};

/** Each stage after those that its rule asks about. */
export const DECIDED_IN_ORDER: readonly Stage[] = [
  "design",
  "development",
  "production",
  "testing",
  "marketing",
  "strategy",
  "vision",
  "support",
];

export const isAfter = (stage: Stage, other: Stage): boolean => STAGES.indexOf(stage) > STAGES.indexOf(other);
