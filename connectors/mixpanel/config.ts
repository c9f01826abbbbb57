import * as z from "zod";
import type { Credential } from "../../shared/connector/credential.ts";
import { METRIC_KINDS } from "../../shared/domain/fields-around.ts";
import { isZone } from "./zone.ts";

const Id = z.string().regex(/^\d{1,18}$/, "is a number, as in the address of the report");

const Zone = z.string().refine(isZone, { error: "is no IANA time zone, e.g. Europe/Berlin" });

/** What Mixpanel cannot know of a report: whom it speaks of and which way is good. */
const meaning = {
  name: z.string().min(1).optional().describe("what it is called on our pages"),
  feature: z.string().min(1).optional().describe("key or address of the feature that it measures, e.g. ACME-12"),
  type: z.enum(METRIC_KINDS).optional(),
  direction: z.enum(["up_good", "down_good"]).optional(),
  unit: z.string().min(1).optional(),
};

const Report = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("insight"), id: Id, ...meaning }),
  z.strictObject({ kind: z.literal("funnel"), id: Id, ...meaning }),
  z.strictObject({
    kind: z.literal("retention"),
    id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,60}$/, "is a short name of your own, e.g. weekly-carts"),
    bornEvent: z.string().min(1),
    event: z.string().min(1).optional(),
    every: z.enum(["day", "week", "month"]).default("week"),
    intervals: z.int().min(1).max(52).default(8),
    ...meaning,
  }),
  z.strictObject({
    kind: z.literal("segmentation"),
    event: z.string().min(1),
    count: z.enum(["general", "unique", "average"]).default("unique"),
    every: z.enum(["hour", "day", "month"]).default("day"),
    on: z.string().min(1).optional(),
    where: z.string().min(1).optional(),
    ...meaning,
  }),
]);
export type Report = z.output<typeof Report>;

/** A connection to one Mixpanel project. */
export const Config = z.strictObject({
  serviceAccount: z.string().min(1).describe("user name of a service account of the project, role Consumer or higher"),
  serviceAccountSecret: z.string().min(1).describe("secret of the service account").meta({ secret: true }),
  projectId: Id.describe("number of the project, as in its address"),
  workspaceId: Id.optional().describe(
    "number of the data view, as in its address; without it no experiments and flags",
  ),
  reports: z
    .array(Report)
    .max(200)
    .default([])
    .describe("reports to read: saved ones (insight, funnel) by id, retention and segmentation by what they ask"),
  allFunnels: z.boolean().default(true).describe("read every saved funnel, not only those of reports"),
  events: z
    .array(z.string().min(1))
    .max(20)
    .default([])
    .describe("events to count by the raw export, per day; left out: the export is not asked"),
  timeZone: Zone.default("UTC").describe("time zone of the project: its days are meant by it"),
  exportTimeZone: Zone.default("UTC").describe(
    "zone of the export's days: UTC, or the project's if it is from before 2023",
  ),
  windowDays: z.int().min(1).max(90).default(30).describe("how many days a report and the export are asked for"),
  lateDays: z.int().min(0).max(30).default(5).describe("days that late events may still change: these are read again"),
  refreshHours: z.int().min(1).max(168).default(6).describe("how long a report that was read is left alone"),
  queriesPerHour: z
    .int()
    .min(1)
    .max(60)
    .default(30)
    .describe("reports asked for in an hour, of the 60 that Mixpanel allows everybody in the project together"),
  queriesPerRun: z.int().min(1).max(60).default(5).describe("reports asked for in one run; the next run goes on"),
  baseUrl: z
    .url()
    .default("https://mixpanel.com")
    .describe("where the API answers; https://eu.mixpanel.com or https://in.mixpanel.com for data kept there"),
  exportUrl: z.url().optional().describe("where the raw export answers; follows from baseUrl"),
  siteUrl: z.url().optional().describe("where people open reports; follows from baseUrl"),
  requestsPerMinute: z.int().min(1).default(30).describe("pace of all requests; Mixpanel's headers say nothing of it"),
});
export type Config = z.output<typeof Config>;

/** https://developer.mixpanel.com/reference/service-accounts */
export const credentialOf = ({ serviceAccount, serviceAccountSecret }: Config): Credential => ({
  kind: "api_token",
  authorization: `Basic ${Buffer.from(`${serviceAccount}:${serviceAccountSecret}`).toString("base64")}`,
});

const EXPORTS: ReadonlyMap<string, string> = new Map([
  ["mixpanel.com", "https://data.mixpanel.com"],
  ["eu.mixpanel.com", "https://data-eu.mixpanel.com"],
  ["in.mixpanel.com", "https://data-in.mixpanel.com"],
]);

/** The raw export has hosts of its own: https://developer.mixpanel.com/reference/raw-event-export */
export const exportUrlOf = ({ exportUrl, baseUrl }: Config): string =>
  (exportUrl ?? EXPORTS.get(new URL(baseUrl).hostname) ?? baseUrl).replace(/\/$/, "");

export const siteOf = ({ siteUrl, baseUrl }: Config): string =>
  (siteUrl ?? (EXPORTS.has(new URL(baseUrl).hostname) ? baseUrl : "https://mixpanel.com")).replace(/\/$/, "");

/** The name of a report here: it stays when the report is called otherwise. */
export const idOf = (report: Report): string => {
  if (report.kind !== "segmentation") return `${report.kind}:${report.id}`;
  const { event, count, every, on, where } = report;
  return ["segmentation", event, count, every, ...(on || where ? [on ?? "", where ?? ""] : [])].join(":");
};
