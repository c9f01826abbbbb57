import * as z from "zod";
import type { Credential } from "../../shared/connector/credential.ts";
import { bearerOrOAuth, OAuthConfig } from "../../shared/connector/oauth.ts";
import { oneOf } from "../../shared/connector/one-of.ts";

/** A connection to one HubSpot account. */
export const Config = z
  .strictObject({
    accessToken: z
      .string()
      .min(1)
      .optional()
      .describe("service key, or access token of a private app; this or oauth")
      .meta({ secret: true }),
    oauth: OAuthConfig.optional(),
    portalId: z
      .string()
      .regex(/^\d{1,12}$/)
      .optional()
      .describe("Hub ID, the number in the address of the HubSpot app, for links into it"),
    companies: z
      .boolean()
      .default(false)
      .describe("whether companies are read as customers; there may be very many of them"),
    webhookSecret: z
      .string()
      .optional()
      .describe("client secret of the app that sends webhooks; without it no webhook is accepted")
      .meta({ secret: true }),
    previousWebhookSecret: z
      .string()
      .optional()
      .describe("the client secret before the last change, accepted too")
      .meta({ secret: true }),
    baseUrl: z.url().default("https://api.hubapi.com").describe("where the API answers"),
    apiVersion: z
      .string()
      .regex(/^\d{4}-\d{2}(?:-beta)?$/, "such as 2026-09")
      .default("2026-09")
      .describe("the dated version of the API"),
    pageSize: z.int().min(1).max(100).default(100).describe("records in one request"),
    recheckDays: z
      .int()
      .min(0)
      .default(30)
      .describe("how long a sent e-mail is read again, since its statistics keep changing"),
    overlapSeconds: z.int().min(0).default(300).describe("how far before the cursor an incremental read starts"),
    requestsPerMinute: z.int().min(1).default(240).describe("pace until HubSpot's headers say otherwise"),
  })
  .refine(...oneOf(["accessToken"], ["oauth"]));

export type Config = z.output<typeof Config>;

/** https://developers.hubspot.com/docs/apps/developer-platform/build-apps/authentication/oauth/working-with-oauth */
const TOKENS = { tokenUrl: "https://api.hubapi.com/oauth/v1/token", encoding: "form" } as const;

export const credentialOf = (config: Config): Credential => bearerOrOAuth(config, TOKENS);
