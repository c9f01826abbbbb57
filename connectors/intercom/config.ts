import * as z from "zod";
import type { HttpSettings } from "../../shared/connector/contract.ts";

/** A connection to one Intercom workspace. */
export const Config = z.strictObject({
  accessToken: z
    .string()
    .min(1)
    .describe("access token of an app of your own (Developer Hub, Authentication)")
    .meta({ secret: true }),
  region: z.enum(["us", "eu", "au"]).default("us").describe("where the workspace is hosted"),
  baseUrl: z.url().optional().describe("where Intercom answers, in place of the region's address"),
  apiVersion: z
    .string()
    .regex(/^\d+\.\d+$/, "is a version such as 2.14")
    .default("2.14")
    .describe("version of the API that is asked for"),
  webhookSecret: z
    .string()
    .optional()
    .describe("client secret of the app, with which Intercom signs webhooks; without it none is accepted")
    .meta({ secret: true }),
  previousWebhookSecret: z
    .string()
    .optional()
    .describe("the client secret before the last change, accepted too")
    .meta({ secret: true }),
  since: z.iso.date().default("2011-01-01").describe("day from which on conversations and tickets are read, by change"),
  pageSize: z.int().min(1).max(150).default(150).describe("conversations or tickets in one request"),
  overlapSeconds: z
    .int()
    .min(0)
    .default(300)
    .describe("how far before the last seen change each run starts again, against the lag of the search index"),
  requestsPerMinute: z
    .int()
    .min(1)
    .default(600)
    .describe("even pace of requests until Intercom's headers ask for less"),
});
export type Config = z.output<typeof Config>;

const HOSTS = {
  us: "https://api.intercom.io",
  eu: "https://api.eu.intercom.io",
  au: "https://api.au.intercom.io",
} as const;

export const httpOf = ({ baseUrl, region, apiVersion, accessToken, requestsPerMinute }: Config): HttpSettings => ({
  baseUrl: baseUrl ?? HOSTS[region],
  headers: { accept: "application/json", "intercom-version": apiVersion },
  credential: { kind: "access_token", authorization: `Bearer ${accessToken}` },
  requestsPerMinute,
});
