import type { Fields } from "./entity.ts";

/** A metric's newest value that is complete, and of when it is. */
export interface Measured {
  readonly value: number;
  /** Absent where the tool tells a whole window and no days. */
  readonly at?: string | undefined;
}

/**
 * What a metric says now: its newest point over everybody whose interval is over; else the newest at all. Of a
 * funnel without days, how many came through.
 *
 * @param unit of the key result: `%` shows shares, which tools give as 0 to 1, in percent
 */
export const measuredNow = (metric: Fields<"metric">, unit: string | undefined): Measured | undefined => {
  const points = (metric.points ?? []).filter(({ segment }) => segment === undefined);
  const newest = points.findLast(({ isPartial }) => isPartial !== true) ?? points.at(-1);
  const isShare = metric.shape === "funnel" || metric.shape === "retention";
  const scale = isShare && unit === "%" ? 100 : 1;
  if (newest !== undefined) return { value: rounded(newest.value * scale), at: newest.at };
  const cohort = metric.cohorts?.findLast(({ size, returned }) => size > 0 && returned.length > 1);
  const through = metric.steps?.at(-1)?.ofFirst;
  if (cohort === undefined) return through === undefined ? undefined : { value: rounded(through * scale) };
  return { value: rounded(((cohort.returned[1] ?? 0) / cohort.size) * scale), at: cohort.at };
};

const rounded = (value: number): number => Math.round(value * 100) / 100;

/** How far from start to target, 0 to 1, whichever way is up; null where it cannot be said. */
export const progressOf = (
  baseline: number | undefined,
  target: number | undefined,
  current: number | undefined,
): number | null => {
  if (target === undefined || current === undefined) return null;
  const start = baseline ?? 0;
  if (start === target) return current === target ? 1 : null;
  return Math.min(1, Math.max(0, Math.round(((current - start) / (target - start)) * 1000) / 1000));
};
