import { HubError } from "../connector/errors.ts";
import type { Instant } from "../domain/instant.ts";
import { STAGES, type Stage } from "../domain/stage.ts";
import type { Row, Table } from "../ports/table.ts";
import { boardPlace, placedIn } from "./board-place.ts";
import { boardPageKey, lists, partition } from "./keys.ts";
import { changedBetween } from "./past.ts";
import type { FeatureView, HealthValue } from "./views.ts";

export type Column = Stage | "none";
export const COLUMNS: readonly Column[] = [...STAGES, "none"];

/** How many features of a product stand in a column with a health. */
export type BoardCounts = Readonly<
  Record<string, Readonly<Partial<Record<Column, Readonly<Partial<Record<HealthValue, number>>>>>>>
>;

/** The board as it stood at a moment. Its features lie in pages, each under its last one. */
export interface KeptBoard {
  readonly at: Instant;
  /** The moment whose pages these are: nothing changed since. */
  readonly pages: Instant;
  readonly counts: BoardCounts;
}

/** Features that may have changed since a board was kept, for it to serve a later moment. */
const CHANGED_AT_MOST = 2000;
const READ_AT_ONCE = 100;
const PAGES_AT_ONCE = 4;

/** A feature's place on the board: its column and its sort key in it. */
interface Standing {
  readonly column: Column;
  readonly entry: string;
}

export const standingOf = (view: FeatureView | undefined): Standing | undefined => {
  const place = view && boardPlace(view);
  return place && { column: place.pk.slice(lists.stage("").length) as Column, entry: place.sk };
};

/** Places in a column, in its order, page by page. */
export async function* entriesOf(table: Table, pages: Instant, column: Column, after = ""): AsyncGenerator<string> {
  for (let place = `${column}#${after}`; ; ) {
    const rows: Row<{ entries: readonly string[] }>[] = await table.query<{ entries: readonly string[] }>({
      pk: partition.ofBoard(pages),
      prefix: `${column}#`,
      after: place,
      limit: PAGES_AT_ONCE,
    });
    for (const { data } of rows) for (const entry of data.entries) if (entry > after) yield entry;
    const last = rows.at(-1)?.sk;
    if (rows.length < PAGES_AT_ONCE || last === undefined) return;
    place = last;
  }
}

/** What changed on the board between two moments: by feature, where it stood and where it stands. */
export type Moves = ReadonlyMap<string, { readonly before: Standing | undefined; readonly now: Standing | undefined }>;

/** @param most moves to look for; if there are more, at least one more is given */
export const movesBetween = async (table: Table, since: Instant, at: Instant, most: number): Promise<Moves> => {
  const moves = new Map<string, { before: Standing | undefined; now: Standing | undefined }>();
  for (let after: string | undefined; moves.size <= most; ) {
    const { items, next } = await changedBetween(table, since, at, after, READ_AT_ONCE);
    for (const { id, before, now } of items) moves.set(id, { before: standingOf(before), now: standingOf(now) });
    if (next === undefined) break;
    after = next;
  }
  return moves;
};

/** Counts after moves. */
export const countsAfter = (counts: BoardCounts, moves: Moves): BoardCounts => {
  const next = structuredClone(counts) as Record<string, Partial<Record<Column, Partial<Record<HealthValue, number>>>>>;
  const add = ({ column, entry }: Standing, more: number) => {
    const { product, health } = placedIn(entry);
    next[product] ??= {};
    const columns = next[product];
    columns[column] ??= {};
    columns[column][health] = (columns[column][health] ?? 0) + more;
  };
  for (const { before, now } of moves.values()) {
    if (before !== undefined) add(before, -1);
    if (now !== undefined) add(now, 1);
  }
  return next;
};

/** The last board that was kept by then. */
export const keptBoard = async (table: Table, by: Instant): Promise<KeptBoard | undefined> =>
  (await table.query<KeptBoard>({ pk: partition.ofBoards, upTo: by, descending: true, limit: 1 }))[0]?.data;

/** The board at any moment: the last one kept before it, with what moved since. */
export interface BoardAt {
  readonly counts: BoardCounts;
  /** Places in a column after one, in order. */
  entries(column: Column, after: string): AsyncGenerator<string>;
}

/** The moment of the first board: of earlier ones nothing is told. Undefined: none was kept yet. */
export const firstBoardAt = async (table: Table): Promise<Instant | undefined> =>
  (await table.query<KeptBoard>({ pk: partition.ofBoards, limit: 1 }))[0]?.data.at;

/** Why nothing is told of a moment before the first board. */
export const notKept = (at: Instant, first: Instant | undefined): HubError => {
  const since = first === undefined ? "it keeps the first one within minutes" : `the first one is of ${first}`;
  return new HubError("as_of_unavailable", `the hub kept no board of ${at}: ${since}`, {
    retry: "never",
    ...(first !== undefined && { details: { first } }),
  });
};

/** @throws HubError as_of_unavailable: no board was kept so early, or too much changed since */
export const boardAt = async (table: Table, at: Instant): Promise<BoardAt> => {
  const kept = await keptBoard(table, at);
  if (kept === undefined) throw notKept(at, await firstBoardAt(table));
  const moves: Moves = kept.at === at ? new Map() : await movesBetween(table, kept.at, at, CHANGED_AT_MOST);
  if (moves.size > CHANGED_AT_MOST)
    throw new HubError(
      "as_of_unavailable",
      `more than ${CHANGED_AT_MOST} features changed between ${kept.at} and ${at}`,
      {
        retry: "later",
      },
    );
  return {
    counts: countsAfter(kept.counts, moves),
    async *entries(column, after) {
      const came = [...moves.values()]
        .flatMap(({ now }) => (now?.column === column && now.entry > after ? [now.entry] : []))
        .sort();
      for await (const entry of entriesOf(table, kept.pages, column, after)) {
        if (moves.has(placedIn(entry).id)) continue;
        while (came[0] !== undefined && came[0] < entry) yield came.shift() as string;
        yield entry;
      }
      yield* came;
    },
  };
};

/** Places a page of a kept board holds. */
const PAGE = 500;

/** The rows of a board's pages. */
export const pagesOf = (at: Instant, column: Column, entries: readonly string[]) => {
  const sorted = entries.toSorted();
  return Array.from({ length: Math.ceil(sorted.length / PAGE) }, (_, page) => {
    const some = sorted.slice(page * PAGE, (page + 1) * PAGE);
    return { key: boardPageKey(at, column, some.at(-1) ?? ""), data: { entries: some } };
  });
};
