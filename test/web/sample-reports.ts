import { DEFINITIONS } from "../../shared/report/definitions.ts";
import type { Report } from "../../shared/report/document.ts";
import { periodId, periodOf, previousOf } from "../../shared/report/period.ts";
import { THRESHOLDS } from "../../shared/report/section.ts";
import type { ReportSettings } from "../../shared/report/settings.ts";
import type { WebReports } from "../../shared/web/web-deps.ts";

const MADE_AT = "2026-11-23T08:00:00.000Z";
const period = periodOf("week", "Europe/Berlin", "monday", new Date(MADE_AT));
const run = periodId(period);
const url = `http://localhost:4100/reports/weekly/runs/${run}`;

const SETTINGS: ReportSettings = {
  name: "weekly",
  kind: "product",
  definition: DEFINITIONS.product,
  schedule: "0 9 * * 1",
  zone: "Europe/Berlin",
  weekStart: "monday",
  length: "week",
  products: [],
  to: ["email:ana@acme.example", "archive"],
  onlyIfChanged: false,
  thresholds: THRESHOLDS,
};

/** One of each kind of block. */
const REPORT: Report = {
  schema: "report.v1",
  report: "weekly",
  run,
  kind: "product",
  title: "Product weekly",
  subject: "Product weekly: 1 feature shipped",
  lead: "1 feature shipped.",
  products: [],
  period,
  previous: previousOf(period),
  madeAt: MADE_AT,
  isNews: true,
  changed: {
    base: "since the report up to 15 Nov 2026",
    counts: [{ word: "shipped", count: 1 }],
    rows: [{ what: "shipped", name: "ACME-1 Redesign checkout", url, change: "Testing → Production", why: "" }],
    more: 3,
  },
  sections: [
    {
      id: "shipped",
      title: "Shipped",
      blocks: [
        { type: "metrics", items: [{ label: "Features shipped", value: 1, previous: 2, change: -0.5, url }] },
        {
          type: "chart",
          shape: "bars",
          caption: "Features shipped in each week",
          series: [
            {
              name: "Shipped",
              points: [
                { label: "11-09", value: 2 },
                { label: "11-16", value: 1 },
              ],
            },
          ],
          marks: [],
        },
        { type: "list", items: [{ text: "Redesign checkout", url, details: ["on 18 Nov 2026"] }], more: 0, url },
        {
          type: "table",
          caption: "Moves",
          columns: [
            { name: "Feature", kind: "text" },
            { name: "Reached", kind: "share" },
          ],
          rows: [[{ text: "Redesign checkout", url }, 0.5]],
          more: 1,
          url,
        },
        { type: "text", text: "Nothing else." },
      ],
    },
  ],
  caveats: ["Zendesk is behind."],
  why: "It is in the configuration.",
  url,
};

/** One report with one run. */
export const sampleReports: WebReports = {
  settings: [SETTINGS],
  runs: async (report) => ({
    items: report === "weekly" ? [{ report, run, document: REPORT, madeAt: MADE_AT }] : [],
    next: undefined,
  }),
  run: async (report, named) =>
    report === "weekly" && named === run ? { report, run, document: REPORT, madeAt: MADE_AT } : undefined,
  deliveries: async (report) => [
    { report, run, recipient: "archive", state: "sent", tries: 1, since: MADE_AT, at: MADE_AT },
  ],
  preview: async () => REPORT,
};
