import * as z from "zod";
import type { Credential } from "../../shared/connector/credential.ts";
import { bearerOrOAuth, OAuthConfig } from "../../shared/connector/oauth.ts";
import { oneOf } from "../../shared/connector/one-of.ts";

/** A connection to one Typeform account. */
export const Config = z
  .strictObject({
    accessToken: z
      .string()
      .min(1)
      .optional()
      .describe("personal access token with scopes forms:read and responses:read; this or oauth")
      .meta({ secret: true }),
    oauth: OAuthConfig.optional(),
    forms: z
      .array(z.string().regex(/^[\w-]{1,40}$/))
      .optional()
      .describe("ids of the forms to read, as in typeform.com/to/<id>; left out: every form the credential sees"),
    webhookSecret: z
      .string()
      .optional()
      .describe("secret of the webhooks; without it no webhook is accepted")
      .meta({ secret: true }),
    previousWebhookSecret: z
      .string()
      .optional()
      .describe("the secret before the last change, accepted too")
      .meta({ secret: true }),
    baseUrl: z
      .url()
      .default("https://api.typeform.com")
      .describe("where the API answers; accounts in the EU: https://api.eu.typeform.com"),
    pageSize: z.int().min(1).max(200).default(200).describe("forms in one request"),
    responsePageSize: z.int().min(1).max(1000).default(1000).describe("responses in one request"),
    overlapSeconds: z
      .int()
      .min(0)
      .default(3600)
      .describe("how far before the last seen response a read starts: responses reach the API late"),
    requestsPerMinute: z.int().min(1).default(100).describe("pace of requests: Typeform allows two a second"),
  })
  .refine(...oneOf(["accessToken"], ["oauth"]));

export type Config = z.output<typeof Config>;

/** https://www.typeform.com/developers/get-started/applications/ */
const TOKENS = { tokenUrl: "https://api.typeform.com/oauth/token", encoding: "form" } as const;

export const credentialOf = (config: Config): Credential => bearerOrOAuth(config, TOKENS);

/** Whether the connection's selector names this form. */
export const selects = ({ forms }: Config, form: string): boolean =>
  forms === undefined || forms.length === 0 || forms.includes(form);

/** Each named form is read on its own; without names all of them, one after the other. */
export const scopesOf = ({ forms }: Config): readonly string[] =>
  forms === undefined || forms.length === 0 ? [""] : forms;
