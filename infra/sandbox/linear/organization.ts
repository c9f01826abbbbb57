import { SPRINT_DAYS } from "../company/calendar.ts";
import { type Feature, featureDays, featureUpdatedDay } from "../company/features.ts";
import { people, personAt } from "../company/people.ts";
import { progressOf } from "../company/progress.ts";
import { at } from "../company/random.ts";
import type { WorkItem } from "../company/work-item.ts";
import type { World } from "../company/world.ts";
import { listConnection, type PageArguments } from "./connection.ts";
import {
  CYCLE_COUNT,
  idOf,
  iso,
  isVisibleTeam,
  LINEAR_PRODUCT,
  labels,
  priorityLabels,
  projectStatuses,
  SITE,
  states,
  teamOf,
  teams,
} from "./vocabulary.ts";

const begin = (world: World): string => iso(world.company.calendar.at(0) - 86_400_000);
const base = (world: World) => ({ createdAt: begin(world), updatedAt: begin(world), archivedAt: null });

export const organization = (world: World): Readonly<Record<string, unknown>> => ({
  __typename: "Organization",
  ...base(world),
  id: idOf(world, "organization", 0),
  name: "Acme",
  urlKey: "acme",
  userCount: people.length,
  gitBranchFormat: "{username}/{issueIdentifier}-{issueTitle}",
  users: (args: PageArguments) => users(world, args),
  teams: (args: PageArguments) => listConnection(visibleTeams(world), args),
  labels: (args: PageArguments) =>
    listConnection(
      labels.map((_, index) => label(world, index)),
      args,
    ),
  projectStatuses: () => projectStatuses.map((_, index) => projectStatus(world, index)),
});

/** The teams that our credentials may see. */
export const visibleTeams = (world: World): readonly Readonly<Record<string, unknown>>[] =>
  teams.flatMap((_, index) => (isVisibleTeam(world, index) ? [team(world, index)] : []));

/** The states of all teams that our credentials may see. */
export const visibleStates = (world: World): readonly Readonly<Record<string, unknown>>[] =>
  teams.flatMap((_, index) => (isVisibleTeam(world, index) ? statesOf(world, index) : []));

const statesOf = (world: World, index: number): readonly Readonly<Record<string, unknown>>[] =>
  states.map((_, place) => state(world, index * states.length + place));

export const team = (world: World, index = 0): Readonly<Record<string, unknown>> => ({
  __typename: "Team",
  ...base(world),
  id: idOf(world, "team", index),
  ...at(teams, index),
  displayName: at(teams, index).name,
  color: "#5e6ad2",
  timezone: "Europe/London",
  private: false,
  visibility: "public",
  cyclesEnabled: index === 0,
  cycleDuration: 2,
  cycleStartDay: 1,
  upcomingCycleCount: 1,
  triageEnabled: true,
  issueEstimationType: "fibonacci",
  defaultIssueEstimate: 1,
  issueCount: () => (index === 0 ? world.count(LINEAR_PRODUCT) : 0),
  organization: () => organization(world),
  states: (args: PageArguments) => listConnection(statesOf(world, index), args),
  labels: (args: PageArguments) =>
    listConnection(index === 0 ? labels.map((_, place) => label(world, place)) : [], args),
  members: (args: PageArguments) => users(world, args),
  cycles: (args: PageArguments) => listConnection(index === 0 ? cycles(world) : [], args),
  activeCycle: () => (index === 0 ? (cycles(world).find((entry) => entry["isActive"] === true) ?? null) : null),
  projects: (args: PageArguments) => listConnection(index === 0 ? projects(world) : [], args),
  holdsIssue: (item: WorkItem) => teamOf(item) === index,
});

export const state = (world: World, index: number): Readonly<Record<string, unknown>> => {
  const { name, type, color } = at(states, index % states.length);
  return {
    __typename: "WorkflowState",
    ...base(world),
    id: idOf(world, "state", index),
    name: world.statusNames.get(`linear/${index}`)?.name ?? name,
    type,
    color,
    position: index * 1000,
    description: null,
    team: () => team(world, Math.floor(index / states.length)),
  };
};

export const label = (world: World, index: number): Readonly<Record<string, unknown>> => {
  const { name, color } = at(labels, index);
  return {
    __typename: "IssueLabel",
    ...base(world),
    id: idOf(world, "label", index),
    name,
    color,
    isGroup: false,
    team: () => team(world),
    organization: () => organization(world),
  };
};

export const user = (world: World, index: number): Readonly<Record<string, unknown>> => {
  const { name, email, login, timeZone, bot } = personAt(index);
  return {
    __typename: "User",
    ...base(world),
    id: idOf(world, "user", index),
    name,
    displayName: email.split("@")[0],
    email,
    active: true,
    admin: index === 0,
    app: bot,
    guest: false,
    owner: index === 0,
    isMe: index === 0,
    isAssignable: !bot,
    isMentionable: true,
    timezone: timeZone,
    initials: name
      .split(" ")
      .map((part) => part.charAt(0))
      .join(""),
    avatarBackgroundColor: "#5e6ad2",
    inviteHash: login,
    url: `${SITE}/profiles/${email.split("@")[0]}`,
    gitHubUserId: bot ? null : String(58_000_000 + index),
    organization: () => organization(world),
    teams: (args: PageArguments) => listConnection(visibleTeams(world), args),
  };
};

export const users = (world: World, args: PageArguments) =>
  listConnection(
    people.filter((person) => !person.bot).map((person) => user(world, person.index)),
    args,
  );

export const cycle = (world: World, index: number): Readonly<Record<string, unknown>> => {
  const { calendar } = world.company;
  const [start, end] = [calendar.midnight(index * SPRINT_DAYS), calendar.midnight((index + 1) * SPRINT_DAYS)];
  const done = end < calendar.until;
  return {
    __typename: "Cycle",
    id: idOf(world, "cycle", index),
    number: index + 1,
    name: null,
    description: null,
    createdAt: iso(start - 14 * 86_400_000),
    updatedAt: iso(done ? end : Math.min(start, calendar.until)),
    archivedAt: null,
    autoArchivedAt: null,
    startsAt: iso(start),
    endsAt: iso(end),
    completedAt: done ? iso(end) : null,
    progress: done ? 1 : start < calendar.until ? 0.6 : 0,
    isActive: start < calendar.until && !done,
    isFuture: start >= calendar.until,
    isNext: start >= calendar.until,
    isPast: done,
    isPrevious: done && calendar.midnight((index + 2) * SPRINT_DAYS) >= calendar.until,
    issueCountHistory: [18, 20, 22, 22],
    completedIssueCountHistory: [0, 4, 11, done ? 19 : 11],
    scopeHistory: [40, 44, 47, 47],
    completedScopeHistory: [0, 9, 24, done ? 41 : 24],
    inProgressScopeHistory: [0, 6, 8, done ? 0 : 8],
    currentProgress: {},
    progressHistory: {},
    team: () => team(world),
    holdsIssue: (item: WorkItem) => item.sprints.at(-1) === index,
  };
};

export const cycles = (world: World): readonly Readonly<Record<string, unknown>>[] =>
  Array.from({ length: CYCLE_COUNT }, (_, index) => cycle(world, index));

export const projectStatus = (world: World, index: number): Readonly<Record<string, unknown>> => {
  const { name, type, color } = at(projectStatuses, index);
  return {
    __typename: "ProjectStatus",
    ...base(world),
    id: idOf(world, "projectStatus", index),
    name,
    type,
    color,
    position: index * 1000,
    indefinite: type === "backlog",
    description: null,
  };
};

/** Which project status a feature has by its owner's word. */
const projectStatusOf = (feature: Feature): number =>
  feature.overclaimed
    ? 4
    : {
        idea: 0,
        planned: 1,
        design: 1,
        development: feature.blocked ? 3 : 2,
        testing: 2,
        production: 4,
        released: 4,
        cancelled: 5,
      }[feature.phase];

const healthOf = (feature: Feature): string | null => {
  if (feature.phase !== "development" && feature.phase !== "testing") return null;
  if (feature.blocked) return "offTrack";
  return (feature.targetDay ?? 999) < 130 ? "atRisk" : "onTrack";
};

/** A feature of the product planned in Linear, as the project it is there. */
export const project = (world: World, index: number): Readonly<Record<string, unknown>> => {
  const { calendar } = world.company;
  const feature = world.feature(LINEAR_PRODUCT, index);
  const days = featureDays(feature);
  const progress = progressOf(world, LINEAR_PRODUCT, index);
  const status = at(projectStatuses, projectStatusOf(feature));
  const when = (day: number | undefined): string | null => (day === undefined ? null : iso(calendar.at(day)));
  const id = idOf(world, "project", index);
  const slugId = id.slice(0, 12).replace("-", "");
  const target =
    feature.edit?.targetDate === undefined
      ? feature.targetDay === undefined
        ? null
        : calendar.date(feature.targetDay)
      : feature.edit.targetDate;
  const health = healthOf(feature);
  return {
    __typename: "Project",
    id,
    name: feature.title,
    description: `${feature.title}, for everyone who asks questions.`,
    content: `# ${feature.title}\n\nWhy: ${at(at(world.company.products, LINEAR_PRODUCT).initiatives, feature.initiative)}.`,
    slugId,
    url: `${SITE}/project/${feature.slug}-${slugId}`,
    color: "#5e6ad2",
    icon: null,
    createdAt: when(feature.proposedDay),
    updatedAt: feature.edit === undefined ? when(featureUpdatedDay(feature)) : iso(feature.edit.updated),
    archivedAt: feature.edit?.archived === undefined ? null : iso(feature.edit.archived),
    autoArchivedAt: null,
    trashed: feature.edit?.trashed ?? null,
    startedAt: status.type === "backlog" || status.type === "planned" ? null : when(days.started),
    completedAt: status.type === "completed" ? when(days.finished ?? featureUpdatedDay(feature)) : null,
    canceledAt:
      status.type === "canceled" ? when(feature.cancelledDay ?? days.finished ?? featureUpdatedDay(feature)) : null,
    startDate: days.started === undefined ? null : calendar.date(days.started),
    startDateResolution: null,
    targetDate: target,
    targetDateResolution: feature.targetResolution ?? null,
    health,
    healthUpdatedAt: health === null ? null : when(128),
    priority: 1 + (index % 4),
    priorityLabel: priorityLabels[1 + (index % 4)],
    progress: progress.points === 0 ? 0 : progress.donePoints / progress.points,
    scope: progress.points,
    issueCountHistory: [progress.total],
    completedIssueCountHistory: [progress.done],
    scopeHistory: [progress.points],
    completedScopeHistory: [progress.donePoints],
    inProgressScopeHistory: [progress.started],
    currentProgress: {},
    progressHistory: {},
    frequencyResolution: "weekly",
    state: status.type,
    status: () => projectStatus(world, projectStatusOf(feature)),
    lead: () => user(world, feature.lead),
    creator: () => user(world, feature.lead),
    leadTeamId: idOf(world, "team", 0),
    leadTeam: () => team(world),
    teams: (args: PageArguments) => listConnection([team(world)], args),
    members: (args: PageArguments) => listConnection([user(world, feature.lead)], args),
    initiatives: (args: PageArguments) => listConnection([initiative(world, feature.initiative)], args),
    projectMilestones: (args: PageArguments) =>
      listConnection(
        [0, 1].map((part) => milestone(world, index, part)),
        args,
      ),
    holdsIssue: (item: WorkItem) => item.feature === index,
  };
};

/** Projects as they are now, oldest first. */
export const projects = (world: World): readonly Readonly<Record<string, unknown>>[] =>
  at(world.company.products, LINEAR_PRODUCT)
    .features.filter(({ index }) => world.featureEdit(LINEAR_PRODUCT, index)?.deleted !== true)
    .map(({ index }) => project(world, index));

export const milestone = (world: World, feature: number, part: number): Readonly<Record<string, unknown>> => {
  const { title: _, targetDay, proposedDay } = world.feature(LINEAR_PRODUCT, feature);
  const { calendar } = world.company;
  return {
    __typename: "ProjectMilestone",
    id: idOf(world, "milestone", feature * 2 + part),
    name: part === 0 ? "Beta" : "General availability",
    description: null,
    createdAt: iso(calendar.at(proposedDay)),
    updatedAt: iso(calendar.at(proposedDay)),
    archivedAt: null,
    sortOrder: part * 1000,
    progress: 0,
    status: "next",
    targetDate: targetDay === undefined ? null : calendar.date(targetDay - (part === 0 ? 10 : 0)),
    currentProgress: {},
    progressHistory: {},
    project: () => project(world, feature),
  };
};

export const initiative = (world: World, index: number): Readonly<Record<string, unknown>> => {
  const { calendar } = world.company;
  const product = at(world.company.products, LINEAR_PRODUCT);
  const edit = world.featureEdit(LINEAR_PRODUCT, -1 - index);
  const id = idOf(world, "initiative", index);
  const name = edit?.title ?? at(product.initiatives, index);
  return {
    __typename: "Initiative",
    id,
    name,
    description: `${name}: why Insights exists.`,
    content: null,
    slugId: id.slice(0, 8),
    url: `${SITE}/initiative/${id.slice(0, 8)}`,
    color: "#5e6ad2",
    createdAt: iso(calendar.at(0.2)),
    updatedAt: edit === undefined ? iso(calendar.at(1 + index)) : iso(edit.updated),
    archivedAt: null,
    startedAt: iso(calendar.at(1 + index)),
    completedAt: null,
    canceledAt: null,
    status: "Active",
    health: index === 1 ? "atRisk" : "onTrack",
    healthUpdatedAt: iso(calendar.at(120)),
    targetDate: calendar.date(150 + index * 30),
    targetDateResolution: index === 2 ? "quarter" : null,
    sortOrder: index,
    priority: 0,
    prioritySortOrder: index,
    frequencyResolution: "weekly",
    visibility: "public",
    labelIds: [],
    previousIdentifiers: [],
    trashed: null,
    owner: () => user(world, [3, 7, 10][index % 3] ?? 3),
    creator: () => user(world, [3, 7, 10][index % 3] ?? 3),
    organization: () => organization(world),
    projects: (args: PageArguments) =>
      listConnection(
        projects(world).filter((_, place) => place % 3 === index),
        args,
      ),
  };
};

export const initiatives = (world: World): readonly Readonly<Record<string, unknown>>[] =>
  [0, 1, 2].map((index) => initiative(world, index));
