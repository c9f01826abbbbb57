import type { Calendar } from "../company/calendar.ts";
import { SPRINT_DAYS } from "../company/calendar.ts";
import { type Person, personAt } from "../company/people.ts";
import type { ItemKind, Stage, WorkItem } from "../company/work-item.ts";
import type { World } from "../company/world.ts";

/** Where Jira says it lives, whatever address it is asked at: answers must not depend on a port. */
export const SITE = "https://acme.atlassian.net";
const API = `${SITE}/rest/api/3`;

export const SPRINT_FIELD = "customfield_10020";
export const POINTS_FIELD = "customfield_10016";
export const START_FIELD = "customfield_10015";
export const FLAGGED_FIELD = "customfield_10021";
export const REQUEST_TYPE_FIELD = "customfield_10010";
export const ORGANISATIONS_FIELD = "customfield_10002";
export const RESPONSE_FIELD = "customfield_10031";
export const RESOLUTION_FIELD = "customfield_10030";
export const SATISFACTION_FIELD = "customfield_10033";
export const IMPACT_FIELD = "customfield_10041";
export const EFFORT_FIELD = "customfield_10042";

/** Jira writes times without a colon in the zone. */
export const jiraTime = (time: number): string => new Date(time).toISOString().replace("Z", "+0000");

const FIRST_ISSUE = 20_001;
export const issueId = (n: number): string => String(FIRST_ISSUE + n);

const CATEGORIES = {
  new: { id: 2, key: "new", colorName: "blue-gray", name: "To Do" },
  indeterminate: { id: 4, key: "indeterminate", colorName: "yellow", name: "In Progress" },
  done: { id: 3, key: "done", colorName: "green", name: "Done" },
} as const;
type Category = keyof typeof CATEGORIES;

/** A status of Acme's Jira. */
export interface Status {
  readonly id: string;
  readonly name: string;
  readonly category: Category;
  readonly stage: Stage;
  readonly discovery?: boolean;
  readonly service?: boolean;
}

export const statuses: readonly Status[] = [
  { id: "10000", name: "Backlog", category: "new", stage: "backlog" },
  { id: "10001", name: "Selected for Development", category: "new", stage: "todo" },
  { id: "3", name: "In Progress", category: "indeterminate", stage: "in_progress" },
  { id: "10002", name: "In Review", category: "indeterminate", stage: "in_review" },
  { id: "10003", name: "Done", category: "done", stage: "done" },
  { id: "10004", name: "Won't Do", category: "done", stage: "cancelled" },
  { id: "10005", name: "Triage", category: "new", stage: "triage" },
  { id: "10010", name: "Parking lot", category: "new", stage: "triage", discovery: true },
  { id: "10011", name: "Ready for delivery", category: "new", stage: "todo", discovery: true },
  { id: "10012", name: "Discovery", category: "indeterminate", stage: "in_progress", discovery: true },
  { id: "10020", name: "Waiting for support", category: "new", stage: "todo", service: true },
  { id: "10021", name: "Waiting for customer", category: "indeterminate", stage: "in_review", service: true },
  { id: "10022", name: "Resolved", category: "done", stage: "done", service: true },
];

/** The status an item of a kind has at a stage. */
export const statusOf = (kind: ItemKind, stage: Stage): Status => {
  const own = statuses.find(
    (status) =>
      status.stage === stage && ((kind === "idea" && status.discovery) || (kind === "request" && status.service)),
  );
  const found = own ?? statuses.find((status) => !status.discovery && !status.service && status.stage === stage);
  if (found === undefined) throw new Error(`no status for ${stage}`);
  return found;
};

/** What a status is called at a time; a renamed one keeps its id. */
export const statusName = ({ statusNames }: World, { id, name }: Status, time = Number.POSITIVE_INFINITY): string => {
  const renamed = statusNames.get(`jira/${id}`);
  return renamed !== undefined && time >= renamed.since ? renamed.name : name;
};

export const statusJson = (world: World, status: Status) => ({
  self: `${API}/status/${status.id}`,
  description: "",
  iconUrl: `${SITE}/`,
  name: statusName(world, status),
  id: status.id,
  statusCategory: { self: `${API}/statuscategory/${CATEGORIES[status.category].id}`, ...CATEGORIES[status.category] },
});

/** As `/statuses/search` writes it. */
export const statusDetails = (world: World, status: Status) => ({
  id: status.id,
  name: statusName(world, status),
  statusCategory: { new: "TODO", indeterminate: "IN_PROGRESS", done: "DONE" }[status.category],
  scope: { type: "GLOBAL" },
  description: "",
});

const TYPES = {
  epic: ["10000", "Epic", 1],
  story: ["10001", "Story", 0],
  task: ["10002", "Task", 0],
  bug: ["10003", "Bug", 0],
  subtask: ["10004", "Subtask", -1],
  initiative: ["10005", "Initiative", 2],
  idea: ["10006", "Idea", 0],
  request: ["10007", "[System] Service request", 0],
} as const;

export const typeName = (kind: ItemKind): string => TYPES[kind === "design" ? "task" : kind][1];
export const typeId = (kind: ItemKind): string => TYPES[kind === "design" ? "task" : kind][0];

export const typeJson = (kind: ItemKind) => {
  const [id, name, hierarchyLevel] = TYPES[kind === "design" ? "task" : kind];
  return {
    self: `${API}/issuetype/${id}`,
    id,
    description: `A ${name.toLowerCase()} of Acme.`,
    iconUrl: `${API}/universal_avatar/view/type/issuetype/avatar/103${id.slice(-2)}?size=medium`,
    name,
    subtask: hierarchyLevel === -1,
    avatarId: 10_300 + Number(id.slice(-2)),
    hierarchyLevel,
  };
};
export const kindsOfJira: readonly ItemKind[] = [
  "epic",
  "story",
  "task",
  "bug",
  "subtask",
  "initiative",
  "idea",
  "request",
];

const PRIORITIES = ["Highest", "High", "Medium", "Low"];
export const priorityJson = (priority: number) => ({
  self: `${API}/priority/${priority}`,
  iconUrl: `${SITE}/images/icons/priorities/${(PRIORITIES[priority - 1] ?? "Medium").toLowerCase()}_new.svg`,
  name: PRIORITIES[priority - 1] ?? "Medium",
  id: String(priority),
});
export const priorityCount = PRIORITIES.length;

export const resolutionJson = (stage: Stage) =>
  stage === "done"
    ? { self: `${API}/resolution/10000`, id: "10000", description: "Work has been completed.", name: "Done" }
    : stage === "cancelled"
      ? { self: `${API}/resolution/10001`, id: "10001", description: "This will not be done.", name: "Won't Do" }
      : null;

const USER_KIND = 20;
export const accountId = (world: World, person: number): string =>
  `712020:${world.company.codec.uuid(USER_KIND, person)}`;

const avatars = (person: Person) => {
  const url = `https://secure.gravatar.com/avatar/${person.index.toString(16).padStart(32, "0")}?d=identicon`;
  return { "48x48": `${url}&s=48`, "24x24": `${url}&s=24`, "16x16": `${url}&s=16`, "32x32": `${url}&s=32` };
};

export const userJson = (world: World, index: number) => {
  const person = personAt(index);
  const account = accountId(world, index);
  return {
    self: `${API}/user?accountId=${encodeURIComponent(account)}`,
    accountId: account,
    emailAddress: person.email,
    avatarUrls: avatars(person),
    displayName: person.name,
    active: true,
    timeZone: person.timeZone,
    accountType: person.bot ? "app" : "atlassian",
  };
};

/** The projects of Acme's Jira: delivery, ideas and support. */
export const projects = [
  { id: "10000", key: "ACME", name: "Storefront", projectTypeKey: "software", style: "classic" },
  { id: "10001", key: "IDEA", name: "Storefront ideas", projectTypeKey: "product_discovery", style: "next-gen" },
  { id: "10002", key: "SUP", name: "Storefront support", projectTypeKey: "service_desk", style: "classic" },
] as const;

export const projectOfKind = (kind: ItemKind) =>
  kind === "idea" ? projects[1] : kind === "request" ? projects[2] : projects[0];

/** The project an issue is in: the one of its last key. */
export const projectOf = (item: WorkItem) => {
  const key = item.history.findLast((change) => change.field === "key")?.to;
  return projects.find((project) => key?.startsWith(`${project.key}-`)) ?? projectOfKind(item.kind);
};

/** Whether our credentials may browse a project. */
export const isBrowsable = ({ revoked }: World, project: { readonly key: string }): boolean =>
  !revoked.has(`jira/${project.key}`);

export const projectJson = (project: (typeof projects)[number]) => ({
  self: `${API}/project/${project.id}`,
  id: project.id,
  key: project.key,
  name: project.name,
  projectTypeKey: project.projectTypeKey,
  simplified: project.style === "next-gen",
  avatarUrls: {
    "48x48": `${API}/universal_avatar/view/type/project/avatar/10416`,
    "24x24": `${API}/universal_avatar/view/type/project/avatar/10416?size=small`,
    "16x16": `${API}/universal_avatar/view/type/project/avatar/10416?size=xsmall`,
    "32x32": `${API}/universal_avatar/view/type/project/avatar/10416?size=medium`,
  },
});

export const VERSION_COUNT = 14;
const versionDay = (index: number): number => (index + 1) * 10;

export const versionJson = ({ company: { calendar }, releasedVersions, archivedVersions }: World, index: number) => {
  const releasedOn = releasedVersions.get(index);
  const released = index < 12 || releasedOn !== undefined;
  return {
    self: `${API}/version/${10_100 + index}`,
    id: String(10_100 + index),
    description: released ? `Storefront 1.${index} is out.` : "",
    name: `Storefront 1.${index}`,
    archived: archivedVersions.has(index),
    released,
    ...(index < 13 ? { startDate: calendar.date(index * 10) } : {}),
    releaseDate: releasedOn ?? calendar.date(versionDay(index)),
    ...(released ? {} : { overdue: false }),
    projectId: 10_000,
  };
};

/** The version a finished item went out with; the next one while it has not. */
export const versionOfItem = (calendar: Calendar, item: WorkItem): number | undefined => {
  if (item.stage !== "done" || item.kind === "idea" || item.kind === "initiative") return undefined;
  const done = item.history.findLast((change) => change.field === "stage")?.time ?? item.updated;
  for (let index = 0; index < 12; index += 1) if (calendar.at(versionDay(index)) >= done) return index;
  return 12;
};

export const SPRINT_COUNT = 14;
export const sprintId = (index: number): number => 101 + index;
export const sprintName = (index: number): string => `ACME Sprint ${index + 1}`;

export const sprintJson = ({ company: { calendar }, sprintStates }: World, index: number) => {
  const [start, end] = [calendar.midnight(index * SPRINT_DAYS), calendar.midnight((index + 1) * SPRINT_DAYS)];
  const state =
    sprintStates.get(index) ?? (end < calendar.until ? "closed" : start < calendar.until ? "active" : "future");
  return {
    id: sprintId(index),
    name: sprintName(index),
    state,
    boardId: 1,
    goal: index % 3 === 0 ? "Ship what is in review" : "",
    ...(state === "future"
      ? {}
      : { startDate: new Date(start + 32_400_000).toISOString(), endDate: new Date(end).toISOString() }),
    ...(state === "closed" ? { completeDate: new Date(end + 30_600_000).toISOString() } : {}),
  };
};
