import { Hono, type MiddlewareHandler } from "hono";
import { compress } from "hono/compress";
import { HubError } from "../connector/errors.ts";
import { problem, statusOf } from "./api/problem.ts";
import { forMachines } from "./api-paths.ts";
import { hostGuard } from "./host-guard.ts";
import { counting } from "./metrics-page.ts";
import { requestId } from "./request-id.ts";
import { sameOrigin } from "./same-origin.ts";
import { securityHeaders } from "./security-headers.ts";
import type { WebDeps, WebEnv } from "./web-deps.ts";

/**
 * What stands around every answer: who asks, what they may still ask for, headers and failures.
 *
 * @param guard the same for all parts of one hub, since it counts requests
 */
export const webFrame = (deps: WebDeps, guard: MiddlewareHandler<WebEnv>): Hono<WebEnv> => {
  const app = new Hono<WebEnv>({ strict: false });
  const failed = (error: unknown, id: string): HubError => {
    const isOurs = !(error instanceof HubError) || statusOf(error.code) === 500;
    if (isOurs) deps.onFailure?.(error, id);
    if (error instanceof HubError) return error;
    return new HubError("internal_error", "something failed inside the hub", { retry: "later", cause: error });
  };
  const errorPage = async (...told: Parameters<typeof problem>) =>
    (await import("./dashboard/error-page.tsx")).errorPage(...told);
  app.onError((error, c) => {
    const told = failed(error, c.get("requestId"));
    if (statusOf(told.code) === 401) c.header("WWW-Authenticate", 'Bearer realm="throughline"');
    if (told.code === "rate_limited") c.header("Retry-After", String(told.details["seconds"] ?? 60));
    if (told.code === "method_not_allowed") c.header("Allow", String(told.details["allow"] ?? "GET, HEAD"));
    return forMachines(c.req.path) ? problem(c, deps, told) : errorPage(c, deps, told);
  });
  app.notFound((c) => {
    const told = new HubError("not_found", "there is nothing at this address", { retry: "never" });
    return forMachines(c.req.path) ? problem(c, deps, told) : errorPage(c, deps, told);
  });
  if (deps.metrics !== undefined) app.use(counting(deps));
  app.use(securityHeaders);
  app.use(requestId);
  app.use(compress());
  if (deps.allowedHosts !== undefined) app.use(hostGuard(deps.allowedHosts.map((name) => name.toLowerCase())));
  app.use(sameOrigin);
  app.use(guard);
  return app;
};
