import * as z from "zod";
import { HubError } from "../../../connector/errors.ts";
import { credentials } from "../../../store/access.ts";
import { isTheirs } from "../../access/allowed-grant.ts";
import { endCredential, makeShare } from "../../access/credentials.ts";
import type { WebDeps } from "../../web-deps.ts";
import { address } from "../link.tsx";
import type { PageContext, PageHandler } from "../page.tsx";
import { linkCursor, placeOf } from "../page-cursor.ts";
import { CredentialRows } from "./credential-rows.tsx";
import { Form, type FormHandler, fieldsAs, ShownOnce, unkept } from "./form.tsx";
import { sendSettings } from "./settings-page.tsx";

const ROWS = 50;
const PLACE = { route: "page.shares", filters: {} };
const DAY_MS = 24 * 60 * 60 * 1000;

const ShareFields = z.object({
  path: z.string().trim().max(2000),
  name: z.string().trim().max(100).optional(),
  days: z.coerce.number().int().min(1).max(3650).optional(),
});

const show = async (c: PageContext, deps: WebDeps, made?: string): Promise<Response> => {
  const identity = c.get("identity");
  const after = placeOf(deps, PLACE, c.req.query("cursor"));
  const [{ items, next }, products] = await Promise.all([
    credentials(deps.table, "share", after, ROWS, (one) => isTheirs(identity, one)),
    deps.views.products(),
  ]);
  const following = linkCursor(deps, PLACE, next);
  return sendSettings(
    c,
    deps,
    "Shared pages",
    <>
      <h1>Shared pages</h1>
      <p class="lead">Anyone with such a link can read that one page in its current state, and nothing else.</p>
      {made !== undefined && <ShownOnce label="The new link" secret={made} />}
      {items.length > 0 && (
        <CredentialRows
          c={c}
          deps={deps}
          what="link"
          path="/settings/shares"
          rows={items}
          names={new Map(products.map(({ id, name }) => [id, name]))}
        />
      )}
      {following !== undefined && (
        <nav class="pages" aria-label="Pages">
          <a rel="next" href={address("/settings/shares", { cursor: following })}>
            Later
          </a>
        </nav>
      )}
      <h2>A new link</h2>
      <Form c={c} deps={deps} action="/settings/shares" class="fields">
        <label>
          Page
          <input
            name="path"
            required
            maxlength={2000}
            value={c.req.query("path") ?? ""}
            placeholder="/features/ACME-8"
          />
        </label>
        <label>
          Name
          <input name="name" maxlength={100} placeholder="Who it is for" />
        </label>
        <label>
          Expires after (days; empty: never)
          <input name="days" type="number" min={1} max={3650} value="30" />
        </label>
        <button type="submit">Create link</button>
      </Form>
    </>,
  );
};

export const sharesPage: PageHandler = (c, deps) => show(c, deps);

export const createShareForm: FormHandler = async (c, deps, fields) => {
  const { days, ...wanted } = fieldsAs(ShareFields, fields);
  const expiresAt = days === undefined ? undefined : new Date(deps.now().getTime() + days * DAY_MS).toISOString();
  const { token } = await makeShare(deps, c.get("identity"), { ...wanted, expiresAt });
  return unkept(await show(c, deps, `${deps.url()}/share/${token}`));
};

export const revokeShareForm: FormHandler = async (c, deps) => {
  const ended = await endCredential(deps, c.get("identity"), "share", c.req.param("id") ?? "");
  if (ended === undefined) throw new HubError("not_found", "there is no such link", { retry: "never" });
  return c.redirect("/settings/shares", 303);
};
