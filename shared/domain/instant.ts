/** A moment as ISO 8601 in UTC with milliseconds, e.g. `2026-11-22T09:58:00.000Z`: comparable as text. */
export type Instant = string;

/** A day, perhaps with a time, perhaps with a zone. `Date` alone takes `PAY-12` for a day of 2001. */
const ISO = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?) ?(Z|UTC|[+-]\d{2}(?::?\d{2})?)?)?$/i;
/** The date of HTTP and mail headers. */
const HEADER_DATE = /^[A-Z][a-z]{2}, \d{1,2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} (?:GMT|[+-]\d{4})$/;

/** Epoch numbers below this are seconds: as milliseconds they would lie before March 1973. */
const SECONDS_BELOW = 100_000_000_000;

/**
 * A vendor's way to say a moment, made ours.
 *
 * @param told ISO text with or without milliseconds, with `Z`, `+0000` or `+00:00`, in UTC if without a zone; the date of
 *   an HTTP header; epoch seconds or milliseconds; a Date
 * @returns undefined if it is absent, no moment at all, or of a year that has not four digits: texts of it would not compare
 */
export const maybeInstant = (told: string | number | Date | null | undefined): Instant | undefined => {
  if (told === null || told === undefined || told === "") return undefined;
  if (typeof told === "string" && OURS.test(told))
    return told.charCodeAt(19) === DOT ? `${told.slice(0, 23)}Z` : `${told.slice(0, 19)}.000Z`;
  const date = typeof told === "string" ? dateOf(told) : new Date(isSeconds(told) ? Number(told) * 1000 : told);
  if (Number.isNaN(date.getTime())) return undefined;
  const text = date.toISOString();
  return /^\d{4}-/.test(text) ? text : undefined;
};

/** In UTC, on a day that every month has: ours but for the end. Most moments are, and need no Date. */
const OURS =
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{3})?(?:Z|\+0000)$/;
const DOT = 0x2e;

const isSeconds = (told: number | Date): boolean => typeof told === "number" && Math.abs(told) < SECONDS_BELOW;

/** As nearly all tools tell it. */
const PLAIN = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:[0-5]\d(?:\.\d{1,3})?Z$/;

/** As Jira tells it. */
const WITH_ZONE = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:[0-5]\d\.\d{3}[+-]\d{4}$/;

const dateOf = (told: string): Date => {
  if (PLAIN.test(told)) return new Date(told);
  if (WITH_ZONE.test(told)) return new Date(`${told.slice(0, 26)}:${told.slice(26)}`);
  const iso = ISO.exec(told.trim());
  if (iso === null) return new Date(HEADER_DATE.test(told) ? told : Number.NaN);
  const [, day, time = "00:00", zone = "Z"] = iso;
  const [, sign, hours, minutes = "00"] = /^([+-])(\d{2}):?(\d{2})?$/.exec(zone) ?? [];
  // A leap second has no place in JavaScript's time: it counts as the second before.
  const second = time.replace(/:60(?=\.|$)/, ":59");
  return new Date(`${day}T${second}${sign === undefined ? "Z" : `${sign}${hours}:${minutes}`}`);
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
