import * as z from "zod";
import type { Credential } from "../../store/access.ts";
import { scopesOf } from "../access/scope.ts";

const Time = z.string().nullable();
export const Products = z
  .array(z.string())
  .nullable()
  .describe("Ids of the products that alone are seen; null for all.");
export const WhoJson = z.object({ id: z.string(), name: z.string() }).meta({ id: "Who" });

export const CredentialJson = z
  .object({
    id: z.string(),
    name: z.string(),
    role: z.string().nullable(),
    scopes: z.array(z.string()),
    products: Products,
    createdAt: z.string(),
    createdBy: WhoJson,
    expiresAt: Time,
    lastUsedAt: Time.describe("Exact to an hour."),
    revokedAt: Time,
  })
  .meta({ id: "Credential" });

/** A key, session or link on the wire: all but its secret, which the hub does not have. */
export const credentialJson = (credential: Credential): z.input<typeof CredentialJson> => ({
  id: credential.id,
  name: credential.name,
  role: credential.role ?? null,
  scopes: [...scopesOf(credential)],
  products: credential.products === "all" ? null : [...credential.products],
  createdAt: credential.createdAt,
  createdBy: credential.createdBy,
  expiresAt: credential.expiresAt ?? null,
  lastUsedAt: credential.lastUsedAt ?? null,
  revokedAt: credential.revokedAt ?? null,
});
