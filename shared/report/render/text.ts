import type { Block, Report } from "../document.ts";
import { cellText, changeLine, chartLines, countsText, coverText, figureText, moreText } from "./cell.ts";

/** A report as plain text: the text part of its mail, and for the terminal. The same facts as every other format. */
export const reportText = (report: Report): string =>
  [
    [report.title, coverText(report), "", report.lead, `This report as a page: ${report.url}`],
    [
      heading("What changed"),
      countsText(report),
      ...report.changed.rows.map((row) => `- ${row.name}: ${changeLine(row)}\n  ${row.url}`),
      ...(report.changed.more > 0 ? [moreText(report.changed.more)] : []),
    ],
    ...report.sections
      .filter(({ blocks }) => blocks.length > 0)
      .map(({ title, blocks }) => [heading(title), ...blocks.flatMap(blockLines)]),
    [heading("What to know"), ...report.caveats.map((caveat) => `- ${caveat}`)],
    [report.why],
  ]
    .map((lines) => lines.join("\n"))
    .join("\n\n")
    .concat("\n");

const heading = (words: string): string => `${words}\n${"-".repeat(Math.min(78, words.length))}`;

const blockLines = (block: Block): string[] => {
  switch (block.type) {
    case "text":
      return [block.text];
    case "metrics":
      return block.items.map((item) => `${item.label}: ${figureText(item)}\n  ${item.url}`);
    case "chart":
      return [block.caption, ...chartLines(block).map((line) => `  ${line}`)];
    case "list":
      return [
        ...block.items.map(({ text, url, details }) =>
          [`- ${text}`, ...(url === undefined ? [] : [url]), ...details.map(withUrl)].join("\n  "),
        ),
        ...(block.items.length === 0 ? ["Nothing."] : []),
        ...more(block),
      ];
    case "table":
      return [
        `${block.caption}:`,
        ...(block.rows.length === 0 ? ["Nothing."] : []),
        ...block.rows.map(
          (row) =>
            `- ${row.map((cell, at) => `${at === 0 ? "" : `${block.columns[at]?.name}: `}${withUrl(cell, block.columns[at]?.kind)}`).join("; ")}`,
        ),
        ...more(block),
      ];
  }
};

const withUrl = (cell: Parameters<typeof cellText>[0], kind?: Parameters<typeof cellText>[1] | number): string => {
  const words = cellText(cell, typeof kind === "string" ? kind : "text");
  return typeof cell === "object" && cell !== null ? `${words} <${cell.url}>` : words;
};

const more = (block: { readonly more: number; readonly url: string }): string[] =>
  block.more > 0 ? [`${moreText(block.more)}: ${block.url}`] : [];
