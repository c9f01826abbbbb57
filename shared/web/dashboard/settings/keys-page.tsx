import * as z from "zod";
import { HubError } from "../../../connector/errors.ts";
import { credentials } from "../../../store/access.ts";
import { isTheirs } from "../../access/allowed-grant.ts";
import { endable, endCredential, makeKey } from "../../access/credentials.ts";
import type { WebDeps } from "../../web-deps.ts";
import { address } from "../link.tsx";
import type { PageContext, PageHandler } from "../page.tsx";
import { linkCursor, placeOf } from "../page-cursor.ts";
import { CredentialRows } from "./credential-rows.tsx";
import { type Ending, EndingSection, endingOf } from "./ending.tsx";
import { Form, type FormHandler, fieldsAs, GrantFields, many, ShownOnce, unkept } from "./form.tsx";
import { sendSettings } from "./settings-page.tsx";

const ROWS = 50;
const PLACE = { route: "page.keys", filters: {} };
const DAY_MS = 24 * 60 * 60 * 1000;

const KeyFields = z.object({
  name: z.string().trim().min(1).max(100),
  role: z.string(),
  products: many,
  days: z.coerce.number().int().min(1).max(3650).optional(),
});

const show = async (
  c: PageContext,
  deps: WebDeps,
  told: { readonly made?: string; readonly ending?: Ending } = {},
): Promise<Response> => {
  const { made, ending } = told;
  const identity = c.get("identity");
  const after = placeOf(deps, PLACE, c.req.query("cursor"));
  const [{ items, next }, products] = await Promise.all([
    credentials(deps.table, "key", after, ROWS, (one) => isTheirs(identity, one)),
    deps.views.products(),
  ]);
  const following = linkCursor(deps, PLACE, next);
  return sendSettings(
    c,
    deps,
    "Keys",
    <>
      <h1>Keys</h1>
      <p class="lead">
        For programs: <code>Authorization: Bearer tl_live_…</code>. A key can do and see no more than its creator.
      </p>
      {made !== undefined && <ShownOnce label="The new key" secret={made} />}
      {ending !== undefined && (
        <EndingSection
          c={c}
          deps={deps}
          action={`/settings/keys/${ending.id}/revoke`}
          back="/settings/keys"
          word="Revoke"
          ending={ending}
        />
      )}
      {items.length > 0 && (
        <CredentialRows
          c={c}
          deps={deps}
          what="key"
          path="/settings/keys"
          rows={items}
          names={new Map(products.map(({ id, name }) => [id, name]))}
        />
      )}
      {following !== undefined && (
        <nav class="pages" aria-label="Pages">
          <a rel="next" href={address("/settings/keys", { cursor: following })}>
            Later
          </a>
        </nav>
      )}
      <h2>A new key</h2>
      <Form c={c} deps={deps} action="/settings/keys" class="fields">
        <label>
          Name
          <input name="name" required maxlength={100} placeholder="What it is for" />
        </label>
        <GrantFields products={products} identity={identity} />
        <label>
          Expires after (days; empty: never)
          <input name="days" type="number" min={1} max={3650} />
        </label>
        <button type="submit">Create key</button>
      </Form>
    </>,
  );
};

export const keysPage: PageHandler = (c, deps) => show(c, deps);

export const createKeyForm: FormHandler = async (c, deps, fields) => {
  const { days, ...wanted } = fieldsAs(KeyFields, fields);
  const expiresAt = days === undefined ? undefined : new Date(deps.now().getTime() + days * DAY_MS).toISOString();
  const { token } = await makeKey(deps, c.get("identity"), { ...wanted, expiresAt });
  return unkept(await show(c, deps, { made: token }));
};

export const revokeKeyForm: FormHandler = async (c, deps, fields) => {
  const identity = c.get("identity");
  const key = await endable(deps, identity, "key", c.req.param("id") ?? "");
  if (key === undefined) throw new HubError("not_found", "there is no such key", { retry: "never" });
  const ending = await endingOf(deps, key, fields);
  if (ending !== undefined) return unkept(await show(c, deps, { ending }));
  await endCredential(deps, identity, "key", key.id);
  return c.redirect("/settings/keys", 303);
};
