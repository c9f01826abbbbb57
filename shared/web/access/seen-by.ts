import { createHmac } from "node:crypto";
import type { WebDeps } from "../web-deps.ts";
import { auditedDesk } from "./audited-desk.ts";
import { type Identity, LOCAL } from "./identity.ts";
import { scopedViews } from "./scoped-views.ts";

/** Beyond so many of them, what each is given is made anew. */
const KNOWN_AT_MOST = 200;

/** By who asks and what they may see: what was read or sealed a moment ago for somebody serves their next request. */
const known = new WeakMap<WebDeps, Map<string, WebDeps>>();

/**
 * What the surfaces are given for one identity: all that they read goes through here. Who is limited to products gets
 * views of those alone, cursors are good for whom they were made for only, and what they do with webhooks is noted as theirs.
 */
export const seenBy = (deps: WebDeps, identity: Identity): WebDeps => {
  const all = known.get(deps) ?? new Map<string, WebDeps>();
  known.set(deps, all);
  const name = JSON.stringify([identity.id, identity.name, identity.products]);
  const given = all.get(name) ?? givenTo(deps, identity);
  if (all.size >= KNOWN_AT_MOST) all.clear();
  all.set(name, given);
  return given;
};

const givenTo = (deps: WebDeps, identity: Identity): WebDeps => {
  const { webhooks, views } = deps;
  const audited = webhooks === undefined ? deps : { ...deps, webhooks: auditedDesk(webhooks, deps, identity) };
  if (identity === LOCAL) return audited;
  const { id, products } = identity;
  const cursorKey = createHmac("sha256", deps.cursorKey)
    .update(JSON.stringify([id, products]))
    .digest();
  if (products === "all") return { ...audited, cursorKey };
  return { ...audited, cursorKey, views: scopedViews(views, products) };
};
