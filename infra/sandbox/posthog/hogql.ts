import type { Row } from "./project.ts";

const SHAPE =
  /^SELECT (?<columns>.+?) FROM events WHERE (?<where>.+?)(?: ORDER BY (?<order>[\w, ]+?))?(?: LIMIT (?<limit>\d+))?$/s;
/** Rows of a query that does not say how many it wants. */
const DEFAULT_LIMIT = 100;
const MOST = 50_000;

/** What PostHog says of a query that it cannot read. */
export class HogQLError extends Error {}

/**
 * The small part of HogQL that reads events: columns and properties, conditions joined by AND, an order and a limit.
 *
 * @param rows all events of the project
 * @param now milliseconds since the epoch
 * @throws HogQLError
 */
export const runHogQL = (
  text: string,
  values: Row,
  rows: readonly Row[],
  now: number,
): {
  readonly columns: readonly string[];
  readonly results: readonly unknown[][];
  readonly hasMore: boolean;
  readonly limit: number;
} => {
  const { columns = "", where = "", order, limit } = SHAPE.exec(text.trim())?.groups ?? {};
  if (columns === "") throw new HogQLError("mismatched input");
  const given = where.replace(/\{(\w+)\}/g, (_, name: string) => {
    if (!(name in values)) throw new HogQLError(`Placeholder {${name}} is not available in this context.`);
    const value = values[name];
    return typeof value === "number" ? String(value) : `'${String(value).replaceAll("'", "")}'`;
  });
  const conditions = given.split(" AND ").map((condition) => testOf(condition.trim(), now));
  if (order !== undefined && order !== "timestamp, uuid") throw new HogQLError(`unknown order ${order}`);
  const found = rows.filter((row) => conditions.every((test) => test(row)));
  const most = Math.min(MOST, limit === undefined ? DEFAULT_LIMIT : Number(limit));
  const names = columns.split(",").map((name) => name.trim());
  return {
    columns: names,
    results: found.slice(0, most).map((row) => names.map((name) => cellOf(row, name))),
    hasMore: found.length > most,
    limit: most,
  };
};

const cellOf = (row: Row, name: string): unknown => {
  if (!name.startsWith("properties.")) {
    if (!(name in row)) throw new HogQLError(`Unable to resolve field: ${name}`);
    return row[name];
  }
  const value = (row["properties"] as Row)[name.slice("properties.".length)];
  return typeof value === "boolean" ? String(value) : (value ?? null);
};

type Test = (row: Row) => boolean;

const testOf = (condition: string, now: number): Test => {
  const patterns: readonly (readonly [RegExp, (match: RegExpExecArray) => Test])[] = [
    [
      /^event = '([^']*)'$/,
      ([, name]) =>
        (row) =>
          row["event"] === name,
    ],
    [
      /^uuid = toUUID\('([^']*)'\)$/,
      ([, uuid]) =>
        (row) =>
          row["uuid"] === uuid,
    ],
    [
      /^timestamp < now\(\) - INTERVAL (\d+) MINUTE$/,
      ([, minutes]) =>
        (row) =>
          Number(row["ms"]) < now - Number(minutes) * 60_000,
    ],
    [
      /^timestamp >= now\(\) - toIntervalDay\((\d+)\)$/,
      ([, days]) =>
        (row) =>
          Number(row["ms"]) >= now - Number(days) * 86_400_000,
    ],
    [
      /^\(timestamp, uuid\) > \(toDateTime64\('([^']*)', 6, 'UTC'\), toUUID\('([^']*)'\)\)$/,
      ([, time = "", uuid = ""]) =>
        (row) => {
          const [ms, than] = [Number(row["ms"]), Date.parse(time)];
          return ms > than || (ms === than && String(row["uuid"]) > uuid);
        },
    ],
  ];
  for (const [pattern, test] of patterns) {
    const match = pattern.exec(condition);
    if (match !== null) return test(match);
  }
  throw new HogQLError(`cannot read ${condition}`);
};
