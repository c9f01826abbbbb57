import { type Grant, makeCredential } from "../../shared/store/access.ts";
import { type Audited, audit } from "../../shared/store/audit.ts";

/** Whoever may write to the store itself; the audit log says that it was here. */
export const OPERATOR = { id: "cli", name: "command line" };
export const LINK_MS = 60 * 60 * 1000;

/** Makes one and says so in the audit log. @returns its id, and the secret as it is told */
export const made = async (
  { ports, url }: Audited & { readonly url: string },
  wanted: Grant & { readonly kind: "key" | "link"; readonly name: string; readonly lives: number | undefined },
) => {
  const { kind, name, lives, ...grant } = wanted;
  const now = ports.clock.now();
  const end = lives === undefined ? {} : { expiresAt: new Date(now.getTime() + lives).toISOString() };
  const { credential, token } = await makeCredential(
    ports.table,
    { ...grant, ...end, kind, name, createdBy: OPERATOR },
    now,
  );
  await audit({ ports }, OPERATOR, kind === "link" ? "sign_in_link.create" : "key.create", credential.id, {
    name,
    role: grant.role ?? null,
    scopes: grant.scopes ?? [],
    products: grant.products,
    expires_at: credential.expiresAt ?? null,
  });
  return { id: credential.id, secret: kind === "link" ? `${url}/login?token=${token}` : token };
};

/** A link that signs an administrator in once, within an hour. */
export const signInLink = async (hub: Audited & { readonly url: string }): Promise<string> =>
  (await made(hub, { kind: "link", name: "first sign-in", role: "admin", products: "all", lives: LINK_MS })).secret;
