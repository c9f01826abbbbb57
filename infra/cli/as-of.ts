import { HubError } from "../../shared/connector/errors.ts";
import { dayOf, endOfDay } from "../../shared/domain/day.ts";
import { type Instant, maybeInstant } from "../../shared/domain/instant.ts";
import type { PastViews, Views } from "../../shared/store/views.ts";
import { type Call, text } from "./command.ts";

export const AS_OF = { "as-of": { type: "string" } } as const;

/**
 * The moment that an option names, the end of it where it is a day; undefined: now.
 *
 * @throws HubError usage
 */
export const momentOf = ({ values }: Call, option: string, timezone: string): Instant | undefined => {
  const given = text(values, option);
  if (given === undefined) return undefined;
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(given);
  const at = maybeInstant(given);
  if (at === undefined)
    throw new HubError("usage", `--${option} "${given}" is not a day or a moment, e.g. 2026-11-01`, { retry: "never" });
  const now = new Date().toISOString();
  const moment = isDay ? endOfDay(given, timezone) : at;
  if (moment < now) return moment;
  if (isDay && given === dayOf(now, timezone)) return undefined;
  throw new HubError("usage", `--${option} "${given}" lies in the future`, { retry: "never" });
};

/** What is read with `--as-of`, or now. */
export const viewsThen = (call: Call, views: Views, timezone: string): PastViews => {
  const at = momentOf(call, "as-of", timezone);
  return at === undefined ? views : views.asOf(at);
};
