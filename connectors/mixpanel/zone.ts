import { type Instant, maybeInstant } from "../../shared/domain/instant.ts";

const DAY_MS = 86_400_000;

/** Whether it is an IANA name of a time zone. */
export const isZone = (name: string): boolean => {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
};
/** The day that a moment is in a time zone: `2026-11-22`. */
export const dayIn = (zone: string, at: Instant): string => local(zone, Date.parse(at)).slice(0, 10);

/** @param day `yyyy-mm-dd` */
export const addDays = (day: string, days: number): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);

/** `2026-11-22T09:30:00` as clocks of the zone show it. */
const local = (zone: string, at: number): string =>
  new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle: "medium" })
    .format(at)
    .replace(" ", "T");

/**
 * A moment that Mixpanel tells with an offset, or else without one in the project's zone. Of an hour that a clock
 * shows twice the first counts.
 */
export const instantIn = (zone: string, told: string): Instant | undefined => {
  if (/(?:Z|[+-]\d{2}:?\d{2})$/i.test(told) && /\d[T ]\d/.test(told)) return maybeInstant(told);
  const asUtc = maybeInstant(told);
  if (asUtc === undefined) return undefined;
  const wanted = Date.parse(asUtc);
  const offsetAt = (at: number): number => Date.parse(`${local(zone, at)}Z`) - Math.floor(at / 1000) * 1000;
  const offset = Math.max(offsetAt(wanted - DAY_MS / 2), offsetAt(wanted + DAY_MS / 2));
  const first = wanted - offset;
  return new Date(wanted - offsetAt(first)).toISOString();
};
