import { personAt } from "../company/people.ts";
import { at } from "../company/random.ts";
import type { ChangeField, Stage, WorkItem } from "../company/work-item.ts";
import type { World } from "../company/world.ts";
import { labelsOf as githubLabels, isClosed } from "../github/issue.ts";
import { githubTime, userJson } from "../github/names.ts";
import { labelsOf as jiraLabels, parentOf } from "../jira/issue.ts";
import {
  accountId,
  isBrowsable,
  issueId,
  projectOf,
  sprintId,
  sprintName,
  statusName,
  statusOf,
} from "../jira/vocabulary.ts";
import { statesOf } from "../linear/issue.ts";
import { state } from "../linear/organization.ts";
import { idOf, iso, isVisibleTeam, labels, labelsOf as linearLabels, teamOf } from "../linear/vocabulary.ts";

/** What an item had from a time on, and until when; `to` is absent while it has it. Times as the tool writes them. */
export interface Interval {
  readonly id: string;
  readonly name: string;
  readonly from: string;
  readonly to?: string;
}

export interface Details {
  readonly presence: "present" | "archived" | "deleted" | "moved" | "lost_access";
  /** The tool's account id; null while nobody has it. */
  readonly assignee: string | null;
  readonly estimate: number | null;
  /** The tool's id of the work item above. */
  readonly parent: string | null;
  readonly cycles: readonly string[];
  readonly labels: readonly string[];
  readonly previous_keys: readonly string[];
  /** From the creation on, as the tool's own history tells them. */
  readonly intervals: Readonly<Record<"status" | "assignee" | "cycle", readonly Interval[]>>;
}

type Named = Pick<Interval, "id" | "name">;

/** What else is true of an item. */
export const detailsOf = (world: World, item: WorkItem): Details => {
  const { tracker } = at(world.company.products, item.product);
  const time = tracker === "github" ? githubTime : iso;
  const statuses = statusPoints(world, item);
  const cycleOf = cycleNamed(world, item);
  return {
    presence: presenceOf(world, item),
    assignee: item.assignee === undefined ? null : accountOf(world, item, item.assignee).id,
    estimate: tracker === "github" ? null : (item.estimate ?? null),
    parent: parentId(world, item),
    cycles: (tracker === "linear" ? item.sprints.slice(-1) : item.sprints).map((index) => cycleOf(index).id),
    labels:
      tracker === "jira"
        ? jiraLabels(item)
        : tracker === "linear"
          ? linearLabels(item).map((index) => at(labels, index).name)
          : githubLabels(item),
    previous_keys: item.history.flatMap(({ field, from }) => (field === "key" && from !== null ? [from] : [])),
    intervals: {
      status: intervalsOf(
        statuses.map(([since, one]) => [since, [one]]),
        time,
      ),
      assignee: intervalsOf(
        pointsOf(item, "assignee", (value) => [accountOf(world, item, Number(value))]),
        time,
      ),
      cycle: intervalsOf(
        pointsOf(item, "sprint", (value) => {
          const all = value.split(",").map(Number);
          return (tracker === "linear" ? all.slice(-1) : all).map(cycleOf);
        }),
        time,
      ),
    },
  };
};

const presenceOf = (world: World, item: WorkItem): Details["presence"] => {
  if (item.deleted !== undefined) return "deleted";
  const { tracker } = at(world.company.products, item.product);
  const home = at(world.company.products, item.home?.product ?? item.product);
  const visible =
    tracker === "jira"
      ? isBrowsable(world, projectOf(item))
      : tracker === "linear"
        ? isVisibleTeam(world, teamOf(item))
        : !world.revoked.has(`github/${home.repo}`);
  if (!visible) return "lost_access";
  const shelved = tracker === "jira" && world.archivedProjects.has(projectOf(item).key);
  return item.archived !== undefined || shelved ? "archived" : "present";
};

const accountOf = (world: World, item: WorkItem, person: number): Named => {
  const { tracker } = at(world.company.products, item.product);
  const { name, login } = personAt(person);
  if (tracker === "jira") return { id: accountId(world, person), name };
  return tracker === "linear"
    ? { id: idOf(world, "user", person), name }
    : { id: String(userJson(person).id), name: login };
};

const parentId = (world: World, item: WorkItem): string | null => {
  const { tracker } = at(world.company.products, item.product);
  if (tracker === "linear") return item.parent === undefined ? null : idOf(world, "issue", item.parent);
  const above = tracker === "jira" ? parentOf(world, item) : undefined;
  return above === undefined || above.deleted !== undefined ? null : issueId(above.n);
};

const cycleNamed =
  (world: World, item: WorkItem) =>
  (index: number): Named =>
    at(world.company.products, item.product).tracker === "linear"
      ? { id: idOf(world, "cycle", index), name: String(index + 1) }
      : { id: String(sprintId(index)), name: sprintName(index) };

/** The statuses an item had, and since when. */
const statusPoints = (world: World, item: WorkItem): readonly (readonly [number, Named])[] => {
  const { tracker } = at(world.company.products, item.product);
  if (tracker === "linear")
    return statesOf(item).map(({ time, state: index }) => [
      time,
      { id: idOf(world, "state", index), name: String(state(world, index)["name"]) },
    ]);
  const moves = item.history.filter((change) => change.field === "stage");
  const stages = [
    { time: item.created, stage: (moves[0]?.from ?? item.stage) as Stage },
    ...moves.map(({ time, to }) => ({ time, stage: to as Stage })),
  ];
  return stages.map(({ time, stage }) => {
    if (tracker === "github") {
      const name = isClosed({ ...item, stage }) ? "closed" : "open";
      return [time, { id: name, name }];
    }
    const status = statusOf(item.kind, stage);
    return [time, { id: status.id, name: statusName(world, status) }];
  });
};

/** What a field held, and since when; nothing where it was empty. */
const pointsOf = (
  item: WorkItem,
  field: ChangeField,
  read: (value: string) => readonly Named[],
): readonly (readonly [number, readonly Named[]])[] => {
  const changes = item.history.filter((change) => change.field === field);
  const values = [{ time: item.created, to: changes[0]?.from ?? firstOf(item, field, changes.length) }, ...changes];
  return values.map(({ time, to }) => [time, to === null ? [] : read(to)]);
};

/** What a field that never changed holds. */
const firstOf = (item: WorkItem, field: ChangeField, changes: number): string | null => {
  if (changes > 0) return null;
  if (field === "assignee") return item.assignee === undefined ? null : String(item.assignee);
  return item.sprints.length === 0 ? null : item.sprints.join(",");
};

/** Intervals between the points at which something begins and ends. */
const intervalsOf = (
  points: readonly (readonly [number, readonly Named[]])[],
  time: (time: number) => string,
): readonly Interval[] => {
  const closed: Interval[] = [];
  let open: Interval[] = [];
  for (const [since, held] of points) {
    const stays = open.filter(({ id }) => held.some((one) => one.id === id));
    for (const ended of open) if (!stays.includes(ended)) closed.push({ ...ended, to: time(since) });
    const begun = held.filter(({ id }) => !stays.some((one) => one.id === id));
    open = [...stays, ...begun.map((one) => ({ ...one, from: time(since) }))];
  }
  return [...closed, ...open];
};
