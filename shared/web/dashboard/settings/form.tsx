import type { Child } from "hono/jsx";
import * as z from "zod";
import { HubError } from "../../../connector/errors.ts";
import type { ProductView } from "../../../store/views.ts";
import { rolesFor } from "../../access/allowed-grant.ts";
import type { Identity } from "../../access/identity.ts";
import { demandFormToken, formToken } from "../../access/session.ts";
import type { WebDeps } from "../../web-deps.ts";
import type { PageContext } from "../page.tsx";
import { Inside } from "../visitor.tsx";

/** What a form may be sent with, in bytes. */
const FORM_AT_MOST = 64 * 1024;
export const TOKEN_FIELD = "form_token";

/** What a form held; several values of one name as a list, empty fields left out. */
export type Fields = Readonly<Record<string, string | readonly string[]>>;

export type FormHandler = (c: PageContext, deps: WebDeps, fields: Fields) => Promise<Response> | Response;

/**
 * The fields of a form that a page of this hub made for this very session.
 *
 * @throws HubError unsupported_media_type | payload_too_large | form_expired
 */
export const formIn = async (c: PageContext, deps: WebDeps): Promise<Fields> => {
  const type = (c.req.header("content-type") ?? "").split(";", 1)[0]?.trim().toLowerCase();
  if (type !== "application/x-www-form-urlencoded")
    throw new HubError("unsupported_media_type", "a form is wanted", { retry: "never" });
  const text = await c.req.text();
  if (text.length > FORM_AT_MOST)
    throw new HubError("payload_too_large", `a form may have ${FORM_AT_MOST} bytes`, { retry: "never" });
  const sent = new URLSearchParams(text);
  demandFormToken(deps.cursorKey, c.get("identity"), sent.get(TOKEN_FIELD) ?? "");
  sent.delete(TOKEN_FIELD);
  const fields: [string, string | string[]][] = [...new Set(sent.keys())].flatMap((name) => {
    const values = sent.getAll(name).filter((value) => value.trim() !== "");
    const [first] = values;
    if (first === undefined) return [];
    return [[name, values.length === 1 ? first : values]];
  });
  return Object.fromEntries(fields);
};

/** Fields as a shape has them. @throws HubError invalid_body */
export const fieldsAs = <Shape extends z.ZodType>(shape: Shape, fields: Fields): z.output<Shape> => {
  const parsed = shape.safeParse(fields);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new HubError("invalid_body", `'${issue?.path.join(".") ?? ""}': ${issue?.message ?? "not allowed"}`, {
    retry: "never",
  });
};

/** A list that a form may hold once or several times. */
export const many = z.preprocess((told) => (typeof told === "string" ? [told] : told), z.array(z.string()).optional());

/** A form that changes something, with the token that shows whose it is. Every form of a page is one. */
export const Form = (props: {
  readonly c: PageContext;
  readonly deps: WebDeps;
  readonly action: string;
  readonly class?: string;
  readonly children?: Child;
}) => (
  <Inside>
    <form method="post" action={props.action} class={props.class}>
      <input type="hidden" name={TOKEN_FIELD} value={formToken(props.deps.cursorKey, props.c.get("identity"))} />
      {props.children}
    </form>
  </Inside>
);

/** A button alone in its form; its words say what of what, for who hears them only. */
export const ActButton = (props: {
  readonly c: PageContext;
  readonly deps: WebDeps;
  readonly action: string;
  readonly word: string;
  readonly of: string;
}) => (
  <Form c={props.c} deps={props.deps} action={props.action}>
    <button type="submit">
      {props.word}
      <span class="vh"> {props.of}</span>
    </button>
  </Form>
);

/** Role and products to choose from: what the chooser has to give. */
export const GrantFields = (props: { readonly products: readonly ProductView[]; readonly identity: Identity }) => {
  const { products, identity } = props;
  const roles = rolesFor(identity);
  return (
    <>
      <label>
        Role
        <select name="role" required>
          {roles.map((role) => (
            <option value={role}>{role}</option>
          ))}
        </select>
      </label>
      <fieldset>
        <legend>Products (none selected: all that you can see)</legend>
        {products.map(({ id, name }) => (
          <label>
            <input type="checkbox" name="products" value={id} /> {name}
          </label>
        ))}
      </fieldset>
    </>
  );
};

/** A secret that is shown this once. */
export const ShownOnce = ({ label, secret }: { readonly label: string; readonly secret: string }) => (
  <section class="once" role="status">
    <h2>{label}</h2>
    <p>
      <code>{secret}</code>
    </p>
    <p class="quiet">Copy it now: it is not stored and will not be shown again.</p>
  </section>
);

/** An answer with a secret stays in no cache. */
export const unkept = (response: Response): Response => {
  response.headers.set("Cache-Control", "no-store");
  response.headers.delete("ETag");
  return response;
};

/** The products of a grant in words. */
export const productsText = (products: readonly string[] | "all", names: ReadonlyMap<string, string>): string =>
  products === "all" ? "all" : products.map((id) => names.get(id) ?? id).join(", ");
