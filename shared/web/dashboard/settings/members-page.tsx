import * as z from "zod";
import { HubError } from "../../../connector/errors.ts";
import { memberById, members } from "../../../store/members.ts";
import { makeSignInLink } from "../../access/credentials.ts";
import { dismiss, InvitationShape, invite } from "../../access/invite.ts";
import type { WebDeps } from "../../web-deps.ts";
import { address } from "../link.tsx";
import type { PageContext, PageHandler } from "../page.tsx";
import { linkCursor, placeOf } from "../page-cursor.ts";
import { Scroll } from "../scroll.tsx";
import { Moment } from "../time.tsx";
import { type Ending, EndingSection, endingOf } from "./ending.tsx";
import {
  ActButton,
  Form,
  type FormHandler,
  fieldsAs,
  GrantFields,
  many,
  productsText,
  ShownOnce,
  unkept,
} from "./form.tsx";
import { sendSettings } from "./settings-page.tsx";

const ROWS = 50;
const PLACE = { route: "page.members", filters: {} };
const MemberFields = z.object({ ...InvitationShape, products: many });

const show = async (
  c: PageContext,
  deps: WebDeps,
  told: { readonly link?: string; readonly ending?: Ending } = {},
): Promise<Response> => {
  const { link, ending } = told;
  const after = placeOf(deps, PLACE, c.req.query("cursor"));
  const [{ items, next }, products] = await Promise.all([members(deps.table, after, ROWS), deps.views.products()]);
  const names = new Map(products.map(({ id, name }) => [id, name]));
  const following = linkCursor(deps, PLACE, next);
  return sendSettings(
    c,
    deps,
    "Members",
    <>
      <h1>Members</h1>
      <p class="lead">
        Who may sign in: by the identity provider, where one is configured, or by a link that works once.
      </p>
      {link !== undefined && <ShownOnce label="The link to sign in, for seven days" secret={link} />}
      {ending !== undefined && (
        <EndingSection
          c={c}
          deps={deps}
          action={`/settings/members/${ending.id}/remove`}
          back="/settings/members"
          word="Remove"
          ending={ending}
        />
      )}
      {items.length > 0 && (
        <Scroll label="All members">
          <table>
            <thead>
              <tr>
                <th scope="col">Member</th>
                <th scope="col">Role</th>
                <th scope="col">Products</th>
                <th scope="col">Invited</th>
                <th scope="col">
                  <span class="vh">Actions</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {items.map((member) => (
                <tr>
                  <th scope="row">
                    {member.name}
                    {member.name !== member.address && <span class="quiet sub">{member.address}</span>}
                  </th>
                  <td>{member.role}</td>
                  <td>{productsText(member.products, names)}</td>
                  <td>
                    <Moment at={member.createdAt} />
                    <span class="quiet sub">by {member.createdBy.name}</span>
                  </td>
                  <td>
                    <ActButton
                      c={c}
                      deps={deps}
                      action={`/settings/members/${member.id}/link`}
                      word="New link"
                      of={`for ${member.name}`}
                    />
                    <ActButton
                      c={c}
                      deps={deps}
                      action={`/settings/members/${member.id}/remove`}
                      word="Remove"
                      of={member.name}
                    />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
      {following !== undefined && (
        <nav class="pages" aria-label="Pages">
          <a rel="next" href={address("/settings/members", { cursor: following })}>
            Next {ROWS}
          </a>
        </nav>
      )}
      <h2>Invite or change a member</h2>
      <Form c={c} deps={deps} action="/settings/members" class="fields">
        <label>
          Mail address
          <input name="address" type="email" required maxlength={254} />
        </label>
        <label>
          Name
          <input name="name" maxlength={100} />
        </label>
        <GrantFields products={products} identity={c.get("identity")} />
        <button type="submit">Invite</button>
      </Form>
    </>,
  );
};

export const membersPage: PageHandler = (c, deps) => show(c, deps);

const linkOf = (deps: WebDeps, token: string): string => `${deps.url()}/login?token=${token}`;

export const inviteForm: FormHandler = async (c, deps, fields) => {
  const { token } = await invite(deps, c.get("identity"), fieldsAs(MemberFields, fields));
  return unkept(await show(c, deps, { link: linkOf(deps, token) }));
};

const noMember = () => new HubError("not_found", "there is no such member", { retry: "never" });

export const signInLinkForm: FormHandler = async (c, deps) => {
  const link = await makeSignInLink(deps, c.get("identity"), c.req.param("id") ?? "");
  if (link === undefined) throw noMember();
  return unkept(await show(c, deps, { link: linkOf(deps, link.token) }));
};

export const removeMemberForm: FormHandler = async (c, deps, fields) => {
  const member = await memberById(deps.table, c.req.param("id") ?? "");
  if (member === undefined) throw noMember();
  const ending = await endingOf(deps, member, fields);
  if (ending !== undefined) return unkept(await show(c, deps, { ending }));
  await dismiss(deps, c.get("identity"), member.id);
  return c.redirect("/settings/members", 303);
};
