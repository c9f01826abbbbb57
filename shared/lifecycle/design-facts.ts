import { changedAt, createdAt, type Entity } from "../domain/entity.ts";
import type { HistoryEntry } from "../domain/history.ts";
import type { Instant } from "../domain/instant.ts";
import type { Claim } from "./claim.ts";

/**
 * A design: the days on which it was edited and, of a part that tools mark, whether it is ready for development.
 *
 * Tools do not tell when a mark was set. A ready design was marked at its last edit or later, one that was changed since
 * before that edit: of both the time nearest to what is known is taken.
 */
export const designFacts = (entity: Entity<"design">, history: readonly HistoryEntry[]): Claim[] => {
  const { status, lastEditedAt, name } = entity.fields;
  const claim = { stage: "design", tier: "workflow", recordKey: name } as const;
  const versions = history
    .filter(({ changes }) => changes.some(({ field }) => field === "version"))
    .map(({ at }) => at);
  const edits = lastOfEachDay(lastEditedAt === undefined ? versions : [...versions, lastEditedAt]);
  const edited = edits.map((at): Claim => ({ ...claim, signal: "design.edited", at }));
  const markedAt = lastEditedAt ?? changedAt(entity);
  const ready = { ...claim, signal: "design.ready", value: "ready" } as const;
  switch (status?.category) {
    case "ready_for_dev":
      return [...edited, { ...ready, at: markedAt }];
    case "changed_after_ready":
      return [...edited, { ...ready, at: justBefore(markedAt) }];
    case "draft":
    case "in_review":
      return [...edited, { ...ready, value: "not", polarity: "-", at: createdAt(entity) }];
    default:
      return edited;
  }
};

const justBefore = (at: Instant): Instant => new Date(Date.parse(at) - 1).toISOString();

/** Tools that save by themselves give hundreds of versions a day, which say no more than one. */
const lastOfEachDay = (times: readonly Instant[]): Instant[] => {
  const days = new Map<string, Instant>();
  for (const at of times.toSorted()) days.set(at.slice(0, 10), at);
  return [...days.values()];
};
