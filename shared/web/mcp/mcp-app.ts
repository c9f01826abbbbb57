import { createMcpHandler } from "@modelcontextprotocol/server";
import { Hono } from "hono";
import { HubError } from "../../connector/errors.ts";
import { gate } from "../access/gate.ts";
import { type Identity, NOBODY } from "../access/identity.ts";
import { problemOf, statusOf } from "../api/problem.ts";
import { hostGuard } from "../host-guard.ts";
import { requestId } from "../request-id.ts";
import { sameOrigin } from "../same-origin.ts";
import { securityHeaders } from "../security-headers.ts";
import type { WebDeps, WebEnv } from "../web-deps.ts";
import { mcpServer } from "./mcp-server.ts";

const BODY_AT_MOST = 256 * 1024;

/** `/mcp`: the tools for assistants over HTTP, nothing kept between two requests. It holds no page of the hub. */
export const mcpApp = (deps: WebDeps): Hono<WebEnv> => {
  const app = new Hono<WebEnv>({ strict: false });
  const handler = createMcpHandler(
    ({ authInfo }) => mcpServer(deps, (authInfo?.extra?.["identity"] as Identity | undefined) ?? NOBODY),
    {
      maxRequestBodySize: BODY_AT_MOST,
      // Tools do not change while a server runs: there is nothing to wait for.
      maxSubscriptions: 0,
      keepAliveMs: 0,
    },
  );
  app.onError((error, c) => {
    const known = error instanceof HubError;
    if (!known) deps.onFailure?.(error, c.get("requestId"));
    const told = known ? error : new HubError("internal_error", "something failed", { retry: "later", cause: error });
    if (told.code === "rate_limited") c.header("Retry-After", String(told.details["seconds"] ?? 60));
    if (statusOf(told.code) === 401) c.header("WWW-Authenticate", 'Bearer realm="Throughline"');
    const { pathname } = new URL(c.req.url);
    const body = problemOf(told, { hub: deps.url(), instance: pathname, requestId: c.get("requestId") });
    return c.body(JSON.stringify(body), statusOf(told.code), {
      "Content-Type": "application/problem+json",
      "Cache-Control": "no-store",
    });
  });
  app.notFound(() => {
    throw new HubError("not_found", "there is nothing at this address", { retry: "never" });
  });
  app.use(securityHeaders);
  app.use(requestId);
  if (deps.allowedHosts !== undefined) app.use(hostGuard(deps.allowedHosts.map((name) => name.toLowerCase())));
  app.use(sameOrigin);
  app.use(gate(deps));
  app.all("/mcp", async (c) => {
    const identity = c.get("identity");
    if (identity === NOBODY) throw new HubError("key_missing", "this needs a key", { retry: "never" });
    return handler.fetch(c.req.raw, {
      authInfo: { token: "", clientId: identity.id, scopes: [...identity.scopes], extra: { identity } },
    });
  });
  return app;
};
