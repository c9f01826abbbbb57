import type { HistoryEntry, PastValue } from "./history.ts";
import type { Instant } from "./instant.ts";

/** How long a field had one value: from a moment on, up to another one, or until now. */
export interface Interval<Value = PastValue | null> {
  /** null: the field was empty. */
  readonly value: Value;
  readonly from: Instant;
  /** Absent while it lasts. */
  readonly to?: Instant | undefined;
  /** Id of the account of who began it. */
  readonly by?: string | undefined;
  /** Of who ended it. */
  readonly endedBy?: string | undefined;
}

/** A field over all the time of its record. */
export interface Course<Value = PastValue | null> {
  /** Oldest first. Of a field with one value they touch without gaps, from the record's creation to now. */
  readonly intervals: readonly Interval<Value>[];
  /** Whether the history ends in the present value. If not, history is late or cut, and the present was put behind it. */
  readonly agrees: boolean;
  /** Whether each change begins where the one before ended: where not, the tool did not tell some change between. */
  readonly isComplete: boolean;
}

/** What is told of a record's past. */
export interface Past {
  readonly createdAt: Instant;
  /** When the present was told: a present value that history does not lead to counts from then on. */
  readonly changedAt: Instant;
  /** In any order, entries repeated or not. */
  readonly history: readonly HistoryEntry[];
}

interface Step {
  readonly at: Instant;
  readonly by: string | undefined;
  readonly from: PastValue | null;
  readonly to: PastValue | null;
}

/** Values are the same by their ids; by their names only where one of them has no id, since names get changed. */
export const isSameValue = (a: PastValue | null, b: PastValue | null): boolean => {
  if (a === null || b === null) return a === b;
  return a.id !== undefined && b.id !== undefined ? a.id === b.id : a.name === b.name;
};

/** The course of a field that has one value at a time, null while it is empty. */
export const courseOf = (field: string, { createdAt, changedAt, history }: Past, present: PastValue | null): Course => {
  const steps = inChains(stepsOf(field, history), present);
  const [first] = steps;
  const began = first === undefined || createdAt <= first.at ? createdAt : first.at;
  let open: Interval = { value: first === undefined ? present : first.from, from: began };
  let isComplete = true;
  const intervals: Interval[] = [];
  const moveTo = (value: PastValue | null, at: Instant, by: string | undefined): void => {
    if (isSameValue(open.value, value)) {
      // A value that was renamed is shown as it is called last.
      open = { ...open, value };
      return;
    }
    // What held for no time was not there.
    if (open.from < at) intervals.push({ ...open, to: at, ...(by !== undefined && { endedBy: by }) });
    open = { value, from: at, ...(by !== undefined && { by }) };
  };
  for (const { at, by, from, to } of steps) {
    if ((from === null && to === null) || !isSameValue(open.value, from)) isComplete = false;
    if (from !== null || to !== null) moveTo(to, at, by);
  }
  const agrees = isSameValue(open.value, present);
  const last = steps.at(-1)?.at ?? began;
  moveTo(present, agrees || changedAt < last ? last : changedAt, undefined);
  return { intervals: joined([...intervals, open]), agrees, isComplete };
};

/**
 * The course of a field that has several values at once: for each value the times in which it was among them. One that
 * nothing tells the beginning of was there from the record's creation on.
 */
export const membershipOf = (
  field: string,
  { createdAt, changedAt, history }: Past,
  present: readonly PastValue[],
): Course<PastValue> => {
  const steps = stepsOf(field, history);
  const last = steps.at(-1)?.at ?? createdAt;
  const told = changedAt < last ? last : changedAt;
  const intervals: Interval<PastValue>[] = [];
  let agrees = true;
  let isComplete = true;
  for (const { value, turns, isPresent } of membersOf(steps, present)) {
    const [first] = turns;
    const began = first !== undefined && first.at < createdAt ? first.at : createdAt;
    // Where each moment it was told of brought no turn, it was there all along or never.
    const wasThere = first === undefined ? isPresent : !first.joins;
    let open: Interval<PastValue> | undefined = wasThere ? { value, from: began } : undefined;
    const end = (at: Instant, by?: string): void => {
      if (open !== undefined && open.from < at)
        intervals.push({ ...open, to: at, ...(by !== undefined && { endedBy: by }) });
      open = undefined;
    };
    for (const { at, by, joins } of turns) {
      if (joins === (open !== undefined)) isComplete = false;
      if (!joins) end(at, by);
      else open ??= { value, from: at, ...(by !== undefined && { by }) };
    }
    if (isPresent !== (open !== undefined)) agrees = false;
    if (isPresent) intervals.push(open ?? { value, from: told });
    else end(told);
  }
  return { intervals: intervals.toSorted(byTime), agrees, isComplete };
};

interface Turn {
  readonly at: Instant;
  readonly by: string | undefined;
  readonly joins: boolean;
}

interface Member {
  readonly value: PastValue;
  /** When it came and went; coming and going at one moment is neither. */
  readonly turns: readonly Turn[];
  readonly isPresent: boolean;
}

/** Every value that ever was among those of a field, as it was called last. */
const membersOf = (steps: readonly Step[], present: readonly PastValue[]): Member[] => {
  const told = [...steps.flatMap(({ from, to }) => [from ?? [], to ?? []].flat()), ...present];
  const ids = new Map(told.flatMap(({ id, name }) => (id === undefined ? [] : [[name, id]])));
  const keyOf = ({ id, name }: PastValue): string => `${id ?? ids.get(name) ?? ""}#${id ?? ids.get(name) ?? name}`;
  const values = new Map<string, PastValue>();
  for (const value of told) values.set(keyOf(value), { ...values.get(keyOf(value)), ...value });
  const moments = new Map<string, Map<Instant, { readonly by: string | undefined; readonly net: number }>>();
  const count = (value: PastValue | null, { at, by }: Step, net: 1 | -1): void => {
    if (value === null) return;
    const own = moments.get(keyOf(value)) ?? new Map();
    moments.set(keyOf(value), own.set(at, { by, net: net + (own.get(at)?.net ?? 0) }));
  };
  for (const step of steps) {
    count(step.from, step, -1);
    count(step.to, step, 1);
  }
  const held = new Set(present.map(keyOf));
  return [...values].map(([key, value]) => ({
    value,
    isPresent: held.has(key),
    turns: [...(moments.get(key) ?? [])].flatMap(([at, { by, net }]) =>
      net === 0 ? [] : [{ at, by, joins: net > 0 }],
    ),
  }));
};

const text = (value: PastValue | null): string => JSON.stringify(value && [value.id ?? null, value.name ?? null]);
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const byTime = (a: Interval<PastValue>, b: Interval<PastValue>): number =>
  compare(a.from, b.from) || compare(text(a.value), text(b.value));

/** What a history tells of one field, oldest first, each change once, in one order whatever the order of the entries. */
const stepsOf = (field: string, history: readonly HistoryEntry[]): Step[] => {
  const found = new Map<string, Step>();
  for (const { id, at, by, changes } of history.toSorted((a, b) => compare(a.at, b.at) || compare(a.id, b.id))) {
    for (const { field: told, from, to } of changes)
      if (told === field) found.set(`${at} ${text(from)} ${text(to)} ${id}`, { at, by, from, to });
  }
  return [...found].toSorted(([a], [b]) => compare(a, b)).map(([, step]) => step);
};

/** Changes of one moment have no order of their own: each follows the one that it continues, where there is one. */
const inChains = (steps: readonly Step[], present: PastValue | null): Step[] => {
  const nameOf = namesOf(steps, present);
  const moments: Leap[][] = [];
  for (const step of steps) {
    const leap = { step, from: nameOf(step.from), to: nameOf(step.to) };
    const own = moments.at(-1);
    if (own?.[0]?.step.at === step.at) own.push(leap);
    else moments.push([leap]);
  }
  // A moment that leads back to where it began, began where it ended: where the next one begins, or at what is there now.
  let goal = nameOf(present);
  const beginnings = moments.toReversed().map((leaps) => {
    const heads = headsOf(leaps, goal);
    goal = heads[0] ?? goal;
    return heads;
  });
  const ordered: Leap[] = [];
  for (const leaps of moments) {
    const heads = beginnings.pop() ?? [];
    const waiting = Map.groupBy(leaps.toReversed(), ({ from }) => from);
    const before = ordered.at(-1);
    for (const head of before === undefined ? heads : [before.to, ...heads])
      for (const leap of trail(head, waiting)) ordered.push(leap);
  }
  return ordered.map(({ step }) => step);
};

/** A change between values by their names. */
interface Leap {
  readonly step: Step;
  readonly from: string;
  readonly to: string;
}

/** One name for each value: its id, also where a step tells its name alone and another one its id. */
const namesOf = (steps: readonly Step[], present: PastValue | null): ((value: PastValue | null) => string) => {
  const ids = new Map<string | undefined, string>();
  const note = (value: PastValue | null): void => {
    if (value?.id !== undefined && value.name !== undefined) ids.set(value.name, value.id);
  };
  for (const { from, to } of steps) {
    note(from);
    note(to);
  }
  note(present);
  return (value) => (value === null ? "" : (value.id ?? ids.get(value.name) ?? `name ${value.name}`));
};

/**
 * Where a moment may have begun, the likeliest first: at what was left once more than it was reached, and of a moment
 * that leads back to where it began, at the goal.
 */
const headsOf = (leaps: readonly Leap[], goal: string): string[] => {
  if (leaps.length === 1) return leaps.map(({ from }) => from);
  const balance = new Map<string, number>();
  for (const { from, to } of leaps) {
    balance.set(from, (balance.get(from) ?? 0) + 1);
    balance.set(to, (balance.get(to) ?? 0) - 1);
  }
  const rank = (head: string): number => (balance.get(head) ?? 0) * 2 + (head === goal ? 1 : 0);
  return [...new Set(leaps.map(({ from }) => from))].sort((a, b) => rank(b) - rank(a));
};

/**
 * All changes that can be gone through from a value on without a break (Hierholzer's way); takes them out of the map,
 * whose lists end with what comes first.
 */
const trail = (start: string, waiting: ReadonlyMap<string, Leap[]>): Leap[] => {
  const found: Leap[] = [];
  const path: { readonly at: string; readonly by?: Leap }[] = [{ at: start }];
  for (let here = path.at(-1); here !== undefined; here = path.at(-1)) {
    const next = waiting.get(here.at)?.pop();
    if (next !== undefined) path.push({ at: next.to, by: next });
    else {
      path.pop();
      if (here.by !== undefined) found.push(here.by);
    }
  }
  return found.reverse();
};

/** Neighbours of one value as one. */
const joined = (intervals: readonly Interval[]): Interval[] => {
  const kept: Interval[] = [];
  for (const next of intervals) {
    const before = kept.at(-1);
    if (before !== undefined && isSameValue(before.value, next.value)) {
      const { to: _, endedBy: __, ...start } = before;
      kept[kept.length - 1] = {
        ...start,
        value: next.value,
        ...(next.to !== undefined && { to: next.to }),
        ...(next.endedBy !== undefined && { endedBy: next.endedBy }),
      };
    } else kept.push(next);
  }
  return kept;
};
