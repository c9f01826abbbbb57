import type { Hono } from "hono";
import { safeReason } from "../connector/errors.ts";
import { connectionViews } from "../pipeline/connection-views.ts";
import type { Hub } from "../pipeline/hub.ts";
import { vocabulary } from "../pipeline/vocabulary.ts";
import { sayings } from "../store/said.ts";
import { tableViews } from "../store/table-views.ts";
import { identifier } from "../web/access/identify.ts";
import { LOCAL, NOBODY } from "../web/access/identity.ts";
import { webApp } from "../web/app.ts";
import type { WebEnv } from "../web/web-deps.ts";
import { reports } from "./current.ts";
import { oidcOf } from "./oidc.ts";
import { serving } from "./serving.ts";
import { VERSION } from "./version.ts";
import { webReports } from "./web-reports.ts";

/** The HTTP surfaces over the hub of this process. */
export const webOf = async (hub: () => Hub): Promise<Hono<WebEnv>> => {
  const how = serving();
  const views = tableViews(hub().ports.table, {
    products: hub().products,
    connections: () => connectionViews(hub()),
    now: () => hub().ports.clock.now(),
    statusOf: (connectionId) => vocabulary(hub())(connectionId),
  });
  const now = () => hub().ports.clock.now();
  const { table, secrets } = hub().ports;
  const { meter } = hub();
  return webApp({
    views,
    table,
    say: sayings(table, now),
    now,
    identify: identifier({ table, now }, how.signIn.required ? NOBODY : LOCAL),
    ...(how.signIn.oidc !== undefined && { oidc: oidcOf(how.signIn.oidc, secrets, hub().log) }),
    cursorKey: await how.cursorKey(),
    version: VERSION,
    timezone: hub().timezone,
    url: () => hub().url,
    reports: webReports(hub(), reports()),
    demo: how.demo,
    ...(meter !== undefined && {
      metrics: {
        answered: (what, seconds) => {
          meter.add("http_requests", what);
          meter.observe("http_request_duration_seconds", { route: what.route }, seconds);
        },
        page: how.metricsPage,
      },
    }),
    ...(how.allowedHosts !== undefined && { allowedHosts: how.allowedHosts }),
    onFailure: (error, requestId) =>
      hub().log.warn({ deliveryId: requestId, code: "internal_error", reason: safeReason(error) }, "request failed"),
  });
};
