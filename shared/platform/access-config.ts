import * as z from "zod";
import { ROLE_NAMES } from "../domain/role.ts";
import type { Secrets } from "../ports/secrets.ts";
import type { ConfigProblem } from "./config.ts";
import type { SecretRef } from "./define-hub.ts";
import { safeAddress } from "./safe-address.ts";

const Secret = z.strictObject({ secret: z.string() }).meta({ secret: true });

/** Who may see the hub, as `access` of the configuration says it. */
export const AccessShape = z.strictObject({
  required: z
    .boolean()
    .optional()
    .describe(
      "Whether a hub that only its own machine reaches asks for a sign-in too; every other hub always does. False without it.",
    ),
  oidc: z
    .strictObject({
      issuer: z.url().describe("Address of the identity provider, e.g. https://login.example.com."),
      clientId: z.string().min(1),
      clientSecret: Secret.optional().describe("Left out for a public client: PKCE is used in any case."),
      scopes: z
        .array(z.string())
        .optional()
        .describe("What is asked of the provider; openid, profile, email without it."),
      domains: z
        .array(z.string())
        .optional()
        .describe("Only mail addresses of these domains count; for a provider that anybody has an account of."),
      roleClaim: z
        .string()
        .optional()
        .describe("The claim whose values `roles` maps, e.g. groups. Invitations come before it."),
      roles: z
        .record(z.string(), z.enum(ROLE_NAMES))
        .optional()
        .describe("Value of that claim to role, over all products; whoever has none and no invitation stays out."),
    })
    .optional()
    .describe("Sign-in by an identity provider that speaks OpenID Connect."),
});

export type AccessConfig = Omit<z.output<typeof AccessShape>, "oidc"> & {
  readonly oidc?: Omit<NonNullable<z.output<typeof AccessShape>["oidc"]>, "clientSecret"> & {
    readonly clientSecret?: SecretRef | undefined;
  };
};

/** What cannot be meant of sign-in: a secret that nobody set, an address that is not safe. */
export const accessProblems = async (
  { access }: { readonly access?: AccessConfig | undefined },
  secrets: Pick<Secrets, "get">,
): Promise<ConfigProblem[]> => {
  const at = ["access", "oidc"];
  const problems: ConfigProblem[] = [];
  const { issuer, clientSecret } = access?.oidc ?? {};
  if (issuer !== undefined && !safeAddress(issuer)) {
    const message = "must start with https://, or http:// for an address of this machine";
    problems.push({ path: [...at, "issuer"], message });
  }
  if (clientSecret !== undefined && (await secrets.get(clientSecret.secret)) === undefined) {
    const message = `${clientSecret.secret} is not set: put it into .env or the environment`;
    problems.push({ path: [...at, "clientSecret"], message });
  }
  return problems;
};

/** Names of the secrets that sign-in needs. */
export const accessSecrets = ({ access }: { readonly access?: AccessConfig | undefined }): string[] =>
  access?.oidc?.clientSecret === undefined ? [] : [access.oidc.clientSecret.secret];
