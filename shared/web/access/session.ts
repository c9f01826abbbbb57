import { createHmac, timingSafeEqual } from "node:crypto";
import type { Context } from "hono";
import { setCookie } from "hono/cookie";
import { parse } from "hono/utils/cookie";
import { HubError } from "../../connector/errors.ts";
import { type Credential, makeCredential, type NewCredential, revokeToken } from "../../store/access.ts";
import { digestOf, tokenKind } from "../../store/token.ts";
import type { WebDeps, WebEnv } from "../web-deps.ts";
import type { Identity } from "./identity.ts";

/** Signed out after so long without a request, and after so long in any case. */
const IDLE_MS = 24 * 60 * 60 * 1000;
const LONGEST_MS = 14 * 24 * 60 * 60 * 1000;

const LOOPBACK = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/i;

/** A browser keeps `Secure` cookies of http to itself, so that only this machine's own addresses go without. */
const isLoopback = (request: Request): boolean =>
  LOOPBACK.test(request.headers.get("host") ?? new URL(request.url).host);

/** `__Host-` binds a cookie to this one host over https: no neighbour below the same domain can set it. */
export const cookieName = (request: Request, name = "throughline"): string =>
  isLoopback(request) ? name : `__Host-${name}`;

/** How every cookie of the hub is set. @param seconds it lives */
export const cookieFlags = (request: Request, seconds: number) =>
  ({ httpOnly: true, sameSite: "Lax", secure: !isLoopback(request), path: "/", maxAge: seconds }) as const;

/** The session's token that a request carries, if it has the shape of one. */
export const sessionTokenOf = (request: Request): string | undefined => {
  const name = cookieName(request);
  const token = parse(request.headers.get("cookie") ?? "", name)[name];
  return token !== undefined && tokenKind(token) === "session" ? token : undefined;
};

/** Whether a session was not used for too long. */
export const isIdle = ({ lastUsedAt, createdAt }: Credential, now: Date): boolean =>
  now.getTime() - Date.parse(lastUsedAt ?? createdAt) > IDLE_MS;

type Kept = Pick<WebDeps, "table" | "now">;

/** Signs a browser in with a new session; the one that it had, whoever gave it to it, ends. */
export const openSession = async (
  c: Context<WebEnv>,
  { table, now }: Kept,
  session: Omit<NewCredential, "kind" | "expiresAt">,
): Promise<Credential> => {
  await endSession(c, { table, now });
  const expiresAt = new Date(now().getTime() + LONGEST_MS).toISOString();
  const { credential, token } = await makeCredential(table, { ...session, kind: "session", expiresAt }, now());
  setCookie(c, cookieName(c.req.raw), token, cookieFlags(c.req.raw, LONGEST_MS / 1000));
  return credential;
};

/** Ends the session of a browser in the hub. */
const endSession = async (c: Context<WebEnv>, { table, now }: Kept): Promise<void> => {
  const token = sessionTokenOf(c.req.raw);
  if (token !== undefined) await revokeToken(table, token, now());
};

/** Signs a browser out, in the hub and in the browser. */
export const closeSession = async (c: Context<WebEnv>, kept: Kept): Promise<void> => {
  await endSession(c, kept);
  setCookie(c, cookieName(c.req.raw), "", cookieFlags(c.req.raw, 0));
};

/** Stands in every form: only a page that this hub made for the same session knows it. */
export const formToken = (cursorKey: Uint8Array, { id, session }: Identity): string =>
  createHmac("sha256", cursorKey)
    .update(`form\n${session ?? id}`)
    .digest("base64url");

/** @throws HubError form_expired */
export const demandFormToken = (cursorKey: Uint8Array, identity: Identity, told: string): void => {
  // Hashed first: texts of any length are compared in the same time.
  const [given, wanted] = [told, formToken(cursorKey, identity)].map((text) => Buffer.from(digestOf(text)));
  if (given === undefined || wanted === undefined || !timingSafeEqual(given, wanted))
    throw new HubError("form_expired", "the form does not belong to this session", { retry: "never" });
};
