import type { Context, Hono } from "hono";
import { HubError } from "../../connector/errors.ts";
import { EVENT_NAMES, type EventName } from "../../domain/event.ts";
import { eventSchema } from "../../domain/event-schema.ts";
import { demand } from "../access/identity.ts";
import { seenBy } from "../access/seen-by.ts";
import { isNamedIn, weakTag } from "../entity-tag.ts";
import { readable } from "../readable.ts";
import type { WebDeps, WebEnv } from "../web-deps.ts";
import { badge } from "./badge.ts";
import { type Format, formatOf, inFormat, withoutSuffix } from "./formats.ts";
import { once } from "./idempotency.ts";
import { openApi } from "./open-api.ts";
import type { Answer, Asked, Route } from "./route.ts";
import { ROUTES } from "./routes.ts";
import { sentIn } from "./sent.ts";

/** Weak tags survive compression; strong ones do not, so their answers must not be transformed on the way. */
const cachingOf = (etag: string): string =>
  etag.startsWith("W/") ? "private, no-cache" : "private, no-cache, no-transform";

const textOf = (answer: Answer): string => {
  if (answer.text !== undefined) return answer.text;
  return typeof answer.body === "string" ? answer.body : JSON.stringify(answer.body);
};

const send = (c: Context<WebEnv>, answer: Answer, type = "application/json") => {
  const { etag, next, status = 200, location } = answer;
  if (answer.isReplay) c.header("Idempotency-Replayed", "true");
  if (location !== undefined) c.header("Location", location);
  if (c.req.method !== "GET" && c.req.method !== "HEAD") {
    c.header("Cache-Control", "no-store");
    if (status === 204) return c.body(null, 204);
    c.header("Content-Type", type);
    return c.body(textOf(answer), status);
  }
  c.header("ETag", etag);
  c.header("Cache-Control", cachingOf(etag));
  c.header("Vary", "Accept-Encoding, Authorization, Cookie");
  if (next !== undefined) c.header("Link", `<${next}>; rel="next"`);
  if (isNamedIn(c.req.header("if-none-match"), etag)) return c.body(null, 304);
  c.header("Content-Type", type);
  return c.body(textOf(answer));
};

/** A fixed document; its tag is made from its text. */
const document = (c: Context<WebEnv>, body: unknown, type?: string) =>
  send(c, { body, etag: weakTag(JSON.stringify(body)) }, type);

const notFound = (what: string) => new HubError("not_found", `there is no ${what}`, { retry: "never" });

const catalogue = (hub: string) => ({
  linkset: [
    {
      anchor: `${hub}/v1`,
      "service-desc": [{ href: `${hub}/openapi.json`, type: "application/vnd.oai.openapi+json" }],
      "service-doc": [{ href: `${hub}/docs/api`, type: "text/html" }],
      status: [{ href: `${hub}/v1/status`, type: "application/json" }],
    },
  ],
});

const perform = async (c: Context<WebEnv>, deps: WebDeps, route: Route): Promise<Response> => {
  demand(c.get("identity"), route.scope);
  const url = new URL(c.req.url);
  const format = route.method === "GET" ? formatOf(url.pathname) : undefined;
  const params = paramsOf(c.req.param(), route, format);
  const bom = format === "csv" && url.searchParams.get("bom") === "1";
  if (bom) url.searchParams.delete("bom");
  const asked: Asked = {
    deps: seenBy(deps, c.get("identity")),
    url,
    id: Object.values(params)[0] ?? "",
    params,
    identity: c.get("identity"),
    ...(route.method !== "GET" && { body: await sentIn(c.req.raw), ifMatch: c.req.header("if-match") }),
  };
  const answer = await once(route, asked, c.req.header("idempotency-key"), () => route.answer(asked));
  if (answer === undefined) throw notFound("such thing here");
  if (format === undefined) return send(c, answer);
  const fields = url.searchParams.get("fields")?.split(",");
  const table = inFormat(route, answer, format, { fields, bom });
  if (format === "csv") c.header("Content-Disposition", `attachment; filename="${route.id}.csv"`);
  return send(c, table, table.type);
};

/** What the path names, without the suffix of a format where the path ends with a name. */
const paramsOf = (
  params: Readonly<Record<string, string>>,
  { path }: Route,
  format: Format | undefined,
): Readonly<Record<string, string>> => {
  const last = format === undefined ? undefined : /\{(\w+)\}$/.exec(path)?.[1];
  if (last === undefined) return params;
  return { ...params, [last]: withoutSuffix(params[last] ?? "") };
};

/** Mounts every operation of the route table, and the documents that describe them. */
export const mountApi = (app: Hono<WebEnv>, deps: WebDeps): void => {
  for (const [path, routes] of Map.groupBy(ROUTES, (route) => route.path)) {
    const address = path.replace(/\{(\w+)\}/g, ":$1");
    // Where a path ends with a name, its suffix is part of what the name matches.
    const addresses = path.endsWith("}") ? [address] : [address, `${address}.csv`, `${address}.md`];
    for (const route of routes) {
      const at = route.method === "GET" ? addresses : [address];
      app.on(route.method, at, (c) => perform(c, deps, route));
    }
    const methods = routes.flatMap(({ method }) => (method === "GET" ? ["GET", "HEAD"] : [method]));
    app.all(address, (c) => {
      throw new HubError(
        "method_not_allowed",
        `${c.req.method} is not a method of this address; it has ${methods.join(", ")}`,
        { retry: "never", details: { allow: methods.join(", ") } },
      );
    });
  }
  readable(app, "/v1/features/:id/badge.svg", async (c) => {
    demand(c.get("identity"), "features:read");
    const feature = await seenBy(deps, c.get("identity")).views.feature(c.req.param("id"));
    if (feature === undefined) throw notFound("such feature");
    const picture = badge(feature);
    return send(c, { body: picture, etag: weakTag(picture) }, "image/svg+xml");
  });
  readable(app, "/v1/schemas/:type/1.json", (c) => {
    const name = EVENT_NAMES.find((known: EventName) => known === c.req.param("type"));
    if (name === undefined) throw notFound("event type of that name");
    return document(c, eventSchema(name), "application/schema+json");
  });
  readable(app, "/openapi.json", (c) => document(c, openApi({ url: deps.url(), version: deps.version })));
  readable(app, "/.well-known/api-catalog", (c) => document(c, catalogue(deps.url()), "application/linkset+json"));
  readable(app, "/healthz", async (c) => {
    const ready = (await deps.ready?.()) ?? { ok: true };
    c.header("Cache-Control", "no-store");
    if (ready.ok) return c.json({ status: "ok", version: deps.version });
    return c.json({ status: "unavailable", reason: ready.reason ?? "not ready" }, 503);
  });
};
