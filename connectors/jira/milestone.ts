import type { StatusCategory } from "../../shared/domain/entity.ts";
import type { Change, HistoryEntry } from "../../shared/domain/history.ts";
import { type Instant, maybeInstant } from "../../shared/domain/instant.ts";
import type { Mapped, Table } from "../../shared/domain/mapped.ts";
import type { Issue } from "./schema.ts";

/** Statuses that Jira itself creates, with the same id on every site and a category that cannot be changed there. */
const SYSTEM_STATUSES: Table<StatusCategory> = new Map([
  ["1", "todo"],
  ["3", "in_progress"],
  ["4", "todo"],
  ["5", "done"],
  ["6", "done"],
]);

const STARTED: ReadonlySet<string> = new Set(["in_progress", "in_review"]);

export interface Milestones {
  readonly startedAt?: Instant;
  readonly completedAt?: Instant;
  readonly cancelledAt?: Instant;
}

/**
 * When work on an issue began and ended. A past status counts only where its category is certain from the record
 * itself: the hub's own mapping, the issue's present status, or a status of Jira's own.
 */
export const milestonesOf = (
  issue: Issue,
  status: Mapped<StatusCategory>,
  history: readonly HistoryEntry[],
  own: Table<StatusCategory>,
): Milestones => {
  const categoryOf = (value: Change["to"]): string | undefined =>
    own.get(value?.id ?? "") ??
    own.get(value?.name ?? "") ??
    (value?.id !== undefined && value.id === status.id ? status.category : SYSTEM_STATUSES.get(value?.id ?? ""));
  const moves = history.flatMap(({ at, changes }) =>
    changes.flatMap(({ field, to }) => (field === "status" ? [{ at, category: categoryOf(to), id: to?.id }] : [])),
  );
  const enteredAt = maybeInstant(issue.fields?.statuscategorychangedate);
  const started =
    moves.find(({ category }) => category !== undefined && STARTED.has(category))?.at ??
    (STARTED.has(status.category) ? enteredAt : undefined);
  const hasEnded = status.category === "done" || status.category === "cancelled";
  const ended = hasEnded
    ? (maybeInstant(issue.fields?.resolutiondate) ?? moves.findLast(({ id }) => id === status.id)?.at ?? enteredAt)
    : undefined;
  return {
    ...(started !== undefined && { startedAt: started }),
    ...(ended !== undefined && (status.category === "done" ? { completedAt: ended } : { cancelledAt: ended })),
  };
};
