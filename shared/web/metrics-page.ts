import type { Context, Hono, MiddlewareHandler } from "hono";
import { routePath } from "hono/route";
import { HubError } from "../connector/errors.ts";
import { demand } from "./access/identity.ts";
import { readable } from "./readable.ts";
import type { WebDeps, WebEnv } from "./web-deps.ts";

const METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

/** The declared path that answered, or `other`: no word of the caller's becomes a label. */
const routeOf = (c: Context<WebEnv>): string => {
  const path = routePath(c, -1);
  return path.includes("*") ? "other" : path;
};

/** Tells every request with how it was answered and how long that took. */
export const counting =
  ({ metrics, now }: WebDeps): MiddlewareHandler<WebEnv> =>
  async (c, next) => {
    const began = now().getTime();
    await next();
    const method = METHODS.has(c.req.method) ? c.req.method : "other";
    metrics?.answered({ route: routeOf(c), method, status: String(c.res.status) }, (now().getTime() - began) / 1000);
  };

/** `/metrics`, for whoever may see how all connections do: its numbers are those of the whole hub. */
export const mountMetrics = (app: Hono<WebEnv>, { metrics }: WebDeps): void => {
  const { page } = metrics ?? {};
  if (page === undefined) return;
  readable(app, "/metrics", async (c) => {
    const identity = c.get("identity");
    demand(identity, "connections:read");
    if (identity.products !== "all")
      throw new HubError("scope_missing", "these are numbers of all products, of which you may see some", {
        retry: "never",
      });
    const { type, text } = await page();
    return c.body(text, 200, { "Content-Type": type, "Cache-Control": "no-store" });
  });
};
