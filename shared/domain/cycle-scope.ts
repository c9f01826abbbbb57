import type { Entity, Fields } from "./entity.ts";
import type { HistoryEntry, PastValue } from "./history.ts";
import type { Instant } from "./instant.ts";
import { courseOf, type Interval, isSameValue, membershipOf } from "./interval.ts";
import { type Estimate, estimateCourse, pastOf, type StatusOf, withOurIds } from "./item-history.ts";

/** A work item's part in one cycle, as kept with the cycle: who it is, and what of its past the cycle's scope needs. */
export interface CyclePart {
  readonly id: string;
  readonly key?: string | undefined;
  readonly name: string;
  readonly tool: string;
  readonly url: string;
  readonly status: Fields<"workItem">["status"];
  readonly connectionId: string;
  /** When it was in the cycle; empty if it is no longer told to have ever been. */
  readonly within: readonly Span[];
  readonly estimates: readonly Interval<Estimate | null>[];
  /** From two before its first stay to what came soon after its last one. Raw: mapped when the scope is read. */
  readonly statuses: readonly Interval[];
}

/** A stay in a cycle, with who took the item in and who took it out (ids of accounts of ours). */
export interface Span {
  readonly from: Instant;
  readonly to?: Instant | undefined;
  readonly by?: string | undefined;
  readonly endedBy?: string | undefined;
}

/** The parts that a work item has in cycles, present and past, by the cycle's id. */
export const cycleParts = (
  item: Entity<"workItem">,
  history: readonly HistoryEntry[],
): ReadonlyMap<string, CyclePart> => {
  const past = pastOf(
    item,
    withOurIds(item.source.connectionId, history, () => undefined),
  );
  const { fields, source, presence } = item;
  const isGone = presence.state === "deleted" || presence.state === "out_of_scope";
  const memberships = membershipOf(
    "cycle",
    past,
    (fields.cycleIds ?? []).map((id): PastValue => ({ id })),
  );
  const present: PastValue = {
    name: fields.status.detail,
    ...(fields.status.id !== undefined && { id: fields.status.id }),
  };
  const common = {
    id: item.id,
    ...(source.key !== undefined && { key: source.key }),
    name: fields.title,
    tool: source.tool,
    url: source.url,
    status: fields.status,
    connectionId: source.connectionId,
    estimates: estimateCourse(item, past).intervals,
  };
  const statuses = courseOf("status", past, present).intervals;
  const stays = new Map<string, Span[]>();
  for (const { value, ...span } of memberships.intervals) {
    if (value.id === undefined) continue;
    const within = stays.get(value.id);
    if (within === undefined) stays.set(value.id, [span]);
    else within.push(span);
  }
  return new Map(
    [...stays].map(([id, told]) => {
      const within = isGone ? [] : told;
      return [id, { ...common, within, statuses: around(within, statuses) }];
    }),
  );
};

/**
 * What a cycle asks of an item's statuses. The one that it came with keeps the one before it, which tells whether that
 * one finished it; what came while the cycle was being closed tells how the item stood at the end.
 */
const around = (within: readonly Span[], statuses: readonly Interval[]): readonly Interval[] => {
  const [first] = within;
  const last = within.at(-1);
  if (first === undefined || last === undefined) return [];
  const upTo = last.to && new Date(Date.parse(last.to) + CLOSING_MS).toISOString();
  const start = statuses.findLastIndex(({ from }) => from <= first.from);
  return statuses.slice(Math.max(0, start - 1)).filter(({ from }) => !isPast(upTo, from));
};

export const SCOPE_ROLES = ["at_start", "added", "removed", "completed", "carried_over"] as const;
export type ScopeRole = (typeof SCOPE_ROLES)[number];

/** What an item was to a cycle. */
export interface ScopeItem {
  readonly part: CyclePart;
  readonly roles: readonly ScopeRole[];
  /** Whether it is in the cycle now, or was at its end. */
  readonly isIn: boolean;
  /** While the cycle ran and the item was in it. */
  readonly added: readonly Moment[];
  readonly removed: readonly Moment[];
  readonly completedAt?: Instant | undefined;
  /** When it came into the running cycle's scope. */
  readonly estimateAtEntry: Estimate | null;
  readonly estimate: Estimate | null;
  readonly estimateChanges: readonly (Moment & { readonly from: Estimate | null; readonly to: Estimate | null })[];
}

export interface Moment {
  readonly at: Instant;
  readonly by?: string | undefined;
}

export interface Sum {
  readonly items: number;
  readonly points: number;
  readonly hours: number;
  readonly unestimated: number;
}

export type Frame = Pick<Fields<"cycle">, "state" | "startsAt" | "endsAt" | "completedAt">;

/**
 * A tool that moves what is left into the next cycle does so while it closes one, a little before or after the time it
 * tells for that: leaving within this time of the end, straight into another cycle or not, is being carried over.
 */
const CLOSING_MS = 10 * 60_000;

/** When the cycle really began and ended; a cycle that has not begun has no scope yet. */
const frameOf = ({ state, startsAt, endsAt, completedAt }: Frame): { start?: Instant; end?: Instant } => {
  if (startsAt === undefined || state.category === "future") return {};
  const end = completedAt ?? (state.category === "closed" ? endsAt : undefined);
  return { start: startsAt, ...(end !== undefined && { end }) };
};

/** An item's roles in a cycle. Pure; asking again later changes nothing that is closed. */
export const scopeItem = (frame: Frame, part: CyclePart, statusOf: StatusOf): ScopeItem => {
  const { start, end } = frameOf(frame);
  const last = part.estimates.at(-1)?.value ?? null;
  const bare = { part, roles: [], added: [], removed: [], estimateAtEntry: last, estimate: last, estimateChanges: [] };
  if (start === undefined) return { ...bare, isIn: part.within.some(({ to }) => to === undefined) };
  const closing = end === undefined ? undefined : new Date(Date.parse(end) - CLOSING_MS).toISOString();
  const isBeforeClosing = (at: Instant | undefined): at is Instant =>
    at !== undefined && (closing === undefined || at < closing);
  const stays = part.within.filter(
    ({ from, to }) => (end === undefined || from < end) && (to === undefined || to > start),
  );
  const [first] = stays;
  if (first === undefined) return { ...bare, isIn: false };
  const added = stays.flatMap(({ from, by }) => (from > start ? [{ at: from, ...(by !== undefined && { by }) }] : []));
  const removed = stays.flatMap(({ to, endedBy }) =>
    isBeforeClosing(to) ? [{ at: to, ...(endedBy !== undefined && { by: endedBy }) }] : [],
  );
  const isInAtEnd = stays.some(({ to }) => !isBeforeClosing(to));
  const { isDoneAtEnd, isOpenAtEnd, completedAt } = finishOf(part, statusOf, start, end, stays);
  const entry = [first.from, start].toSorted()[1] ?? start;
  const left = isInAtEnd ? end : removed.at(-1)?.at;
  const roles: Record<ScopeRole, boolean> = {
    at_start: first.from <= start,
    added: added.length > 0,
    removed: !isInAtEnd,
    completed: isInAtEnd && isDoneAtEnd && completedAt !== undefined,
    carried_over: isInAtEnd && end !== undefined && isOpenAtEnd,
  };
  return {
    part,
    isIn: isInAtEnd,
    roles: SCOPE_ROLES.filter((role) => roles[role]),
    added,
    removed,
    ...(roles.completed && completedAt !== undefined && { completedAt }),
    estimateAtEntry: valueAt(part.estimates, entry)?.value ?? null,
    estimate: (left === undefined ? part.estimates.at(-1) : valueAt(part.estimates, left))?.value ?? null,
    estimateChanges: part.estimates.flatMap(({ value, from, by }, index) =>
      index > 0 &&
      stays.some((stay) => from > stay.from && from > start && !(isPast(stay.to, from) || isPast(end, from)))
        ? [{ at: from, ...(by !== undefined && { by }), from: part.estimates[index - 1]?.value ?? null, to: value }]
        : [],
    ),
  };
};

const isPast = (limit: Instant | undefined, at: Instant): boolean => limit !== undefined && at > limit;

/** How the item stood at the end (or stands), and when it was finished inside the cycle. */
const finishOf = (
  { statuses, status }: CyclePart,
  statusOf: StatusOf,
  start: Instant,
  end: Instant | undefined,
  stays: readonly Span[],
) => {
  const present: PastValue = { name: status.detail, ...(status.id !== undefined && { id: status.id }) };
  const mapped = statuses
    .filter(({ from }) => end === undefined || from <= end)
    .map(({ value, from }) => ({
      from,
      category: isSameValue(value, present) ? status.category : statusOf(value ?? {}).category,
    }));
  const now = mapped.at(-1)?.category;
  // Moving on between two finished statuses is not finishing again.
  const since = mapped.findLast(({ category }, index) => category === "done" && mapped[index - 1]?.category !== "done");
  const isWithin = since !== undefined && since.from > start && stays.some(({ to }) => !isPast(to, since.from));
  return {
    isDoneAtEnd: now === "done",
    isOpenAtEnd: now !== "done" && now !== "cancelled",
    completedAt: isWithin ? since.from : undefined,
  };
};

/** The interval in which a moment lies. */
const valueAt = <Value>(intervals: readonly Interval<Value>[], at: Instant): Interval<Value> | undefined =>
  intervals.findLast(({ from }) => from <= at) ?? intervals[0];

export interface Scope extends Readonly<Record<ScopeRole, Sum>> {
  /** What is in it now, or was at its end. */
  readonly current: Sum;
  readonly estimateChanges: number;
}

const NOTHING: Sum = { items: 0, points: 0, hours: 0, unestimated: 0 };
export const NO_SCOPE: Scope = {
  at_start: NOTHING,
  added: NOTHING,
  removed: NOTHING,
  completed: NOTHING,
  carried_over: NOTHING,
  current: NOTHING,
  estimateChanges: 0,
};

/**
 * The sums of a cycle: entries by the estimate they came with, all else by the estimate at the end or on leaving.
 *
 * @param before sums of other items of the cycle, which these are added to
 */
export const scopeOf = (items: readonly ScopeItem[], before: Scope = NO_SCOPE): Scope => items.reduce(plus, before);

const plus = (scope: Scope, { roles, isIn, estimate, estimateAtEntry, estimateChanges }: ScopeItem): Scope => {
  const of = (role: ScopeRole, one: Estimate | null = estimate): Sum =>
    roles.includes(role) ? sumWith(scope[role], one) : scope[role];
  return {
    at_start: of("at_start", estimateAtEntry),
    added: of("added", estimateAtEntry),
    removed: of("removed"),
    completed: of("completed"),
    carried_over: of("carried_over"),
    current: isIn ? sumWith(scope.current, estimate) : scope.current,
    estimateChanges: scope.estimateChanges + estimateChanges.length,
  };
};

const sumWith = ({ items, points, hours, unestimated }: Sum, one: Estimate | null): Sum => ({
  items: items + 1,
  points: one?.unit === "points" ? round(points + one.value) : points,
  hours: one?.unit === "hours" ? round(hours + one.value) : hours,
  unestimated: unestimated + (one === null ? 1 : 0),
});

/** Sums of decimals, free of the noise of binary fractions. */
const round = (value: number): number => Math.round(value * 1e6) / 1e6;
