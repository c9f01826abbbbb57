import type { Hono } from "hono";
import type { Hub } from "../pipeline/hub.ts";
import { sendTestEvent } from "../pipeline/test-event.ts";
import { webhookDesk } from "../pipeline/webhooks/desk.ts";
import { gate } from "../web/access/gate.ts";
import { isApiAlone } from "../web/api-paths.ts";
import type { WebDeps, WebEnv } from "../web/web-deps.ts";
import { oidcOf } from "./oidc.ts";
import { serving } from "./serving.ts";
import { webDepsOf } from "./web-deps.ts";
import { webhookMeans } from "./webhook-means.ts";

/** What answers an address: the API without pages where it does alone, else all. Each is loaded when first asked for. */
export const webPartsOf = async (hub: () => Hub): Promise<(path: string) => Promise<Hono<WebEnv>>> => {
  const deps = await depsOf(hub);
  const guard = gate(deps);
  let api: Hono<WebEnv> | undefined;
  let whole: Hono<WebEnv> | undefined;
  return async (path) => {
    if (isApiAlone(path)) {
      const { apiApp } = await import("../web/api-app.ts");
      api ??= apiApp(deps, guard);
      return api;
    }
    const { webApp } = await import("../web/app.ts");
    whole ??= webApp(deps, guard);
    return whole;
  };
};

/** All of them as one. */
export const webOf = async (hub: () => Hub): Promise<Hono<WebEnv>> => (await webPartsOf(hub))("/");

const depsOf = async (hub: () => Hub): Promise<WebDeps> => {
  const { signIn, metricsPage } = serving();
  const { oidc } = signIn;
  const { ports, log, meter } = hub();
  return {
    ...(await webDepsOf(hub)),
    ...(oidc !== undefined && { oidc: oidcOf(oidc, ports.secrets, log) }),
    ...(meter !== undefined && {
      metrics: {
        answered: (what, seconds) => {
          meter.add("http_requests", what);
          meter.observe("http_request_duration_seconds", { route: what.route }, seconds);
        },
        page: metricsPage,
      },
    }),
    webhooks: webhookDesk(hub, () => webhookMeans(hub)),
    sendTestEvent: (type) => sendTestEvent(hub(), type),
  };
};
