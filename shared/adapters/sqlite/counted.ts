import type { SQLInputValue } from "node:sqlite";
import { COUNTED, type CountedRow, KIND_LISTS, MOMENTS, STANDING, TIMED } from "../../ports/counted.ts";
import type { Query, WantedSince } from "../../ports/table.ts";
import { AT_MOST } from "./database.ts";

/** The value at the first of these places where there is one. */
const first = (places: readonly string[], otherwise: string): string =>
  `coalesce(${[...places.map((place) => `data ->> '$.${place}'`), `'${otherwise}'`].join(", ")})`;

/** The least text that is greater than all that start so. */
const after = (start: string): string =>
  start.slice(0, -1) + String.fromCharCode(start.charCodeAt(start.length - 1) + 1);

/** Where an entity stands, and which rows are entities of a list of their kind. */
export const STANDS = first(STANDING, "unknown");
export const OF_KIND = `list_pk > '${KIND_LISTS}' AND list_pk < '${after(KIND_LISTS)}' AND json_valid(data)`;

/** When something last happened to what is counted by its time, and which rows that is. */
const MOMENT = `max(${MOMENTS.map((places) => first(places, "")).join(", ")})`;
const startsWith = (start: string): string => `list_pk GLOB '${start}*'`;
const OF_TIME = `(${TIMED.map(startsWith).join(" OR ")}) AND json_valid(data)`;

/** Values of a row as the text of one JSON array, found in one go; null where the row is damaged. */
const valuesOf = (places: readonly string[]): string => {
  const paths = places.map((place) => `'$.${place}'`);
  const found = paths.length === 1 ? `json_array(data -> ${paths})` : `json_extract(data, ${paths.join(", ")})`;
  return `CASE WHEN json_valid(data) THEN ${found} END`;
};

const SAID = valuesOf(COUNTED.said.own);
const SHOWN = valuesOf(COUNTED.feature.beside.values);

/** Of rows beside those of a list: named, since the planner would rather read each row. */
const BESIDE_INDEX = { said: "", feature: "INDEXED BY item_shown" } as const;

/** Each holds all that is asked of it, so that no row is read and parsed. */
export const COUNTED_INDEXES = `
  CREATE INDEX IF NOT EXISTS item_standing ON item (list_pk, ${STANDS}, list_sk) WHERE ${OF_KIND};
  DROP INDEX IF EXISTS item_moment;
  CREATE INDEX IF NOT EXISTS item_said ON item (list_pk, list_sk, ${MOMENT}, ${STANDS}, pk, ${SAID}) WHERE ${OF_TIME};
  CREATE INDEX IF NOT EXISTS item_shown ON item (pk, ${SHOWN}) WHERE sk = '${COUNTED.feature.beside.sk}';
`;

/** All rows of a page as one JSON text: a row that comes by itself costs more than what stands in it. */
export const countedQuery = (
  { pk, after: place = "", limit = 100, standing, since }: Pick<Query, "pk" | "after" | "limit"> & WantedSince,
  by: keyof typeof COUNTED,
): { readonly sql: string; readonly values: SQLInputValue[] } => {
  const { own, beside } = COUNTED[by];
  const other = `SELECT ${valuesOf(beside.values)} FROM item ${BESIDE_INDEX[by]} WHERE pk = one.pk AND sk = '${beside.sk}'`;
  const mine = own.length === 0 ? "'[]'" : `coalesce(${valuesOf(own)}, '[]')`;
  const row = `'[' || json_quote(list_sk) || ',' || ${mine} || ',' || coalesce((${other}), 'null') || ']'`;
  const timed = since === undefined ? undefined : TIMED.find((start) => pk.startsWith(start));
  const stands = standing === undefined ? "" : ` OR ${STANDS} IN (${standing.map(() => "?").join()})`;
  const fits =
    timed === undefined ? "" : ` AND ${startsWith(timed)} AND json_valid(data) AND (${MOMENT} >= ?${stands})`;
  const index = timed === undefined ? "" : "INDEXED BY item_said";
  return {
    sql: `SELECT group_concat(line) AS rows FROM (SELECT ${row} AS line FROM item AS one ${index} WHERE list_pk = ? AND list_sk > ?${fits} ORDER BY list_sk ${AT_MOST})`,
    values: [pk, place, ...(timed === undefined || since === undefined ? [] : [since, ...(standing ?? [])]), limit],
  };
};

/** The rows of a page of {@link countedQuery}. */
export const countedRows = (lines: unknown): CountedRow[] =>
  (JSON.parse(`[${lines ?? ""}]`) as [string, unknown[], unknown[] | null][]).map(([sk, own, beside]) => ({
    sk,
    own,
    beside,
  }));
