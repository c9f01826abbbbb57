import type { FieldsDraft } from "../../shared/domain/entity.ts";
import { addDays } from "./zone.ts";

type Metric = FieldsDraft<"metric">;
export type Point = NonNullable<Metric["points"]>[number];

/** A day, perhaps with a time, in the zone that Mixpanel was asked in. */
const AT = /^(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2})(?::[\d.]+)?(?:Z|[+-]\d{2}:?\d{2})?| (\d{2}:\d{2}):\d{2})?$/;

/**
 * The points of `{ name: { date: number } }` however deep the segments go; a name that is alone is no segment.
 * Days stay days of the project's zone, times keep their offset.
 */
export const pointsIn = (series: unknown): Point[] => {
  const found = walk(series, []);
  const shared = commonStart(found.map(({ path }) => path));
  return found.map(({ at, value, path }) => {
    const segment = path.slice(shared).join(" / ");
    return { at, value, ...(segment !== "" && { segment }) };
  });
};

interface Found {
  readonly at: string;
  readonly value: number;
  readonly path: readonly string[];
}

/** Segments are nested a few deep; hostile answers deeper. */
const DEPTH_AT_MOST = 8;

const walk = (value: unknown, path: readonly string[]): Found[] => {
  if (typeof value !== "object" || value === null || path.length > DEPTH_AT_MOST) return [];
  return Object.entries(value).flatMap(([key, part]) => {
    const [, day, time = ""] = AT.exec(key) ?? [];
    if (day === undefined) return walk(part, [...path, key]);
    const at = time === "" || time === "00:00" ? day : key;
    return typeof part === "number" && Number.isFinite(part) ? [{ at, value: part, path }] : [];
  });
};

const commonStart = (paths: readonly (readonly string[])[]): number => {
  const [first = []] = paths;
  const differs = first.findIndex((name, index) => paths.some((path) => path[index] !== name));
  return differs === -1 ? first.length : differs;
};

/** Oldest first, segments in an order that no read changes. */
export const sorted = (points: readonly Point[]): Point[] =>
  points.toSorted((a, b) => compare(a.at, b.at) || compare(a.segment ?? "", b.segment ?? ""));

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const POINTS_AT_MOST = 2000;

/** The newest that a metric can hold. */
export const cut = (points: readonly Point[]): Point[] => points.slice(-POINTS_AT_MOST);

const DAYS = { hour: 1, day: 1, week: 7, month: 31 } as const;

/** What lies between points, where the answer does not say it. */
export const intervalOf = (points: readonly Point[]): Metric["interval"] => {
  const times = [...new Set(points.map(({ at }) => at))];
  if (times.some((at) => at.length > 10)) return "hour";
  const gaps = times.slice(1).map((at, index) => Date.parse(at) - Date.parse(times[index] ?? at));
  if (gaps.length === 0) return undefined;
  const days = Math.min(...gaps) / 86_400_000;
  return days < 7 ? "day" : days < 28 ? "week" : "month";
};

/** Marks what may still change: intervals that are not over for as long as late events come. */
export const withLateness = (
  points: readonly Point[],
  { asOf, lateDays }: { readonly asOf?: string | null | undefined; readonly lateDays?: number | null | undefined },
  interval: Metric["interval"] = intervalOf(points),
): Point[] => {
  if (!asOf || !/^\d{4}-\d{2}-\d{2}$/.test(asOf)) return [...points];
  const final = addDays(asOf, -Math.max(0, Math.min(400, lateDays ?? 0)));
  const span = DAYS[interval ?? "day"];
  return points.map((point) => (addDays(point.at.slice(0, 10), span) > final ? { ...point, isPartial: true } : point));
};
