import type { Hono, MiddlewareHandler } from "hono";
import { mountApi } from "./api/api.ts";
import { mountMetrics } from "./metrics-page.ts";
import type { WebDeps, WebEnv } from "./web-deps.ts";
import { webFrame } from "./web-frame.ts";

/** The API without pages, for a process that is asked by programs alone. */
export const apiApp = (deps: WebDeps, guard: MiddlewareHandler<WebEnv>): Hono<WebEnv> => {
  const app = webFrame(deps, guard);
  mountApi(app, deps);
  mountMetrics(app, deps);
  return app;
};
