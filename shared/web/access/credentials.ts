import { HubError } from "../../connector/errors.ts";
import { type Credential, credentialById, makeCredential, revoke } from "../../store/access.ts";
import { audit } from "../../store/audit.ts";
import { endMadeWith } from "../../store/made-with.ts";
import { memberById } from "../../store/members.ts";
import type { TokenKind } from "../../store/token.ts";
import type { WebDeps } from "../web-deps.ts";
import { allowedGrant, endOf, isTheirs, productsFor } from "./allowed-grant.ts";
import type { Identity } from "./identity.ts";
import type { Scope } from "./scope.ts";

type Deps = Pick<WebDeps, "table" | "views" | "now">;

/** The audit log of a surface. */
export const audited = ({ table, now }: Pick<WebDeps, "table" | "now">) => ({ ports: { table, clock: { now } } });

interface Made {
  readonly credential: Credential;
  /** Told now and never again. */
  readonly token: string;
}

/** A link that signs in once lives this long. */
const LINK_MS = 7 * 24 * 60 * 60 * 1000;

/** Makes a key that can do no more than its maker. @throws HubError scope_missing | invalid_body | invalid_parameter */
export const makeKey = async (
  deps: Deps,
  identity: Identity,
  wanted: {
    readonly name: string;
    readonly role?: string | undefined;
    readonly scopes?: readonly Scope[] | undefined;
    readonly products?: readonly string[] | undefined;
    readonly expiresAt?: string | undefined;
  },
): Promise<Made> => {
  const grant = await allowedGrant(deps, identity, wanted);
  const expiresAt = endOf(wanted.expiresAt, deps.now());
  const by = { id: identity.id, name: identity.name };
  const made = await makeCredential(
    deps.table,
    { ...grant, kind: "key", name: wanted.name, createdBy: by, ...(expiresAt !== undefined && { expiresAt }) },
    deps.now(),
  );
  await audit(audited(deps), identity, "key.create", made.credential.id, {
    name: wanted.name,
    role: grant.role ?? null,
    scopes: grant.scopes ?? [],
    products: grant.products === "all" ? "all" : grant.products,
    expires_at: expiresAt ?? null,
  });
  return made;
};

/** A link by which a member signs in once. @returns undefined if there is no such member */
export const makeSignInLink = async (deps: Deps, identity: Identity, member: string): Promise<Made | undefined> => {
  const held = await memberById(deps.table, member);
  if (held === undefined) return undefined;
  const { id, name } = identity;
  const expiresAt = new Date(deps.now().getTime() + LINK_MS).toISOString();
  const made = await makeCredential(
    deps.table,
    { kind: "link", name: held.name, member, products: [], createdBy: { id, name }, expiresAt },
    deps.now(),
  );
  await audit(audited(deps), identity, "sign_in_link.create", member, { expires_at: expiresAt });
  return made;
};

const ADDRESS = /^\/(?!\/)[\x21-\x5b\x5d-\x7e]*$/;
/** No link shows these: settings, sign-in, other links, and what programs ask. */
const KEPT_BACK = /^\/(?:v1|login|logout|settings|share|hooks|assets|mcp)(?:\/|$)/;
/** Any origin: only the path counts. */
const HERE = "http://here.invalid";

/** Whether an address is one of a page within the hub: `/x/../settings` and `/%73ettings` lead to `/settings`. */
const isShareable = (address: string): boolean => {
  if (!ADDRESS.test(address)) return false;
  try {
    return !KEPT_BACK.test(decodeURI(new URL(address, HERE).pathname));
  } catch {
    return false;
  }
};

/** A link to one page of what its maker sees. @throws HubError invalid_body */
export const makeShare = async (
  deps: Deps,
  identity: Identity,
  wanted: {
    readonly path: string;
    readonly name?: string | undefined;
    readonly products?: readonly string[] | undefined;
    readonly expiresAt?: string | undefined;
  },
): Promise<Made> => {
  if (!isShareable(wanted.path))
    throw new HubError("invalid_body", "'path' must be the address of a page within the hub, e.g. /features/ACME-8", {
      retry: "never",
      details: { parameter: "path" },
    });
  const expiresAt = endOf(wanted.expiresAt, deps.now());
  const made = await makeCredential(
    deps.table,
    {
      kind: "share",
      name: wanted.name ?? wanted.path,
      path: wanted.path,
      role: "viewer",
      products: await productsFor(deps, identity, wanted.products),
      createdBy: { id: identity.id, name: identity.name },
      ...(expiresAt !== undefined && { expiresAt }),
    },
    deps.now(),
  );
  const detail = { path: wanted.path, expires_at: expiresAt ?? null };
  await audit(audited(deps), identity, "share.create", made.credential.id, detail);
  return made;
};

const ACTS: Readonly<Record<TokenKind, string>> = {
  key: "key.revoke",
  share: "share.revoke",
  session: "session.end",
  link: "sign_in_link.revoke",
};

/** A key, a share or a session that they may end. */
export const endable = async (
  { table }: Deps,
  identity: Identity,
  kind: TokenKind,
  id: string,
): Promise<Credential | undefined> => {
  const held = await credentialById(table, kind, id);
  return held !== undefined && isTheirs(identity, held) ? held : undefined;
};

/** Ends a key, a share or a session, and what was made with it. @returns undefined for what is not there, or not theirs */
export const endCredential = async (
  deps: Deps,
  identity: Identity,
  kind: TokenKind,
  id: string,
): Promise<true | undefined> => {
  const held = await endable(deps, identity, kind, id);
  if (held === undefined) return undefined;
  if (await revoke(deps.table, kind, id, deps.now()))
    await audit(audited(deps), identity, ACTS[kind], id, { name: held.name });
  // Of one that was ended before, too: a run that was cut short is made up for.
  if (kind === "key") await endMadeWith(audited(deps), identity, id, ACTS.key);
  return true;
};
