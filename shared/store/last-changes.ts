import type { EventName, HubEvent } from "../domain/event.ts";
import type { Row, Table } from "../ports/table.ts";
import { lists } from "./keys.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
const DAYS = 14;
const LOOK_AT_MOST = 2000;
const PAGE = 200;

/** The newest events of a type, newest first. A rare one may lie behind what is looked at. */
export const lastChanges = async (
  table: Table,
  name: EventName,
  now: Date,
  limit: number,
): Promise<readonly HubEvent[]> => {
  const found: HubEvent[] = [];
  let looked = 0;
  for (let back = 0; back < DAYS; back++) {
    const day = new Date(now.getTime() - back * DAY_MS).toISOString().slice(0, 10);
    for (let after: string | undefined; ; ) {
      const rows: Row<HubEvent>[] = await table.query<HubEvent>({
        pk: lists.changesOf(day),
        by: "list",
        descending: true,
        limit: PAGE,
        ...(after !== undefined && { after }),
      });
      for (const { data } of rows) if (data.name === name && found.length < limit) found.push(data);
      looked += rows.length;
      after = rows.at(-1)?.list?.sk;
      if (found.length === limit || looked >= LOOK_AT_MOST) return found;
      if (rows.length < PAGE || after === undefined) break;
    }
  }
  return found;
};
