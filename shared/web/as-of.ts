import * as z from "zod";
import { HubError } from "../connector/errors.ts";
import { dayOf, endOfDay } from "../domain/day.ts";
import { type Instant, instant } from "../domain/instant.ts";
import { notKept } from "../store/boards.ts";
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

/**
 * Of a moment before the first board, that nothing was there or that all is new since would be no answer.
 *
 * @throws HubError as_of_unavailable, with the moment since when it knows
 */
export const demandKept = async (
  views: Pick<WebDeps["views"], "keptSince">,
  at: Instant | undefined,
): Promise<void> => {
  if (at === undefined) return;
  const first = await views.keptSince();
  if (first === undefined || at < first) throw notKept(at, first);
};

/** Why a feature that is there now has nothing of then. @throws HubError as_of_unavailable */
export const demandKnownThen = async (
  views: Pick<WebDeps["views"], "keptSince" | "feature">,
  named: string,
  at: Instant | undefined,
): Promise<void> => {
  if (at === undefined || (await views.feature(named)) === undefined) return;
  await demandKept(views, at);
  throw new HubError("as_of_unavailable", `the hub did not know "${named.slice(0, 64)}" at ${at}: it came later`, {
    retry: "never",
  });
};

/** The reads of that moment, or those of now. */
export const viewsAt = ({ views }: Pick<WebDeps, "views">, at: Instant | undefined): PastViews =>
  at === undefined ? views : views.asOf(at);
