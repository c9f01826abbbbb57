import * as z from "zod";

/** A connection to one LaunchDarkly account. */
export const Config = z.strictObject({
  accessToken: z
    .string()
    .min(1)
    .describe("access token (Authorization, Access tokens) with role Reader")
    .meta({ secret: true }),
  projects: z.array(z.string().min(1)).min(1).describe("keys of the projects to read"),
  environments: z
    .array(z.string().min(1))
    .default([])
    .describe("keys of the environments to read; none means all of a project"),
  webhookSecret: z
    .string()
    .optional()
    .describe("secret of the webhook; without it no webhook is accepted")
    .meta({ secret: true }),
  previousWebhookSecret: z
    .string()
    .optional()
    .describe("the secret before the last change, accepted too")
    .meta({ secret: true }),
  baseUrl: z
    .url()
    .default("https://app.launchdarkly.com")
    .describe("where the API answers, without /api/v2; EU: https://app.eu.launchdarkly.com"),
  appUrl: z.url().default("https://app.launchdarkly.com").describe("where people open LaunchDarkly, for links"),
  apiVersion: z
    .string()
    .regex(/^\d{8}$/)
    .default("20240415")
    .describe("LD-API-Version that is asked for"),
  pageSize: z.int().min(1).max(100).default(100).describe("flags, experiments or metrics in one request"),
  overlapSeconds: z.int().min(0).default(300).describe("how far before its cursor the audit log is read again"),
  wholeEveryHours: z
    .int()
    .min(1)
    .default(24)
    .describe(
      "how often everything is read again, for what the audit log does not tell: when flags were last asked for",
    ),
  requestsPerMinute: z.int().min(1).default(300).describe("pace until LaunchDarkly's headers say otherwise"),
});

export type Config = z.output<typeof Config>;

/** Each project is read on its own, with a cursor of its own. */
export const scopesOf = ({ projects }: Config): readonly string[] => [...new Set(projects)];

/** The one selector of polls and webhooks. */
export const selects = ({ projects }: Config, project: string): boolean => projects.includes(project);

/** As {@link selects}, for what lives in one environment. */
export const selectsIn = (config: Config, project: string, environment: string): boolean =>
  selects(config, project) && (config.environments.length === 0 || config.environments.includes(environment));
