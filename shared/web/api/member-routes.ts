import * as z from "zod";
import { credentials } from "../../store/access.ts";
import { acts } from "../../store/audit.ts";
import { type Member, members } from "../../store/members.ts";
import { endCredential } from "../access/credentials.ts";
import { dismiss, InvitationShape, invite } from "../access/invite.ts";
import { action } from "./action.ts";
import { CredentialJson, credentialJson, Products, WhoJson } from "./credential-json.ts";
import { list } from "./route.ts";

const MemberJson = z
  .object({
    id: z.string(),
    address: z.string(),
    name: z.string(),
    role: z.string(),
    products: Products,
    createdAt: z.string(),
    createdBy: WhoJson,
  })
  .meta({ id: "Member" });

const ActJson = z
  .object({
    id: z.string(),
    at: z.string(),
    by: WhoJson,
    act: z.string().describe("A thing and what was done to it: `key.create`, `member.remove`."),
    subject: z.string().describe("Id of the thing."),
    detail: z.record(z.string(), z.unknown()),
  })
  .meta({ id: "Act" });

const memberJson = ({ products, ...member }: Member): z.input<typeof MemberJson> => ({
  id: member.id,
  address: member.address,
  name: member.name,
  role: member.role,
  products: products === "all" ? null : [...products],
  createdAt: member.createdAt,
  createdBy: member.createdBy,
});

export const MEMBER_ROUTES = [
  list({
    id: "list_members",
    tag: "Members",
    scope: "admin",
    path: "/v1/members",
    summary: "Who may sign in, by id.",
    item: MemberJson,
    rows: async ({ deps: { table }, after, limit }) => {
      const { items, next } = await members(table, after, limit);
      return { items: items.map(memberJson), next };
    },
  }),
  action({
    id: "invite_member",
    method: "POST",
    tag: "Members",
    scope: "admin",
    path: "/v1/members",
    summary: "Invites somebody by mail address, or gives who is there another name, role or other products.",
    takes: z.object(InvitationShape),
    gives: MemberJson.extend({
      signInUrl: z.string().describe("Signs in once, within seven days: told now and never again."),
    }).meta({ id: "NewMember" }),
    givesSecret: true,
    status: 201,
    act: async ({ deps, identity, sent }) => {
      const { member, token } = await invite(deps, identity, sent);
      return { body: { ...memberJson(member), signInUrl: `${deps.url()}/login?token=${token}` } };
    },
  }),
  action({
    id: "remove_member",
    method: "DELETE",
    tag: "Members",
    scope: "admin",
    path: "/v1/members/{id}",
    summary: "Takes a member out: their sessions, keys and links end at once, and nothing else of them is kept.",
    pathParameters: { id: "Id of a member." },
    gives: z.object({}),
    status: 204,
    act: async ({ deps, identity, id }) => (await dismiss(deps, identity, id)) && { body: {} },
  }),
  list({
    id: "list_sessions",
    tag: "Members",
    scope: "admin",
    path: "/v1/sessions",
    summary: "Browsers that are, or were lately, signed in; oldest first.",
    item: CredentialJson,
    rows: async ({ deps: { table }, after, limit }) => {
      const { items, next } = await credentials(table, "session", after, limit);
      return { items: items.map(credentialJson), next };
    },
  }),
  action({
    id: "end_session",
    method: "DELETE",
    tag: "Members",
    scope: "admin",
    path: "/v1/sessions/{id}",
    summary: "Signs a browser out.",
    pathParameters: { id: "Id of a session." },
    gives: z.object({}),
    status: 204,
    act: async ({ deps, identity, id }) => (await endCredential(deps, identity, "session", id)) && { body: {} },
  }),
  list({
    id: "list_audit",
    tag: "Audit",
    scope: "admin",
    path: "/v1/audit",
    summary: "Every administrative act, newest first. What is written there is never changed.",
    item: ActJson,
    rows: async ({ deps: { table }, after, limit }) => {
      const { items, next } = await acts(table, after, limit);
      return { items: items.map((one) => ({ ...one, detail: { ...one.detail } })), next };
    },
  }),
];
