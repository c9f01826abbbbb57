import type { Child } from "hono/jsx";
import { may } from "../../access/identity.ts";
import type { Scope } from "../../access/scope.ts";
import type { WebDeps } from "../../web-deps.ts";
import { type PageContext, type PageHandler, sendPage } from "../page.tsx";
import { Form } from "./form.tsx";

/** What there is to set, each for who has the scope. */
const SETTINGS: readonly {
  readonly href: string;
  readonly word: string;
  readonly about: string;
  readonly scope: Scope;
}[] = [
  { href: "/settings/views", word: "Saved views", about: "Filters with a name.", scope: "features:read" },
  { href: "/settings/keys", word: "Keys", about: "For programs that ask the API.", scope: "keys:write" },
  { href: "/settings/shares", word: "Shared pages", about: "Links that show one page.", scope: "shares:write" },
  {
    href: "/settings/webhooks",
    word: "Webhooks",
    about: "Addresses that events are sent to.",
    scope: "webhooks:write",
  },
  { href: "/settings/members", word: "Members", about: "Who may sign in, with which role.", scope: "admin" },
  { href: "/settings/audit", word: "Audit log", about: "Who changed what, and when.", scope: "admin" },
];

/** A hub that sends nothing by itself has no endpoints. */
const isThere = (href: string, { webhooks }: WebDeps): boolean =>
  href !== "/settings/webhooks" || webhooks !== undefined;

/** A page of the settings, inside the frame of all pages. */
export const sendSettings = (c: PageContext, deps: WebDeps, title: string, content: Child): Promise<Response> =>
  sendPage(
    c,
    deps,
    {
      title,
      section: "settings",
      crumbs: title === "Settings" ? undefined : [{ href: "/settings", word: "Settings" }],
    },
    content,
  );

/** Who one is here, and what one may set. */
export const settingsPage: PageHandler = (c, deps) => {
  const identity = c.get("identity");
  const { name, scopes, session } = identity;
  return sendSettings(
    c,
    deps,
    "Settings",
    <div class="doc">
      <h1>Settings</h1>
      <section>
        <h2>You</h2>
        <p>
          You are <b>{name}</b>, with the scopes {scopes.join(", ")}.
        </p>
        {session === undefined ? (
          <p class="quiet">No sign-in here: anyone who can reach this machine has full access.</p>
        ) : (
          <Form c={c} deps={deps} action="/logout">
            <button type="submit">Sign out</button>
          </Form>
        )}
      </section>
      <section>
        <h2>Manage</h2>
        <dl>
          {SETTINGS.filter(({ scope, href }) => may(identity, scope) && isThere(href, deps)).map(
            ({ href, word, about }) => (
              <div>
                <dt>
                  <a href={href}>{word}</a>
                </dt>
                <dd>{about}</dd>
              </div>
            ),
          )}
        </dl>
      </section>
    </div>,
  );
};
