import type { Child } from "hono/jsx";
import { HubError } from "../../connector/errors.ts";
import type { Identity } from "../access/identity.ts";
import { formToken } from "../access/session.ts";
import type { WebDeps } from "../web-deps.ts";
import type { PageContext } from "./page.tsx";
import { type Fields, TOKEN_FIELD } from "./settings/form.tsx";
import { Inside } from "./visitor.tsx";

/** What a form said; each field once. */
export interface Filled {
  readonly identity: Identity;
  /** Without spaces around it; empty where it was left out. */
  readonly field: (name: string) => string;
}

/** The token that forms carry: it shows whose they are. */
export const tokenOf = (c: PageContext, { cursorKey }: WebDeps): string => formToken(cursorKey, c.get("identity"));

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
  readonly token: string;
  readonly label: string;
  readonly children?: Child;
}) => (
  <Inside>
    <form class="filters" method="post" action={to} aria-label={label}>
      <input type="hidden" name="does" value={does} />
      <input type="hidden" name={TOKEN_FIELD} value={token} />
      {children}
    </form>
  </Inside>
);

/** Answers a form: the work is done, and the browser goes on to a page, so that a reload sends nothing again. */
export const answerForm = async (
  c: PageContext,
  fields: Fields,
  act: (filled: Filled) => Promise<string>,
): Promise<Response> => {
  const only = (told: Fields[string] | undefined) => (typeof told === "string" ? told : told?.[0]);
  const path = await act({ identity: c.get("identity"), field: (name) => (only(fields[name]) ?? "").trim() });
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
      told === "" ? `the field '${field}' is empty` : `the field '${field}' may have at most ${atMost} characters`,
      { retry: "never", details: { parameter: field } },
    );
  return told;
};
