import { randomUUID } from "node:crypto";
import { createMiddleware } from "hono/factory";
import type { WebEnv } from "./web-deps.ts";

const ACCEPTED = /^[\w-]{8,64}$/;

/** Gives every request an id, or keeps the caller's own, and tells it in `X-Request-Id`. */
export const requestId = createMiddleware<WebEnv>(async (c, next) => {
  const told = c.req.header("x-request-id");
  const id = told !== undefined && ACCEPTED.test(told) ? told : `req_${randomUUID().replaceAll("-", "").slice(0, 26)}`;
  c.set("requestId", id);
  await next();
  c.res.headers.set("X-Request-Id", id);
});
