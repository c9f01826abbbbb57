import * as z from "zod";
import { isZone } from "../domain/day.ts";
import { nearestWord } from "../domain/nearest-word.ts";
import { SCHEDULE } from "../report/names.ts";

/** `Berlin` alone is meant as often as a zone is mistyped. */
const nearestZone = (given: string): string | undefined => {
  const zones = Intl.supportedValuesOf("timeZone");
  const city = zones.find((zone) => zone.toLowerCase().endsWith(`/${given.trim().toLowerCase()}`));
  return city ?? nearestWord(given, zones);
};

/** The name of a time zone. */
export const Zone = z.string().refine(isZone, {
  error: ({ input }) => {
    const given = String(input);
    const guess = nearestZone(given);
    return `no zone "${given.slice(0, 60)}"${guess === undefined ? ": use an IANA name such as Europe/Berlin" : `. Did you mean "${guess}"?`}`;
  },
});

/** Which of the five parts of a schedule cannot be. */
const wrongPart = (given: string): string => {
  const parts = given.trim().split(/\s+/);
  if (parts.length !== 5) return `it has ${parts.length} parts, not five`;
  const [minute = "", hour = "", day = "", month = "", weekday = ""] = parts;
  if (!/^[0-5]?\d$/.test(minute)) return `minute "${minute}" is none of 0 to 59`;
  if (!/^(?:[01]?\d|2[0-3])$/.test(hour)) return `hour "${hour}" is none of 0 to 23`;
  if (month !== "*") return `month "${month}" must be *`;
  if (!/^(?:\*|[1-9]|1\d|2[0-8])$/.test(day)) return `day of the month "${day}" is none of * and 1 to 28`;
  if (!/^(?:\*|[0-7](?:[-,][0-7])*)$/.test(weekday))
    return `weekday "${weekday}" is none of * and 0 (Sunday) to 7, e.g. 1-5`;
  return "a day of the month and weekdays do not go together";
};

/** When something is made: one time a day, on all days, some weekdays or one day of the month. */
export const Schedule = z.string().regex(SCHEDULE, {
  error: ({ input }) =>
    `"${String(input).slice(0, 60)}" is no schedule: ${wrongPart(String(input))}. Minute, hour, day of the month, * and weekday, e.g. "0 9 * * 1" for Mondays at 9, "0 7 1 * *" for the first of each month`,
});
