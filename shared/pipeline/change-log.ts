import type { HubEvent } from "../domain/event.ts";
import type { Row, Table } from "../ports/table.ts";
import { lists } from "../store/keys.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

/** An event with its place in the log. */
export interface Logged {
  readonly place: string;
  readonly event: HubEvent;
}

/**
 * The change log behind a place, oldest first.
 *
 * @param after a place, or a moment
 * @param upTo a moment; what was logged at it is still given
 */
export const changesAfter = async (table: Table, after: string, upTo: string, limit: number): Promise<Logged[]> => {
  const found: Logged[] = [];
  for (let day = after.slice(0, 10); day <= upTo.slice(0, 10) && found.length < limit; day = nextDay(day)) {
    const rows: Row<HubEvent>[] = await table.query<HubEvent>({
      pk: lists.changesOf(day),
      by: "list",
      after,
      upTo: `${upTo}#~`,
      limit: limit - found.length,
    });
    for (const { list, data } of rows) if (list !== undefined) found.push({ place: list.sk, event: data });
  }
  return found;
};

const nextDay = (day: string): string => new Date(Date.parse(day) + DAY_MS).toISOString().slice(0, 10);
