import * as z from "zod";
import type { Credential } from "../../shared/connector/credential.ts";
import { bearerOrOAuth, OAuthConfig } from "../../shared/connector/oauth.ts";
import { oneOf } from "../../shared/connector/one-of.ts";

/** A connection to one Linear workspace. */
export const Config = z
  .strictObject({
    apiKey: z
      .string()
      .min(1)
      .optional()
      .describe("personal API key (Settings, Security & access), read scope; this, accessToken or oauth")
      .meta({ secret: true }),
    accessToken: z
      .string()
      .min(1)
      .optional()
      .describe("OAuth access token with scope read; this, apiKey or oauth")
      .meta({ secret: true }),
    oauth: OAuthConfig.optional(),
    teams: z
      .array(z.string().min(1).toUpperCase())
      .optional()
      .describe("keys of the teams to read, e.g. ENG; left out: every team the credential sees"),
    webhookSecret: z
      .string()
      .optional()
      .describe("signing secret of the webhook; without it no webhook is accepted")
      .meta({ secret: true }),
    previousWebhookSecret: z
      .string()
      .optional()
      .describe("the signing secret before the last change, accepted too")
      .meta({ secret: true }),
    baseUrl: z.url().default("https://api.linear.app").describe("where the API answers, without /graphql"),
    pageSize: z
      .int()
      .min(1)
      .max(23)
      .default(20)
      .describe("issues, projects or initiatives in one request; 23 is what one request's complexity allows"),
    listPageSize: z
      .int()
      .min(1)
      .max(250)
      .default(100)
      .describe("teams, workflow states, users or cycles in one request"),
    overlapSeconds: z
      .int()
      .min(0)
      .default(120)
      .describe("how far before the cursor an incremental read starts, for clocks and indexes that lag"),
    requestsPerMinute: z.int().min(1).default(60).describe("pace until Linear's headers say otherwise"),
  })
  .refine(...oneOf(["apiKey"], ["accessToken"], ["oauth"]));

export type Config = z.output<typeof Config>;

/** https://linear.app/developers/oauth-2-0-authentication */
const TOKENS = { tokenUrl: "https://api.linear.app/oauth/token", encoding: "form" } as const;

/** As whom the connection asks; a personal key stands in the header without a word before it. */
export const credentialOf = ({ apiKey, ...config }: Config): Credential =>
  apiKey === undefined ? bearerOrOAuth(config, TOKENS) : { kind: "api_token", authorization: apiKey };

/** Whether the connection's selector names this team; a team that a record does not tell is left to the next read. */
export const selects = ({ teams }: Config, key: string | undefined): boolean =>
  key === undefined || teams === undefined || teams.length === 0 || teams.includes(key);
