import * as z from "zod";
import { HubError } from "../../connector/errors.ts";
import type { Block, Cell, Report } from "../../report/document.ts";
import { reportsFor } from "../access/reports-for.ts";
import { didYouMean } from "../api/did-you-mean.ts";
import { defineTool, PAGE, quoted, VendorText, vendorText } from "./tool.ts";

const Listed = z.object({
  name: z.string().describe("As `report` takes it."),
  title: z.string(),
  last_run: z.string().nullable(),
  url: z.string(),
});

const Told = z.object({
  name: z.string(),
  run: z.string(),
  title: z.string(),
  period: z.object({ first: z.string(), last: z.string(), zone: z.string() }),
  subject: VendorText.describe("The news in one line."),
  lead: VendorText,
  changed: z.array(z.object({ what: z.string(), says: VendorText })),
  figures: z.array(
    z.object({
      section: z.string(),
      label: VendorText,
      value: z.number().nullable(),
      unit: z.string().nullable(),
      previous: z.number().nullable().describe("The same in the period before."),
    }),
  ),
  rows: z.array(z.object({ section: z.string(), says: VendorText })),
  caveats: z.array(VendorText),
  url: z.string(),
});

const wordsOf = (cell: Cell): string =>
  cell === null ? "unknown" : typeof cell === "object" ? cell.text : String(cell);

/** What a block of a section says, a line for each row. */
const linesOf = (block: Block): string[] => {
  if (block.type === "text") return [block.text];
  if (block.type === "table") return block.rows.map((row) => row.map(wordsOf).join(", "));
  if (block.type === "list") return block.items.map(({ text, details }) => [text, ...details.map(wordsOf)].join(", "));
  return [];
};

const toldOf = (report: Report): z.output<typeof Told> => ({
  name: report.report,
  run: report.run,
  title: report.title,
  period: { first: report.period.first, last: report.period.last, zone: report.period.zone },
  subject: vendorText(report.subject),
  lead: vendorText(report.lead),
  changed: report.changed.rows
    .slice(0, PAGE)
    .map(({ what, name, change, why }) => ({ what, says: vendorText(`${name}: ${change}${why && `, ${why}`}`) })),
  figures: report.sections.flatMap(({ id, blocks }) =>
    blocks.flatMap((block) =>
      block.type === "metrics"
        ? block.items.map(({ label, value, unit, previous }) => ({
            section: id,
            label: vendorText(label),
            value,
            unit: unit ?? null,
            previous: previous ?? null,
          }))
        : [],
    ),
  ),
  rows: report.sections
    .flatMap(({ id, blocks }) =>
      blocks
        .flatMap(linesOf)
        .slice(0, 5)
        .map((says) => ({ section: id, says: vendorText(says) })),
    )
    .slice(0, 2 * PAGE),
  caveats: report.caveats.map(vendorText),
  url: report.url,
});

/** Where the figures of a report are proven. */
const evidenceOf = ({ sections, changed }: Report): string[] => [
  ...changed.rows.map(({ url }) => url),
  ...sections.flatMap(({ blocks }) =>
    blocks.flatMap((block) => (block.type === "metrics" ? block.items.map(({ url }) => url) : [])),
  ),
];

export const getReport = defineTool({
  name: "get_report",
  title: "Get a report",
  description:
    "A report that was made: its lead, what changed, its figures beside the period before, and the first rows of each section. Without a name it lists the reports there are.",
  scope: "reports:read",
  input: {
    report: z.string().min(1).max(100).optional().describe("Name of a report."),
    run: z.string().min(1).max(60).optional().describe("First and last day of its period; the newest without it."),
  },
  output: { reports: z.array(Listed), report: Told.nullable() },
  find: async ({ deps, identity, input }) => {
    const settings = reportsFor(deps, identity).slice(0, PAGE);
    const reports = await Promise.all(
      settings.map(async ({ name, definition }) => ({
        name,
        title: definition.title,
        last_run: (await deps.reports?.runs(name, undefined, 1))?.items[0]?.run ?? null,
        url: `${deps.url()}/reports/${name}`,
      })),
    );
    const listed = reports.map(
      ({ name, title, last_run }) => `${name}: ${title}, last of ${last_run ?? "no period yet"}`,
    );
    if (input.report === undefined)
      return {
        data: { reports, report: null },
        evidence: reports.map(({ url }) => url),
        links: ["/reports"],
        lines: listed.length === 0 ? ["There is no report."] : listed,
      };
    const found = reports.find(({ name }) => name === input.report);
    const run = input.run ?? found?.last_run ?? undefined;
    const document =
      found === undefined || run === undefined ? undefined : (await deps.reports?.run(found.name, run))?.document;
    if (document === undefined) {
      const hint = didYouMean(input.report, found === undefined ? reports.map(({ name }) => name) : []);
      throw new HubError("report_unknown", `there is no such report, or no such run of it${hint}`, { retry: "never" });
    }
    const told = toldOf(document);
    return {
      data: { reports, report: told },
      evidence: evidenceOf(document),
      links: [`/reports/${told.name}/runs/${told.run}`],
      lines: [
        `${told.title}, ${told.period.first} to ${told.period.last}: ${quoted(told.lead.text)}`,
        ...told.changed.map(({ what, says }) => `changed, ${what}: ${quoted(says.text)}`),
        ...told.figures.map(
          ({ section, label, value, unit, previous }) =>
            `${section}: ${quoted(label.text)} ${value ?? "unknown"}${unit === null ? "" : ` ${unit}`}${previous === null ? "" : `, before ${previous}`}`,
        ),
        ...told.rows.map(({ section, says }) => `${section}: ${quoted(says.text)}`),
        ...told.caveats.map(({ text }) => `caveat: ${quoted(text)}`),
      ],
    };
  },
});
