import type { Block, Report } from "../document.ts";
import { cellText, changeLine, chartLines, countsText, coverText, figureText } from "./cell.ts";

/** Slack's own limits, and less where it has one more that it does not tell: about 13,200 characters in all. */
const HEADER = 150;
const SECTION = 3000;
const BLOCKS = 40;
const ALL = 10_000;
const FALLBACK = 300;
const ROWS = 6;

type Part = Readonly<Record<string, unknown>>;

const escaped = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** Escaped and within a limit that counts what is sent; never cut inside of `&amp;`. */
const fitting = (text: string, most: number): string => {
  const whole = escaped(text);
  if (whole.length <= most) return whole;
  let cut = "";
  for (const sign of text) {
    const next = escaped(sign);
    if (cut.length + next.length + 1 > most) break;
    cut += next;
  }
  return `${cut}…`;
};

/** Texts of tools stand in plain text only: no mention, no channel and no link is read out of them. */
const words = (text: string, most: number): Part => ({ type: "plain_text", text: fitting(text, most), emoji: false });
const section = (text: string): Part => ({ type: "section", text: words(text, SECTION) });
const header = (text: string): Part => ({ type: "header", text: words(text, HEADER) });

const pageLink = (url: string, label: string): Part => ({
  type: "context",
  elements: [{ type: "mrkdwn", text: `<${encodeURI(url).replaceAll("|", "%7C")}|${escaped(label)}>`, verbatim: true }],
});

/** A report as one message for `chat.postMessage` or a webhook: what fits, then how much more there is. */
export const reportSlack = (report: Report) => {
  const blocks: Part[] = [header(report.title), section(`${coverText(report)}\n${report.lead}`)];
  const parts = report.isNews ? partsOf(report) : [];
  let shown = 0;
  for (const more of parts) {
    // Two blocks are kept: what to know, and the way to the page.
    if (blocks.length + more.length > BLOCKS - 2 || sizeOf([...blocks, ...more]) > ALL - 1200) break;
    blocks.push(...more);
    shown += 1;
  }
  const left = parts.length - shown;
  blocks.push({ type: "context", elements: [words(report.caveats.join(" "), 600)] });
  blocks.push(pageLink(report.url, left > 0 ? `…and ${left} more parts: the whole report` : "The whole report"));
  return {
    text: fitting(report.subject, FALLBACK),
    blocks,
    unfurl_links: false,
    unfurl_media: false,
    link_names: false,
    parse: "none",
  };
};

const sizeOf = (blocks: readonly Part[]): number => JSON.stringify(blocks).length;

/** What belongs together, most important first. */
const partsOf = (report: Report): Part[][] => [
  ...(report.changed.counts.length === 0
    ? []
    : [
        [
          section(
            [
              `Changed ${countsText(report)}`,
              ...report.changed.rows.slice(0, 10).map((row) => `• ${row.name} ${changeLine(row)}`),
            ].join("\n"),
          ),
        ],
      ]),
  ...report.sections.flatMap(({ title, blocks }) => {
    const text = blocks.map(blockText).filter((one) => one !== "");
    return text.length === 0 ? [] : [[section([title.toUpperCase(), ...text].join("\n"))]];
  }),
];

/** The first rows of a block; the page has all of them. */
const blockText = (block: Block): string => {
  switch (block.type) {
    case "text":
      return block.text;
    case "metrics":
      return block.items.map((item) => `${item.label}: ${figureText(item)}`).join("\n");
    case "chart":
      return chartLines(block).join("\n");
    case "list":
      return rowsText(
        block.items.map(({ text, details }) => `• ${text}: ${details.map((one) => cellText(one)).join(", ")}`),
        block.more,
      );
    case "table":
      return rowsText(
        block.rows.map((row) => `• ${row.map((cell, at) => cellText(cell, block.columns[at]?.kind)).join(" · ")}`),
        block.more,
      );
  }
};

const rowsText = (rows: readonly string[], more: number): string => {
  const left = more + Math.max(0, rows.length - ROWS);
  return [...rows.slice(0, ROWS).map((row) => row.slice(0, 260)), ...(left > 0 ? [`…and ${left} more`] : [])].join(
    "\n",
  );
};
