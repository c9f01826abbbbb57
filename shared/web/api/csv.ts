import { stringify } from "csv-stringify/sync";
import { type Column, cellOf } from "./columns.ts";

/** What a spreadsheet may take for a formula, also after spaces and in full width. */
const FORMULA = /^\s*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20]/;

/** Vendor text that no spreadsheet runs: without control characters, and behind an apostrophe where it could be a formula. */
const inert = (text: string): string => {
  const shown = text.toWellFormed().replace(/[\p{Cc}\u2028\u2029]+/gu, " ");
  return FORMULA.test(shown) ? `'${shown}` : shown;
};

/** Rows as RFC 4180 asks, with a line of names. @param bom for spreadsheets that else take UTF-8 for another encoding */
export const csv = (columns: readonly Column[], rows: readonly unknown[], bom: boolean): string =>
  stringify(
    rows.map((row) => columns.map((column) => cellOf(row, column))),
    {
      header: true,
      columns: columns.map(({ name }, key) => ({ key: String(key), header: name })),
      record_delimiter: "\r\n",
      bom,
      cast: { boolean: String, string: (text, { header }) => (header ? text : inert(text)) },
    },
  );
