import { dayBefore } from "../domain/day.ts";
import type { HubEvent } from "../domain/event.ts";
import type { Instant } from "../domain/instant.ts";
import type { Row, Table } from "../ports/table.ts";
import { lists } from "./keys.ts";
import type { Slice } from "./views.ts";
import { LOOK_AT_MOST } from "./walk-kind.ts";

const READ_AT_ONCE = 200;
/** Days without any event that one page looks through. */
const EMPTY_AT_MOST = 400;

/**
 * The change log back to a moment, newest first, the same entries as forwards.
 *
 * @param after the place of the last entry that was told
 */
export const changesBack = async (
  table: Table,
  now: Date,
  since: Instant,
  after: string | undefined,
  limit: number,
  names?: readonly string[],
): Promise<Slice<HubEvent>> => {
  const items: HubEvent[] = [];
  let place = after;
  let looked = 0;
  let empty = 0;
  const first = since.slice(0, 10);
  for (
    let day = (after ?? now.toISOString()).slice(0, 10);
    day >= first && empty < EMPTY_AT_MOST;
    day = dayBefore(day)
  ) {
    let upper = place?.startsWith(day) === true ? place : undefined;
    for (;;) {
      const rows: Row<HubEvent>[] = await table.query<HubEvent>({
        pk: lists.changesOf(day),
        by: "list",
        descending: true,
        limit: READ_AT_ONCE,
        ...(upper !== undefined && { after: upper }),
      });
      for (const { list, data } of rows) {
        if (list === undefined || list.sk <= since) return { items, next: undefined };
        if (items.length === limit || looked === LOOK_AT_MOST) return { items, next: place };
        place = list.sk;
        looked += 1;
        if (names === undefined || names.includes(data.name)) items.push(data);
      }
      empty = rows.length === 0 && upper === undefined ? empty + 1 : 0;
      upper = rows.at(-1)?.list?.sk;
      if (rows.length < READ_AT_ONCE || upper === undefined) break;
    }
  }
  return { items, next: undefined };
};
