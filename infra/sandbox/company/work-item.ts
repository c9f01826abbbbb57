import type { Calendar } from "./calendar.ts";
import { SPRINT_DAYS } from "./calendar.ts";
import type { Feature, Product } from "./features.ts";
import { designers, engineers, managers } from "./people.ts";
import { at, between, hash, pick, unit } from "./random.ts";
import { titleOf } from "./titles.ts";

export type ItemKind = "initiative" | "epic" | "idea" | "story" | "task" | "bug" | "subtask" | "design" | "request";
export type Stage = "triage" | "backlog" | "todo" | "in_progress" | "in_review" | "done" | "cancelled";

/** One edit of an item: what changed, from and to, in the company's own words. Each tool tells it in its own. */
export interface Change {
  readonly time: number;
  readonly by: number;
  readonly field: ChangeField;
  readonly from: string | null;
  readonly to: string | null;
}
export type ChangeField =
  | "stage"
  | "assignee"
  | "sprint"
  | "title"
  | "estimate"
  | "feature"
  | "target"
  | "archived"
  | "key";

/** What is true of a work item, whatever tool it is kept in. Times are milliseconds since the epoch. */
export interface WorkItem {
  readonly product: number;
  /** The key it was created with, where it was not generated. */
  readonly key?: string;
  /** Position in order of creation, from 0; Jira's planning records come first. */
  readonly n: number;
  readonly kind: ItemKind;
  readonly title: string;
  readonly feature?: number;
  readonly initiative?: number;
  readonly parent?: number;
  readonly creator: number;
  readonly assignee?: number;
  /** 1 (urgent) to 4 (low). */
  readonly priority: number;
  readonly estimate?: number;
  readonly sprints: readonly number[];
  readonly blocked: boolean;
  readonly dueDay?: number;
  readonly stage: Stage;
  readonly created: number;
  readonly updated: number;
  readonly archived?: number;
  /** In Linear's trash: archived, and soon to be purged. */
  readonly trashed?: boolean;
  readonly deleted?: number;
  /** The repository that an issue of GitHub was transferred to, and when it got its number there. */
  readonly home?: { readonly product: number; readonly since: number };
  readonly history: readonly Change[];
  /** Its pull request, if its work went through one. */
  readonly pull?: PullTimes;
}

/** When an item's pull request was opened and how it ended. */
interface PullTimes {
  readonly opened: number;
  readonly merged?: number;
  readonly closed?: number;
  readonly draft: boolean;
  readonly base: string;
}

/** Working days at which an item is created, started, reviewed, finished, reopened or cancelled. */
interface Course {
  readonly created: number;
  readonly start?: number;
  readonly review?: number;
  readonly done?: number;
  readonly reopened?: number;
  readonly cancelled?: number;
  readonly triaged: boolean;
}

/** Everything the generator knows about where an item stands before it draws the rest. */
export interface ItemPlace {
  readonly seed: number;
  readonly calendar: Calendar;
  readonly product: Product;
  readonly n: number;
  /** Position of its creation in working days. */
  readonly createdDay: number;
  readonly feature?: Feature;
  readonly parent?: number;
  readonly kind: ItemKind;
  /** It came to its feature without being planned there: it goes the way of all loose work, and has no code. */
  readonly unplanned?: boolean;
}

/** One work item, drawn from the seed and its place alone. */
export const generateItem = (place: ItemPlace): WorkItem => {
  const { seed, calendar, product, n, feature, kind } = place;
  const h = hash(seed, 31, product.index, n);
  const course = courseOf(place);
  const assignee = kind === "design" ? pick(designers, h >>> 3) : pick(engineers, h >>> 3);
  const creator = pick(h % 3 === 0 ? engineers : managers, h >>> 7);
  const history = historyOf(place, course, creator, assignee, h);
  const last = history.at(-1);
  const created = calendar.at(course.created);
  const updated = Math.max(created, last?.time ?? 0);
  const stages = history.filter((change) => change.field === "stage");
  const sprints =
    history
      .filter((change) => change.field === "sprint")
      .at(-1)
      ?.to?.split(",")
      .map(Number) ?? [];
  const assigned = history.some((change) => change.field === "assignee");
  const pull = pullOf(place, course, h);
  const archived = archivedAt(place, course, h);
  // Written out rather than spread together: this is made a million times when a large company is put in order.
  const item: { -readonly [Name in keyof WorkItem]: WorkItem[Name] } = {
    product: product.index,
    n,
    kind,
    title: titleOf(seed, product.index, n, kind, feature?.title),
    creator,
    priority: 1 + (PRIORITIES[(h >>> 11) % 10] ?? 2),
    sprints,
    blocked: feature?.blocked === true && course.done === undefined && (course.start !== undefined || n % 2 === 0),
    stage: (stages.at(-1)?.to ?? firstStage(course)) as Stage,
    created,
    updated,
    history,
  };
  if (feature !== undefined) item.feature = feature.index;
  if (place.parent !== undefined) item.parent = place.parent;
  if (assigned) item.assignee = assignee;
  if ((h >>> 13) % 5 !== 0 && kind !== "subtask") item.estimate = at(POINTS, (h >>> 15) % 5);
  if ((h >>> 20) % 6 === 0) item.dueDay = Math.floor(course.created) + 12 + ((h >>> 22) % 20);
  if (archived !== undefined) item.archived = archived;
  if (pull !== undefined) item.pull = pull;
  return item;
};

const PRIORITIES = [1, 2, 2, 2, 3, 1, 2, 3, 0, 2];
const POINTS = [1, 2, 3, 5, 8];

/** The stage an item is created in. */
const firstStage = (course: Course): Stage => (course.triaged ? "triage" : "backlog");

const courseOf = ({ seed, product, n, createdDay: created, feature, kind, unplanned }: ItemPlace): Course => {
  const u = (purpose: number): number => unit(seed, purpose, product.index, n);
  const triaged = kind === "bug" && feature === undefined;
  const flow = { start: created + between(0.6, 5, u(41)), review: 0, done: 0 };
  flow.review = flow.start + between(0.5, 3.2, u(42));
  flow.done = flow.review + between(0.15, 1.6, u(43));
  const cancelled = created + between(2, 9, u(46));

  const plan = unplanned === true ? undefined : feature;
  switch (plan?.phase) {
    case undefined:
      // A third of what belongs to no feature is never taken up, and a little of it is thrown away.
      if (u(44) < 0.33) return u(45) < 0.2 ? { created, cancelled, triaged } : { created, triaged };
      return { created, ...flow, triaged };
    case "released":
    case "production": {
      const latest = (plan.shipDay ?? 0) - 0.3 - u(47) * 0.6;
      const done = Math.min(flow.done, latest);
      const course = {
        created,
        start: Math.min(flow.start, done - 0.9),
        review: Math.min(flow.review, done - 0.2),
        done,
        triaged,
      };
      if (plan.phase === "production" && u(45) < 0.05) return { created, cancelled, triaged };
      return plan.reopened && u(48) < 0.12 ? { ...course, reopened: 127.2 + u(49) } : course;
    }
    case "testing": {
      const done = 125.6 + u(47) * 3;
      return { created, start: done - between(2, 5, u(41)), review: done - between(0.2, 1.2, u(42)), done, triaged };
    }
    case "development": {
      const soonest = created + 0.4;
      const done = Math.max(soonest + 1, 118 + u(47) * 11);
      const fate = u(44);
      const start = Math.max(soonest, done - between(2, 6, u(41)));
      if (fate < 0.35) return { created, start, review: Math.max(start + 0.2, done - 0.7), done, triaged };
      if (fate < 0.55) return { created, start, review: Math.max(start + 0.2, done - 0.7), triaged };
      return fate < 0.78 ? { created, start, triaged } : { created, triaged };
    }
    case "design":
      return kind === "design" ? { created, start: created + between(0.5, 3, u(41)), triaged } : { created, triaged };
    case "cancelled": {
      const end = plan.cancelledDay ?? 0;
      return u(44) < 0.25 ? { created, ...flow, triaged } : { created, cancelled: end + u(47) * 0.5, triaged };
    }
    default:
      return { created, triaged };
  }
};

const historyOf = (
  place: ItemPlace,
  course: Course,
  creator: number,
  assignee: number,
  h: number,
): readonly Change[] => {
  const { calendar } = place;
  const moments: { day: number; by: number; field: ChangeField; to: string | null }[] = [];
  const stage = (day: number | undefined, by: number, to: Stage): void => {
    if (day !== undefined) moments.push({ day, by, field: "stage", to });
  };
  const { start, review, done, reopened, cancelled } = course;
  const planned = place.feature?.phase === "planned" || place.feature?.phase === "development";
  if (start !== undefined) stage(between(course.created, start, 0.4), creator, "todo");
  else if (planned && h % 3 !== 0) stage(course.created + 0.9, creator, "todo");
  else if (course.triaged && h % 2 === 0) stage(course.created + 0.5, creator, "backlog");
  if (start !== undefined) {
    moments.push({ day: between(course.created, start, 0.7), by: creator, field: "assignee", to: String(assignee) });
    const sprint = Math.floor(start / SPRINT_DAYS);
    moments.push({ day: between(course.created, start, 0.8), by: creator, field: "sprint", to: String(sprint) });
    const end = Math.floor((done ?? start) / SPRINT_DAYS);
    // What is not finished in its sprint is carried over when the next one starts.
    for (let next = sprint + 1; next <= end; next += 1) {
      const list = Array.from({ length: next - sprint + 1 }, (_, i) => sprint + i).join(",");
      moments.push({ day: next * SPRINT_DAYS + 0.05, by: creator, field: "sprint", to: list });
    }
  }
  stage(start, assignee, "in_progress");
  stage(review, assignee, "in_review");
  stage(done, assignee, "done");
  stage(reopened, creator, "in_progress");
  stage(cancelled, creator, "cancelled");

  const held: Record<string, string | null> = { stage: firstStage(course), assignee: null, sprint: null };
  const changes: Change[] = [];
  const days = moments.filter((moment) => moment.day < 129.9).sort((a, b) => a.day - b.day);
  for (const { day, by, field, to } of days) {
    changes.push({ time: calendar.at(day), by, field, from: held[field] ?? null, to });
    held[field] = to;
  }
  return changes;
};

const pullOf = (
  { calendar, feature, kind, product, n, seed, unplanned }: ItemPlace,
  course: Course,
  h: number,
): PullTimes | undefined => {
  const { start, review, done } = course;
  if (start === undefined || kind === "design" || kind === "subtask" || unplanned === true) return undefined;
  if ((h >>> 24) % 8 === 0 && feature === undefined) return undefined;
  const opened = review ?? start + between(0.1, 0.6, unit(seed, 51, product.index, n));
  if (opened >= 129.8 || (review === undefined && h % 2 === 0)) return undefined;
  const base = feature?.branch ?? "main";
  const finished = done !== undefined && done < 129.9;
  if (!finished) return { opened: calendar.at(opened), draft: review === undefined, base };
  // The last move to done follows the merge by a few minutes.
  const merged = Math.max(calendar.at(opened) + 60_000, calendar.at(done) - (2 + (h % 9)) * 60_000);
  return { opened: calendar.at(opened), merged, closed: merged, draft: false, base };
};

const archivedAt = ({ calendar, product }: ItemPlace, course: Course, h: number): number | undefined => {
  if (product.tracker !== "linear") return undefined;
  const closed = course.done ?? course.cancelled;
  if (closed === undefined || closed > 60 || h % 4 !== 0 || course.reopened !== undefined) return undefined;
  return calendar.at(closed + 60 + (h % 5));
};
