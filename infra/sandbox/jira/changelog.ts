import { personAt } from "../company/people.ts";
import type { Change, ItemKind, Stage, WorkItem } from "../company/work-item.ts";
import type { World } from "../company/world.ts";
import {
  accountId,
  issueId,
  jiraTime,
  POINTS_FIELD,
  projects,
  resolutionJson,
  SPRINT_FIELD,
  sprintId,
  sprintName,
  statusName,
  statusOf,
  userJson,
} from "./vocabulary.ts";

/** One changed field inside a history entry, in Jira's words. */
export interface ChangedField {
  readonly field: string;
  readonly fieldtype: string;
  readonly fieldId: string;
  readonly from: string | null;
  readonly fromString: string | null;
  readonly to: string | null;
  readonly toString: string | null;
}

/** The changed fields of one edit; a move to a closed status sets the resolution as well. */
export const changedFields = (world: World, kind: ItemKind, change: Change): readonly ChangedField[] => {
  const plain = (field: string, fieldId = field): ChangedField => ({
    field,
    fieldtype: "jira",
    fieldId,
    from: change.from,
    fromString: change.from,
    to: change.to,
    toString: change.to,
  });
  switch (change.field) {
    case "stage":
      return stageFields(world, kind, change);
    case "assignee":
      return [
        {
          ...plain("assignee"),
          ...sides(change, (value) => [accountId(world, Number(value)), personAt(Number(value)).name]),
        },
      ];
    case "sprint":
      return [{ ...plain("Sprint", SPRINT_FIELD), fieldtype: "custom", ...sides(change, sprintSide) }];
    case "title":
      return [{ ...plain("summary"), from: null, to: null }];
    case "estimate":
      return [{ ...plain("Story point estimate", POINTS_FIELD), fieldtype: "custom", from: null, to: null }];
    case "target":
      return [plain("duedate")];
    case "key":
      return [
        { ...plain("project"), ...sides(change, projectSide) },
        { ...plain("Key", "issuekey"), from: null, to: null },
      ];
    case "feature":
      return [plain("IssueParentAssociation", "parent")];
    case "archived":
      return [plain("Archived", "archived")];
  }
};

const stageFields = (world: World, kind: ItemKind, change: Change): readonly ChangedField[] => {
  const [from, to] = [statusOf(kind, change.from as Stage), statusOf(kind, change.to as Stage)];
  const moved: ChangedField = {
    field: "status",
    fieldtype: "jira",
    fieldId: "status",
    from: from.id,
    fromString: statusName(world, from, change.time),
    to: to.id,
    toString: statusName(world, to, change.time),
  };
  const [before, after] = [resolutionJson(change.from as Stage), resolutionJson(change.to as Stage)];
  if (before?.id === after?.id) return [moved];
  const resolved: ChangedField = {
    field: "resolution",
    fieldtype: "jira",
    fieldId: "resolution",
    from: before?.id ?? null,
    fromString: before?.name ?? null,
    to: after?.id ?? null,
    toString: after?.name ?? null,
  };
  return [resolved, moved];
};

const projectSide = (key: string): readonly [string, string] => {
  const project = projects.find((one) => key.startsWith(`${one.key}-`)) ?? projects[0];
  return [project.id, project.name];
};

const sprintSide = (value: string): readonly [string, string] => {
  const list = value.split(",").map(Number);
  return [list.map(sprintId).join(", "), list.map(sprintName).join(", ")];
};

const sides = (change: Change, read: (value: string) => readonly [string, string]) => {
  const [from, fromString] = change.from === null ? [null, null] : read(change.from);
  const [to, toName] = change.to === null ? [null, null] : read(change.to);
  return { from, fromString, to, toString: toName };
};

/** The id of a history entry. */
export const historyId = (item: WorkItem, index: number): string => String(Number(issueId(item.n)) * 1000 + index);

/** The history of an issue, oldest first. @param fieldIds leave out all other fields; empty keeps all */
export const historiesOf = (world: World, item: WorkItem, fieldIds: readonly string[] = []) =>
  item.history.flatMap((change, index) => {
    const items = changedFields(world, item.kind, change).filter(
      (entry) => fieldIds.length === 0 || fieldIds.includes(entry.fieldId),
    );
    if (items.length === 0) return [];
    return [{ id: historyId(item, index), author: userJson(world, change.by), created: jiraTime(change.time), items }];
  });
