import type {
  HEALTH_VALUES,
  PLAN_STATUSES,
  PRIORITIES,
  RESOLUTIONS,
  StatusCategory,
  WORK_ITEM_TYPES,
} from "../../shared/domain/entity.ts";
import { type Mapped, mapWord, type Table, type Word } from "../../shared/domain/mapped.ts";

/** `WorkflowState.type`, and `review` for a started state that is named so. */
export const STATUSES: Table<StatusCategory> = new Map([
  ["triage", "triage"],
  ["backlog", "backlog"],
  ["unstarted", "todo"],
  ["started", "in_progress"],
  ["review", "in_review"],
  ["completed", "done"],
  ["canceled", "cancelled"],
  ["duplicate", "cancelled"],
]);

/** Linear has one type for all that is started; teams tell review apart by name only. */
const NAMED: readonly { readonly type: string; readonly name: RegExp; readonly means: string }[] = [
  { type: "started", name: /review/i, means: "review" },
];

/** `WorkflowState.type`, made finer by the state's name. */
export const statusType = (type: string | undefined, name: string): string | undefined =>
  NAMED.find((rule) => rule.type === type && rule.name.test(name))?.means ?? type;

/**
 * A workflow state mapped, as its history is too: both go by {@link statusType} and {@link STATUSES}.
 *
 * @param own the exceptions that the hub's config makes, by state id or name
 */
export const statusOf = (word: Word, own: Table<StatusCategory>): Mapped<StatusCategory> =>
  mapWord({ ...word, type: statusType(word.type, word.name) }, STATUSES, own);

/** How an issue ended, by `WorkflowState.type`. */
export const ENDS: Table<"completed" | "wont_do" | "duplicate"> = new Map([
  ["completed", "completed"],
  ["canceled", "wont_do"],
  ["duplicate", "duplicate"],
]);

type WorkItemType = (typeof WORK_ITEM_TYPES)[number];

/** Linear has no issue types: teams use labels. Of several labels the first of this table counts. */
const TYPES: Table<WorkItemType> = new Map<string, WorkItemType>([
  ["incident", "incident"],
  ["bug", "bug"],
  ["defect", "bug"],
  ["epic", "epic"],
  ["feature", "story"],
  ["story", "story"],
  ["user story", "story"],
  ["improvement", "story"],
  ["spike", "spike"],
  ["research", "spike"],
  ["request", "request"],
  ["task", "task"],
  ["chore", "task"],
  ["issue", "task"],
]);

/** The type that an issue's labels tell; without one of them it is an issue, which is a task. */
export const typeOf = (labels: readonly string[]): Mapped<WorkItemType> => {
  const known = [...TYPES.keys()].flatMap((word) => labels.find((label) => label.toLowerCase() === word) ?? []);
  return mapWord({ name: known[0] ?? "Issue" }, TYPES);
};

const PRIORITY: Table<(typeof PRIORITIES)[number]> = new Map([
  ["0", "none"],
  ["1", "urgent"],
  ["2", "high"],
  ["3", "medium"],
  ["4", "low"],
]);

/** Linear's own words for 0 to 4, for answers that give the number alone. */
const PRIORITY_LABELS: ReadonlyMap<number, string> = new Map([
  [0, "No priority"],
  [1, "Urgent"],
  [2, "High"],
  [3, "Medium"],
  [4, "Low"],
]);

export const priorityLabel = (priority: number): string => PRIORITY_LABELS.get(priority) ?? String(priority);

export const priorityOf = (
  priority: number | null | undefined,
  label: string | null | undefined,
): Mapped<(typeof PRIORITIES)[number]> | undefined =>
  typeof priority === "number"
    ? mapWord({ name: label ?? priorityLabel(priority), type: String(priority) }, PRIORITY)
    : undefined;

/** `ProjectStatus.type` and `InitiativeStatus`, lower case. */
export const PLANS: Table<(typeof PLAN_STATUSES)[number]> = new Map([
  ["backlog", "proposed"],
  ["proposed", "proposed"],
  ["planned", "planned"],
  ["started", "active"],
  ["active", "active"],
  ["paused", "paused"],
  ["completed", "completed"],
  ["canceled", "cancelled"],
]);

const HEALTH: Table<(typeof HEALTH_VALUES)[number]> = new Map([
  ["ontrack", "on_track"],
  ["atrisk", "at_risk"],
  ["offtrack", "off_track"],
]);

/** What somebody declared in the last project or initiative update. */
export const healthOf = (health: string | null | undefined): Mapped<(typeof HEALTH_VALUES)[number]> | undefined =>
  health ? mapWord({ name: health }, HEALTH) : undefined;

const RESOLUTION: ReadonlyMap<string, (typeof RESOLUTIONS)[number]> = new Map([
  ["month", "month"],
  ["quarter", "quarter"],
  ["halfYear", "half_year"],
  ["year", "year"],
]);

/** How exact a target date is meant: Linear tells nothing for a day. A word we do not know is left out. */
export const resolutionOf = (
  date: string | undefined,
  told: string | null | undefined,
): (typeof RESOLUTIONS)[number] | undefined => {
  if (date === undefined) return undefined;
  return told ? RESOLUTION.get(told) : "day";
};
