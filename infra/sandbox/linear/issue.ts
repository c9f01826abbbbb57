import { slugOf } from "../company/features.ts";
import { personAt } from "../company/people.ts";
import { at } from "../company/random.ts";
import { descriptionOf } from "../company/titles.ts";
import type { Change, Stage, WorkItem } from "../company/work-item.ts";
import type { World } from "../company/world.ts";
import { listConnection, type PageArguments } from "./connection.ts";
import { cycle, label, milestone, project, state, team, user } from "./organization.ts";
import {
  identifierOf,
  idOf,
  indexOf,
  iso,
  LINEAR_PRODUCT,
  labelsOf,
  priorityLabels,
  SITE,
  teamOf,
  teamOfKey,
  teamState,
} from "./vocabulary.ts";

type Held = Readonly<Record<string, unknown>>;

const lastMove = (item: WorkItem, ...to: readonly Stage[]): number | undefined =>
  to.includes(item.stage) ? item.history.findLast((change) => change.field === "stage")?.time : undefined;

const when = (time: number | undefined): string | null => (time === undefined ? null : iso(time));

/** Where an issue stands in the web application. */
export const issueUrl = (world: World, item: WorkItem): string =>
  `${SITE}/issue/${identifierOf(world, item)}/${slugOf(item.title)}`;

/** The branch Linear suggests for an issue. */
const branchName = (world: World, item: WorkItem): string => {
  const who = personAt(item.assignee ?? item.creator).login;
  return `${who}/${identifierOf(world, item).toLowerCase()}-${slugOf(item.title).slice(0, 40).replace(/-$/, "")}`;
};

/** The issue under an id or an identifier, also an old one and also when deleted. */
export const findIssue = (world: World, id: string): WorkItem | undefined => {
  const key = id.toUpperCase();
  if (!/^(INS|LAB)-[1-9]\d*$/.test(key)) {
    const n = indexOf(world, "issue", id);
    return n === undefined ? undefined : world.item(LINEAR_PRODUCT, n);
  }
  for (const item of world.touched(LINEAR_PRODUCT))
    if (identifierOf(world, item) === key || previousKeys(item).includes(key)) return item;
  const n = Number(key.slice(4)) - 1;
  return key.startsWith("INS-") && n < at(world.company.counts, LINEAR_PRODUCT)
    ? world.item(LINEAR_PRODUCT, n)
    : undefined;
};

/** An issue of Linear; what is costly or refers to other records is made when asked for. */
export const issue = (world: World, item: WorkItem): Held => {
  const { calendar } = world.company;
  const started = item.history.find((change) => change.field === "stage" && change.to === "in_progress")?.time;
  const cycleIndex = item.sprints.at(-1);
  const sprintChange = item.history.findLast((change) => change.field === "sprint")?.time;
  const target = item.history.findLast((change) => change.field === "target");
  return {
    __typename: "Issue",
    id: idOf(world, "issue", item.n),
    identifier: identifierOf(world, item),
    previousIdentifiers: previousKeys(item),
    number: Number(identifierOf(world, item).split("-")[1]),
    title: item.title,
    description: () => descriptionOf(world.company.seed, LINEAR_PRODUCT, item.n, item.title).join("\n\n"),
    url: () => issueUrl(world, item),
    branchName: () => branchName(world, item),
    priority: item.priority,
    priorityLabel: priorityLabels[item.priority],
    estimate: item.estimate ?? null,
    dueDate: target === undefined ? (item.dueDay === undefined ? null : calendar.date(item.dueDay)) : target.to,
    createdAt: iso(item.created),
    updatedAt: iso(item.updated),
    startedAt: when(started),
    triagedAt: when(item.history.find((change) => change.field === "stage" && change.from === "triage")?.time),
    startedTriageAt: item.history[0]?.from === "triage" || item.stage === "triage" ? iso(item.created) : null,
    completedAt: when(lastMove(item, "done")),
    canceledAt: when(lastMove(item, "cancelled")),
    archivedAt: when(item.archived),
    autoArchivedAt: when(item.archived),
    autoClosedAt: null,
    trashed: item.trashed ?? null,
    addedToCycleAt: when(cycleIndex === undefined ? undefined : sprintChange),
    addedToProjectAt: item.feature === undefined ? null : iso(item.created),
    addedToTeamAt: iso(item.created),
    slaBreachesAt: null,
    customerTicketCount: item.n % 17 === 0 ? 2 : 0,
    labelIds: () => labelsOf(item).map((index) => idOf(world, "label", index)),
    sortOrder: -item.n,
    boardOrder: 0,
    prioritySortOrder: item.n,
    subIssueSortOrder: item.parent === undefined ? null : 1,
    inheritsSharedAccess: false,
    reactionData: [],
    syncedWith: null,
    state: () => state(world, teamState(teamOf(item), item.stage)),
    team: () => team(world, teamOf(item)),
    assignee: () => (item.assignee === undefined ? null : user(world, item.assignee)),
    creator: () => user(world, item.creator),
    project: () => (item.feature === undefined ? null : project(world, item.feature)),
    projectMilestone: () => (item.feature === undefined ? null : milestone(world, item.feature, item.n % 2)),
    cycle: () => (cycleIndex === undefined ? null : cycle(world, cycleIndex)),
    parent: () => related(world, item.parent),
    children: (args: PageArguments) =>
      listConnection(
        childrenOf(world, item).map((child) => issue(world, child)),
        args,
      ),
    labels: (args: PageArguments) =>
      listConnection(
        labelsOf(item).map((index) => label(world, index)),
        args,
      ),
    attachments: (args: PageArguments) => listConnection(attachmentsOf(world, item), args),
    relations: (args: PageArguments) => listConnection([], args),
    stateHistory: (args: PageArguments) => listConnection(spansOf(world, item), args),
    history: (args: PageArguments) => listConnection(historyOf(world, item), args),
  };
};

const related = (world: World, n: number | undefined): Held | null => {
  const item = n === undefined ? undefined : world.item(LINEAR_PRODUCT, n);
  return item === undefined || item.deleted !== undefined ? null : issue(world, item);
};

const childrenOf = (world: World, item: WorkItem): readonly WorkItem[] => {
  const next = world.item(LINEAR_PRODUCT, item.n + 1);
  return next?.parent === item.n && next.deleted === undefined ? [next] : [];
};

/** The pull request an issue carries as an attachment; a third of them are not linked, as happens. */
export const attachmentsOf = (world: World, item: WorkItem): readonly Held[] => {
  const repository = world.repository(LINEAR_PRODUCT);
  const pull = item.n % 3 === 0 ? undefined : repository.pullOfItem(item.n);
  if (pull === undefined) return [];
  const number = repository.pullNumber(pull);
  const url = `https://github.com/acme/insights/pull/${number}`;
  const status =
    pull.merged !== undefined ? "merged" : pull.closed !== undefined ? "closed" : pull.draft ? "draft" : "open";
  return [
    {
      __typename: "Attachment",
      id: idOf(world, "attachment", item.n),
      url,
      title: `#${number} ${pull.title}`,
      subtitle: status,
      sourceType: "github",
      source: { type: "github", pullRequestId: String(number) },
      groupBySource: true,
      metadata: {
        url,
        number,
        title: pull.title,
        status,
        branch: pull.branch,
        targetBranch: pull.base,
        repoName: "insights",
        repoLogin: "acme",
        draft: pull.draft,
      },
      createdAt: iso(pull.opened),
      updatedAt: iso(pull.updated),
      archivedAt: null,
      creator: () => null,
      issue: () => issue(world, item),
    },
  ];
};

const spansOf = (world: World, item: WorkItem): readonly Held[] => {
  const starts = statesOf(item);
  return starts.map(({ time, state: index }, place) => ({
    __typename: "IssueStateSpan",
    id: idOf(world, "span", item.n * 256 + place),
    stateId: idOf(world, "state", index),
    startedAt: iso(time),
    endedAt: when(starts[place + 1]?.time),
    state: () => state(world, index),
  }));
};

/** The states an issue was in, and since when; a move to another team takes it to the like state there. */
export const statesOf = (item: WorkItem): readonly { readonly time: number; readonly state: number }[] => {
  let stage = (item.history.find((change) => change.field === "stage")?.from ?? item.stage) as Stage;
  let team_ = teamOf(item, Number.NEGATIVE_INFINITY);
  const starts = [{ time: item.created, state: teamState(team_, stage) }];
  for (const { field, time, to } of item.history) {
    if (field === "stage") stage = to as Stage;
    else if (field === "key") team_ = teamOfKey(to);
    else continue;
    starts.push({ time, state: teamState(team_, stage) });
  }
  return starts;
};

const previousKeys = (item: WorkItem): readonly string[] =>
  item.history.flatMap(({ field, from }) => (field === "key" && from !== null ? [from] : []));

const historyOf = (world: World, item: WorkItem): readonly Held[] =>
  item.history
    .map((change, index) => ({
      __typename: "IssueHistory",
      id: idOf(world, "history", item.n * 256 + index),
      createdAt: iso(change.time),
      updatedAt: iso(change.time),
      archivedAt: null,
      actorId: idOf(world, "user", change.by),
      actor: () => user(world, change.by),
      issue: () => issue(world, item),
      addedLabelIds: null,
      removedLabelIds: null,
      ...sidesOf(world, item, change),
    }))
    .reverse();

/** The `from…` and `to…` fields of one edit. */
const sidesOf = (world: World, item: WorkItem, { field, from, to, time }: Change): Held => {
  const state_ = (stage: string | null) => (stage === null ? null : teamState(teamOf(item, time), stage as Stage));
  const reference = (
    name: string,
    kind: "state" | "user" | "cycle" | "project" | "team",
    made: (index: number) => Held,
    sides: readonly [number | null, number | null],
  ): Held => ({
    [`from${name}Id`]: sides[0] === null ? null : idOf(world, kind, sides[0]),
    [`to${name}Id`]: sides[1] === null ? null : idOf(world, kind, sides[1]),
    [`from${name}`]: () => (sides[0] === null ? null : made(sides[0])),
    [`to${name}`]: () => (sides[1] === null ? null : made(sides[1])),
  });
  const number = (value: string | null): number | null => (value === null ? null : Number(value.split(",").at(-1)));
  switch (field) {
    case "stage":
      return reference("State", "state", (index) => state(world, index), [state_(from), state_(to)]);
    case "assignee":
      return reference("Assignee", "user", (index) => user(world, index), [number(from), number(to)]);
    case "sprint":
      return reference("Cycle", "cycle", (index) => cycle(world, index), [number(from), number(to)]);
    case "feature":
      return reference("Project", "project", (index) => project(world, index), [number(from), number(to)]);
    case "title":
      return { fromTitle: from, toTitle: to };
    case "estimate":
      return { fromEstimate: number(from), toEstimate: number(to) };
    case "target":
      return { fromDueDate: from, toDueDate: to };
    case "archived":
      return { archived: to !== null };
    case "key":
      return reference("Team", "team", (index) => team(world, index), [
        from === null ? null : teamOfKey(from),
        to === null ? null : teamOfKey(to),
      ]);
  }
};
