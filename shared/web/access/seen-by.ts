import { createHmac } from "node:crypto";
import type { WebDeps } from "../web-deps.ts";
import { auditedDesk } from "./audited-desk.ts";
import { type Identity, LOCAL } from "./identity.ts";
import { scopedViews } from "./scoped-views.ts";

/**
 * What the surfaces are given for one identity: all that they read goes through here. Who is limited to products gets
 * views of those alone, cursors are good for whom they were made for only, and what they do with webhooks is noted as theirs.
 */
export const seenBy = (given: WebDeps, identity: Identity): WebDeps => {
  const { webhooks } = given;
  const deps = webhooks === undefined ? given : { ...given, webhooks: auditedDesk(webhooks, given, identity) };
  if (identity === LOCAL) return deps;
  const { id, products } = identity;
  const cursorKey = createHmac("sha256", deps.cursorKey)
    .update(JSON.stringify([id, products]))
    .digest();
  if (products === "all") return { ...deps, cursorKey };
  return { ...deps, cursorKey, views: scopedViews(deps.views, products) };
};
