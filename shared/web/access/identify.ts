import { HubError } from "../../connector/errors.ts";
import { type Credential, credentialAt, credentialOf, type Grant, holds, isOver, noteUse } from "../../store/access.ts";
import { memberById } from "../../store/members.ts";
import { digestOf, tokenKind } from "../../store/token.ts";
import type { WebDeps } from "../web-deps.ts";
import type { Identity, LOCAL, NOBODY } from "./identity.ts";
import { scopesOf } from "./scope.ts";
import { isIdle, sessionTokenOf } from "./session.ts";

type Kept = Pick<WebDeps, "table" | "now">;

const identityOf = (id: string, name: string, grant: Grant): Identity => ({
  id,
  name,
  scopes: scopesOf(grant),
  products: grant.products,
});

/**
 * Whose key it is, read anew for each request: what was revoked opens nothing a moment later.
 *
 * @throws HubError key_unknown | key_expired
 */
const byKey = async ({ table, now }: Kept, token: string): Promise<Identity> => {
  const key = tokenKind(token) === "key" ? await credentialOf(table, token) : undefined;
  if (key === undefined || key.revokedAt !== undefined)
    throw new HubError("key_unknown", "this hub does not know this key, or it was revoked", { retry: "never" });
  if (isOver(key, now())) throw new HubError("key_expired", `the key ${key.id} has expired`, { retry: "never" });
  await noteUse(table, token, key, now());
  return identityOf(key.id, key.name, key);
};

/** Whose session it is; nobody's once it, the member or the key behind it ended. */
const bySession = async ({ table, now }: Kept, token: string): Promise<Identity | undefined> => {
  const session = await credentialOf(table, token);
  if (session === undefined || !holds(session, now()) || isIdle(session, now())) return undefined;
  const subject = await subjectOf({ table, now }, session);
  if (subject === undefined) return undefined;
  await noteUse(table, token, session, now());
  return { ...subject, session: digestOf(token) };
};

const subjectOf = async ({ table, now }: Kept, session: Credential): Promise<Identity | undefined> => {
  if (session.member !== undefined) {
    const member = await memberById(table, session.member);
    return member && identityOf(member.id, member.name, member);
  }
  if (session.openedWith === undefined) return identityOf(session.id, session.name, session);
  const key = await credentialAt(table, session.openedWith);
  return key !== undefined && holds(key, now()) ? identityOf(key.id, key.name, key) : undefined;
};

/**
 * Who asks: by `Authorization`, else by the session's cookie.
 *
 * @param without who it is that brings neither: nobody, or on a hub that only its own machine reaches whoever sits there
 */
export const identifier =
  (kept: Kept, without: typeof NOBODY | typeof LOCAL): NonNullable<WebDeps["identify"]> =>
  async (request) => {
    const authorization = request.headers.get("authorization");
    if (authorization !== null) {
      const [, token] = /^Bearer +(\S+)$/i.exec(authorization.trim()) ?? [];
      if (token === undefined)
        throw new HubError("key_unknown", "Authorization is not `Bearer <key>`", { retry: "never" });
      return byKey(kept, token);
    }
    const token = sessionTokenOf(request);
    return (token === undefined ? undefined : await bySession(kept, token)) ?? without;
  };
