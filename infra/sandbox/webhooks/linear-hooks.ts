import type { Change, Stage, WorkItem } from "../company/work-item.ts";
import type { World } from "../company/world.ts";
import { issue } from "../linear/issue.ts";
import { initiative, label, project, state, team, user } from "../linear/organization.ts";
import { idOf, iso, LINEAR_PRODUCT, labelsOf, teamOf, teamState } from "../linear/vocabulary.ts";
import type { Hook } from "./delivery.ts";

type Held = Readonly<Record<string, unknown>>;
type Action = "create" | "update" | "remove";

const pickFields = (record: Held, names: readonly string[]): Held =>
  Object.fromEntries(names.map((name) => [name, record[name]]));

/** The plain values of a record; what refers to other records is left out. */
const scalars = (record: Held): Held =>
  Object.fromEntries(
    Object.entries(record).filter(
      ([name, value]) => typeof value !== "function" && name !== "__typename" && value !== null,
    ),
  );

const actorOf = (world: World, by: number): Held => ({
  ...pickFields(user(world, by), ["id", "name", "email", "url"]),
  type: "user",
});

const hook = (
  world: World,
  type: string,
  action: Action,
  by: number,
  time: number,
  data: Held,
  updatedFrom: Held | undefined,
  url: unknown,
): Hook => ({
  vendor: "linear",
  event: type,
  body: {
    action,
    actor: actorOf(world, by),
    createdAt: iso(time),
    data,
    ...(updatedFrom === undefined ? {} : { updatedFrom }),
    url,
    type,
    organizationId: idOf(world, "organization", 0),
    webhookTimestamp: time,
    webhookId: idOf(world, "webhook", 0),
  },
});

/** An issue created, changed or removed. @param before the item before the change, for `updatedFrom` */
export const linearIssueHook = (
  world: World,
  item: WorkItem,
  action: Action,
  by: number,
  changes: readonly Change[],
  before: WorkItem | undefined,
): Hook => {
  const held = issue(world, item);
  const data: Held = {
    ...scalars(held),
    url: (held["url"] as () => string)(),
    teamId: idOf(world, "team", teamOf(item)),
    stateId: idOf(world, "state", teamState(teamOf(item), item.stage)),
    creatorId: idOf(world, "user", item.creator),
    ...(item.assignee === undefined
      ? {}
      : {
          assigneeId: idOf(world, "user", item.assignee),
          assignee: pickFields(user(world, item.assignee), ["id", "name", "email", "url"]),
        }),
    ...(item.feature === undefined
      ? {}
      : {
          projectId: idOf(world, "project", item.feature),
          project: pickFields(project(world, item.feature), ["id", "name", "url"]),
        }),
    ...(item.sprints.length === 0 ? {} : { cycleId: idOf(world, "cycle", item.sprints.at(-1) ?? 0) }),
    ...(item.parent === undefined ? {} : { parentId: idOf(world, "issue", item.parent) }),
    subscriberIds: [idOf(world, "user", item.creator)],
    labelIds: labelsOf(item).map((index) => idOf(world, "label", index)),
    description: (held["description"] as () => string)(),
    state: pickFields(state(world, teamState(teamOf(item), item.stage)), ["id", "color", "name", "type"]),
    team: pickFields(team(world, teamOf(item)), ["id", "key", "name"]),
    labels: labelsOf(item).map((index) => pickFields(label(world, index), ["id", "color", "name"])),
  };
  const updatedFrom =
    action === "update" && before !== undefined
      ? {
          updatedAt: iso(before.updated),
          ...Object.assign({}, ...changes.map((change) => oldValues(world, change, teamOf(before)))),
        }
      : undefined;
  return hook(world, "Issue", action, by, item.deleted ?? item.updated, data, updatedFrom, data["url"]);
};

const oldValues = (world: World, { field, from }: Change, team_: number): Held => {
  const number = from === null ? null : Number(from.split(",").at(-1));
  switch (field) {
    case "stage":
      return { stateId: idOf(world, "state", teamState(team_, from as Stage)) };
    case "assignee":
      return { assigneeId: number === null ? null : idOf(world, "user", number) };
    case "sprint":
      return { cycleId: number === null ? null : idOf(world, "cycle", number) };
    case "feature":
      return { projectId: number === null ? null : idOf(world, "project", number) };
    case "title":
      return { title: from };
    case "estimate":
      return { estimate: number };
    case "target":
      return { dueDate: from };
    case "archived":
      return { archivedAt: from };
    case "key":
      return { teamId: idOf(world, "team", team_), number: Number(from?.split("-")[1]), identifier: from };
  }
};

/** A project changed or removed. @param before the project before the change */
export const linearProjectHook = (
  world: World,
  index: number,
  action: Action,
  by: number,
  before: Held,
  time: number,
): Hook => {
  const held = project(world, index);
  const feature = world.feature(LINEAR_PRODUCT, index);
  const status = (held["status"] as () => Held)();
  const data: Held = {
    ...scalars(held),
    statusId: status["id"],
    status: pickFields(status, ["id", "color", "name", "type"]),
    leadId: idOf(world, "user", feature.lead),
    lead: pickFields(user(world, feature.lead), ["id", "name", "email", "url"]),
    teamIds: [idOf(world, "team", 0)],
    memberIds: [idOf(world, "user", feature.lead)],
    labelIds: [],
    milestones: [],
    initiatives: [pickFields(initiative(world, feature.initiative), ["id", "name"])],
  };
  return hook(
    world,
    "Project",
    action,
    by,
    time,
    data,
    action === "update" ? changedFrom(before, held) : undefined,
    held["url"],
  );
};

/** An initiative changed. */
export const linearInitiativeHook = (world: World, index: number, by: number, before: Held, time: number): Hook => {
  const held = initiative(world, index);
  const owner = (held["owner"] as () => Held)();
  const data: Held = {
    ...scalars(held),
    ownerId: owner["id"],
    organizationId: idOf(world, "organization", 0),
    owner: pickFields(owner, ["id", "name", "email", "url"]),
  };
  return hook(world, "Initiative", "update", by, time, data, changedFrom(before, held), held["url"]);
};

const changedFrom = (before: Held, after: Held): Held =>
  Object.fromEntries(
    Object.entries(before).filter(
      ([name, value]) => typeof value !== "function" && typeof value !== "object" && after[name] !== value,
    ),
  );
