import type { Change, WorkItem } from "../company/work-item.ts";
import type { World } from "../company/world.ts";
import { changedFields, historyId } from "../jira/changelog.ts";
import { issueJson } from "../jira/issue.ts";
import { projectJson, projects, sprintJson, userJson, versionJson } from "../jira/vocabulary.ts";
import type { Hook } from "./delivery.ts";

/** `jira:issue_created`, `jira:issue_updated` or `jira:issue_deleted`. */
export const jiraIssueHook = (
  world: World,
  item: WorkItem,
  what: "created" | "updated" | "deleted",
  by: number,
  changes: readonly Change[],
  time: number,
  json: (world: World, item: WorkItem, fields: readonly string[]) => object = issueJson,
): Hook => {
  const items = changes.flatMap((change) => changedFields(world, item.kind, change));
  const event = `jira:issue_${what}`;
  const type = { created: "issue_created", updated: "issue_generic", deleted: undefined }[what];
  return {
    vendor: "jira",
    event,
    body: {
      timestamp: time,
      webhookEvent: event,
      ...(type === undefined ? {} : { issue_event_type_name: type }),
      user: userJson(world, by),
      issue: json(world, item, ["*all"]),
      ...(items.length === 0 ? {} : { changelog: { id: historyId(item, item.history.length - 1), items } }),
    },
  };
};

/** `sprint_started` or `sprint_closed`. */
export const jiraSprintHook = (world: World, index: number, what: "started" | "closed", time: number): Hook => {
  const { boardId, ...sprint } = sprintJson(world, index);
  const event = `sprint_${what}`;
  const self = `https://acme.atlassian.net/rest/agile/1.0/sprint/${sprint.id}`;
  return {
    vendor: "jira",
    event,
    body: { timestamp: time, webhookEvent: event, sprint: { ...sprint, self, originBoardId: boardId } },
  };
};

/** `jira:version_released` or `jira:version_updated`. */
export const jiraVersionHook = (world: World, index: number, time: number, what: "released" | "updated"): Hook => ({
  vendor: "jira",
  event: `jira:version_${what}`,
  body: { timestamp: time, webhookEvent: `jira:version_${what}`, version: versionJson(world, index) },
});

/** A project that was archived or restored. */
export const jiraProjectHook = (key: string, time: number, event: string): Hook => {
  const project = projects.find((one) => one.key === key) ?? projects[0];
  return { vendor: "jira", event, body: { timestamp: time, webhookEvent: event, project: projectJson(project) } };
};
