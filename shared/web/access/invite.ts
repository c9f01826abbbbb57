import * as z from "zod";
import { audit } from "../../store/audit.ts";
import { endMadeWith } from "../../store/made-with.ts";
import { type Member, memberById, putMember, removeMember } from "../../store/members.ts";
import type { WebDeps } from "../web-deps.ts";
import { GrantShape, productsFor } from "./allowed-grant.ts";
import { audited, makeSignInLink } from "./credentials.ts";
import type { Identity } from "./identity.ts";
import { ROLE_NAMES } from "./scope.ts";

/** What is sent to invite somebody. */
export const InvitationShape = {
  address: z.email().max(254).describe("Mail address, by which an identity provider tells who it is."),
  name: z.string().trim().min(1).max(100).optional().describe("What people call them; the address without it."),
  role: z.enum(ROLE_NAMES),
  products: GrantShape.products.describe("Ids or slugs of products: nothing else is seen. All without it."),
};

type Deps = Pick<WebDeps, "table" | "views" | "now">;

/** Invites somebody, or changes who is there. @returns the member, and the token of a link by which they sign in once */
export const invite = async (
  deps: Deps,
  identity: Identity,
  wanted: {
    readonly address: string;
    readonly name?: string | undefined;
    readonly role: string;
    readonly products?: readonly string[] | undefined;
  },
): Promise<{ readonly member: Member; readonly token: string }> => {
  const products = await productsFor(deps, identity, wanted.products);
  const { id, name } = identity;
  const { member, isNew } = await putMember(
    deps.table,
    {
      address: wanted.address,
      name: wanted.name ?? wanted.address,
      role: wanted.role,
      products,
      createdBy: { id, name },
    },
    deps.now(),
  );
  const detail = { role: member.role, products: products === "all" ? "all" : products };
  await audit(audited(deps), identity, isNew ? "member.invite" : "member.change", member.id, detail);
  const link = await makeSignInLink(deps, identity, member.id);
  if (link === undefined) throw new Error("a member that was just written is gone");
  return { member, token: link.token };
};

/**
 * Takes a member out; sessions, keys and links of theirs end with it, and what was made with those keys.
 *
 * @returns undefined if there is no such member
 */
export const dismiss = async (deps: Deps, identity: Identity, id: string): Promise<true | undefined> => {
  if ((await memberById(deps.table, id)) === undefined) return undefined;
  // Before the membership: a run that was cut short is made up for by the next.
  await endMadeWith(audited(deps), identity, id, "member.remove");
  if (await removeMember(deps.table, id, deps.now())) await audit(audited(deps), identity, "member.remove", id);
  await endMadeWith(audited(deps), identity, id, "member.remove");
  return true;
};
