import * as z from "zod";
import type { HttpSettings } from "../../shared/connector/contract.ts";
import type { Credential, Renewal } from "../../shared/connector/credential.ts";
import { oneOf } from "../../shared/connector/one-of.ts";

const secret = (words: string) => z.string().min(1).optional().describe(words).meta({ secret: true });

/** An OAuth client of the account, which speaks for itself: no person consents, and no refresh token is kept. */
const OAuthClient = z
  .strictObject({
    clientId: z.string().min(1).describe("identifier of the OAuth client"),
    clientSecret: z.string().min(1).describe("secret of the OAuth client").meta({ secret: true }),
    tokenUrl: z.url().optional().describe("token endpoint, in place of the account's own"),
  })
  .describe("confidential OAuth client (client credentials), in place of a token that stays");

/** A connection to one Zendesk account. */
export const Config = z
  .strictObject({
    subdomain: z
      .string()
      .regex(/^[a-z0-9][a-z0-9-]*$/, "is the part before .zendesk.com")
      .describe("the part of the account's address before .zendesk.com"),
    baseUrl: z.url().optional().describe("where Zendesk answers, in place of https://<subdomain>.zendesk.com"),
    oauth: OAuthClient.optional(),
    accessToken: secret("OAuth access token with scope read, in place of oauth"),
    email: z.email().optional().describe("agent that the API token is used as"),
    apiToken: secret("API token of the account; Zendesk ends these in April 2027"),
    webhookSecret: secret("signing secret of the webhook; without it no webhook is accepted"),
    previousWebhookSecret: secret("the signing secret before the last change, accepted too"),
    featureFieldIds: z
      .array(z.string().regex(/^\d+$/, "is the number of a ticket field"))
      .default([])
      .describe("ids of ticket fields in which agents name the feature, by key or address"),
    jiraLinks: z
      .boolean()
      .default(true)
      .describe("ask for the Jira issues of tickets that Zendesk's Jira integration marked; one request for each"),
    startTime: z.iso
      .date()
      .default("2010-01-01")
      .describe("day from which on tickets, ratings and organisations are read, by their last change"),
    pageSize: z.int().min(1).max(1000).default(1000).describe("tickets or organisations in one request"),
    listPageSize: z.int().min(1).max(100).default(100).describe("agents, groups or ratings in one request"),
    requestsPerMinute: z
      .int()
      .min(1)
      .default(10)
      .describe("pace of requests; the export allows 10 a minute, 30 with the high volume add-on"),
  })
  .refine(...oneOf(["oauth"], ["accessToken"], ["email", "apiToken"]));
export type Config = z.output<typeof Config>;

const addressOf = ({ baseUrl, subdomain }: Config): string => baseUrl ?? `https://${subdomain}.zendesk.com`;

/** Where this connection's Zendesk answers, and as whom we ask. */
export const httpOf = (config: Config): HttpSettings => ({
  baseUrl: addressOf(config),
  headers: { accept: "application/json" },
  credential: credentialOf(config),
  requestsPerMinute: config.requestsPerMinute,
});

const credentialOf = (config: Config): Credential => {
  const { oauth, accessToken, email, apiToken } = config;
  if (oauth !== undefined) return { kind: "oauth", renewal: renewalOf(config, oauth) };
  if (accessToken !== undefined) return { kind: "access_token", authorization: `Bearer ${accessToken}` };
  const basic = Buffer.from(`${email}/token:${apiToken}`).toString("base64");
  return { kind: "api_token", authorization: `Basic ${basic}` };
};

const Granted = z
  .looseObject({ access_token: z.string().min(1), expires_in: z.number().positive().nullish() })
  .transform(({ access_token, expires_in }) => ({
    accessToken: access_token,
    expiresInSeconds: expires_in ?? undefined,
  }));

/** https://developer.zendesk.com/api-reference/ticketing/oauth/grant_type_tokens/ */
const renewalOf = (config: Config, { clientId, clientSecret, tokenUrl }: z.output<typeof OAuthClient>): Renewal => ({
  url: tokenUrl ?? `${addressOf(config)}/oauth/tokens`,
  request: () => ({
    headers: { "content-type": "application/json", accept: "application/json" },
    body: JSON.stringify({
      grant_type: "client_credentials",
      client_id: clientId,
      client_secret: clientSecret,
      scope: "read",
    }),
  }),
  answer: Granted,
});
