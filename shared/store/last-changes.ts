import type { EventName, HubEvent } from "../domain/event.ts";
import type { Table } from "../ports/table.ts";
import { changesBack } from "./changes-back.ts";

const DAYS = 14;

/** The newest events of a type, newest first. A rare one may lie behind what is looked at. */
export const lastChanges = async (
  table: Table,
  name: EventName,
  now: Date,
  limit: number,
): Promise<readonly HubEvent[]> => {
  const since = new Date(now.getTime() - DAYS * 24 * 60 * 60 * 1000).toISOString();
  return (await changesBack(table, now, since, undefined, limit, [name])).items;
};
