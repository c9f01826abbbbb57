import type { Hono } from "hono";
import { gate } from "./access/gate.ts";
import { mountApi } from "./api/api.ts";
import { mountDashboard } from "./dashboard/dashboard.ts";
import { mountReports } from "./dashboard/report-files.ts";
import { mountMetrics } from "./metrics-page.ts";
import type { WebDeps, WebEnv } from "./web-deps.ts";
import { webFrame } from "./web-frame.ts";

/** The hub over HTTP: API, dashboard and documentation. The same app runs on a laptop and behind API Gateway. */
export const webApp = (deps: WebDeps, guard = gate(deps)): Hono<WebEnv> => {
  const app = webFrame(deps, guard);
  // Files of a run stand before the run itself, which would take their ending for a part of its name.
  mountReports(app, deps);
  mountApi(app, deps);
  mountMetrics(app, deps);
  mountDashboard(app, deps);
  return app;
};
