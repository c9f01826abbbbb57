import { HubError } from "../../../connector/errors.ts";
import { type Credential, credentialOf, holds, useUp } from "../../../store/access.ts";
import { audit } from "../../../store/audit.ts";
import { memberById } from "../../../store/members.ts";
import { digestOf, tokenKind } from "../../../store/token.ts";
import { audited } from "../../access/credentials.ts";
import { closeSession, openSession } from "../../access/session.ts";
import type { WebDeps } from "../../web-deps.ts";
import { Frame } from "../frame.tsx";
import { address } from "../link.tsx";
import { type PageContext, type PageHandler, sendDocument } from "../page.tsx";
import { preferencesOf } from "../preferences.ts";
import { Form, type FormHandler } from "../settings/form.tsx";
import { nextAddress } from "./next-address.ts";

/** Asks for a key or, where the address brings the token of a link, only whether to go on: previews of mails follow links too. */
export const loginPage: PageHandler = (c, deps) => {
  const next = nextAddress(c.req.query("next"));
  const token = c.req.query("token");
  const link = token !== undefined && tokenKind(token) === "link" ? token : undefined;
  const response = sendDocument(
    c,
    <Frame
      title="Sign in"
      preferences={preferencesOf(c)}
      version={deps.version}
      demo={deps.demo}
      requestId={c.get("requestId")}
    >
      <h1>Sign in</h1>
      {deps.oidc !== undefined && link === undefined && (
        <p>
          <a href={address("/login/oidc", { next: next === "/" ? undefined : next })}>Sign in with your organisation</a>
        </p>
      )}
      <Form c={c} deps={deps} action="/login" class="fields">
        <input type="hidden" name="next" value={next} />
        {link === undefined ? (
          <label>
            Key
            <input name="token" type="password" required autocomplete="off" maxlength={200} />
          </label>
        ) : (
          <input type="hidden" name="token" value={link} />
        )}
        <button type="submit">{link === undefined ? "Sign in with a key" : "Sign in"}</button>
      </Form>
      {link === undefined && (
        <p class="quiet">
          Without a key: ask an administrator for a link, or run <code>throughline keys create --sign-in</code> where
          the hub runs.
        </p>
      )}
    </Frame>,
    200,
  );
  response.headers.set("Cache-Control", "no-store");
  return response;
};

const refused = (): HubError =>
  new HubError("key_unknown", "this hub does not know this key, or the key has expired", { retry: "never" });

/** What a session stands on: the member, the key, or what a link of the command line grants by itself. */
const grantFor = async (
  deps: WebDeps,
  token: string,
): Promise<Pick<Credential, "name" | "role" | "scopes" | "products" | "member" | "openedWith">> => {
  const kind = tokenKind(token);
  if (kind === "key") {
    const key = await credentialOf(deps.table, token);
    if (key === undefined || !holds(key, deps.now())) throw refused();
    return { name: key.name, products: [], openedWith: digestOf(token) };
  }
  if (kind !== "link") throw refused();
  const link = await useUp(deps.table, token, deps.now());
  if (link === undefined)
    throw new HubError("sign_in_link_used", "this link was already used or has expired", { retry: "never" });
  const { name, role, scopes, products, member } = link;
  if (member === undefined) return { name, role, scopes, products };
  if ((await memberById(deps.table, member)) === undefined) throw refused();
  return { name, products: [], member };
};

/** Opens a session and goes on to where somebody wanted to be. */
export const signIn = async (
  c: PageContext,
  deps: WebDeps,
  grant: Awaited<ReturnType<typeof grantFor>>,
  way: string,
  next: string,
): Promise<Response> => {
  const by = { id: grant.member ?? "sign-in", name: grant.name };
  const session = await openSession(c, deps, { ...grant, createdBy: by });
  await audit(audited(deps), { id: grant.member ?? session.id, name: grant.name }, "session.open", session.id, { way });
  return c.redirect(next, 303);
};

export const loginForm: FormHandler = async (c, deps, { token, next }) => {
  c.get("failures").check();
  const told = typeof token === "string" ? token.trim() : "";
  const grant = await grantFor(deps, told).catch((error: unknown) => {
    c.get("failures").note();
    throw error;
  });
  return signIn(c, deps, grant, tokenKind(told) ?? "", nextAddress(typeof next === "string" ? next : undefined));
};

export const logoutForm: FormHandler = async (c, deps) => {
  await closeSession(c, deps);
  return c.redirect("/login", 303);
};
