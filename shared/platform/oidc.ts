import type { Configuration } from "openid-client";
import { HubError, safeReason } from "../connector/errors.ts";
import type { Log } from "../pipeline/hub.ts";
import type { Secrets } from "../ports/secrets.ts";
import type { Oidc, OidcPerson } from "../web/access/oidc.ts";
import type { AccessConfig } from "./access-config.ts";
import { safeAddress } from "./safe-address.ts";

type Settings = NonNullable<AccessConfig["oidc"]>;
type Claims = Readonly<Record<string, unknown>>;

const SCOPES = ["openid", "profile", "email"];
const ANSWERS_WITHIN_S = 10;

const isText = (value: unknown): value is string => typeof value === "string" && value !== "";

/**
 * Who the provider says it is. An address counts only if the provider has verified it: in some, people write into it
 * what they like.
 */
export const personOf = (claims: Claims, { domains, roleClaim, roles = {} }: Settings): OidcPerson => {
  const { sub, email, name } = claims;
  const verified = isText(email) && claims["email_verified"] === true ? email.toLowerCase() : undefined;
  const isOurs = domains === undefined || domains.some((domain) => verified?.endsWith(`@${domain.toLowerCase()}`));
  const told = roleClaim === undefined ? undefined : claims[roleClaim];
  const values: readonly unknown[] = Array.isArray(told) ? told : [told];
  // The first that the config names: its order is the order of importance.
  const role = Object.keys(roles).find((value) => values.includes(value));
  return {
    subject: String(sub),
    ...(isOurs && verified !== undefined && { address: verified }),
    ...(isText(name) && { name: name.slice(0, 100) }),
    ...(isOurs && role !== undefined && { role: roles[role] }),
  };
};

/** Sign-in by the provider of the config. The provider is asked when somebody first signs in, and its client loaded then. */
export const oidcOf = (settings: Settings, secrets: Pick<Secrets, "get">, log: Log): Oidc => {
  let found: Promise<Configuration> | undefined;
  const discovered = async (): Promise<Configuration> => {
    const client = await import("openid-client");
    if (!safeAddress(settings.issuer))
      throw new HubError("config_invalid", "access.oidc.issuer must start with https://", { retry: "never" });
    const name = settings.clientSecret?.secret;
    const secret = name === undefined ? undefined : await secrets.get(name);
    if (name !== undefined && secret === undefined)
      throw new HubError("secret_missing", `${name} is not set`, { retry: "never" });
    const issuer = new URL(settings.issuer);
    return client.discovery(issuer, settings.clientId, secret, secret === undefined ? client.None() : undefined, {
      timeout: ANSWERS_WITHIN_S,
      // Only this machine's own addresses may be http: see above.
      ...(issuer.protocol === "http:" && { execute: [client.allowInsecureRequests] }),
    });
  };
  const configuration = (): Promise<Configuration> => {
    found ??= discovered();
    const asking = found;
    asking.catch(() => {
      if (found === asking) found = undefined;
    });
    return asking;
  };
  return {
    async begin(back) {
      const client = await import("openid-client");
      const verifier = client.randomPKCECodeVerifier();
      const check = { state: client.randomState(), nonce: client.randomNonce(), verifier };
      const address = client.buildAuthorizationUrl(await configuration(), {
        redirect_uri: back,
        scope: (settings.scopes ?? SCOPES).join(" "),
        code_challenge: await client.calculatePKCECodeChallenge(verifier),
        code_challenge_method: "S256",
        state: check.state,
        nonce: check.nonce,
      });
      return { address: address.href, check };
    },
    async finish(address, { state, nonce, verifier }) {
      const client = await import("openid-client");
      const config = await configuration();
      try {
        const tokens = await client.authorizationCodeGrant(config, address, {
          pkceCodeVerifier: verifier,
          expectedState: state,
          expectedNonce: nonce,
          idTokenExpected: true,
        });
        const claims = tokens.claims();
        if (claims === undefined) throw new Error("no id token");
        const more =
          config.serverMetadata().userinfo_endpoint === undefined
            ? {}
            : await client.fetchUserInfo(config, tokens.access_token, claims.sub);
        return personOf({ ...more, ...claims }, settings);
      } catch (error) {
        log.warn({ code: "sign_in_refused", reason: safeReason(error) }, "sign-in by the provider failed");
        throw new HubError("sign_in_refused", "the identity provider did not confirm this sign-in", {
          retry: "never",
          cause: error,
        });
      }
    },
  };
};
