import * as z from "zod";
import { maskedRecipient } from "../../report/settings.ts";
import type { ReportAsk } from "../../store/report-asks.ts";
import { askForRun, askForTest } from "../access/report-asks.ts";
import { action } from "./action.ts";
import type { Route } from "./route.ts";

const AskedJson = z
  .object({
    report: z.string(),
    asked: z.enum(["run", "test"]),
    askedAt: z.string(),
    to: z.string().nullable().describe("Of a test: of the mail address only the first letter and the domain."),
    runsUrl: z.string().describe("Where its runs and their deliveries can be followed."),
  })
  .meta({ id: "ReportAsked" });

const ID = { id: "Name of a report." };

const answered = (ask: ReportAsk, hub: string): { body: z.input<typeof AskedJson> } => ({
  body: {
    report: ask.report,
    asked: ask.what,
    askedAt: ask.at,
    to: ask.to === undefined ? null : maskedRecipient(ask.to),
    runsUrl: `${hub}/v1/reports/${ask.report}/runs`,
  },
});

/** What people ask of a report beside its schedule. The answer comes before the work. */
export const REPORT_ACTIONS: readonly Route[] = [
  action({
    id: "run_report",
    method: "POST",
    tag: "Reports",
    scope: "reports:run",
    path: "/v1/reports/{id}/runs",
    summary:
      "Makes the report of the last whole period, if that was not done yet, and sends it to whoever has not got it.",
    pathParameters: ID,
    gives: AskedJson,
    status: 202,
    act: async ({ deps, id, identity }) => {
      const ask = await askForRun(deps, identity, id);
      return ask && answered(ask, deps.url());
    },
  }),
  action({
    id: "test_report",
    method: "POST",
    tag: "Reports",
    scope: "reports:run",
    path: "/v1/reports/{id}/test",
    summary: "Sends the report as it would be made now to you alone, marked as a test; nothing is kept.",
    pathParameters: ID,
    takes: z.object({
      to: z
        .string()
        .max(254)
        .optional()
        .describe("A mail address. Your own as a member, which it is without this; any for an administrator."),
    }),
    gives: AskedJson,
    status: 202,
    act: async ({ deps, id, identity, sent: { to = "" } }) => {
      const ask = await askForTest(deps, identity, id, to.trim());
      return ask && answered(ask, deps.url());
    },
  }),
];
