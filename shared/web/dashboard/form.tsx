import type { Child } from "hono/jsx";
import { HubError } from "../../connector/errors.ts";
import { demand, type Identity } from "../access/identity.ts";
import type { WebDeps } from "../web-deps.ts";
import type { PageContext } from "./page.tsx";

/** What a form may send, in bytes. */
const FORM_AT_MOST = 64 * 1024;

/** What a form said; each field once. */
export interface Filled {
  readonly identity: Identity;
  /** Without spaces around it; empty where it was left out. */
  readonly field: (name: string) => string;
}

/** Where pages need to know who looks: the token that their forms carry. */
export const formToken = (c: PageContext, { forms }: WebDeps): string | undefined => forms?.token(c.get("identity"));

/** A form that works without JavaScript; it posts to the page that it stands on. */
export const PostForm = ({
  to,
  does,
  token,
  label,
  children,
}: {
  readonly to: string;
  /** Which of the page's forms it is. */
  readonly does: string;
  readonly token: string | undefined;
  readonly label: string;
  readonly children?: Child;
}) => (
  <form class="filters" method="post" action={to} aria-label={label}>
    <input type="hidden" name="does" value={does} />
    {token !== undefined && <input type="hidden" name="token" value={token} />}
    {children}
  </form>
);

/**
 * Answers a form: whoever may write is let in, the work is done, and the browser goes on to a page, so that a reload
 * sends nothing again.
 *
 * @throws HubError scope_missing | origin_not_allowed | unsupported_media_type | payload_too_large
 */
export const answerForm = async (
  c: PageContext,
  deps: WebDeps,
  act: (filled: Filled) => Promise<string>,
): Promise<Response> => {
  const identity = c.get("identity");
  demand(identity, "features:write");
  const type = (c.req.header("content-type") ?? "").split(";", 1)[0]?.trim().toLowerCase();
  if (type !== "application/x-www-form-urlencoded")
    throw new HubError("unsupported_media_type", "this address takes the form of its page", { retry: "never" });
  const text = await c.req.text();
  if (text.length > FORM_AT_MOST)
    throw new HubError("payload_too_large", `a form may have ${FORM_AT_MOST} bytes`, { retry: "never" });
  const fields = new URLSearchParams(text);
  deps.forms?.check(identity, fields.get("token") ?? undefined);
  const path = await act({ identity, field: (name) => (fields.get(name) ?? "").trim() });
  c.header("Cache-Control", "no-store");
  return c.redirect(path, 303);
};

/** @throws HubError invalid_body where the field is none of these */
export const oneOf = <Word extends string>(field: string, told: string, words: readonly Word[]): Word => {
  const found = words.find((word) => word === told);
  if (found === undefined)
    throw new HubError("invalid_body", `'${field}' must be one of ${words.join(", ")}`, {
      retry: "never",
      details: { parameter: field },
    });
  return found;
};

/** @throws HubError invalid_body where the field is empty or too long */
export const textIn = (field: string, told: string, atMost: number): string => {
  if (told === "" || told.length > atMost)
    throw new HubError(
      "invalid_body",
      told === "" ? `'${field}' must not be empty` : `'${field}' may have ${atMost} letters`,
      { retry: "never", details: { parameter: field } },
    );
  return told;
};
