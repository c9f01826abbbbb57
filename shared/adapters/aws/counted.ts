import { TIMED, valueAt } from "../../ports/counted.ts";
import type { WantedSince } from "../../ports/table.ts";

const textAt = (data: unknown, place: string): string => String(valueAt(data, place) ?? "");

/** Whether a row of a list is one of those that are counted. No index tells it, so that the row is read for it. */
export const isCounted = (pk: string, data: unknown, { standing = [], since }: WantedSince): boolean => {
  if (since === undefined || !TIMED.some((start) => pk.startsWith(start))) return true;
  const came = textAt(data, "sourceCreatedAt") || textAt(data, "firstSeenAt");
  const stands = ["status", "state", "result"].map((field) => textAt(data, `fields.${field}.category`)).find(Boolean);
  return (
    [came, textAt(data, "fields.at"), textAt(data, "fields.solvedAt")].some((at) => at >= since) ||
    standing.includes(stands ?? "unknown")
  );
};
