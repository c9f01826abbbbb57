import * as z from "zod";
import type { Credential } from "../../shared/connector/credential.ts";

/** A connection to one PostHog, in the cloud or self-hosted. */
export const Config = z.strictObject({
  apiKey: z
    .string()
    .min(1)
    .describe("personal API key (phx_…) with the scopes that the connector's page lists, read only")
    .meta({ secret: true }),
  projects: z
    .array(z.string().regex(/^\d{1,18}$/, "is the number of a project"))
    .min(1)
    .describe("numbers of the projects to read, as in their addresses; each is read on its own"),
  insights: z
    .array(z.string().regex(/^[A-Za-z0-9]{1,32}$/, "is the short id of an insight"))
    .max(500)
    .optional()
    .describe("short ids of the insights to read, as in their addresses; left out: every saved one"),
  timeZone: z
    .string()
    .min(1)
    .default("UTC")
    .describe("time zone of the projects, where an answer does not tell its own"),
  lateDays: z.int().min(0).max(30).default(1).describe("days that late events may still change"),
  refreshHours: z.int().min(1).max(168).default(6).describe("how long an insight that was read is left alone"),
  insightsPerRun: z.int().min(1).max(100).default(20).describe("insights computed in one run; the next run goes on"),
  resultsEveryHours: z.int().min(1).max(168).default(3).describe("how often results of running experiments are asked"),
  responseDays: z.int().min(1).max(730).default(180).describe("how far back survey responses are read at first"),
  pageSize: z.int().min(1).max(100).default(100).describe("records in one page of a list"),
  responsePageSize: z.int().min(1).max(10_000).default(1000).describe("survey responses in one query"),
  overlapHours: z.int().min(0).max(168).default(24).describe("how far before the cursor responses are read again"),
  webhookSecret: z
    .string()
    .optional()
    .describe("value of the X-Throughline-Secret header of the webhook destination; without it no webhook is accepted")
    .meta({ secret: true }),
  previousWebhookSecret: z
    .string()
    .optional()
    .describe("the value before the last change, accepted too")
    .meta({ secret: true }),
  baseUrl: z
    .url()
    .default("https://us.posthog.com")
    .describe("where PostHog answers: https://eu.posthog.com or your own address instead"),
  siteUrl: z.url().optional().describe("where people open it; the base URL by default"),
  requestsPerMinute: z.int().min(1).default(120).describe("pace of all requests, of the 240 a minute of a project"),
});
export type Config = z.output<typeof Config>;

/** https://posthog.com/docs/api#authentication */
export const credentialOf = ({ apiKey }: Config): Credential => ({
  kind: "api_token",
  authorization: `Bearer ${apiKey}`,
});

export const siteOf = ({ siteUrl, baseUrl }: Config): string => (siteUrl ?? baseUrl).replace(/\/$/, "");
