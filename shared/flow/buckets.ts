import type { FlowRecord } from "./record.ts";
import { weekOf } from "./week.ts";

/** Beside the weeks: what is not over. */
export const OPEN = "open";

/**
 * The weeks that a record counts for, and `open` while it is in progress: where a product keeps it, so that the last
 * weeks are read without all that was ever there.
 */
export const bucketsOf = (record: FlowRecord): readonly string[] => {
  if (record.goneAt !== undefined) return [];
  const weeks = (...times: readonly (string | undefined)[]) => [
    ...new Set(times.flatMap((at) => (at === undefined ? [] : [weekOf(at)]))),
  ];
  if (record.kind === "item")
    return [...weeks(record.createdAt, record.completedAt), ...(record.isStarted ? [OPEN] : [])];
  if (record.kind === "pull") return weeks(record.mergedAt);
  if (record.kind === "deployment") return weeks(record.at);
  if (record.kind === "incident") return weeks(record.detectedAt, record.resolvedAt);
  return [];
};
