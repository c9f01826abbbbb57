import { stringify } from "csv-stringify/sync";
import type { Block, Cell, Report } from "../document.ts";

/** One fact a row: what a spreadsheet filters by. */
const COLUMNS = [
  "report",
  "first_day",
  "last_day",
  "zone",
  "section",
  "block",
  "row",
  "column",
  "value",
  "url",
] as const;
type Fact = readonly [section: string, block: string, row: string, column: string, value: string | number, url: string];

/**
 * A report as CSV (RFC 4180): one fact a row, days as ISO dates, numbers as numbers. No cell is a formula to a
 * spreadsheet.
 *
 * @param bom for the button of a browser: spreadsheets take the file for UTF-8 then
 */
export const reportCsv = (report: Report, bom = false): string => {
  const { first, last, zone } = report.period;
  const facts: Fact[] = [
    ["", "lead", "", "text", report.lead, report.url],
    ...report.changed.rows.flatMap(({ what, name, change, why, url }): Fact[] => [
      ["changed", what, name, "change", change, url],
      ...(why === "" ? [] : [["changed", what, name, "why", why, url] as const]),
    ]),
    ...report.changed.counts.map(({ word, count }): Fact => ["changed", "counts", word, "count", count, report.url]),
    ...report.sections.flatMap(({ id, blocks }) => blocks.flatMap((block) => factsOf(id, block))),
    ...report.caveats.map((caveat): Fact => ["caveats", "", "", "text", caveat, ""]),
  ];
  return csvOf([COLUMNS, ...facts.map((fact) => [report.report, first, last, zone, ...fact])], bom);
};

/** Rows as CSV (RFC 4180), no cell of which is a formula to a spreadsheet. */
export const csvOf = (rows: readonly (readonly (string | number)[])[], bom = false): string =>
  stringify(
    rows.map((row) => row.map(inert)),
    { record_delimiter: "\r\n", bom },
  );

/** No control characters, and nothing that a spreadsheet takes for a formula; a number stays one. */
const inert = (value: string | number): string => {
  if (typeof value === "number") return String(value);
  const text = value.replaceAll(/\p{Cc}/gu, " ");
  return /^\s*[=+\-@＝＋－＠]/u.test(text) ? `'${text}` : text;
};

const factsOf = (section: string, block: Block): Fact[] => {
  switch (block.type) {
    case "text":
      return [[section, "text", "", "text", block.text, ""]];
    case "metrics":
      return block.items.flatMap(({ label, value, unit = "", previous, url }): Fact[] => [
        [section, "metrics", label, unit === "" ? "value" : unit, value ?? "", url],
        ...(previous === undefined || previous === null
          ? []
          : [[section, "metrics", label, "previous", previous, url] as const]),
      ]);
    case "chart":
      return block.series.flatMap(({ name, points }) =>
        points.map(({ label, value }): Fact => [section, block.caption, label, name, value, ""]),
      );
    case "list":
      return block.items.flatMap(({ text, url = "", details }) =>
        details.map(
          (detail, at): Fact => [section, "list", text, String(at + 1), wordOf(detail), urlOf(detail) || url],
        ),
      );
    case "table":
      return block.rows.flatMap((row) =>
        row
          .slice(1)
          .map(
            (cell, at): Fact => [
              section,
              block.caption,
              String(wordOf(row[0] ?? null)),
              block.columns[at + 1]?.name ?? "",
              wordOf(cell),
              urlOf(cell) || urlOf(row[0] ?? null),
            ],
          ),
      );
  }
};

const wordOf = (cell: Cell): string | number => (cell === null ? "" : typeof cell === "object" ? cell.text : cell);
const urlOf = (cell: Cell): string => (typeof cell === "object" && cell !== null ? cell.url : "");
