import * as z from "zod";
import { Report } from "../../report/document.ts";
import { runAfter, scheduleWords } from "../../report/schedule.ts";
import { maskedRecipient } from "../../report/settings.ts";
import { DELIVERY_STATES, type Delivery } from "../../store/report-store.ts";
import type { Identity } from "../access/identity.ts";
import { reportsFor } from "../access/reports-for.ts";
import type { WebDeps } from "../web-deps.ts";
import { list, single } from "./route.ts";

const ReportJson = z
  .object({
    id: z.string().describe("Its name in the configuration."),
    kind: z.string(),
    title: z.string(),
    sections: z.array(z.string()),
    schedule: z.string().describe("Minute, hour, day of the month, month, weekday."),
    scheduleWords: z.string(),
    timeZone: z.string(),
    nextAt: z.string().describe("In UTC."),
    lastRun: z.string().nullable().describe("Of the last period that is kept."),
    url: z.string(),
  })
  .meta({ id: "ReportSettings" });

const DeliveryJson = z
  .object({
    recipient: z.string().describe("Of a mail address only the first letter and the domain."),
    state: z.enum(DELIVERY_STATES).describe("`unknown`: the answer got lost; `skipped`: see the reason."),
    tries: z.int(),
    at: z.string(),
    code: z.string().nullable(),
    reason: z.string().nullable(),
  })
  .meta({ id: "ReportDelivery" });

const RunJson = z
  .object({
    id: z.string().describe("First and last day of its period."),
    subject: z.string(),
    lead: z.string(),
    madeAt: z.string(),
    isNews: z.boolean(),
    deliveries: z.array(DeliveryJson),
    url: z.string(),
  })
  .meta({ id: "ReportRun" });

const deliveryJson = ({ recipient, state, tries, at, code, reason }: Delivery): z.input<typeof DeliveryJson> => ({
  recipient: maskedRecipient(recipient),
  state,
  tries,
  at,
  code: code ?? null,
  reason: reason ?? null,
});

const isFor = (deps: WebDeps, identity: Identity, name: string): boolean =>
  reportsFor(deps, identity).some((one) => one.name === name);

export const REPORT_ROUTES = [
  list({
    id: "list_reports",
    tag: "Reports",
    scope: "reports:read",
    path: "/v1/reports",
    summary: "The reports of the configuration, with their schedules.",
    item: ReportJson,
    rows: async ({ deps, identity }) => {
      const settings = reportsFor(deps, identity);
      const items = await Promise.all(
        settings.map(async ({ name, kind, definition, schedule, zone }) => ({
          id: name,
          kind,
          title: definition.title,
          sections: [...definition.sections],
          schedule,
          scheduleWords: scheduleWords(schedule, zone),
          timeZone: zone,
          nextAt: runAfter(schedule, zone, deps.now()).toISOString(),
          lastRun: (await deps.reports?.runs(name, undefined, 1))?.items[0]?.run ?? null,
          url: `${deps.url()}/reports/${name}`,
        })),
      );
      return { items, next: undefined };
    },
  }),
  list({
    id: "list_report_runs",
    tag: "Reports",
    scope: "reports:read",
    path: "/v1/reports/{id}/runs",
    summary: "Runs of a report that are kept, newest period first, with what became of each delivery.",
    pathParameters: { id: "Name of a report." },
    item: RunJson,
    rows: async ({ deps, id, identity, after, limit }) => {
      const { reports } = deps;
      if (reports === undefined || !isFor(deps, identity, id)) return undefined;
      const { items, next } = await reports.runs(id, after, limit);
      const runs = await Promise.all(
        items.flatMap(({ run, document }) =>
          document === undefined
            ? []
            : [
                (async () => ({
                  id: run,
                  subject: document.subject,
                  lead: document.lead,
                  madeAt: document.madeAt,
                  isNews: document.isNews,
                  deliveries: (await reports.deliveries(id, run)).map(deliveryJson),
                  url: document.url,
                }))(),
              ],
        ),
      );
      return { items: runs, next };
    },
  }),
  single({
    id: "get_report_run",
    tag: "Reports",
    scope: "reports:read",
    path: "/v1/reports/{id}/runs/{run}",
    summary:
      "One run as it was made; it never changes. The same address with `.html`, `.md`, `.csv`, `.json` or `.txt` is the report as a file.",
    pathParameters: { id: "Name of a report.", run: "First and last day of its period, e.g. `2026-11-16_2026-11-22`." },
    body: Report,
    read: async ({ deps, id, params, identity }) => {
      if (!isFor(deps, identity, id)) return undefined;
      const document = (await deps.reports?.run(id, params["run"] ?? ""))?.document;
      return document && { body: document };
    },
  }),
];
