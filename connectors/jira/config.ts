import * as z from "zod";
import type { HttpSettings } from "../../shared/connector/contract.ts";
import type { Credential } from "../../shared/connector/credential.ts";
import { OAuthConfig, oauthRenewal } from "../../shared/connector/oauth.ts";
import { maybeInstant } from "../../shared/domain/instant.ts";

const secret = (words: string) => z.string().min(1).optional().describe(words).meta({ secret: true });

/** A project key as Jira allows it; checked since it becomes part of a query. */
const ProjectKey = z.string().regex(/^[A-Za-z][A-Za-z0-9_]{0,254}$/, "is not a Jira project key");

/** A connection to one Jira Cloud site. */
export const Config = z
  .strictObject({
    site: z
      .string()
      .regex(/^[\w-]+(\.[\w-]+)*$/, "is a host name without https://")
      .optional()
      .describe("host of the site, `acme.atlassian.net` or only `acme`; for unscoped API tokens"),
    cloudId: z
      .string()
      .regex(/^[\w-]+$/)
      .optional()
      .describe("id of the site, for scoped tokens, service accounts and OAuth, which answer at api.atlassian.com"),
    baseUrl: z
      .url({ protocol: /^https?$/ })
      .optional()
      .describe("where Jira answers, in place of the address made from site or cloudId"),
    email: z.email().optional().describe("account that the API token belongs to"),
    apiToken: secret("API token of that account; lives at most one year"),
    apiTokenExpiresOn: z.iso
      .date()
      .optional()
      .describe("day on which the API token ends, as Atlassian shows it; the hub warns from 14 days before"),
    accessToken: secret("bearer token (OAuth or service account), in place of email and apiToken"),
    oauth: OAuthConfig.optional(),
    webhookSecret: secret("secret of the Jira webhook; without it webhooks are refused"),
    previousWebhookSecret: secret("the secret before it, accepted too while it is being changed"),
    projects: z
      .array(ProjectKey)
      .default([])
      .describe("project keys to read; none means every project that the account can browse"),
    customFields: z
      .array(z.string().min(1))
      .default([])
      .describe("ids or names of further custom fields to keep with each issue"),
    storyPointsField: z
      .string()
      .regex(/^customfield_\d+$/, "is an id such as customfield_10016")
      .optional()
      .describe("id of the field that holds story points, where a site has several or calls it otherwise"),
    jqlTime: z
      .enum(["epoch", "formatted"])
      .default("epoch")
      .describe("how a time is written in JQL: epoch milliseconds, or minutes in the time zone of the account"),
    overlapSeconds: z
      .int()
      .min(0)
      .max(86_400)
      .default(300)
      .describe("how far before the last seen change each run starts again, against the lag of Jira's index"),
    pageSize: z.int().min(1).max(100).default(100).describe("issues per page"),
    changelogPageSize: z.int().min(1).max(10_000).default(1_000).describe("changelog entries per page"),
    listPageSize: z.int().min(1).max(50).default(50).describe("projects, versions, boards and sprints per page"),
    requestsPerMinute: z
      .int()
      .min(1)
      .default(600)
      .describe("even pace of requests until Jira's own headers ask for less"),
  })
  .refine(({ site, cloudId, baseUrl }) => (site ?? cloudId ?? baseUrl) !== undefined, {
    error: "needs site, cloudId or baseUrl",
  })
  // An address that is left over from a token is no credential.
  .refine(
    ({ email, apiToken, accessToken, oauth }) =>
      [email !== undefined && apiToken !== undefined, accessToken !== undefined, oauth !== undefined].filter(Boolean)
        .length === 1 &&
      (apiToken === undefined || email !== undefined),
    { error: "needs either email and apiToken, or accessToken, or oauth" },
  )
  .refine(({ oauth, cloudId, baseUrl }) => oauth === undefined || (cloudId ?? baseUrl) !== undefined, {
    error: "oauth needs cloudId: such tokens answer at api.atlassian.com",
  });
export type Config = z.output<typeof Config>;

/** Where this connection's Jira answers, and as whom we ask. */
export const httpOf = (config: Config): HttpSettings => ({
  baseUrl: config.baseUrl ?? addressOf(config),
  headers: { accept: "application/json" },
  credential: credentialOf(config),
  requestsPerMinute: config.requestsPerMinute,
});

const addressOf = ({ site, cloudId }: Config): string => {
  if (cloudId !== undefined) return `https://api.atlassian.com/ex/jira/${cloudId}`;
  return `https://${site?.includes(".") ? site : `${site}.atlassian.net`}`;
};

/** Source: https://developer.atlassian.com/cloud/jira/platform/oauth-2-3lo-apps/#use-a-refresh-token-to-get-another-access-token-and-refresh-token-pair */
const TOKENS = { tokenUrl: "https://auth.atlassian.com/oauth/token", encoding: "json" } as const;

const credentialOf = ({ accessToken, email, apiToken, apiTokenExpiresOn, oauth }: Config): Credential => {
  if (oauth !== undefined) return { kind: "oauth", renewal: oauthRenewal(oauth, TOKENS) };
  if (accessToken !== undefined) return { kind: "access_token", authorization: `Bearer ${accessToken}` };
  return {
    kind: "api_token",
    authorization: `Basic ${Buffer.from(`${email}:${apiToken}`).toString("base64")}`,
    expiresAt: maybeInstant(apiTokenExpiresOn),
  };
};

/** Each named project is read on its own, so that losing one does not stop the others; the empty scope is all of them. */
export const scopesOf = ({ projects }: Config): readonly string[] =>
  projects.length === 0 ? [""] : [...new Set(projects.map((key) => key.toUpperCase()))];

/** The one selector of polls and webhooks. A record that tells no project is left to the re-read, which selects too. */
export const selects = ({ projects }: Config, key: string | null | undefined): boolean =>
  projects.length === 0 || !key || projects.some((project) => project.toUpperCase() === key.toUpperCase());
