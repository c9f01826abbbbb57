import type { Lake } from "../ports/lake.ts";
import type { Table } from "../ports/table.ts";
import type { Cell } from "./columns.ts";
import { parquetOf } from "./parquet.ts";
import type { LakeTable } from "./tables.ts";

/** A file has at most so many rows, and about so much text before it is compressed. */
const PART_ROWS = 20_000;
const PART_BYTES = 8_000_000;
/** What may wait for all partitions together: then the fullest one becomes a file. */
const HELD_BYTES = 32_000_000;

/** The partition of the file that only tells the columns of a table without rows. No row was recorded then. */
const NO_DAY = "1970-01-01";

/** Limits that tests make small. */
export interface LakeLimits {
  readonly partRows: number;
  readonly partBytes: number;
  readonly heldBytes: number;
}
const LIMITS: LakeLimits = { partRows: PART_ROWS, partBytes: PART_BYTES, heldBytes: HELD_BYTES };

export interface Written {
  readonly table: string;
  readonly rows: number;
  readonly files: number;
  readonly removed: number;
}

interface Waiting {
  rows: (readonly Cell[])[];
  bytes: number;
  parts: number;
}

/**
 * Writes one table as `<table>/dt=<day>/part-<n>.parquet`, `dt` the day on which the hub wrote a row last. The same store
 * gives the same files with the same bytes however often and on whatever day it is exported; files of an export before that
 * have no rows any more are removed after the others are written.
 *
 * @param since a day: partitions before it stay as they are, with older versions of what changed after it
 */
export const writeTable = async (
  lake: Lake,
  store: Table,
  table: LakeTable,
  since = "",
  limits: LakeLimits = LIMITS,
): Promise<Written> => {
  const { name, columns } = table;
  const waiting = new Map<string, Waiting>();
  const written = new Set<string>();
  let held = 0;
  let seen = 0;
  let rows = 0;

  const writePart = async (day: string, some: Waiting) => {
    const path = pathOf(name, day, some.parts);
    await lake.put(path, await parquetOf(columns, some.rows));
    written.add(path);
    held -= some.bytes;
    waiting.set(day, { rows: [], bytes: 0, parts: some.parts + 1 });
  };

  for await (const row of table.rows(store)) {
    seen += 1;
    const day = table.recordedAt(row).slice(0, 10);
    if (day < since) continue;
    rows += 1;
    const cells = columns.map(({ of }) => of(row));
    const bytes = sizeOf(cells);
    const some = waiting.get(day) ?? { rows: [], bytes: 0, parts: 0 };
    waiting.set(day, some);
    some.rows.push(cells);
    some.bytes += bytes;
    held += bytes;
    if (some.rows.length >= limits.partRows || some.bytes >= limits.partBytes) await writePart(day, some);
    else if (held >= limits.heldBytes) await writePart(...fullest(waiting));
  }
  for (const [day, some] of waiting) if (some.rows.length > 0) await writePart(day, some);
  if (seen === 0) await writePart(NO_DAY, { rows: [], bytes: 0, parts: 0 });
  return { table: name, rows, files: written.size, removed: await removeOthers(lake, name, written, since) };
};

const pathOf = (table: string, day: string, part: number): string =>
  `${table}/dt=${day}/part-${String(part).padStart(5, "0")}.parquet`;

const OURS = /^[a-z_]+\/dt=(\d{4}-\d{2}-\d{2})\/part-\d{5}\.parquet$/;

/** What an earlier export wrote and this one did not; files of others stay. */
const removeOthers = async (lake: Lake, table: string, written: ReadonlySet<string>, since: string) => {
  const left: string[] = [];
  for await (const path of lake.list(table)) {
    const day = OURS.exec(path)?.[1];
    if (day !== undefined && !written.has(path) && (day >= since || day === NO_DAY)) left.push(path);
  }
  for (const path of left) await lake.remove(path);
  return left.length;
};

const fullest = (waiting: ReadonlyMap<string, Waiting>): [string, Waiting] =>
  [...waiting].reduce((most, one) => (one[1].bytes > most[1].bytes ? one : most));

/** About what a row takes in memory: a cell with something in it has an object of its own. */
const CELL_BYTES = 48;

const sizeOf = (cells: readonly Cell[]): number =>
  cells.reduce<number>((sum, cell) => {
    if (cell === undefined) return sum + 8;
    const texts = typeof cell === "string" ? [cell] : Array.isArray(cell) ? (cell as readonly string[]) : [];
    return texts.reduce((all, text) => all + 2 * text.length, sum + CELL_BYTES);
  }, 0);
