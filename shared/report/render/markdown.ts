import type { Block, Cell, Report } from "../document.ts";
import { cellText, changeLine, chartLines, countsText, coverText, figureText, moreText } from "./cell.ts";

/** Signs that open a heading, a list, a rule or a table's rule where a line begins, and `1.` and `1)` there. */
const OPENS_LINE = /^([ \t]*(?:\d{1,9}(?=[.)])|(?=#|[-+=:](?:[-+=:\s]|$))))/gm;
/** Markup anywhere in a line; `_` but within a word, `:` and `.` where they make a link or a picture of a name. */
const MARKUP = /[\\`*{}[\]|~@$]|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])|!(?=\[|$)|:(?=\/\/|[a-z][\w+-]*:)|(?<=www)\./giu;

/**
 * A text of a tool is shown as it is: nothing in it is markup, HTML, a link by itself or the end of a table's cell. What
 * Markdown reads as plain text at its place stays as it is written, so that people can read the source.
 */
export const safe = (text: string): string =>
  text
    .replaceAll(MARKUP, "\\$&")
    .replaceAll(OPENS_LINE, "$1\\")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;");

/** @param url one that may be told as it is */
export const link = (text: string, url: string): string =>
  `[${safe(text)}](<${url.replaceAll("<", "%3C").replaceAll(">", "%3E").replaceAll("\\", "%5C")}>)`;

const cell = (value: Cell | undefined, kind?: Parameters<typeof cellText>[1]): string =>
  typeof value === "object" && value !== null ? link(value.text, value.url) : safe(cellText(value, kind));

/** A report as Markdown for wikis: tables, and charts as lines of bars. */
export const reportMarkdown = (report: Report): string =>
  [
    `# ${safe(report.title)}`,
    safe(coverText(report)),
    `**${safe(report.lead)}**`,
    `${link("This report as a page", report.url)}`,
    "## What changed",
    safe(countsText(report)),
    [
      ...report.changed.rows.map((row) => `- ${link(row.name, row.url)} ${safe(changeLine(row))}`),
      ...(report.changed.more > 0 ? [`- ${safe(moreText(report.changed.more))}`] : []),
    ].join("\n"),
    ...report.sections
      .filter(({ blocks }) => blocks.length > 0)
      .flatMap(({ title, blocks }) => [`## ${safe(title)}`, ...blocks.map(blockText)]),
    "## What to know",
    report.caveats.map((caveat) => `- ${safe(caveat)}`).join("\n"),
    safe(report.why),
  ]
    .filter((part) => part !== "")
    .join("\n\n")
    .concat("\n");

const blockText = (block: Block): string => {
  switch (block.type) {
    case "text":
      return safe(block.text);
    case "metrics":
      return block.items.map((item) => `- ${link(item.label, item.url)}: ${safe(figureText(item))}`).join("\n");
    case "chart":
      return [safe(block.caption), ...chartLines(block).map((line) => `- ${safe(line)}`)].join("\n\n");
    case "list":
      return [
        ...block.items.map(
          ({ text, url, details }) =>
            `- ${url === undefined ? safe(text) : link(text, url)}${details.map((one) => `\n  - ${cell(one)}`).join("")}`,
        ),
        ...(block.items.length === 0 ? ["Nothing."] : []),
        ...more(block),
      ].join("\n");
    case "table":
      return [
        safe(block.caption),
        block.rows.length === 0
          ? "Nothing."
          : [
              `| ${block.columns.map(({ name }) => safe(name)).join(" | ")} |`,
              `| ${block.columns.map(({ kind }) => (kind === "text" || kind === "day" ? "---" : "---:")).join(" | ")} |`,
              ...block.rows.map((row) => `| ${row.map((one, at) => cell(one, block.columns[at]?.kind)).join(" | ")} |`),
            ].join("\n"),
        ...more(block),
      ].join("\n\n");
  }
};

const more = (block: { readonly more: number; readonly url: string }): string[] =>
  block.more > 0 ? [`- ${link(moreText(block.more), block.url)}`] : [];
