import type { Hono } from "hono";
import type { Hub } from "../pipeline/hub.ts";
import { sendTestEvent } from "../pipeline/test-event.ts";
import { webhookDesk } from "../pipeline/webhooks/desk.ts";
import { webApp } from "../web/app.ts";
import type { WebEnv } from "../web/web-deps.ts";
import { oidcOf } from "./oidc.ts";
import { serving } from "./serving.ts";
import { webDepsOf } from "./web-deps.ts";
import { webhookMeans } from "./webhook-means.ts";

/** The HTTP surfaces over the hub of this process. */
export const webOf = async (hub: () => Hub): Promise<Hono<WebEnv>> => {
  const { oidc } = serving().signIn;
  const { ports, log } = hub();
  return webApp({
    ...(await webDepsOf(hub)),
    ...(oidc !== undefined && { oidc: oidcOf(oidc, ports.secrets, log) }),
    webhooks: webhookDesk(hub, () => webhookMeans(hub)),
    sendTestEvent: (type) => sendTestEvent(hub(), type),
  });
};
