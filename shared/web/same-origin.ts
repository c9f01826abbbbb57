import { createMiddleware } from "hono/factory";
import { HubError } from "../connector/errors.ts";

const SAFE: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

/** Whoever changes something from a browser must come from a page of this hub: another site's page is refused. */
export const sameOrigin = createMiddleware(async (c, next) => {
  const { method } = c.req;
  const origin = c.req.header("origin");
  const site = c.req.header("sec-fetch-site");
  const isOurs = origin === undefined || (URL.canParse(origin) && new URL(origin).host === hostOf(c.req.raw));
  if (!SAFE.has(method) && (!isOurs || (site !== undefined && site !== "same-origin" && site !== "none")))
    throw new HubError("origin_not_allowed", "another site's page asked for this", { retry: "never" });
  await next();
});

const hostOf = (request: Request): string => request.headers.get("host") ?? new URL(request.url).host;
