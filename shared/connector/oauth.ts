import * as z from "zod";
import type { Credential, Renewal } from "./credential.ts";

/** Settings of an OAuth app of the user's own, for a connector's config. */
export const OAuthConfig = z
  .strictObject({
    clientId: z.string().min(1).describe("id of the OAuth app"),
    clientSecret: z.string().min(1).describe("secret of the OAuth app").meta({ secret: true }),
    refreshToken: z
      .string()
      .min(1)
      .describe("refresh token of the consent; the hub keeps what it is exchanged for, a newly set one wins")
      .meta({ secret: true }),
    tokenUrl: z.url().optional().describe("token endpoint, in place of the vendor's"),
  })
  .describe("OAuth app with a refresh token, in place of a token that stays");
type OAuthConfig = z.output<typeof OAuthConfig>;

const Answer = z
  .looseObject({
    access_token: z.string().min(1),
    expires_in: z.number().positive().optional(),
    refresh_token: z.string().min(1).optional(),
    refresh_token_expires_in: z.number().positive().optional(),
  })
  .transform((told) => ({
    accessToken: told.access_token,
    expiresInSeconds: told.expires_in,
    refreshToken: told.refresh_token,
    refreshExpiresInSeconds: told.refresh_token_expires_in,
  }));

type Vendor = { readonly tokenUrl: string; readonly encoding: "json" | "form" };

/** A token that stays, or one that an OAuth app renews; the config gives one of them. */
export const bearerOrOAuth = (
  { accessToken, oauth }: { readonly accessToken?: string | undefined; readonly oauth?: OAuthConfig | undefined },
  vendor: Vendor,
): Credential =>
  oauth === undefined
    ? { kind: "access_token", authorization: `Bearer ${accessToken}` }
    : { kind: "oauth", renewal: oauthRenewal(oauth, vendor) };

/** RFC 6749, section 6, with refresh tokens that rotate. */
export const oauthRenewal = (
  { clientId, clientSecret, refreshToken, tokenUrl }: OAuthConfig,
  vendor: Vendor,
): Renewal => ({
  seed: refreshToken,
  url: tokenUrl ?? vendor.tokenUrl,
  request: (newest) => {
    const fields = {
      grant_type: "refresh_token",
      client_id: clientId,
      client_secret: clientSecret,
      refresh_token: newest,
    };
    const [type, body] =
      vendor.encoding === "json"
        ? ["application/json", JSON.stringify(fields)]
        : ["application/x-www-form-urlencoded", new URLSearchParams(fields).toString()];
    return { headers: { "content-type": type, accept: "application/json" }, body };
  },
  answer: Answer,
});
