import * as z from "zod";
import { HubError } from "../connector/errors.ts";
import { dayOf, endOfDay } from "../domain/day.ts";
import { type Instant, instant } from "../domain/instant.ts";
import type { PastViews } from "../store/views.ts";
import { Moment } from "./api/filters.ts";
import type { WebDeps } from "./web-deps.ts";

export const AsOf = Moment.optional()
  .describe("As the hub showed it then: a moment, or a day for its end in the hub's time zone.")
  .meta({ examples: ["2026-11-01"] });

/** The moment that a parameter means, the end of it where it is a day; undefined: now. */
export const pastMoment = (
  told: string | undefined,
  { now, timezone = "UTC" }: Pick<WebDeps, "now" | "timezone">,
  parameter = "as_of",
): Instant | undefined => {
  if (told === undefined) return undefined;
  const present = now().toISOString();
  const isDay = z.iso.date().safeParse(told).success;
  const at = isDay ? endOfDay(told, timezone) : instant(told);
  if (at < present) return at;
  if (isDay && told === dayOf(present, timezone)) return undefined;
  throw new HubError(
    "invalid_parameter",
    `'${told}' lies in the future: '${parameter}' takes a day or moment until now`,
    {
      retry: "never",
      details: { parameter },
    },
  );
};

/** The reads of that moment, or those of now. */
export const viewsAt = ({ views }: Pick<WebDeps, "views">, at: Instant | undefined): PastViews =>
  at === undefined ? views : views.asOf(at);
