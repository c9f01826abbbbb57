import * as z from "zod";

const Link = z.object({ text: z.string(), url: z.string() });
const Cell = z
  .union([z.string(), z.number(), z.null(), Link])
  .describe("A text, a figure, nothing known, or a text with where it is proven.");
const More = z.int().describe("How many further rows there are that do not stand here.");

const Metric = z.object({
  label: z.string(),
  value: z.number().nullable(),
  unit: z.string().optional(),
  previous: z.number().nullable().optional().describe("The same in the period before."),
  change: z.number().nullable().optional().describe("Relative to it: 0.05 is 5 % more."),
  note: z.string().optional(),
  url: z.string().describe("Where the figure is proven."),
});

const Blocks = [
  z.object({ type: z.literal("text"), text: z.string() }),
  z.object({ type: z.literal("metrics"), items: z.array(Metric) }),
  z.object({
    type: z.literal("table"),
    caption: z.string(),
    columns: z.array(z.object({ name: z.string(), kind: z.enum(["text", "number", "share", "change", "day"]) })),
    rows: z.array(z.array(Cell)),
    more: More,
    url: z.string().describe("Where all of it stands."),
  }),
  z.object({
    type: z.literal("list"),
    items: z.array(z.object({ text: z.string(), url: z.string().optional(), details: z.array(Cell) })),
    more: More,
    url: z.string(),
  }),
  z.object({
    type: z.literal("chart"),
    shape: z.enum(["bars", "line"]),
    caption: z.string(),
    series: z.array(
      z.object({ name: z.string(), points: z.array(z.object({ label: z.string(), value: z.number() })) }),
    ),
    marks: z.array(z.object({ label: z.string(), text: z.string() })).describe("What happened at a point."),
  }),
] as const;
const Block = z.discriminatedUnion("type", [...Blocks]);

const PeriodJson = z.object({
  length: z.enum(["day", "week", "month"]),
  zone: z.string(),
  weekStart: z.string(),
  first: z.string().describe("Day, included."),
  last: z.string().describe("Day, included."),
  start: z.string(),
  end: z.string(),
});

/** A report as it is stored and sent, `report.v1`: the same facts in every format. Texts are plain, one line each, and bounded. */
export const Report = z
  .object({
    schema: z.literal("report.v1"),
    report: z.string().describe("Its name in the configuration."),
    run: z.string().describe("Names the period: first day, last day."),
    kind: z.string(),
    title: z.string(),
    subject: z.string().describe("The news in one line."),
    lead: z.string().describe("One sentence, made by rule."),
    products: z.array(z.string()).describe("Their names; all where empty."),
    period: PeriodJson,
    previous: PeriodJson,
    madeAt: z.string(),
    isNews: z.boolean().describe("False: nothing changed."),
    changed: z.object({
      base: z.string().describe("What it is compared with."),
      counts: z.array(z.object({ word: z.string(), count: z.int() })),
      rows: z.array(
        z.object({ what: z.string(), name: z.string(), url: z.string(), change: z.string(), why: z.string() }),
      ),
      more: More,
    }),
    sections: z.array(z.object({ id: z.string(), title: z.string(), blocks: z.array(Block) })),
    caveats: z.array(z.string()).describe("What was behind or missing, and what that hides."),
    why: z.string().describe("Why somebody gets it, and how to change that."),
    url: z.string().describe("The same report as a page."),
  })
  .meta({ id: "Report" });

export type Report = z.output<typeof Report>;
export type Block = z.output<typeof Block>;
export type Cell = z.output<typeof Cell>;
export type Table = Extract<Block, { type: "table" }>;
export type Chart = Extract<Block, { type: "chart" }>;
export type Figure = z.output<typeof Metric>;
