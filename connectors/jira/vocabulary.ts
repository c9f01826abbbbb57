import type { PLAN_STATUSES, PRIORITIES, StatusCategory, WORK_ITEM_TYPES } from "../../shared/domain/entity.ts";
import { type Mapped, mapWord, type Table } from "../../shared/domain/mapped.ts";
import type { Issue, IssueFields, IssueType, Status } from "./schema.ts";

type PlanStatus = (typeof PLAN_STATUSES)[number];
export type Resolution = "completed" | "wont_do" | "duplicate" | "cannot_reproduce" | "moved";

/** Jira's three status categories. `undefined`, its fourth, stays unknown. */
export const STATUSES: Table<StatusCategory> = new Map([
  ["new", "todo"],
  ["indeterminate", "in_progress"],
  ["done", "done"],
]);

/** The names of the same categories in `/statuses/search`. */
const CATEGORY_KEYS: ReadonlyMap<string, string> = new Map([
  ["TODO", "new"],
  ["IN_PROGRESS", "indeterminate"],
  ["DONE", "done"],
]);

const RESOLUTIONS: Table<Resolution> = new Map([
  ["done", "completed"],
  ["fixed", "completed"],
  ["completed", "completed"],
  ["resolved", "completed"],
  ["delivered", "completed"],
  ["won't do", "wont_do"],
  ["won't fix", "wont_do"],
  ["wont do", "wont_do"],
  ["wont fix", "wont_do"],
  ["not a bug", "wont_do"],
  ["declined", "wont_do"],
  ["rejected", "wont_do"],
  ["abandoned", "wont_do"],
  ["obsolete", "wont_do"],
  ["canceled", "wont_do"],
  ["cancelled", "wont_do"],
  ["duplicate", "duplicate"],
  ["cannot reproduce", "cannot_reproduce"],
  ["moved", "moved"],
]);
const CANCELLING: ReadonlySet<Resolution | "unknown"> = new Set(["wont_do", "duplicate", "cannot_reproduce", "moved"]);

const PRIORITY_NAMES: Table<(typeof PRIORITIES)[number]> = new Map([
  ["highest", "urgent"],
  ["blocker", "urgent"],
  ["critical", "urgent"],
  ["high", "high"],
  ["major", "high"],
  ["medium", "medium"],
  ["low", "low"],
  ["minor", "low"],
  ["lowest", "low"],
  ["trivial", "low"],
  ["none", "none"],
]);

const TYPE_NAMES: Table<(typeof WORK_ITEM_TYPES)[number]> = new Map([
  ["epic", "epic"],
  ["story", "story"],
  ["user story", "story"],
  ["task", "task"],
  ["bug", "bug"],
  ["defect", "bug"],
  ["sub-task", "subtask"],
  ["subtask", "subtask"],
  ["incident", "incident"],
  ["[system] incident", "incident"],
  ["request", "request"],
  ["service request", "request"],
  ["[system] service request", "request"],
  ["service request with approvals", "request"],
  ["[system] service request with approvals", "request"],
  ["support", "request"],
  ["it help", "request"],
  ["spike", "spike"],
]);

/** What a work status says of a plan; a feature's work has been committed to, an idea's has not. */
const EPIC_PLAN: ReadonlyMap<string, PlanStatus> = new Map([
  ["triage", "proposed"],
  ["backlog", "planned"],
  ["todo", "planned"],
  ["in_progress", "active"],
  ["in_review", "active"],
  ["done", "completed"],
  ["cancelled", "cancelled"],
]);
const IDEA_PLAN: ReadonlyMap<string, PlanStatus> = new Map([
  ...EPIC_PLAN,
  ["backlog", "proposed"],
  ["todo", "proposed"],
]);
/** The workflow that Product Discovery projects start with: its last step before delivery has no category of its own. */
const IDEA_STATUS_NAMES: ReadonlyMap<string, PlanStatus> = new Map([
  ["parking lot", "proposed"],
  ["ready for delivery", "planned"],
]);

const plain = (name: string): string => name.trim().toLowerCase().replaceAll("’", "'");
const wordOf = (named: { id?: string | null | undefined; name?: string | null | undefined }) => ({
  name: named.name ?? named.id ?? "",
  ...(named.id != null && { id: named.id }),
});

/** Jira's category of a status, `new`, `indeterminate` or `done`, whichever of its two APIs told it. */
export const categoryKey = (category: Status["statusCategory"]): string | undefined => {
  if (typeof category === "string") return CATEGORY_KEYS.get(category) ?? category.toLowerCase();
  return category?.key ?? undefined;
};

/** An issue's resolution; absent while it has none. */
export const resolutionOf = ({ resolution }: IssueFields): Mapped<Resolution> | undefined =>
  resolution == null ? undefined : mapWord({ ...wordOf(resolution), type: plain(resolution.name ?? "") }, RESOLUTIONS);

/** Where an issue stands: its status' category, and cancelled where the resolution says it was not done. */
export const statusOf = (issue: Issue, own: Table<StatusCategory>): Mapped<StatusCategory> => {
  const { status } = issue.fields ?? {};
  const type = categoryKey(status?.statusCategory);
  const mapped = mapWord({ ...wordOf(status ?? {}), ...(type !== undefined && { type }) }, STATUSES, own);
  const resolution = issue.fields == null ? undefined : resolutionOf(issue.fields);
  const undone = mapped.category === "done" && CANCELLING.has(resolution?.category ?? "unknown");
  return undone ? { ...mapped, category: "cancelled" } : mapped;
};

/** What an epic's or idea's status declares, from the same mapping as {@link statusOf}. */
export const planOf = (status: Mapped<StatusCategory>, isIdea: boolean): Mapped<PlanStatus> => {
  const named = isIdea && status.mappedBy !== "user" ? IDEA_STATUS_NAMES.get(plain(status.detail)) : undefined;
  return { ...status, category: named ?? (isIdea ? IDEA_PLAN : EPIC_PLAN).get(status.category) ?? "unknown" };
};

export const priorityOf = ({ priority }: IssueFields) =>
  priority == null ? undefined : mapWord({ ...wordOf(priority), type: plain(priority.name ?? "") }, PRIORITY_NAMES);

/** Subtasks are known by their flag, since their type may have any name; an unlisted name is `other`. */
export const typeOf = (type: IssueType | null | undefined): Mapped<(typeof WORK_ITEM_TYPES)[number]> => {
  const name = plain(type?.name ?? "");
  const mapped = mapWord({ ...wordOf(type ?? {}), type: type?.subtask === true ? "subtask" : name }, TYPE_NAMES);
  return mapped.category === "unknown" && name !== "" ? { ...mapped, category: "other" } : mapped;
};
