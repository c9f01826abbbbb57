import { createHmac } from "node:crypto";
import type { WebDeps } from "../web-deps.ts";
import { type Identity, LOCAL } from "./identity.ts";
import { scopedViews } from "./scoped-views.ts";

/** Beyond so many of them, what each is given is made anew. */
const KNOWN_AT_MOST = 200;

/** By who asks and what they may see: what was read or sealed a moment ago for somebody serves their next request. */
const known = new WeakMap<WebDeps, Map<string, WebDeps>>();

/**
 * What the surfaces are given for one identity: all that they read goes through here. Who is limited to products gets
 * views of those alone, and cursors are good for whom they were made for only.
 */
export const seenBy = (deps: WebDeps, identity: Identity): WebDeps => {
  if (identity === LOCAL) return deps;
  const all = known.get(deps) ?? new Map<string, WebDeps>();
  known.set(deps, all);
  const { id, products } = identity;
  const name = JSON.stringify([id, products]);
  const given = all.get(name) ?? givenTo(deps, products, name);
  if (all.size >= KNOWN_AT_MOST) all.clear();
  all.set(name, given);
  return given;
};

const givenTo = (deps: WebDeps, products: Identity["products"], name: string): WebDeps => {
  const cursorKey = createHmac("sha256", deps.cursorKey).update(name).digest();
  if (products === "all") return { ...deps, cursorKey };
  return { ...deps, cursorKey, views: scopedViews(deps.views, products) };
};
