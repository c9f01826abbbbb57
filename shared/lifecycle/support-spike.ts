import type { Instant } from "../domain/instant.ts";
import { chanceOfAtLeast } from "./health/poisson.ts";

const WEEK_MS = 7 * 24 * 60 * 60 * 1000;
const WEEKS_BEFORE = 8;
const LEAST = 5;
/** Chance would bring so many tickets once in about twenty years of weeks. */
const CHANCE = 0.001;
/** A week of a feature that had no tickets before is measured against this. */
const USUAL_AT_LEAST = 0.5;

/** More tickets within seven days than chance explains. Pure. @param openedAt when each ticket of the feature came in */
export const supportSpike = (
  openedAt: readonly Instant[],
  asOf: Instant,
): { readonly tickets: number; readonly usual: number } | undefined => {
  const now = Date.parse(asOf);
  const age = openedAt.map((at) => now - Date.parse(at)).filter((milliseconds) => milliseconds >= 0);
  const tickets = age.filter((milliseconds) => milliseconds < WEEK_MS).length;
  if (tickets < LEAST) return undefined;
  const before = age.filter((ms) => ms >= WEEK_MS && ms < (WEEKS_BEFORE + 1) * WEEK_MS).length;
  const usual = before / WEEKS_BEFORE;
  if (chanceOfAtLeast(tickets, Math.max(usual, USUAL_AT_LEAST)) >= CHANCE) return undefined;
  return { tickets, usual: Math.round(usual * 100) / 100 };
};
