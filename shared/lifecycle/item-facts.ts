import { changedAt, createdAt, type Entity } from "../domain/entity.ts";
import type { HistoryEntry } from "../domain/history.ts";
import type { Instant } from "../domain/instant.ts";
import { pastOf, type StatusOf, statusCourse } from "../domain/item-history.ts";
import { type Claim, latestOf, settle } from "./claim.ts";

interface Step {
  readonly at: Instant;
  readonly value: string;
}

/** A child work item: its category when it was made and after each change of status, the present last. */
export const itemFacts = (
  entity: Entity<"workItem">,
  history: readonly HistoryEntry[],
  statusOf: StatusOf,
): Claim[] => {
  const changed = history.filter(({ changes }) => changes.some(({ field }) => field === "status")).map(({ at }) => at);
  const last = changed.toSorted().at(-1);
  const steps = last === undefined ? withoutHistory(entity) : staysOf(entity, history, statusOf, last);
  return settle(steps.map(({ at, value }) => ({ stage: "development", signal: "item", tier: "workflow", value, at })));
};

/** History may lag behind the record: then the present is added, at the time its tool tells for it. */
const staysOf = (
  entity: Entity<"workItem">,
  history: readonly HistoryEntry[],
  statusOf: StatusOf,
  last: Instant,
): Step[] => {
  const told = toldAt(entity);
  const past = { ...pastOf(entity, history), ...(told !== undefined && told > last && { changedAt: told }) };
  return statusCourse(entity, past, statusOf).intervals.map(({ from, value }) => ({ at: from, value: value.category }));
};

/** The tool's own time of reaching the present category. */
const toldAt = ({ fields }: Entity<"workItem">): Instant | undefined => {
  if (fields.status.category === "done") return fields.completedAt;
  if (fields.status.category === "cancelled") return fields.cancelledAt ?? fields.completedAt;
  if (fields.status.category === "in_progress" || fields.status.category === "in_review") return fields.startedAt;
  return undefined;
};

/** Without history, the few times that the record itself tells. What it was before is not known. */
const withoutHistory = (entity: Entity<"workItem">): Step[] => {
  const { category } = entity.fields.status;
  const created = createdAt(entity);
  if (category === "triage" || category === "backlog" || category === "todo" || category === "unknown")
    return [{ at: created, value: category }];
  const { startedAt } = entity.fields;
  const at = latestOf(toldAt(entity) ?? changedAt(entity), created);
  const isFinished = category === "done" || category === "cancelled";
  return [
    { at: created, value: "unknown" },
    ...(isFinished && startedAt !== undefined && startedAt > created && startedAt < at
      ? [{ at: startedAt, value: "in_progress" }]
      : []),
    { at, value: category },
  ];
};
