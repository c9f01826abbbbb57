import { createHmac } from "node:crypto";
import type { WebDeps } from "../web-deps.ts";
import { type Identity, LOCAL } from "./identity.ts";
import { scopedViews } from "./scoped-views.ts";

/**
 * What the surfaces are given for one identity: all that they read goes through here. Who is limited to products gets
 * views of those alone, and cursors are good for whom they were made for only.
 */
export const seenBy = (deps: WebDeps, identity: Identity): WebDeps => {
  if (identity === LOCAL) return deps;
  const { id, products } = identity;
  const cursorKey = createHmac("sha256", deps.cursorKey)
    .update(JSON.stringify([id, products]))
    .digest();
  if (products === "all") return { ...deps, cursorKey };
  return { ...deps, cursorKey, views: scopedViews(deps.views, products) };
};
