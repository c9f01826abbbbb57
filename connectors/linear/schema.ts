import * as z from "zod";

/*
 * The fields we read of Linear's GraphQL types. Source of all: https://studio.apollographql.com/public/Linear-API/variant/current/schema/reference
 * and https://linear.app/developers/graphql. Only the id must be there: webhook bodies and mutation answers are partial.
 */

const text = z.string().nullish();
const number = z.number().nullish();
const flag = z.boolean().nullish();
const id = z.string().min(1);
const pointer = z.looseObject({ id }).nullish();

/** A nested connection; webhook bodies give the bare array. */
const nodes = <Node extends z.ZodType>(node: Node) =>
  z
    .union([z.array(node), z.looseObject({ nodes: z.array(node) }).transform((connection) => connection.nodes)])
    .nullish()
    .transform((list) => list ?? []);

const Organization = z.looseObject({ urlKey: text });

/** https://linear.app/developers/graphql, type Team */
export const Team = z.looseObject({
  id,
  key: text,
  name: text,
  createdAt: text,
  updatedAt: text,
  archivedAt: text,
  organization: Organization.nullish(),
});
export type Team = z.output<typeof Team>;

const TeamPointer = z.looseObject({ id, key: text, organization: Organization.nullish() }).nullish();

/** Type WorkflowState; `type` is triage, backlog, unstarted, started, completed, canceled or duplicate. */
export const WorkflowState = z.looseObject({
  id,
  name: text,
  type: text,
  createdAt: text,
  updatedAt: text,
  archivedAt: text,
  team: TeamPointer,
});
export type WorkflowState = z.output<typeof WorkflowState>;

/** Type User */
export const User = z.looseObject({
  id,
  name: text,
  displayName: text,
  email: text,
  active: flag,
  app: flag,
  url: text,
  createdAt: text,
  updatedAt: text,
  archivedAt: text,
});
export type User = z.output<typeof User>;

/** Type Cycle */
export const Cycle = z.looseObject({
  id,
  number,
  name: text,
  startsAt: text,
  endsAt: text,
  completedAt: text,
  createdAt: text,
  updatedAt: text,
  archivedAt: text,
  isActive: flag,
  isFuture: flag,
  isPast: flag,
  team: TeamPointer,
});
export type Cycle = z.output<typeof Cycle>;

/** Type IssueStateSpan: one stay of an issue in one state. */
const StateSpan = z.looseObject({
  id: text,
  stateId: text,
  startedAt: z.string(),
  endedAt: text,
  state: z.looseObject({ id, name: text }).nullish(),
});
export type StateSpan = z.output<typeof StateSpan>;

const WithName = z.looseObject({ name: text }).nullish();
const WithNumber = z.looseObject({ number }).nullish();
const WithIdentifier = z.looseObject({ identifier: text }).nullish();

/** Type IssueHistory: what one actor changed within a short while. */
const IssueHistory = z.looseObject({
  id,
  createdAt: z.string(),
  actorId: text,
  fromAssigneeId: text,
  toAssigneeId: text,
  fromCycleId: text,
  toCycleId: text,
  fromEstimate: number,
  toEstimate: number,
  fromParentId: text,
  toParentId: text,
  fromPriority: number,
  toPriority: number,
  fromProjectId: text,
  toProjectId: text,
  fromTeamId: text,
  toTeamId: text,
  fromTitle: text,
  toTitle: text,
  fromDueDate: text,
  toDueDate: text,
  addedLabelIds: z.array(z.string()).nullish(),
  removedLabelIds: z.array(z.string()).nullish(),
  addedLabels: z.array(z.looseObject({ id, name: text })).nullish(),
  removedLabels: z.array(z.looseObject({ id, name: text })).nullish(),
  archived: flag,
  trashed: flag,
  fromAssignee: WithName,
  toAssignee: WithName,
  fromCycle: WithNumber,
  toCycle: WithNumber,
  fromParent: WithIdentifier,
  toParent: WithIdentifier,
  fromProject: WithName,
  toProject: WithName,
});
export type IssueHistory = z.output<typeof IssueHistory>;

const Named = z.looseObject({ id: text, name: z.string() });
const Attachment = z.looseObject({ id: text, url: text, sourceType: text });
const IssueRelation = z.looseObject({ id: text, type: text, relatedIssue: pointer });

/** Type Issue; the `…Id` fields are how webhook bodies point. */
export const Issue = z.looseObject({
  id,
  identifier: text,
  previousIdentifiers: z.array(z.string()).nullish(),
  title: text,
  description: text,
  url: text,
  priority: number,
  priorityLabel: text,
  estimate: number,
  dueDate: text,
  createdAt: text,
  updatedAt: text,
  startedAt: text,
  completedAt: text,
  canceledAt: text,
  archivedAt: text,
  trashed: flag,
  state: z.looseObject({ id: text, name: text, type: text }).nullish(),
  team: TeamPointer,
  assignee: pointer,
  assigneeId: text,
  creator: pointer,
  creatorId: text,
  project: pointer,
  projectId: text,
  customerTicketCount: number,
  projectMilestone: z.looseObject({ id, name: text }).nullish(),
  cycle: pointer,
  cycleId: text,
  parent: pointer,
  parentId: text,
  labels: nodes(Named),
  attachments: nodes(Attachment),
  relations: nodes(IssueRelation),
  stateHistory: nodes(StateSpan),
  history: nodes(IssueHistory),
});
export type Issue = z.output<typeof Issue>;

/** Type Project; `state` is the older word for `status.type`, which webhook bodies of 2023 still had alone. */
export const Project = z.looseObject({
  id,
  name: text,
  description: text,
  content: text,
  url: text,
  priority: number,
  priorityLabel: text,
  status: z.looseObject({ id: text, name: text, type: text }).nullish(),
  state: text,
  health: text,
  healthUpdatedAt: text,
  startDate: text,
  targetDate: text,
  targetDateResolution: text,
  createdAt: text,
  updatedAt: text,
  completedAt: text,
  archivedAt: text,
  trashed: flag,
  lead: pointer,
  leadId: text,
  teams: nodes(z.looseObject({ id, key: text })),
  initiatives: nodes(z.looseObject({ id })),
  labels: nodes(Named),
  externalLinks: nodes(z.looseObject({ url: text })),
});
export type Project = z.output<typeof Project>;

/** Type Initiative; `status` is Proposed, Planned, Active, Completed or Canceled. */
export const Initiative = z.looseObject({
  id,
  name: text,
  url: text,
  status: text,
  health: text,
  healthUpdatedAt: text,
  targetDate: text,
  targetDateResolution: text,
  createdAt: text,
  updatedAt: text,
  archivedAt: text,
  trashed: flag,
  owner: pointer,
  ownerId: text,
  parentInitiative: pointer,
  leadTeam: TeamPointer,
});
export type Initiative = z.output<typeof Initiative>;
