import { createHmac, timingSafeEqual } from "node:crypto";
import { getCookie, setCookie } from "hono/cookie";
import * as z from "zod";
import { HubError } from "../../../connector/errors.ts";
import { memberAt } from "../../../store/members.ts";
import type { Oidc, OidcPerson } from "../../access/oidc.ts";
import { cookieFlags, cookieName } from "../../access/session.ts";
import type { WebDeps } from "../../web-deps.ts";
import type { PageHandler } from "../page.tsx";
import { signIn } from "./login-page.tsx";
import { nextAddress } from "./next-address.ts";

const COOKIE = "throughline-sign-in";
const LIVES_S = 600;

/** What a sign-in under way must come back with, kept by the browser that began it. */
const UnderWay = z.object({
  state: z.string(),
  nonce: z.string(),
  verifier: z.string(),
  next: z.string(),
  until: z.number(),
});

const macOf = (key: Uint8Array, payload: string) => createHmac("sha256", key).update(`sign-in\n${payload}`).digest();

const sealed = (key: Uint8Array, held: z.output<typeof UnderWay>): string => {
  const payload = Buffer.from(JSON.stringify(held)).toString("base64url");
  return `${payload}.${macOf(key, payload).toString("base64url")}`;
};

const opened = (key: Uint8Array, text: string | undefined, now: Date): z.output<typeof UnderWay> => {
  const [payload = "", told = ""] = (text ?? "").split(".", 2);
  const mac = Buffer.from(told, "base64url");
  const wanted = macOf(key, payload);
  const isOurs = mac.length === wanted.length && timingSafeEqual(mac, wanted);
  const held = isOurs ? UnderWay.parse(JSON.parse(Buffer.from(payload, "base64url").toString())) : undefined;
  if (held === undefined || held.until <= now.getTime())
    throw new HubError("sign_in_refused", "this sign-in was not begun here, or took too long: begin again", {
      retry: "never",
    });
  return held;
};

const providerOf = ({ oidc }: WebDeps): Oidc => {
  if (oidc === undefined) throw new HubError("not_found", "no identity provider is configured", { retry: "never" });
  return oidc;
};

const backTo = (deps: WebDeps): string => `${deps.url()}/login/oidc/back`;

/** Sends the browser to the identity provider. A link, not a form: pages may send forms to the hub alone. */
export const oidcPage: PageHandler = async (c, deps) => {
  const { address, check } = await providerOf(deps).begin(backTo(deps));
  const next = nextAddress(c.req.query("next"));
  const until = deps.now().getTime() + LIVES_S * 1000;
  const held = sealed(deps.cursorKey, { ...check, next, until });
  setCookie(c, cookieName(c.req.raw, COOKIE), held, cookieFlags(c.req.raw, LIVES_S));
  c.header("Cache-Control", "no-store");
  return c.redirect(address, 302);
};

/** The role that somebody signs in with: the invitation's, else by what the provider says of them, else none. */
const grantOf = async (deps: WebDeps, { address, name, subject, role }: OidcPerson) => {
  const member = address === undefined ? undefined : await memberAt(deps.table, address);
  if (member !== undefined) return { name: member.name, products: [], member: member.id };
  if (role !== undefined) return { name: name ?? address ?? subject, role, products: "all" as const };
  throw new HubError("sign_in_refused", `${address ?? "this account"} is not invited to this hub`, { retry: "never" });
};

/** The browser comes back from the identity provider. */
export const oidcBackPage: PageHandler = async (c, deps) => {
  c.get("failures").check();
  try {
    const name = cookieName(c.req.raw, COOKIE);
    const { next, ...check } = opened(deps.cursorKey, getCookie(c)[name], deps.now());
    setCookie(c, name, "", cookieFlags(c.req.raw, 0));
    // Behind API Gateway a request does not know under which address people reach the hub.
    const person = await providerOf(deps).finish(new URL(`${backTo(deps)}${new URL(c.req.url).search}`), check);
    return await signIn(c, deps, await grantOf(deps, person), "oidc", next);
  } catch (error) {
    c.get("failures").note();
    throw error;
  }
};
