import type { Instant } from "../domain/instant.ts";
import { deliveryFigures } from "./delivery-figures.ts";
import type { Figure } from "./figures.ts";
import { counts, inPeriod, type Period, rate, spread, total } from "./measure.ts";
import type { FlowRecord, ItemRecord, PullRecord } from "./record.ts";
import { DAY_MS, WEEK_MS, weekStart } from "./week.ts";

const HOUR_MS = DAY_MS / 24;

/**
 * All figures over the full weeks before the one that `asOf` lies in, and that one so far. Pure; the order of the
 * records and their repetition do not matter.
 *
 * @param weeks full weeks, 1 or more
 * @param part whether the records are a feature's (scope comes when items join it) or a product's
 */
export const figuresOf = (
  records: readonly FlowRecord[],
  { asOf, weeks, part }: { readonly asOf: Instant; readonly weeks: number; readonly part: "feature" | "product" },
): Figure[] => {
  const to = Date.parse(asOf);
  const end = weekStart(to);
  const period: Period = { from: end - weeks * WEEK_MS, end, to };
  const there = [...new Map(records.map((record) => [record.id, record])).values()]
    .filter(({ goneAt }) => goneAt === undefined || goneAt > asOf)
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  const items = there.filter((record): record is ItemRecord => record.kind === "item");
  const pulls = there.filter((record): record is PullRecord => record.kind === "pull");
  return [...workFigures(items, period, part), ...reviewFigures(pulls, period), ...deliveryFigures(there, period)];
};

const workFigures = (items: readonly ItemRecord[], period: Period, part: "feature" | "product"): Figure[] => {
  const completed = items.filter(({ completedAt }) => inPeriod(completedAt, period));
  const running = items.filter((item) => item.isStarted && item.leftAt === undefined);
  const arrivedAt = (item: ItemRecord) => (part === "feature" ? item.joinedAt : item.createdAt);
  const bugs = items.filter(({ type }) => type === "bug");
  return [
    spread("cycle_time", completed, (item) => between(item.startedAt, item.completedAt, DAY_MS)),
    spread("lead_time", completed, (item) => between(item.createdAt, item.completedAt, DAY_MS)),
    rate("throughput", completed, ({ completedAt }) => completedAt, period),
    counts("work_in_progress", running),
    spread("work_in_progress_age", running, ({ startedAt }) =>
      startedAt === undefined ? undefined : (period.to - Date.parse(startedAt)) / DAY_MS,
    ),
    total("blocked_time", [...completed, ...running], (item) => blockedDays(item, period)),
    counts(
      "scope_added",
      items.filter((item) => inPeriod(arrivedAt(item), period)),
    ),
    rate(
      "bug_inflow",
      bugs.filter(({ createdAt }) => inPeriod(createdAt, period)),
      ({ createdAt }) => createdAt,
      period,
    ),
  ];
};

const reviewFigures = (pulls: readonly PullRecord[], period: Period): Figure[] => {
  const merged = pulls.filter(({ mergedAt }) => inPeriod(mergedAt, period));
  // A review after the merge is none that the merge waited for.
  const reviewed = merged.filter(
    ({ firstReviewAt, mergedAt = "" }) => firstReviewAt !== undefined && firstReviewAt <= mergedAt,
  );
  return [
    spread("first_review_time", reviewed, (pull) => between(pull.openedAt, pull.firstReviewAt, HOUR_MS)),
    spread("review_to_merge_time", reviewed, (pull) => between(pull.firstReviewAt, pull.mergedAt, HOUR_MS)),
    spread("merge_time", merged, (pull) => between(pull.openedAt, pull.mergedAt, HOUR_MS)),
  ];
};

const between = (from: Instant | undefined, to: Instant | undefined, unit: number): number | undefined =>
  from === undefined || to === undefined || to < from ? undefined : (Date.parse(to) - Date.parse(from)) / unit;

/** Clipped to the period, and to the end of the item: nobody takes the mark off what is finished. */
const blockedDays = ({ blocked, completedAt }: ItemRecord, { from, to }: Period): number =>
  blocked.reduce((days, span) => {
    const ends = [span.to, completedAt].flatMap((at) => (at === undefined ? [] : [Date.parse(at)]));
    return days + Math.max(0, Math.min(to, ...ends) - Math.max(from, Date.parse(span.from))) / DAY_MS;
  }, 0);
