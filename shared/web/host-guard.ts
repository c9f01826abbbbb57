import { createMiddleware } from "hono/factory";
import { HubError } from "../connector/errors.ts";

/** Refuses host names that this hub does not go by: another site's page must not reach a local hub by DNS rebinding. */
export const hostGuard = (allowed: readonly string[]) =>
  createMiddleware(async (c, next) => {
    const asked = c.req.header("host") ?? new URL(c.req.url).host;
    const name = asked.replace(/:\d*$/, "").toLowerCase();
    if (!allowed.includes(name))
      throw new HubError("host_not_allowed", "this hub does not answer under that host name", { retry: "never" });
    await next();
  });
