import * as z from "zod";

/** A connection to one GrowthBook organisation. */
export const Config = z.strictObject({
  apiKey: z
    .string()
    .min(1)
    .describe("secret key (Settings, API Keys) with role readonly, or a personal access token")
    .meta({ secret: true }),
  projects: z
    .array(z.string().min(1))
    .default([])
    .describe("ids of the projects to read, e.g. prj_abc123; none means all of the organisation"),
  webhookSecret: z
    .string()
    .optional()
    .describe("signing key of the webhook (ewhk_…); without it no webhook is accepted")
    .meta({ secret: true }),
  previousWebhookSecret: z
    .string()
    .optional()
    .describe("the signing key before the last change, accepted too")
    .meta({ secret: true }),
  baseUrl: z
    .url()
    .default("https://api.growthbook.io/api")
    .describe("where the API answers, without /v1; self-hosted: <API_HOST>/api"),
  appUrl: z.url().default("https://app.growthbook.io").describe("where people open GrowthBook, for links"),
  featuresVersion: z
    .enum(["v1", "v2"])
    .default("v2")
    .describe("v1 for self-hosted servers that do not know /v2/features yet"),
  pageSize: z.int().min(1).max(100).default(100).describe("records in one request"),
  requestsPerMinute: z.int().min(1).default(60).describe("what GrowthBook allows over all keys"),
});

export type Config = z.output<typeof Config>;

/** Each named project is read on its own; the empty scope is all of the organisation. */
export const scopesOf = ({ projects }: Config): readonly string[] => (projects.length === 0 ? [""] : projects);

/** The one selector of polls and webhooks; a record that tells no project is left to the re-read, which selects too. */
export const selects = ({ projects }: Config, project: string | null | undefined): boolean =>
  projects.length === 0 || project == null || projects.includes(project);
