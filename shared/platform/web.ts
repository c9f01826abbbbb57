import type { Hono } from "hono";
import { safeReason } from "../connector/errors.ts";
import type { Hub } from "../pipeline/hub.ts";
import { sendTestEvent } from "../pipeline/test-event.ts";
import { webhookDesk } from "../pipeline/webhooks/desk.ts";
import { sayings } from "../store/said.ts";
import { identifier } from "../web/access/identify.ts";
import { LOCAL, NOBODY } from "../web/access/identity.ts";
import { webApp } from "../web/app.ts";
import type { WebEnv } from "../web/web-deps.ts";
import { reports } from "./current.ts";
import { oidcOf } from "./oidc.ts";
import { serving } from "./serving.ts";
import { VERSION } from "./version.ts";
import { viewsOf } from "./views-of.ts";
import { webReports } from "./web-reports.ts";
import { webhookMeans } from "./webhook-means.ts";

/** The HTTP surfaces over the hub of this process. */
export const webOf = async (hub: () => Hub): Promise<Hono<WebEnv>> => {
  const how = serving();
  const views = viewsOf(hub);
  const now = () => hub().ports.clock.now();
  const { table, secrets } = hub().ports;
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
    webhooks: webhookDesk(hub, () => webhookMeans(hub)),
    sendTestEvent: (type) => sendTestEvent(hub(), type),
    demo: how.demo,
    ...(how.allowedHosts !== undefined && { allowedHosts: how.allowedHosts }),
    onFailure: (error, requestId) =>
      hub().log.warn({ deliveryId: requestId, code: "internal_error", reason: safeReason(error) }, "request failed"),
  });
};
