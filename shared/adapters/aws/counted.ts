import { MOMENTS, STANDING, TIMED, valueAt } from "../../ports/counted.ts";
import type { WantedSince } from "../../ports/table.ts";

const textAt = (data: unknown, places: readonly string[]): string =>
  places.map((place) => String(valueAt(data, place) ?? "")).find(Boolean) ?? "";

/** Whether a row of a list is one of those that are counted. No index tells it, so that the row is read for it. */
export const isCounted = (pk: string, data: unknown, { standing = [], since }: WantedSince): boolean => {
  if (since === undefined || !TIMED.some((start) => pk.startsWith(start))) return true;
  return (
    MOMENTS.some((places) => textAt(data, places) >= since) || standing.includes(textAt(data, STANDING) || "unknown")
  );
};
