/*
 * Our own lean documents. Linear refuses a request above 10,000 points, counted before it runs: 0.1 for a scalar, 1 for
 * an object, and a connection multiplies what is in it, its pageInfo too, by `first` (50 where it is left out).
 * https://linear.app/developers/rate-limiting#complexity-limits; the connector's test counts every document.
 */

const PAGE_INFO = "pageInfo { hasNextPage endCursor }";
const TEAM = "team { id key organization { urlKey } }";

/** A list inside a record: how many come with the record, and what of each. */
interface Nested {
  readonly first: number;
  readonly node: string;
}

const ISSUE_LISTS = {
  labels: { first: 10, node: "id name" },
  attachments: { first: 10, node: "id url sourceType" },
  relations: { first: 10, node: "id type relatedIssue { id }" },
  stateHistory: { first: 15, node: "id stateId startedAt endedAt state { id name }" },
  history: {
    first: 12,
    node: `id createdAt actorId fromAssigneeId toAssigneeId fromCycleId toCycleId fromEstimate toEstimate
      fromParentId toParentId fromPriority toPriority fromProjectId toProjectId fromTeamId toTeamId fromTitle toTitle
      fromDueDate toDueDate addedLabelIds removedLabelIds archived trashed addedLabels { id name } removedLabels { id name }
      fromAssignee { name } toAssignee { name } fromCycle { number } toCycle { number }
      fromParent { identifier } toParent { identifier } fromProject { name } toProject { name }`,
  },
} as const satisfies Record<string, Nested>;

const PROJECT_LISTS = {
  teams: { first: 10, node: "id key" },
  initiatives: { first: 10, node: "id" },
  labels: { first: 10, node: "id name" },
  externalLinks: { first: 10, node: "id url" },
} as const satisfies Record<string, Nested>;

const ISSUE = `id identifier previousIdentifiers title description url priority priorityLabel estimate dueDate
  createdAt updatedAt startedAt completedAt canceledAt archivedAt trashed customerTicketCount
  state { id name type } team { id key } assignee { id } creator { id } project { id }
  projectMilestone { id name } cycle { id } parent { id }`;

const PROJECT = `id name description content url priority priorityLabel status { id name type } health healthUpdatedAt
  startDate targetDate targetDateResolution createdAt updatedAt completedAt archivedAt trashed lead { id }`;

const INITIATIVE = `id name url status health healthUpdatedAt targetDate targetDateResolution createdAt updatedAt archivedAt trashed
  owner { id } parentInitiative { id } leadTeam { id key }`;

const CYCLE = `id number name startsAt endsAt completedAt createdAt updatedAt archivedAt isActive isFuture isPast ${TEAM}`;

/** A kind of record as Linear's API lists it. */
export interface Source {
  /** The list's field of the query root; the record's own is {@link single}. */
  readonly list: string;
  readonly single: string;
  /** One page, with variables `first`, `after`, `filter`. */
  readonly page: string;
  readonly nested: Readonly<Record<string, Nested>>;
  /** Ids and archive times only, with the same variables. */
  readonly ids: string;
}

interface Shape {
  readonly list: string;
  readonly single: string;
  readonly filter: string;
  readonly fields: string;
  readonly nested?: Readonly<Record<string, Nested>>;
  readonly arguments: string;
}

const connection = (name: string, { first, node }: Nested): string =>
  `${name}(first: ${first}) { nodes { ${node} } ${PAGE_INFO} }`;

const source = ({ list, single, filter, fields, nested = {}, ...how }: Shape): Source => {
  const lists = Object.entries(nested).map(([name, shape]) => connection(name, shape));
  return {
    list,
    single,
    nested,
    page: `query ${list}Page($first: Int!, $after: String, $filter: ${filter}) {
  ${list}(first: $first, after: $after, filter: $filter, includeArchived: true, ${how.arguments}) {
    nodes { ${[fields, ...lists].join("\n    ")} }
    ${PAGE_INFO}
  }
}`,
    ids: `query ${list}Ids($first: Int!, $after: String, $filter: ${filter}) {
  ${list}(first: $first, after: $after, filter: $filter, includeArchived: true, ${how.arguments}) {
    nodes { id archivedAt${fields.includes(" trashed") ? " trashed" : ""} }
    ${PAGE_INFO}
  }
}`,
  };
};

/** The rest of a nested list of one record, with variables `id` and `after`. */
export const restOf = ({ single, nested }: Source, name: string): string =>
  `query ${single}Rest($id: String!, $after: String) {
  ${single}(id: $id) { ${name}(first: 100, after: $after) { nodes { ${nested[name]?.node ?? "id"} } ${PAGE_INFO} } }
}`;

const ASCENDING = "sort: [{ updatedAt: { order: Ascending } }]";
/** Newest first; Linear has no other order for these. */
const DESCENDING = "orderBy: updatedAt";

/** Every kind of record that this connector reads, by stream. */
export const SOURCES = {
  teams: source({
    list: "teams",
    single: "team",
    filter: "TeamFilter",
    fields: "id key name createdAt updatedAt archivedAt organization { urlKey }",
    arguments: DESCENDING,
  }),
  states: source({
    list: "workflowStates",
    single: "workflowState",
    filter: "WorkflowStateFilter",
    fields: `id name type createdAt updatedAt archivedAt ${TEAM}`,
    arguments: DESCENDING,
  }),
  users: source({
    list: "users",
    single: "user",
    filter: "UserFilter",
    fields: "id name displayName email active app url createdAt updatedAt archivedAt",
    arguments: `includeDisabled: true, ${DESCENDING}`,
  }),
  cycles: source({ list: "cycles", single: "cycle", filter: "CycleFilter", fields: CYCLE, arguments: DESCENDING }),
  issues: source({
    list: "issues",
    single: "issue",
    filter: "IssueFilter",
    fields: ISSUE,
    nested: ISSUE_LISTS,
    arguments: ASCENDING,
  }),
  projects: source({
    list: "projects",
    single: "project",
    filter: "ProjectFilter",
    fields: PROJECT,
    nested: PROJECT_LISTS,
    arguments: ASCENDING,
  }),
  initiatives: source({
    list: "initiatives",
    single: "initiative",
    filter: "InitiativeFilter",
    fields: INITIATIVE,
    arguments: ASCENDING,
  }),
} as const satisfies Record<string, Source>;
