import { type Column, cellOf } from "./columns.ts";

/** Cells longer than this are cut: a table is for looking at. */
const CELL = 200;
/** Of objects these parts say what they are. */
const TELLING: ReadonlySet<string> = new Set(["category", "value", "name", "tool", "state"]);

/** Vendor text that stays text: no markup, no HTML, no link, nobody called by name, no row of its own. */
const inert = (text: string): string =>
  text
    .toWellFormed()
    .replace(/[\p{Cc}\u2028\u2029]+/gu, " ")
    .replace(/\p{Bidi_Control}/gu, "")
    .slice(0, CELL)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replace(/[\\`*[\]|~#]|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, (sign) => `\\${sign}`)
    .replaceAll("://", ":&#47;/")
    .replaceAll("www.", "www&#46;")
    .replaceAll("@", "&#64;");

const cell = (row: unknown, column: Column): string => inert(String(cellOf(row, column) ?? ""));

/** Columns that fit a table for people: what stands at the top, and what says what an object is. */
const shown = (columns: readonly Column[]): Column[] =>
  columns.filter(({ path }) => path.length === 1 || (path.length === 2 && TELLING.has(path[1] ?? "")));

/** Rows as a table. */
export const markdownTable = (columns: readonly Column[], rows: readonly unknown[]): string => {
  const some = shown(columns);
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [
    line(some.map(({ name }) => name)),
    line(some.map(() => "---")),
    ...rows.map((row) => line(some.map((column) => cell(row, column)))),
    "",
  ].join("\n");
};

/** One thing as a list of what is said of it. */
export const markdownList = (columns: readonly Column[], row: unknown): string => {
  const name = (row as { readonly name?: unknown; readonly key?: unknown } | null) ?? {};
  const title = [name.key, name.name].filter((word) => typeof word === "string").join(" ");
  const lines = columns.flatMap((column) => {
    const text = cell(row, column);
    return text === "" ? [] : [`- **${column.name}**: ${text}`];
  });
  return [...(title === "" ? [] : [`# ${inert(title)}`, ""]), ...lines, ""].join("\n");
};
