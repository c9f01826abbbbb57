import type { PRIORITIES, WORK_ITEM_TYPES } from "../../shared/domain/entity.ts";
import { type Mapped, mapWord, type Table } from "../../shared/domain/mapped.ts";
import type { Issue } from "./schema.ts";

type WorkItemType = (typeof WORK_ITEM_TYPES)[number];
type Priority = (typeof PRIORITIES)[number];

/** Issue types and the labels that teams use in their place; `issue` is GitHub's own word for what has neither. */
const TYPES: Table<WorkItemType> = new Map([
  ["bug", "bug"],
  ["defect", "bug"],
  ["regression", "bug"],
  ["feature", "story"],
  ["enhancement", "story"],
  ["story", "story"],
  ["user story", "story"],
  ["improvement", "story"],
  ["task", "task"],
  ["chore", "task"],
  ["maintenance", "task"],
  ["refactor", "task"],
  ["documentation", "task"],
  ["issue", "task"],
  ["sub-task", "subtask"],
  ["subtask", "subtask"],
  ["epic", "epic"],
  ["spike", "spike"],
  ["research", "spike"],
  ["investigation", "spike"],
  ["incident", "incident"],
  ["outage", "incident"],
  ["question", "request"],
  ["support", "request"],
  ["request", "request"],
  ["feature request", "request"],
]);

/** Labels that are a priority on their own. */
const PRIORITY_LABELS: Table<Priority> = new Map([
  ["p0", "urgent"],
  ["p1", "high"],
  ["p2", "medium"],
  ["p3", "low"],
  ["p4", "low"],
  ["critical", "urgent"],
  ["urgent", "urgent"],
]);

/** Words beside "priority" in a label. */
const PRIORITY_WORDS: Table<Priority> = new Map([
  ...PRIORITY_LABELS,
  ["0", "urgent"],
  ["1", "high"],
  ["2", "medium"],
  ["3", "low"],
  ["highest", "urgent"],
  ["high", "high"],
  ["medium", "medium"],
  ["normal", "medium"],
  ["low", "low"],
  ["lowest", "low"],
  ["none", "none"],
]);

/** Names of labels in one order, whatever order GitHub sends them in. */
export const labelNames = (labels: Issue["labels"]): string[] =>
  (labels ?? []).flatMap((label) => (typeof label === "string" ? label : (label.name ?? []))).sort();

/** By the issue type where the organisation uses them, else by the first label that names one. */
export const issueType = (type: Issue["type"], labels: readonly string[]): Mapped<WorkItemType> => {
  const named = typeof type === "string" ? type : type?.name;
  if (named) return mapWord({ name: named }, TYPES);
  for (const label of labels) {
    const word = label.toLowerCase().replace(/^(?:type|kind|t)[\s:/-]+/, "");
    if (TYPES.has(word)) return mapWord({ name: label, type: word }, TYPES);
  }
  return mapWord({ name: "issue" }, TYPES);
};

/** Of the first label that names a priority; undefined if none does. */
export const issuePriority = (labels: readonly string[]): Mapped<Priority> | undefined => {
  for (const label of labels) {
    const lower = label.toLowerCase().trim();
    if (PRIORITY_LABELS.has(lower)) return mapWord({ name: label, type: lower }, PRIORITY_LABELS);
    const word = /^prio(?:rity)?[\s:/_-]+([a-z0-9]+)$/.exec(lower)?.[1] ?? /^([a-z]+)[\s_-]priority$/.exec(lower)?.[1];
    if (word !== undefined) return mapWord({ name: label, type: word }, PRIORITY_WORDS);
  }
  return undefined;
};

/** Whether a label says that the issue waits for something. */
export const isBlocked = (labels: readonly string[]): true | undefined =>
  labels.some((label) => /^(?:status[\s:/-]+)?blocked$/i.test(label)) || undefined;
