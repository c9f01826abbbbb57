import { Hono } from "hono";
import { compress } from "hono/compress";
import { HubError } from "../connector/errors.ts";
import { gate } from "./access/gate.ts";
import { mountApi, problem } from "./api/api.ts";
import { statusOf } from "./api/problem.ts";
import { mountDashboard } from "./dashboard/dashboard.ts";
import { errorPage } from "./dashboard/error-page.tsx";
import { mountReports } from "./dashboard/report-files.ts";
import { hostGuard } from "./host-guard.ts";
import { counting, mountMetrics } from "./metrics-page.ts";
import { requestId } from "./request-id.ts";
import { sameOrigin } from "./same-origin.ts";
import { securityHeaders } from "./security-headers.ts";
import type { WebDeps, WebEnv } from "./web-deps.ts";

const forMachines = (path: string): boolean =>
  path === "/v1" ||
  path.startsWith("/v1/") ||
  path === "/openapi.json" ||
  path === "/healthz" ||
  path === "/metrics" ||
  path.startsWith("/.well-known/");

/** The hub over HTTP: API, dashboard and documentation. The same app runs on a laptop and behind API Gateway. */
export const webApp = (deps: WebDeps): Hono<WebEnv> => {
  const app = new Hono<WebEnv>({ strict: false });
  const failed = (error: unknown, id: string): HubError => {
    if (error instanceof HubError) return error;
    deps.onFailure?.(error, id);
    return new HubError("internal_error", "something failed inside the hub", { retry: "later", cause: error });
  };
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
  app.use(gate(deps));
  // Files of a run stand before the run itself, which would take their ending for a part of its name.
  mountReports(app, deps);
  mountApi(app, deps);
  mountMetrics(app, deps);
  mountDashboard(app, deps);
  return app;
};
