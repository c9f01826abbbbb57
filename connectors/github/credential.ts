import { createPrivateKey, type KeyObject, sign } from "node:crypto";
import * as z from "zod";
import type { Credential, Renewal } from "../../shared/connector/credential.ts";
import { HubError } from "../../shared/connector/errors.ts";
import { maybeInstant } from "../../shared/domain/instant.ts";
import type { GitHubConfig } from "./config.ts";

/** The version that GitHub supports until 2028 at least. */
export const HEADERS = { "x-github-api-version": "2022-11-28" } as const;

/** As whom the connection asks: a token, the installation of an app, or nobody. */
export const credentialOf = ({ token, app, baseUrl }: GitHubConfig): Credential => {
  if (app !== undefined) return { kind: "app", renewal: installationOf(app, baseUrl) };
  if (token === undefined) return { kind: "none" };
  return {
    kind: "api_token",
    authorization: `Bearer ${token}`,
    expiryIn: (headers) => maybeInstant(headers.get("github-authentication-token-expiration")),
  };
};

const Answer = z
  .looseObject({ token: z.string().min(1), expires_at: z.string() })
  .transform(({ token, expires_at }) => ({ accessToken: token, expiresAt: maybeInstant(expires_at) }));

type App = NonNullable<GitHubConfig["app"]>;

/** https://docs.github.com/rest/apps/apps#create-an-installation-access-token-for-an-app */
const installationOf = (app: App, baseUrl: string): Renewal => ({
  url: `${baseUrl.replace(/\/$/, "")}/app/installations/${app.installationId}/access_tokens`,
  request: (_, now) => ({
    headers: { ...HEADERS, accept: "application/vnd.github+json", authorization: `Bearer ${appJwt(app, now)}` },
    body: "{}",
  }),
  answer: Answer,
});

/** GitHub allows ten minutes; less, and begun a minute ago, so that clocks may differ. */
const BEGUN_SECONDS = 60;
const LIVES_SECONDS = 540;

/** RFC 7519, RS256. @param now milliseconds since the epoch. @throws HubError config_invalid if the key is none */
const appJwt = ({ appId, privateKey }: App, now: number): string => {
  const seconds = Math.floor(now / 1000);
  const claims = { iat: seconds - BEGUN_SECONDS, exp: seconds + LIVES_SECONDS, iss: String(appId) };
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const signed = `${part({ alg: "RS256", typ: "JWT" })}.${part(claims)}`;
  return `${signed}.${sign("sha256", Buffer.from(signed), keyOf(privateKey)).toString("base64url")}`;
};

/** `.env` files keep a key on one line, with `\\n` between its lines. */
const keyOf = (pem: string): KeyObject => {
  try {
    return createPrivateKey(pem.replaceAll("\\n", "\n"));
  } catch {
    throw new HubError("config_invalid", "app.privateKey is no private key in PEM form", { retry: "never" });
  }
};
