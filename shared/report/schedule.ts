import { Cron } from "croner";
import { SCHEDULE } from "./names.ts";
import { localTime, type PeriodLength } from "./period.ts";

const WEEKDAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"] as const;

interface Parts {
  readonly minute: number;
  readonly hour: number;
  readonly dayOfMonth: number | undefined;
  /** 0 is Sunday; empty for every day. */
  readonly weekdays: readonly number[];
}

const partsOf = (schedule: string): Parts => {
  const [, minute, hour, dayOfMonth, weekdays] = SCHEDULE.exec(schedule) ?? [];
  return {
    minute: Number(minute),
    hour: Number(hour),
    dayOfMonth: dayOfMonth === undefined || dayOfMonth === "*" ? undefined : Number(dayOfMonth),
    weekdays: weekdays === undefined ? [] : weekdaysIn(weekdays),
  };
};

/** `1-3,5` as 1, 2, 3, 5; 7 is Sunday too. */
const weekdaysIn = (text: string): number[] => {
  const days = text.split(",").flatMap((part) => {
    const [from = 0, to = from] = part.split("-").map(Number);
    return Array.from({ length: Math.max(0, to - from + 1) }, (_, n) => (from + n) % 7);
  });
  return [...new Set(days)].sort();
};

/** What a report of that schedule tells of where nothing else is said. */
export const lengthOf = (schedule: string): PeriodLength => {
  const { dayOfMonth, weekdays } = partsOf(schedule);
  if (dayOfMonth !== undefined) return "month";
  return weekdays.length === 1 ? "week" : "day";
};

const crons = new Map<string, Cron>();

const cronOf = (schedule: string, zone: string): Cron => {
  const key = `${zone} ${schedule}`;
  const cron = crons.get(key) ?? new Cron(schedule, { timezone: zone, paused: true });
  crons.set(key, cron);
  return cron;
};

/**
 * The first time after a moment. A time that the clocks skip is made up for when they go on (02:30 at 03:00); one that
 * comes twice counts once.
 */
export const runAfter = (schedule: string, zone: string, after: Date): Date => {
  const next = cronOf(schedule, zone).nextRun(after);
  if (next === null) throw new RangeError(`a schedule that never comes: ${schedule}`);
  return next;
};

/** The last time up to a moment, which is included. */
export const runUpTo = (schedule: string, zone: string, at: Date): Date => {
  // Croner looks at whole seconds, and not at the moment itself.
  const [last] = cronOf(schedule, zone).previousRuns(1, new Date(at.getTime() + 1000));
  if (last === undefined) throw new RangeError(`a schedule that never came: ${schedule}`);
  return last.getTime() > at.getTime() ? runUpTo(schedule, zone, new Date(at.getTime() - 1000)) : last;
};

const DAYS_OF_TWO_YEARS = 731;
const DAY_MS = 86_400_000;

/** The first day within two years on which the clocks skip the time of a schedule. */
export const skippedDay = (schedule: string, zone: string, from: Date): string | undefined => {
  const { minute, hour } = partsOf(schedule);
  const time = `${pad(hour)}:${pad(minute)}`;
  for (let day = 0; day < DAYS_OF_TWO_YEARS; day++) {
    const at = new Date(from.getTime() + day * DAY_MS);
    // Only where the clocks were changed within a day can they skip anything.
    if (clockTime(at, zone) === clockTime(new Date(at.getTime() + DAY_MS), zone)) continue;
    const run = localTime(runAfter(schedule, zone, new Date(at.getTime() - DAY_MS)), zone);
    const next = localTime(runAfter(schedule, zone, at), zone);
    const skipped = [run, next].find((told) => told.slice(11) !== time);
    if (skipped !== undefined) return skipped.slice(0, 10);
  }
  return undefined;
};

const clockTime = (at: Date, zone: string): string => localTime(at, zone).slice(11);

const pad = (value: number): string => String(value).padStart(2, "0");

/** `Mondays 09:00 Europe/Berlin` */
export const scheduleWords = (schedule: string, zone: string): string => {
  const { minute, hour, dayOfMonth, weekdays } = partsOf(schedule);
  const days = weekdays.map((day) => `${WEEKDAYS[day]}s`);
  const when =
    dayOfMonth !== undefined ? `Day ${dayOfMonth} of each month` : days.length === 0 ? "Every day" : days.join(", ");
  return `${when} ${pad(hour)}:${pad(minute)} ${zone}`;
};

/** As EventBridge Scheduler writes it, which wants a question mark for one of the two kinds of day. */
export const awsCron = (schedule: string): string => {
  const { minute, hour, dayOfMonth, weekdays } = partsOf(schedule);
  const names = weekdays.map((day) => (WEEKDAYS[day] ?? "").slice(0, 3).toUpperCase());
  const days = weekdays.length > 0 ? `? * ${names.join(",")}` : `${dayOfMonth ?? "*"} * ?`;
  return `cron(${minute} ${hour} ${days} *)`;
};
