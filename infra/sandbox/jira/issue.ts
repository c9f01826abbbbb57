import { AUTOMATION } from "../company/people.ts";
import { descriptionOf } from "../company/titles.ts";
import type { WorkItem } from "../company/work-item.ts";
import type { World } from "../company/world.ts";
import {
  EFFORT_FIELD,
  FLAGGED_FIELD,
  IMPACT_FIELD,
  isBrowsable,
  issueId,
  jiraTime,
  POINTS_FIELD,
  priorityJson,
  projectJson,
  projectOf,
  resolutionJson,
  SITE,
  SPRINT_FIELD,
  START_FIELD,
  sprintJson,
  statusJson,
  statusOf,
  typeJson,
  userJson,
  versionJson,
  versionOfItem,
} from "./vocabulary.ts";

/** The product that Jira plans. */
export const JIRA_PRODUCT = 0;

const API = `${SITE}/rest/api/3`;

/** The key of an issue of this Jira. */
export const issueKey = (world: World, item: WorkItem): string =>
  item.history.findLast((change) => change.field === "key")?.to ?? item.key ?? world.company.key(JIRA_PRODUCT, item.n);

/** The issue under an id or a key, also when deleted. */
export const findIssue = (world: World, idOrKey: string): WorkItem | undefined => {
  if (/^\d+$/.test(idOrKey)) return world.item(JIRA_PRODUCT, positionOf(idOrKey));
  const key = idOrKey.toUpperCase();
  for (const item of world.touched(JIRA_PRODUCT)) {
    if (issueKey(world, item) === key) return item;
    // A moved issue still answers to its old keys.
    if (item.history.some((change) => change.field === "key" && change.from === key)) return item;
  }
  const found = /^(ACME|IDEA)-([1-9]\d*)$/.exec(key);
  if (found === null) return undefined;
  for (const n of positions(world, Number(found[2]))) {
    if (world.company.key(JIRA_PRODUCT, n) === key) return world.item(JIRA_PRODUCT, n);
  }
  return undefined;
};

/** The issue under an id or a key, if our credentials may see it. */
export const visibleIssue = (world: World, idOrKey: string): WorkItem | undefined => {
  const item = findIssue(world, idOrKey);
  return item === undefined || item.deleted !== undefined || !isBrowsable(world, projectOf(item)) ? undefined : item;
};

/** Whether a search may give an issue: its project is not archived and may be browsed. */
export const isSearchable = (world: World, item: WorkItem): boolean => {
  const project = projectOf(item);
  return isBrowsable(world, project) && !world.archivedProjects.has(project.key);
};

/** Where a key number can stand: ideas are counted apart, so there are a few places to look. */
const positions = function* (world: World, number: number): Iterable<number> {
  // What was added since is found by its own key above.
  const count = world.company.counts[JIRA_PRODUCT] ?? 0;
  for (let n = Math.max(0, number - 1); n < Math.min(count, number + 30); n += 1) yield n;
};

/** Where the issue of an id stands. */
export const positionOf = (id: string): number => Number(id) - Number(issueId(0));

/** All fields of an issue, as Jira holds them. */
const fieldsOf = (world: World, item: WorkItem): Readonly<Record<string, unknown>> => {
  const { calendar } = world.company;
  const status = statusOf(item.kind, item.stage);
  const stages = item.history.filter((change) => change.field === "stage");
  const moved = stages.at(-1)?.time ?? item.created;
  const closed = item.stage === "done" || item.stage === "cancelled";
  const version = versionOfItem(calendar, item);
  const started = stages.find((change) => change.to === "in_progress")?.time;
  const target = item.history.findLast((change) => change.field === "target");
  const due = target === undefined ? (item.dueDay === undefined ? null : calendar.date(item.dueDay)) : target.to;
  return {
    summary: item.title,
    status: statusJson(world, status),
    statuscategorychangedate: jiraTime(moved),
    issuetype: typeJson(item.kind),
    priority: priorityJson(item.priority),
    labels: labelsOf(item),
    assignee: item.assignee === undefined ? null : userJson(world, item.assignee),
    reporter: userJson(world, item.creator),
    creator: userJson(world, item.n % 40 === 7 ? AUTOMATION : item.creator),
    created: jiraTime(item.created),
    updated: jiraTime(item.updated),
    resolutiondate: closed ? jiraTime(moved) : null,
    resolution: resolutionJson(item.stage),
    duedate: due,
    project: projectJson(projectOf(item)),
    ...parentField(world, item),
    subtasks: subtasksOf(world, item),
    fixVersions: version === undefined ? [] : [brief(versionJson(world, version))],
    versions: [],
    components: item.kind === "design" ? [component(2, "Design")] : item.n % 3 === 0 ? [component(1, "Web")] : [],
    issuelinks: linksOf(world, item),
    description: document(descriptionOf(world.company.seed, JIRA_PRODUCT, item.n, item.title)),
    environment: null,
    timeestimate: null,
    votes: { self: `${API}/issue/${issueKey(world, item)}/votes`, votes: votesOf(item), hasVoted: false },
    workratio: -1,
    [SPRINT_FIELD]: item.sprints.length === 0 ? null : item.sprints.map((index) => sprintJson(world, index)),
    [POINTS_FIELD]: item.estimate ?? null,
    [START_FIELD]: started === undefined ? null : new Date(started).toISOString().slice(0, 10),
    [FLAGGED_FIELD]: item.blocked
      ? [{ self: `${API}/customFieldOption/10019`, value: "Impediment", id: "10019" }]
      : null,
    ...(item.kind === "idea" && { [IMPACT_FIELD]: 1 + (item.n % 5), [EFFORT_FIELD]: 1 + ((item.n * 3) % 5) }),
  };
};

/** How many want an idea; nobody votes for work. */
const votesOf = ({ kind, n }: WorkItem): number => (kind === "idea" ? 2 + ((n * 7) % 23) : 0);

/** The fields that were added since. */
const valuesOf = ({ addedFields }: World): Readonly<Record<string, unknown>> =>
  Object.fromEntries([...addedFields].map(([id, { value }]) => [id, value]));

/** The labels of an issue. */
export const labelsOf = (item: WorkItem): readonly string[] => [
  ...(item.kind === "design" ? ["design"] : []),
  ...(item.blocked ? ["blocked"] : []),
  ...(item.n % 11 === 0 ? ["customer-request"] : []),
];

const component = (id: number, name: string) => ({ self: `${API}/component/1000${id}`, id: `1000${id}`, name });

const brief = (version: ReturnType<typeof versionJson>) => ({
  self: version.self,
  id: version.id,
  description: version.description,
  name: version.name,
  archived: version.archived,
  released: version.released,
  releaseDate: version.releaseDate,
});

/** The issue directly above: a story for a subtask, an epic for a story, an initiative for an epic. */
export const parentOf = (world: World, item: WorkItem): WorkItem | undefined => {
  const n = item.kind === "epic" || item.kind === "subtask" ? item.parent : epicPosition(world, item);
  return n === undefined || n === item.n ? undefined : world.item(JIRA_PRODUCT, n);
};

const epicPosition = (world: World, item: WorkItem): number | undefined => {
  if (item.feature === undefined || item.kind === "idea" || item.kind === "initiative") return undefined;
  const product = world.company.products[JIRA_PRODUCT];
  const epics = product?.features.filter((feature) => feature.phase !== "idea") ?? [];
  const place = epics.findIndex((feature) => feature.index === item.feature);
  return place < 0 ? undefined : (product?.initiatives.length ?? 0) + place;
};

const parentField = (world: World, item: WorkItem): { parent?: unknown } => {
  const parent = parentOf(world, item);
  return parent === undefined || parent.deleted !== undefined ? {} : { parent: reference(world, parent) };
};

const reference = (world: World, item: WorkItem) => ({
  id: issueId(item.n),
  key: issueKey(world, item),
  self: `${API}/issue/${issueId(item.n)}`,
  fields: {
    summary: item.title,
    status: statusJson(world, statusOf(item.kind, item.stage)),
    priority: priorityJson(item.priority),
    issuetype: typeJson(item.kind),
  },
});

const subtasksOf = (world: World, item: WorkItem): readonly unknown[] => {
  if (item.kind === "epic" || item.kind === "initiative") return [];
  const next = world.item(JIRA_PRODUCT, item.n + 1);
  return next?.parent === item.n && next.kind === "subtask" && next.deleted === undefined
    ? [reference(world, next)]
    : [];
};

/** Blocked issues name what blocks them: the issue written before them. */
const linksOf = (world: World, item: WorkItem): readonly unknown[] => {
  const blocker = item.blocked && item.n > 40 ? world.item(JIRA_PRODUCT, item.n - 2) : undefined;
  if (blocker === undefined || blocker.deleted !== undefined) return [];
  const type = {
    id: "10000",
    name: "Blocks",
    inward: "is blocked by",
    outward: "blocks",
    self: `${API}/issueLinkType/10000`,
  };
  return [
    {
      id: String(30_000 + item.n),
      self: `${API}/issueLink/${30_000 + item.n}`,
      type,
      inwardIssue: reference(world, blocker),
    },
  ];
};

/** The link of a request to the work or plan that it is about. */
export const linkTo = (world: World, item: WorkItem, id: string) => ({
  id,
  self: `${API}/issueLink/${id}`,
  type: {
    id: "10003",
    name: "Relates",
    inward: "relates to",
    outward: "relates to",
    self: `${API}/issueLinkType/10003`,
  },
  outwardIssue: reference(world, item),
});

const document = (paragraphs: readonly string[]) => ({
  type: "doc",
  version: 1,
  content: paragraphs.map((text) => ({ type: "paragraph", content: [{ type: "text", text }] })),
});

/** An issue with the fields that were asked for. @param fields names, `*all`, `*navigable`, `-name`; empty gives the id alone */
export const issueJson = (
  world: World,
  item: WorkItem,
  fields: readonly string[],
  own: Readonly<Record<string, unknown>> = {},
) => {
  const head = { expand: "renderedFields,names,schema,operations,editmeta,changelog,versionedRepresentations" };
  const known = { ...head, id: issueId(item.n), self: `${API}/issue/${issueId(item.n)}`, key: issueKey(world, item) };
  if (fields.length === 0 || fields.every((name) => name === "id")) return { id: known.id };
  if (fields.every((name) => name === "id" || name === "key")) return known;
  const all = { ...fieldsOf(world, item), ...own, ...valuesOf(world) };
  const everything = fields.some((name) => name === "*all" || name === "*navigable");
  const wanted = Object.entries(all).filter(
    ([name]) => !world.removedFields.has(name) && (everything ? !fields.includes(`-${name}`) : fields.includes(name)),
  );
  return { ...known, fields: Object.fromEntries(wanted) };
};
