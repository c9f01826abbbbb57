import type { Instant } from "../domain/instant.ts";

export const DAY_MS = 86_400_000;
export const WEEK_MS = 7 * DAY_MS;
/** 5 January 1970 was a Monday. */
const FIRST_MONDAY = 4 * DAY_MS;

/** The Monday, 0:00 UTC, that an ISO week begins with. */
export const weekStart = (at: number): number => Math.floor((at - FIRST_MONDAY) / WEEK_MS) * WEEK_MS + FIRST_MONDAY;

/** The ISO week of a moment in UTC: `2026-W09`. The week of a Thursday is the year's that the Thursday lies in. */
export const weekOf = (at: Instant | number): string => {
  const thursday = weekStart(typeof at === "number" ? at : Date.parse(at)) + 3 * DAY_MS;
  const year = new Date(thursday).getUTCFullYear();
  const week = Math.floor((thursday - Date.UTC(year, 0, 1)) / WEEK_MS) + 1;
  return `${year}-W${String(week).padStart(2, "0")}`;
};
