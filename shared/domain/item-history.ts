import { changedAt, createdAt, type Entity, nameOf, type StatusCategory } from "./entity.ts";
import type { Change, HistoryEntry, PastValue } from "./history.ts";
import type { Instant } from "./instant.ts";
import { type Course, courseOf, isSameValue, membershipOf, type Past } from "./interval.ts";
import { entityId, type Kind } from "./kind.ts";
import type { Mapped } from "./mapped.ts";

/** Maps a raw status of a record's past by the table that maps the present. */
export type StatusOf = (word: PastValue) => Mapped<StatusCategory>;

/** A work item over all its time. The ids of people and of values that are records are ours. */
export interface ItemHistory {
  readonly status: Course<Mapped<StatusCategory>>;
  /** Without gaps where the tool has one assignee (null: nobody), else the times of each. */
  readonly assignees: Course;
  readonly cycles: Course<PastValue>;
  readonly parent: Course;
  readonly estimate: Course<Estimate | null>;
  /** The keys that people saw, without gaps. */
  readonly keys: Course;
  readonly timeInStatus: readonly TimeInStatus[];
}

export interface Estimate {
  readonly value: number;
  readonly unit: "points" | "hours";
}

export interface TimeInStatus {
  readonly category: StatusCategory | "unknown";
  /** Of the stays that have ended. */
  readonly seconds: number;
  /** Since when it is there now; absent if it is elsewhere. */
  readonly since?: Instant | undefined;
}

type Named = (id: string) => Entity | undefined;

/**
 * What a work item's history tells, mapped today. Pure; the order and repetition of entries do not matter.
 *
 * @param named entities that the item's fields and past name, as far as they are known
 */
export const itemHistory = (
  item: Entity<"workItem">,
  history: readonly HistoryEntry[],
  statusOf: StatusOf,
  named: Named,
): ItemHistory => {
  const past = pastOf(item, withOurIds(item.source.connectionId, history, named));
  const { fields, source } = item;
  const told = (id: string): PastValue => {
    const found = named(id);
    const name = found && nameOf(found);
    return { id, ...(name !== undefined && { name }) };
  };
  const parentId = fields.parentId ?? parentCalled(item, history, named);
  const assignees = (fields.assigneeIds ?? []).map(told);
  const hasMany = assignees.length > 1 || isOfMany("assignee", history);
  const status = statusCourse(item, past, statusOf);
  return {
    status,
    assignees: hasMany ? membershipOf("assignee", past, assignees) : courseOf("assignee", past, assignees[0] ?? null),
    cycles: membershipOf("cycle", past, (fields.cycleIds ?? []).map(told)),
    parent: courseOf("parent", past, parentId === undefined ? pointedParent(item) : told(parentId)),
    estimate: estimateCourse(item, past),
    keys: keyCourse(source, past),
    timeInStatus: timeIn(status),
  };
};

/** Some tools name the parent by its key alone. */
const pointedParent = ({ references }: Entity): PastValue | null => {
  const pointer = references.find(({ place }) => place === "parent");
  return pointer === undefined ? null : { name: pointer.alias };
};

/** The record of the item's past that is called as its parent is now. */
const parentCalled = (item: Entity<"workItem">, history: readonly HistoryEntry[], named: Named): string | undefined => {
  const alias = pointedParent(item)?.name;
  return alias === undefined ? undefined : namedIn(item, history).find((id) => named(id)?.aliases.includes(alias));
};

/** The ids of ours that the values of a work item's history may have. */
export const namedIn = (item: Entity<"workItem">, history: readonly HistoryEntry[]): string[] => {
  const { assigneeIds = [], cycleIds = [], parentId } = item.fields;
  const { connectionId } = item.source;
  const past = history.flatMap(({ by, changes }) => [
    ...(by === undefined ? [] : [authorId(connectionId, by)]),
    ...changes.flatMap((change) => [change.from, change.to].flatMap((value) => idsOf(connectionId, change, value))),
  ]);
  return [...new Set([...assigneeIds, ...cycleIds, ...(parentId === undefined ? [] : [parentId]), ...past])];
};

/** What is told of a work item's past, with the moments that frame it. */
export const pastOf = (item: Entity, history: readonly HistoryEntry[]): Past => ({
  createdAt: createdAt(item),
  changedAt: changedAt(item),
  history,
});

/** Stays in statuses; the present status is shown as the record has it wherever it is the same. */
export const statusCourse = (
  { fields: { status } }: Entity<"workItem">,
  past: Past,
  statusOf: StatusOf,
): Course<Mapped<StatusCategory>> => {
  const present: PastValue = { name: status.detail, ...(status.id !== undefined && { id: status.id }) };
  const { intervals, ...rest } = courseOf("status", past, present);
  const map = (value: PastValue | null) => (isSameValue(value, present) ? status : statusOf(value ?? {}));
  return { ...rest, intervals: intervals.map((interval) => ({ ...interval, value: map(interval.value) })) };
};

/** Estimates in the unit of the present one: points by the history of `estimate`, hours by that of `hours`. */
export const estimateCourse = ({ fields: { estimate } }: Entity<"workItem">, past: Past): Course<Estimate | null> => {
  const unit = estimate?.unit ?? "points";
  const plain = (value: PastValue | null): PastValue | null => {
    const amount = Number(value?.name ?? Number.NaN);
    return Number.isFinite(amount) ? { name: String(amount) } : null;
  };
  const history = past.history.map((entry) => ({
    ...entry,
    changes: entry.changes.map((one) => ({ ...one, from: plain(one.from), to: plain(one.to) })),
  }));
  const present = estimate === undefined ? null : { name: String(estimate.value) };
  const { intervals, ...rest } = courseOf(unit === "hours" ? "hours" : "estimate", { ...past, history }, present);
  const amount = (value: PastValue | null) => (value === null ? null : { value: Number(value.name), unit });
  return { ...rest, intervals: intervals.map((interval) => ({ ...interval, value: amount(interval.value) })) };
};

/** A tool may tell a former key without when it ended: then the course is not complete. */
const keyCourse = (source: Entity["source"], past: Past): Course => {
  const course = courseOf("key", past, source.key === undefined ? null : { name: source.key });
  const known = new Set(course.intervals.map(({ value }) => value?.name?.toUpperCase()));
  return {
    ...course,
    isComplete: course.isComplete && source.keyHistory.every(({ key }) => known.has(key.toUpperCase())),
  };
};

const timeIn = ({ intervals }: Course<Mapped<StatusCategory>>): TimeInStatus[] => {
  const times = new Map<string, TimeInStatus>();
  for (const { value, from, to } of intervals) {
    const held = times.get(value.category) ?? { category: value.category, seconds: 0 };
    const seconds = to === undefined ? 0 : (Date.parse(to) - Date.parse(from)) / 1000;
    times.set(value.category, {
      ...held,
      seconds: Math.round(held.seconds + seconds),
      ...(to === undefined && { since: held.since ?? from }),
    });
  }
  return [...times.values()];
};

const isOfMany = (field: string, history: readonly HistoryEntry[]): boolean =>
  history.some(({ changes }) => changes.some((change) => change.field === field && change.isOneOfMany === true));

/** What the records may be that a field names. */
const KINDS_NAMED: ReadonlyMap<string, readonly Kind[]> = new Map([
  ["assignee", ["account"]],
  ["cycle", ["cycle"]],
  ["parent", ["workItem", "feature", "initiative"]],
]);

const idsOf = (connectionId: string, { field }: Change, value: PastValue | null): string[] => {
  const { id, noun } = value ?? {};
  if (id === undefined || noun === undefined) return [];
  return (KINDS_NAMED.get(field) ?? []).map((kind) => entityId(connectionId, { kind, noun, id }));
};

/** The same history with ids of ours, and the names that the records have today. */
export const withOurIds = (connectionId: string, history: readonly HistoryEntry[], named: Named): HistoryEntry[] => {
  const ours = (change: Change, value: PastValue | null): PastValue | null => {
    const ids = idsOf(connectionId, change, value);
    const id = ids.find((one) => named(one) !== undefined) ?? ids[0];
    if (id === undefined) return value;
    const found = named(id);
    const name = (found && nameOf(found)) ?? value?.name;
    return { id, ...(name !== undefined && { name }) };
  };
  return history.map(({ by, ...entry }) => ({
    ...entry,
    ...(by !== undefined && { by: authorId(connectionId, by) }),
    changes: entry.changes.map((one) => ({ ...one, from: ours(one, one.from), to: ours(one, one.to) })),
  }));
};

const authorId = (connectionId: string, by: string): string =>
  entityId(connectionId, { kind: "account", noun: "user", id: by });
