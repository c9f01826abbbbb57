import { STAGES, type Stage, type StageState } from "../domain/stage.ts";
import { flagsAt } from "./because.ts";
import type { Folded } from "./fold.ts";
import type { Ledger } from "./ledger.ts";
import { customersInNeed, isAfter } from "./rules.ts";
import { counted, latestOf, listed } from "./sentence.ts";

type Day = (at: number) => string;

/**
 * For each later stage that the feature has not entered, what is missing, in words. Stages that cannot be seen are left
 * out: nothing can be said about them.
 */
export const notYetOf = (
  folded: Folded,
  states: Readonly<Record<Stage, StageState>>,
  day: Day,
): { stage: Stage; missing: string[] }[] =>
  STAGES.filter(
    (stage) =>
      !folded.views[stage].counts &&
      states[stage] !== "unknown" &&
      states[stage] !== "skipped" &&
      (folded.headline === null || isAfter(stage, folded.headline)),
  ).map((stage) => ({ stage, missing: missingOf(stage, folded, day) }));

const missingOf = (stage: Stage, { ledger, views }: Folded, day: Day): string[] => {
  const { entered, state, confidence } = views[stage];
  if (!entered && state !== "done") return MISSING[stage](ledger, day).filter((text) => text !== undefined);
  return [`more evidence of another tool (confidence ${confidence}, needs ${ledger.ruleSet.establishedAt[stage]})`];
};

const MISSING: Readonly<Record<Stage, (ledger: Ledger, day: Day) => readonly (string | undefined)[]>> = {
  vision: (ledger) => [
    "no idea recorded",
    "no objective linked",
    `${customersInNeed(ledger)} of ${ledger.ruleSet.visionNeeds} customers asked for it`,
  ],
  strategy: () => ["no target date", "no planned or active initiative", "no priority set"],
  design: () => ["no design edited recently", "no design item in progress", "no design marked ready"],
  development: (ledger) => {
    const [items, drafts] = [ledger.total("item"), [...ledger.group("pr", "draft").values()]];
    return [
      items === 0 ? "no work item linked" : `none of ${counted(items, "work item")} in progress or done`,
      drafts.length > 0
        ? `${listed(drafts.map(({ fact }) => fact.recordKey))} still a draft`
        : "no pull request open or merged",
    ];
  },
  testing: (ledger, day) => {
    const red = latestOf(ledger.group("test.run", "red").values());
    return [
      "not deployed to a test environment",
      red === undefined ? "no test run" : `tests of ${red.fact.recordKey} red since ${day(red.at)}`,
      "no flag on for internal users",
      "no experiment draft or running",
    ];
  },
  production: (ledger, day) => {
    const back = latestOf(ledger.group("deploy.prod", "rolled_back").values());
    if (ledger.isDark) return [`${flagsAt(ledger, "zero")} in production`];
    if (back !== undefined) return [`the deployment to ${back.fact.recordKey} was rolled back ${day(back.at)}`];
    const merged = ledger.group("pr", "merged").size;
    if (!ledger.hasDeploymentSource) return ["no tool says it is done, and no connection reports deployments"];
    return [
      merged === 0 ? "no pull request merged" : undefined,
      merged === 0 ? "no production deployment" : "no production deployment contains its commits",
    ];
  },
  marketing: (ledger) => {
    const campaigns = ["draft", "cancelled"].flatMap((status) => [...ledger.group("campaign", status).values()]);
    return [
      campaigns.length === 0
        ? "no campaign linked"
        : `campaign ${listed(campaigns.map(({ fact }) => `${fact.recordKey} is ${fact.value ?? ""}`))}`,
      "no external announcement or release note",
    ];
  },
  support: (ledger, day) => [
    ledger.fullySince === undefined
      ? "production is not done: not every customer has it"
      : `production is not done: open to every customer only since ${day(ledger.fullySince)}, needs ${ledger.ruleSet.fullyExposedDays} d`,
    "no ticket or need since exposure",
  ],
};

/** What cannot be seen, and why: also where facts are still held from a source that fell behind. */
export const unseenOf = (coverage: ReadonlyMap<Stage, string | undefined>): string[] =>
  STAGES.flatMap((stage) => {
    const reason = coverage.get(stage);
    return reason === undefined ? [] : [`${stage}: ${reason}`];
  });
