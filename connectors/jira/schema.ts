import * as z from "zod";

/** Jira tells ids as text in one API and as numbers in another (`projectId`, sprint ids): one id, one form. */
const Id = z.union([z.string().min(1), z.int().transform(String)]);
/** What Jira leaves out, empties or reshapes must not cost the record: only a missing identity does. */
const maybe = <S extends z.ZodType>(shape: S) => shape.nullish().catch(undefined);
const Text = maybe(z.string());
const Moment = maybe(z.union([z.string(), z.number()]));
const listOf = <S extends z.ZodType>(shape: S) => maybe(z.array(maybe(shape)));

/** https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-users/#api-rest-api-3-user-get (server: key, name) */
export const User = z.looseObject({
  accountId: Text,
  accountType: Text,
  displayName: Text,
  emailAddress: Text,
  key: Text,
  name: Text,
});
export type User = z.output<typeof User>;

const Named = z.looseObject({ id: maybe(Id), name: Text });

/** https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-workflow-statuses/#api-rest-api-3-status-get and
 * https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-status/#api-rest-api-3-statuses-search-get */
const statusFields = {
  name: Text,
  self: Text,
  iconUrl: Text,
  statusCategory: maybe(z.union([z.string(), z.looseObject({ key: Text })])),
  scope: maybe(z.looseObject({ project: maybe(z.looseObject({ id: maybe(Id) })) })),
};
export const Status = z.looseObject({ id: Id, ...statusFields });
export type Status = z.output<typeof Status>;
const IssueStatus = z.looseObject({ id: maybe(Id), ...statusFields });

/** https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-types/#api-rest-api-3-issuetype-get */
const IssueType = z.looseObject({
  id: maybe(Id),
  name: Text,
  subtask: maybe(z.boolean()),
  hierarchyLevel: maybe(z.number()),
});
export type IssueType = z.output<typeof IssueType>;

/** An issue as another one names it: parent, subtask or end of a link. */
const Stub = z.looseObject({
  id: Id,
  key: Text,
  fields: maybe(z.looseObject({ issuetype: maybe(IssueType) })),
});
export type Stub = z.output<typeof Stub>;

/** https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-links/#api-rest-api-3-issuelink-linkid-get */
const IssueLink = z.looseObject({
  type: maybe(z.looseObject({ name: Text, inward: Text, outward: Text })),
  inwardIssue: maybe(Stub),
  outwardIssue: maybe(Stub),
});
export type IssueLink = z.output<typeof IssueLink>;

/** https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issues/#api-rest-api-3-changelog-bulkfetch-post
 * (`toString` is left undeclared: as a declared key it would be found on every object's prototype). */
const ChangeItem = z.looseObject({ field: Text, fieldId: Text, from: Text, fromString: Text, to: Text });
export type ChangeItem = z.output<typeof ChangeItem>;
const ChangeHistory = z.looseObject({
  id: Id,
  author: maybe(User),
  created: Moment,
  items: listOf(ChangeItem),
});
export type ChangeHistory = z.output<typeof ChangeHistory>;

/** https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issues/#api-rest-api-3-issue-issueidorkey-get;
 * `pointsField` is set by the reader: the id of the field that the config names for story points. */
export const Issue = z.looseObject({
  id: Id,
  key: Text,
  self: Text,
  names: maybe(z.record(z.string(), z.string())),
  schema: maybe(z.record(z.string(), z.looseObject({ type: Text, custom: Text }))),
  pointsField: Text,
  changelog: maybe(z.looseObject({ histories: listOf(ChangeHistory) })),
  fields: maybe(
    z.looseObject({
      summary: Text,
      description: z.unknown().optional(),
      status: maybe(IssueStatus),
      issuetype: maybe(IssueType),
      project: maybe(z.looseObject({ id: maybe(Id), key: Text, projectTypeKey: Text })),
      priority: maybe(z.looseObject({ ...Named.shape, iconUrl: Text })),
      resolution: maybe(Named),
      labels: listOf(z.string()),
      assignee: maybe(User),
      reporter: maybe(User),
      created: Moment,
      updated: Moment,
      resolutiondate: Moment,
      statuscategorychangedate: Moment,
      duedate: Text,
      timeoriginalestimate: maybe(z.number()),
      parent: maybe(Stub),
      components: listOf(Named),
      fixVersions: listOf(Named),
      issuelinks: listOf(IssueLink),
    }),
  ),
});
export type Issue = z.output<typeof Issue>;
export type IssueFields = NonNullable<Issue["fields"]>;

/** https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-projects/#api-rest-api-3-project-search-get */
export const Project = z.looseObject({
  id: Id,
  key: Text,
  name: Text,
  self: Text,
  archived: maybe(z.boolean()),
  archivedDate: Moment,
});
export type Project = z.output<typeof Project>;

/** https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-project-versions/#api-rest-api-3-version-id-get;
 * `projectKey` is set by the reader: Jira tells a version's project by number only. */
export const Version = z.looseObject({
  id: Id,
  name: Text,
  self: Text,
  description: Text,
  archived: maybe(z.boolean()),
  released: maybe(z.boolean()),
  releaseDate: Text,
  projectId: maybe(Id),
  projectKey: Text,
});
export type Version = z.output<typeof Version>;

/** https://developer.atlassian.com/cloud/jira/software/rest/api-group-sprint/#api-rest-agile-1-0-sprint-sprintid-get; inside an
 * issue the board is called `boardId` (before: `rapidViewId`), in the agile API `originBoardId`. */
export const Sprint = z.looseObject({
  id: Id,
  self: Text,
  name: Text,
  state: Text,
  startDate: Moment,
  endDate: Moment,
  completeDate: Moment,
  boardId: maybe(Id),
  rapidViewId: maybe(Id),
  originBoardId: maybe(Id),
});
export type Sprint = z.output<typeof Sprint>;
