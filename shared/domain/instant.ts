/** A moment as ISO 8601 in UTC with milliseconds, e.g. `2026-11-22T09:58:00.000Z`: comparable as text. */
export type Instant = string;

/** Epoch numbers below this are seconds: as milliseconds they would lie before March 1973. */
const SECONDS_BELOW = 100_000_000_000;

/**
 * A vendor's way to say a moment, made ours.
 *
 * @param told ISO text with or without milliseconds, with `Z`, `+0000` or `+00:00`; epoch seconds or milliseconds; a Date
 * @returns undefined if it is absent or no moment at all
 */
export const maybeInstant = (told: string | number | Date | null | undefined): Instant | undefined => {
  if (told === null || told === undefined || told === "") return undefined;
  const date = new Date(typeof told === "number" && Math.abs(told) < SECONDS_BELOW ? told * 1000 : told);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
};

/**
 * As {@link maybeInstant}, for a moment that must be there.
 *
 * @throws RangeError if it is not a moment
 */
export const instant = (told: string | number | Date | null | undefined): Instant => {
  const found = maybeInstant(told);
  if (found === undefined) throw new RangeError(`not a moment in time: ${String(told).slice(0, 40)}`);
  return found;
};

/** The time of records whose vendor tells none (Jira statuses, for example): the merge then goes by when they were read. */
export const TIMELESS: Instant = "1970-01-01T00:00:00.000Z";
