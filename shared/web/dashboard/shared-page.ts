import type { Hono } from "hono";
import { HubError } from "../../connector/errors.ts";
import { type Credential, credentialById, credentialOf, type Grant, holds, noteUse } from "../../store/access.ts";
import { memberById } from "../../store/members.ts";
import { allowances, takeRequest } from "../access/gate.ts";
import { scopesOf } from "../access/scope.ts";
import { readable } from "../readable.ts";
import type { WebDeps, WebEnv } from "../web-deps.ts";

/** Of the page's own answer; it sets no cookie, and nothing that knows of another address. */
const PASSED = ["content-type", "cache-control", "etag", "vary"];

/**
 * Links to one page. The page is asked by the hub itself, as somebody who may read and sees the products of the link; what
 * the visitor brings along, a session too, plays no part.
 */
export const mountShares = (app: Hono<WebEnv>, deps: WebDeps): void => {
  const requests = allowances();
  readable(app, "/share/:token", async (c) => {
    const token = c.req.param("token");
    const share = await credentialOf(deps.table, token);
    if (share?.kind !== "share" || share.path === undefined || !holds(share, deps.now()))
      throw new HubError("not_found", "this link does not exist or has expired", { retry: "never" });
    takeRequest(c, requests, share.id, deps.now());
    const products = await productsOf(deps, share);
    if (products === undefined)
      throw new HubError("not_found", "whoever made this link no longer has access", { retry: "never" });
    await noteUse(deps.table, token, share, deps.now());
    const { id, name } = share;
    const host = c.req.header("host");
    const page = await app.request(
      new Request(new URL(share.path, c.req.url), { headers: { ...(host !== undefined && { host }) } }),
      {},
      { ...c.env, sharedAs: { id, name, scopes: scopesOf(share), products } },
    );
    if (!page.ok) throw new HubError("not_found", "the page behind this link no longer exists", { retry: "never" });
    for (const header of PASSED) {
      const value = page.headers.get(header);
      if (value !== null) c.header(header, value);
    }
    c.header("X-Robots-Tag", "noindex");
    return c.body(await page.text());
  });
};

/**
 * The products that a link shows: of those that it was made for, what its maker sees now. A key that ran out made it rightly;
 * one that was revoked may have been stolen.
 *
 * @returns undefined where the maker is gone
 */
const productsOf = async ({ table }: WebDeps, share: Credential): Promise<Grant["products"] | undefined> => {
  const { id } = share.createdBy;
  if (!/^(?:mem|key)_/.test(id)) return share.products;
  const key = id.startsWith("key_") ? await credentialById(table, "key", id) : undefined;
  const maker: Grant | undefined = key?.revokedAt === undefined ? (key ?? (await memberById(table, id))) : undefined;
  if (maker === undefined || maker.products === "all") return maker && share.products;
  const { products } = maker;
  return share.products === "all" ? products : share.products.filter((one) => products.includes(one));
};
