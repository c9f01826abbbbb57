import { dayBefore as before, endOfDay, type WeekStart } from "../domain/day.ts";
import type { Instant } from "../domain/instant.ts";

export const PERIOD_LENGTHS = ["day", "week", "month"] as const;
export type PeriodLength = (typeof PERIOD_LENGTHS)[number];

/** Whole days of one zone. */
export interface Period {
  readonly length: PeriodLength;
  /** IANA name. */
  readonly zone: string;
  readonly weekStart: WeekStart;
  /** Its days by the calendar of the zone, both included. */
  readonly first: string;
  readonly last: string;
  /** From, included, and to, not included. */
  readonly start: Instant;
  readonly end: Instant;
}

const DAY_MS = 86_400_000;
const WEEKDAYS: Readonly<Record<WeekStart, number>> = { sunday: 0, monday: 1, saturday: 6 };

const clocks = new Map<string, Intl.DateTimeFormat>();

/** What the clocks of a zone show, as `2026-11-23T09:00`. */
export const localTime = (at: Date, zone: string): string => {
  const clock =
    clocks.get(zone) ??
    new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle: "short", hourCycle: "h23" });
  clocks.set(zone, clock);
  return clock.format(at).replace(" ", "T");
};

/** The day of a zone that a moment falls on. */
export const dayIn = (at: Date, zone: string): string => localTime(at, zone).slice(0, 10);

export const addDays = (day: string, days: number): string =>
  new Date(Date.parse(day) + days * DAY_MS).toISOString().slice(0, 10);

/** How many days lie from one day to another. */
export const daysFrom = (day: string, to: string): number => Math.round((Date.parse(to) - Date.parse(day)) / DAY_MS);

/** The first moment of a day, also where the clocks skip midnight. */
export const startOf = (day: string, zone: string): Instant =>
  new Date(Date.parse(endOfDay(before(day), zone)) + 1).toISOString();

const between = (length: PeriodLength, zone: string, weekStart: WeekStart, first: string, next: string): Period => ({
  length,
  zone,
  weekStart,
  first,
  last: addDays(next, -1),
  start: startOf(first, zone),
  end: startOf(next, zone),
});

/** The last period that was over at a moment: half weeks look like a fall. */
export const periodOf = (length: PeriodLength, zone: string, weekStart: WeekStart, at: Date): Period => {
  const today = dayIn(at, zone);
  if (length === "day") return between(length, zone, weekStart, addDays(today, -1), today);
  if (length === "month") {
    const next = `${today.slice(0, 7)}-01`;
    return between(length, zone, weekStart, `${addDays(next, -1).slice(0, 7)}-01`, next);
  }
  const into = (new Date(today).getUTCDay() - WEEKDAYS[weekStart] + 7) % 7;
  const next = addDays(today, -into);
  return between(length, zone, weekStart, addDays(next, -7), next);
};

/** The one before it: the same length and, of days and weeks, the same weekdays. */
export const previousOf = ({ length, zone, weekStart, start }: Period): Period =>
  length === "day" ? dayBefore(zone, weekStart, start) : periodOf(length, zone, weekStart, new Date(Date.parse(start)));

/** A day is compared with the same weekday: a Monday with a Sunday says nothing. */
const dayBefore = (zone: string, weekStart: WeekStart, start: Instant): Period => {
  const day = addDays(dayIn(new Date(start), zone), -7);
  return between("day", zone, weekStart, day, addDays(day, 1));
};

/** A period and those before it, newest first. */
export const periodsBack = (period: Period, count: number): Period[] => {
  const all = [period];
  for (let last = period; all.length < count; all.push(last)) last = previousOf(last);
  return all;
};

/** Names a period among those of a report. */
export const periodId = ({ first, last }: Pick<Period, "first" | "last">): string => `${first}_${last}`;

const day = new Intl.DateTimeFormat("en-GB", { timeZone: "UTC", day: "numeric", month: "short", year: "numeric" });

/** `16 Nov 2026` */
export const dayWords = (date: string): string => day.format(new Date(date.slice(0, 10)));

/** `16 Nov 2026 to 22 Nov 2026` */
export const periodWords = ({ first, last }: Pick<Period, "first" | "last">): string =>
  first === last ? dayWords(first) : `${dayWords(first)} to ${dayWords(last)}`;
