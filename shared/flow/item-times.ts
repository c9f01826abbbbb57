import { changedAt, createdAt, type Entity } from "../domain/entity.ts";
import type { HistoryEntry } from "../domain/history.ts";
import type { Instant } from "../domain/instant.ts";
import { courseOf } from "../domain/interval.ts";
import { pastOf, type StatusOf, statusCourse } from "../domain/item-history.ts";
import { entityId, kindOf } from "../domain/kind.ts";

export interface Span {
  readonly from: Instant;
  /** Absent while it lasts. */
  readonly to?: Instant | undefined;
}

/** The times of a work item that figures and health are made of. */
export interface ItemTimes {
  readonly createdAt: Instant;
  /** Since when it has its present parent. */
  readonly joinedAt: Instant;
  /** When it left the feature that this is told to. */
  readonly leftAt?: Instant | undefined;
  readonly startedAt?: Instant | undefined;
  /** Of an item that is done now. */
  readonly completedAt?: Instant | undefined;
  readonly cancelledAt?: Instant | undefined;
  readonly isStarted: boolean;
  readonly blocked: readonly Span[];
  /** Each time that it was done, and each time that it was not any more. */
  readonly closedAt: readonly Instant[];
  readonly reopenedAt: readonly Instant[];
}

/** What tools call the mark of an item that cannot go on, in their histories. */
const BLOCKED_FIELDS: ReadonlySet<string> = new Set(["blocked", "flagged", "impediment"]);

export const itemTimes = (
  entity: Entity<"workItem">,
  history: readonly HistoryEntry[],
  statusOf: StatusOf,
): ItemTimes => {
  const { fields } = entity;
  const { category } = fields.status;
  const courses = statusCourse(entity, pastOf(entity, history), statusOf).intervals;
  const begun = courses.find(({ value }) => value.category === "in_progress" || value.category === "in_review")?.from;
  const isDone = category === "done";
  const startedAt = fields.startedAt ?? begun;
  const ended = courses.at(-1)?.from ?? changedAt(entity);
  const changes = courses.flatMap(({ value, from }, index) => {
    const was = courses[index - 1]?.value.category === "done";
    return was === (value.category === "done") ? [] : [{ at: from, closed: !was }];
  });
  const closed = changes.flatMap(({ at, closed: isClosing }) => (isClosing ? [at] : []));
  return {
    createdAt: createdAt(entity),
    joinedAt: parentsOf(entity, history).at(-1)?.from ?? createdAt(entity),
    ...(startedAt !== undefined && { startedAt }),
    ...(isDone && { completedAt: fields.completedAt ?? ended }),
    ...(category === "cancelled" && { cancelledAt: fields.cancelledAt ?? ended }),
    isStarted: category === "in_progress" || category === "in_review",
    blocked: blockedSpans(entity, history),
    closedAt: closed.length > 0 || !isDone ? closed : [fields.completedAt ?? ended],
    reopenedAt: changes.flatMap(({ at, closed: isClosing }) => (isClosing ? [] : [at])),
  };
};

/** Stays under a mark of being blocked; where no history tells since when, at least since the last change. */
const blockedSpans = (entity: Entity<"workItem">, history: readonly HistoryEntry[]): Span[] => {
  const plain = (value: unknown) => (isEmpty(value) ? null : { name: "blocked" });
  const told = history.map((entry) => ({
    ...entry,
    changes: entry.changes
      .filter(({ field }) => BLOCKED_FIELDS.has(field.toLowerCase()))
      .map(({ from, to }) => ({ field: "blocked", from: plain(from), to: plain(to) })),
  }));
  const isTold = told.some(({ changes }) => changes.length > 0);
  const isBlocked = entity.fields.isBlocked === true;
  if (!isTold) return isBlocked ? [{ from: changedAt(entity) }] : [];
  const { intervals } = courseOf("blocked", pastOf(entity, told), isBlocked ? { name: "blocked" } : null);
  return intervals.flatMap(({ value, from, to }) =>
    value === null ? [] : [{ from, ...(to !== undefined && { to }) }],
  );
};

const isEmpty = (value: unknown): boolean => {
  if (typeof value !== "object" || value === null) return true;
  const { id = "", name = "" } = value as { id?: string; name?: string };
  return id === "" && name === "";
};

interface Stay extends Span {
  /** Ids of ours that the tool's name of the parent may mean. */
  readonly ids: readonly string[];
}

/** The parents that an item had, oldest first; without a told change the present one since its creation. */
const parentsOf = (entity: Entity<"workItem">, history: readonly HistoryEntry[]): Stay[] => {
  const past = pastOf(entity, history);
  const changes = history.flatMap((entry) => entry.changes.filter(({ field }) => field === "parent"));
  if (changes.length === 0) return [];
  const { connectionId } = entity.source;
  const idsOf = (id: string | undefined, noun: string | undefined): string[] =>
    id === undefined || noun === undefined
      ? []
      : (["feature", "workItem"] as const).map((kind) => entityId(connectionId, { kind, noun, id }));
  const nouns = new Map(
    changes.flatMap(({ from, to }) =>
      [from, to].flatMap((one) => (one?.id === undefined ? [] : [[one.id, one.noun] as const])),
    ),
  );
  // The present parent is the one that the newest change leads to: its id is ours already, and of no use here.
  const last = [...history]
    .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : a.id < b.id ? -1 : 1))
    .flatMap((entry) => entry.changes.filter(({ field }) => field === "parent"))
    .at(-1)?.to;
  return courseOf("parent", past, last ?? null).intervals.map(({ value, from, to }) => ({
    from,
    ...(to !== undefined && { to }),
    ids: idsOf(value?.id, value === null || value.id === undefined ? undefined : nouns.get(value.id)),
  }));
};

/** The features, by the ids that they would have, that an item belonged to once and has left; each once. */
export const formerFeatures = (
  entity: Entity<"workItem">,
  history: readonly HistoryEntry[],
): ReadonlyMap<string, { readonly joinedAt: Instant; readonly leftAt: Instant }> => {
  const stays = parentsOf(entity, history);
  const now = new Set(stays.at(-1)?.ids);
  const former = new Map<string, { joinedAt: Instant; leftAt: Instant }>();
  for (const { ids, from, to } of stays) {
    const featureId = ids.find((id) => kindOf(id) === "feature");
    if (featureId === undefined || to === undefined || now.has(featureId)) continue;
    former.set(featureId, { joinedAt: former.get(featureId)?.joinedAt ?? from, leftAt: to });
  }
  return former;
};
