import type { Instant } from "./instant.ts";

/** A calendar day, `2026-11-22`. */
export type Day = string;

/** Days of the week on which a week may begin. */
export const WEEK_STARTS = ["monday", "sunday", "saturday"] as const;
export type WeekStart = (typeof WEEK_STARTS)[number];

const DAY_MS = 86_400_000;
/** Zones lie at most 14 hours ahead of UTC and 12 behind; a change of the clock adds an hour or two. */
const FARTHEST_MS = 17 * 3_600_000;

const formats = new Map<string, Intl.DateTimeFormat>();

const formatOf = (zone: string): Intl.DateTimeFormat => {
  const held =
    formats.get(zone) ??
    new Intl.DateTimeFormat("en-CA", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit" });
  formats.set(zone, held);
  return held;
};

/** Whether this is a zone of the IANA data, e.g. `Europe/Berlin`. */
export const isZone = (zone: string): boolean => {
  try {
    formatOf(zone);
    return true;
  } catch {
    return false;
  }
};

/** The day that a moment lies on, in a zone. */
export const dayOf = (at: Instant | number, zone: string): Day =>
  zone === "UTC" ? new Date(at).toISOString().slice(0, 10) : formatOf(zone).format(new Date(at));

export const nextDay = (day: Day): Day => new Date(Date.parse(day) + DAY_MS).toISOString().slice(0, 10);
export const dayBefore = (day: Day): Day => new Date(Date.parse(day) - DAY_MS).toISOString().slice(0, 10);

/**
 * The last millisecond of a day in a zone, whatever clocks do on it. A day that the zone left out (Samoa's 30 December
 * 2011) ends with the day before it.
 */
export const endOfDay = (day: Day, zone: string): Instant => {
  const around = Date.parse(day) + DAY_MS;
  let [within, behind] = [around - FARTHEST_MS - DAY_MS, around + FARTHEST_MS];
  while (behind - within > 1) {
    const middle = Math.floor((within + behind) / 2);
    if (dayOf(middle, zone) <= day) within = middle;
    else behind = middle;
  }
  return new Date(within).toISOString();
};
