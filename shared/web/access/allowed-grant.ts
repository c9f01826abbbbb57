import * as z from "zod";
import { HubError } from "../../connector/errors.ts";
import { type Instant, instant } from "../../domain/instant.ts";
import type { Credential, Grant } from "../../store/access.ts";
import { productId } from "../api/filters.ts";
import type { WebDeps } from "../web-deps.ts";
import { type Identity, may } from "./identity.ts";
import { ROLE_NAMES, ROLES, SCOPES, type Scope, scopesOf } from "./scope.ts";

/** What is sent to say what a key or a member may do and see. */
export const GrantShape = {
  role: z.enum(ROLE_NAMES).optional().describe("A role; its scopes are those of this version."),
  scopes: z.array(z.enum(SCOPES)).min(1).max(50).optional().describe("In place of a role: these scopes and no others."),
  products: z
    .array(z.string().max(200))
    .min(1)
    .max(200)
    .optional()
    .describe("Ids or slugs of products: nothing else is seen. Without it all that the maker sees."),
};

/** A product that somebody may give to another, or all of theirs. */
export const productsFor = async (
  { views }: Pick<WebDeps, "views">,
  identity: Identity,
  asked: readonly string[] | undefined,
): Promise<Grant["products"]> => {
  if (asked === undefined) return identity.products;
  return Promise.all(asked.map(async (named) => (await productId(views, named, "products")) ?? ""));
};

/**
 * A grant that nobody makes larger than their own.
 *
 * @param deps as its maker sees them: a product that they do not see is none
 * @throws HubError invalid_body without a role or scopes | scope_missing | invalid_parameter
 */
export const allowedGrant = async (
  deps: Pick<WebDeps, "views">,
  identity: Identity,
  {
    role,
    scopes,
    products,
  }: { role?: string | undefined; scopes?: readonly Scope[] | undefined; products?: readonly string[] | undefined },
): Promise<Grant> => {
  if ((role === undefined) === (scopes === undefined))
    throw new HubError("invalid_body", "one of 'role' and 'scopes' is wanted", {
      retry: "never",
      details: { parameter: "role" },
    });
  for (const scope of scopesOf({ role, scopes })) {
    if (!may(identity, scope))
      throw new HubError("scope_missing", `${identity.name} has not the scope ${scope} and cannot give it`, {
        retry: "never",
        details: { scope },
      });
  }
  return {
    ...(role !== undefined ? { role } : { scopes }),
    products: await productsFor(deps, identity, products),
  };
};

/** The roles that somebody can give: none with a scope that they do not have. */
export const rolesFor = (identity: Identity) =>
  ROLE_NAMES.filter((role) => ROLES[role].every((scope) => may(identity, scope)));

/** A moment in the future. @throws HubError invalid_body */
export const endOf = (told: string | undefined, now: Date): Instant | undefined => {
  const end = told === undefined ? undefined : instant(told);
  if (end !== undefined && Date.parse(end) <= now.getTime())
    throw new HubError("invalid_body", "'expires_at' has passed", {
      retry: "never",
      details: { parameter: "expires_at" },
    });
  return end;
};

/** Whether somebody may see and end it: administrators all, others what they made. */
export const isTheirs = (identity: Identity, { createdBy }: Pick<Credential, "createdBy">): boolean =>
  may(identity, "admin") || createdBy.id === identity.id;
