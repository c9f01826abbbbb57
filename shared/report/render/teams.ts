import type { Report } from "../document.ts";
import { changeLine, countsText, coverText, figureText } from "./cell.ts";

/** Teams takes about 28 KB for the whole message. */
const BYTES = 24_000;
const ROWS = 20;

type Part = Readonly<Record<string, unknown>>;

/** Runs of text are shown as they are; a TextBlock would read Markdown out of them. */
const run = (text: string, more: Part = {}): Part => ({ type: "TextRun", text, ...more });
const rich = (inlines: readonly Part[], separator = false): Part => ({ type: "RichTextBlock", separator, inlines });

/** A report as one adaptive card: its sentence, its figures, what changed first, and the way to the page. */
export const reportTeams = (report: Report) => {
  const parts: Part[] = [
    rich([run(report.title, { weight: "Bolder", size: "Large" })]),
    rich([run(`${coverText(report)}\n`, { isSubtle: true }), run(report.lead)]),
    ...(report.isNews ? partsOf(report) : []),
  ];
  const last = rich([run(report.caveats.join(" "), { isSubtle: true, size: "Small" })], true);
  const body: Part[] = [];
  for (const part of parts) {
    if (Buffer.byteLength(JSON.stringify(message(report, [...body, part, last]))) > BYTES) break;
    body.push(part);
  }
  return message(report, [...body, last]);
};

const partsOf = (report: Report): Part[] => [
  rich([run(`Changed ${countsText(report)}`, { weight: "Bolder" })], true),
  ...report.changed.rows
    .slice(0, ROWS)
    .map((row) =>
      rich([
        run(row.name, { weight: "Bolder", selectAction: { type: "Action.OpenUrl", url: row.url } }),
        run(` ${changeLine(row)}`),
      ]),
    ),
  ...report.sections.flatMap(({ title, blocks }) => {
    const figures = blocks.flatMap((block) => (block.type === "metrics" ? block.items : []));
    if (figures.length === 0) return [];
    return [
      rich(
        [run(title, { weight: "Bolder" }), ...figures.map((one) => run(`\n${one.label}: ${figureText(one)}`))],
        true,
      ),
    ];
  }),
];

const message = (report: Report, body: readonly Part[]) => ({
  type: "message",
  attachments: [
    {
      contentType: "application/vnd.microsoft.card.adaptive",
      contentUrl: null,
      content: {
        $schema: "http://adaptivecards.io/schemas/adaptive-card.json",
        type: "AdaptiveCard",
        version: "1.4",
        msteams: { width: "Full" },
        body,
        actions: [{ type: "Action.OpenUrl", title: "The whole report", url: report.url }],
      },
    },
  ],
});
