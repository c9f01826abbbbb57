import { dayOf, endOfDay, nextDay } from "../domain/day.ts";
import type { Instant } from "../domain/instant.ts";
import type { Table } from "../ports/table.ts";
import { placedIn } from "../store/board-place.ts";
import {
  type BoardCounts,
  COLUMNS,
  type Column,
  countsAfter,
  entriesOf,
  type KeptBoard,
  keptBoard,
  type Moves,
  movesBetween,
  pagesOf,
  standingOf,
} from "../store/boards.ts";
import { everyOf, update } from "../store/entities.ts";
import { keptBoardKey } from "../store/keys.ts";
import { featureAt } from "../store/past.ts";
import type { Hub } from "./hub.ts";

/** Views that began to be stored before a moment may still be on their way. */
const SETTLED_AFTER_MS = 5 * 60_000;
/** Days of one sweep: a hub that stood still for long catches up over several. */
const AT_ONCE = 31;

/**
 * Keeps the board of every day's end, so that it can be shown again without asking every feature for its past. The first
 * one is kept at once: before it, the hub tells of single features only. What it is made of never changes any more, so a
 * board that a crash left half kept is made again alike.
 *
 * @returns how many boards were kept
 */
export const keepBoards = async ({ ports: { table, clock }, timezone }: Hub): Promise<number> => {
  const settled = new Date(clock.now().getTime() - SETTLED_AFTER_MS).toISOString();
  let last = await keptBoard(table, settled);
  if (last === undefined) {
    await keep(table, settled, { at: settled, pages: settled, counts: {} }, await allAt(table, settled));
    return 1;
  }
  for (let kept = 0; ; kept++) {
    const at = endOfDay(firstDayAfter(last.at, timezone), timezone);
    if (at > settled || kept === AT_ONCE) return kept;
    last = await keep(table, at, last, await movesBetween(table, last.at, at, Number.POSITIVE_INFINITY));
  }
};

/** The first day in the zone that ends after a moment. */
const firstDayAfter = (at: Instant, zone: string): string => {
  const day = dayOf(at, zone);
  return endOfDay(day, zone) > at ? day : nextDay(day);
};

/** Every feature as if it had come just now. */
const allAt = async (table: Table, at: Instant): Promise<Moves> => {
  const moves = new Map<string, { before: undefined; now: ReturnType<typeof standingOf> }>();
  for await (const { id } of everyOf(table, "feature"))
    moves.set(id, { before: undefined, now: standingOf(await featureAt(table, id, at)) });
  return moves;
};

/** Stores the board that moves make of the last one; its counts last, since with them it is there. */
const keep = async (table: Table, at: Instant, last: KeptBoard, moves: Moves): Promise<KeptBoard> => {
  const hasMoved = [...moves.values()].some(
    ({ before, now }) => before?.column !== now?.column || before?.entry !== now?.entry,
  );
  const pages = hasMoved ? at : last.pages;
  const counts: BoardCounts = countsAfter(last.counts, moves);
  if (hasMoved) {
    for (const column of COLUMNS) {
      for (const { key, data } of pagesOf(at, column, await columnAfter(table, last.pages, column, moves)))
        await update<{ entries: readonly string[] }>(table, key, () => ({ data }));
    }
  }
  const board: KeptBoard = { at, pages, counts };
  await update<KeptBoard>(table, keptBoardKey(at), () => ({ data: board }));
  return board;
};

const columnAfter = async (table: Table, pages: Instant, column: Column, moves: Moves): Promise<string[]> => {
  const entries = [...moves.values()].flatMap(({ now }) => (now?.column === column ? [now.entry] : []));
  for await (const entry of entriesOf(table, pages, column)) if (!moves.has(placedIn(entry).id)) entries.push(entry);
  return entries;
};
