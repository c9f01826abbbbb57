import { median } from "d3-array";

/** A day of a metric. */
export interface Point {
  /** `2026-11-16` */
  readonly day: string;
  readonly value: number;
}

export interface Anomaly extends Point {
  /** Median of the same weekdays before. */
  readonly usual: number;
  /** How many robust deviations it lies away; signed. */
  readonly deviations: number;
}

export interface AnomalyRule {
  /** Robust deviations beyond which a point counts. */
  readonly deviations: number;
  /** Same weekdays before it that are looked at. */
  readonly weekdays: number;
  /** One point alone is told only beyond so many times its usual value, or below that share of it. */
  readonly times: number;
}

export const ANOMALY_RULE: AnomalyRule = { deviations: 3, weekdays: 8, times: 2 };

/** Turns the median of absolute deviations into what a standard deviation would be. */
const NORMAL = 1.4826;
/** Where all weekdays were alike, a deviation is at least this share of the usual value. */
const LEAST_SHARE = 0.05;
const DAY_MS = 86_400_000;

/**
 * Days from `first` to `last` that are unlike their own weekday: beyond so many robust deviations (1.4826 × median absolute
 * deviation) of the median of the same weekdays before. Told only if two of them lie on one side, or one alone is beyond
 * `times`. Fewer than half of the weekdays say nothing.
 *
 * @param points of days, oldest first
 */
export const anomaliesOf = (
  points: readonly Point[],
  first: string,
  last: string,
  rule: AnomalyRule = ANOMALY_RULE,
): Anomaly[] => {
  const byDay = new Map(points.map(({ day, value }) => [day, value]));
  const found = points.flatMap(({ day, value }): Anomaly[] => {
    if (day < first || day > last) return [];
    const before = weeksBefore(day, rule.weekdays).flatMap((past) => byDay.get(past) ?? []);
    if (before.length * 2 < rule.weekdays) return [];
    const usual = median(before) ?? 0;
    const spread = NORMAL * (median(before.map((one) => Math.abs(one - usual))) ?? 0);
    const deviation = Math.max(spread, Math.abs(usual) * LEAST_SHARE);
    if (deviation === 0) return value === 0 ? [] : [{ day, value, usual, deviations: Math.sign(value) * Infinity }];
    const deviations = (value - usual) / deviation;
    return Math.abs(deviations) > rule.deviations ? [{ day, value, usual, deviations }] : [];
  });
  const sides = (up: boolean) => found.filter(({ deviations }) => deviations > 0 === up);
  return [true, false].flatMap((up) => {
    const side = sides(up);
    return side.length > 1 ? side : side.filter((one) => isFar(one, rule.times));
  });
};

const weeksBefore = (day: string, weeks: number): string[] =>
  Array.from({ length: weeks }, (_, week) =>
    new Date(Date.parse(day) - (week + 1) * 7 * DAY_MS).toISOString().slice(0, 10),
  );

const isFar = ({ value, usual }: Anomaly, times: number): boolean =>
  Math.abs(value) > times * Math.abs(usual) || Math.abs(value) * times < Math.abs(usual);

/** Mean of what there is; undefined for nothing. */
export const meanOf = (values: readonly number[]): number | undefined =>
  values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0) / values.length;

/** Change relative to what was before: 0.05 is 5 % more; undefined where there is nothing to compare with. */
export const changeOf = (now: number | undefined, before: number | undefined): number | undefined =>
  now === undefined || before === undefined || before === 0 ? undefined : (now - before) / Math.abs(before);

/** The slope per step as the median over all pairs (Theil-Sen): one wild value does not turn it. */
export const slopeOf = (values: readonly number[]): number =>
  median(values.flatMap((from, at) => values.slice(at + 1).map((to, more) => (to - from) / (more + 1)))) ?? 0;

/** Rising or falling by more than a tenth of the usual value over all steps. */
export const trendOf = (values: readonly number[]): "rising" | "falling" | "flat" => {
  const over = slopeOf(values) * Math.max(0, values.length - 1);
  const usual = Math.abs(median(values) ?? 0);
  if (values.length < 3 || Math.abs(over) <= usual / 10) return "flat";
  return over > 0 ? "rising" : "falling";
};

const BARS = [..."▁▂▃▄▅▆▇█"];

/** Values as one word of bars, from zero on. */
export const sparkline = (values: readonly number[]): string => {
  const most = Math.max(...values, 0);
  return values.map((value) => BARS[most === 0 ? 0 : Math.round((Math.max(0, value) / most) * 7)]).join("");
};
