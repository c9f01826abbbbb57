import { describe, expect, it } from "vitest";
import * as z from "zod";
import { entityId } from "../../shared/domain/kind.ts";
import type { Views } from "../../shared/store/views.ts";
import { openApi } from "../../shared/web/api/open-api.ts";
import { ROUTES } from "../../shared/web/api/routes.ts";
import { HUB, NOW, sampleApp, sampleHub } from "./sample-hub.ts";

const app = sampleApp(sampleHub(3));
const document = openApi({ url: HUB, version: "0.1.0" });

type Json = Readonly<Record<string, unknown>>;

const get = async (path: string, headers: Record<string, string> = {}) => {
  const response = await app.request(path, { headers });
  const text = await response.text();
  return { response, body: (text === "" ? {} : JSON.parse(text)) as Json };
};

interface Described {
  readonly parameters: readonly { readonly name: string; readonly description: string }[];
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, { schema: Json }>> }>>;
}
const paths = document.paths as unknown as Readonly<Record<string, Readonly<Record<string, Described>>>>;

/** The schema that OpenAPI gives for an operation, as a validator. */
const published = (path: string): z.ZodType => {
  const schema = paths[path]?.["get"]?.responses["200"]?.content?.["application/json"]?.schema;
  const standing = { ...schema, $defs: document.components.schemas };
  return z.fromJSONSchema(JSON.parse(JSON.stringify(standing).replaceAll("#/components/schemas/", "#/$defs/")) as Json);
};

const accountId = (id: string): string => entityId("con_jira", { kind: "account", noun: "user", id });
const CYCLE_ID = entityId("con_jira", { kind: "cycle", noun: "sprint", id: "55" });
const ADDRESSES: readonly (readonly [path: string, address: string])[] = [
  ["/v1/status", "/v1/status"],
  ["/v1/products", "/v1/products"],
  ["/v1/products/{id}", "/v1/products/storefront"],
  ["/v1/objectives", "/v1/objectives?product=storefront"],
  ["/v1/objectives/{id}", "/v1/objectives/obj_1"],
  ["/v1/initiatives", "/v1/initiatives?status=active"],
  ["/v1/initiatives/{id}", "/v1/initiatives/ini_1"],
  ["/v1/initiatives/{id}/updates", "/v1/initiatives/ini_1/updates"],
  ["/v1/initiatives/{id}/target-moves", "/v1/initiatives/ini_1/target-moves"],
  ["/v1/releases/{id}/parts", "/v1/releases/v2.0.0/parts"],
  ["/v1/features/{id}/updates", "/v1/features/ACME-8/updates"],
  ["/v1/features/{id}/links", "/v1/features/ACME-8/links"],
  ["/v1/features/{id}/dependencies", "/v1/features/ACME-8/dependencies"],
  ["/v1/features/{id}/target-moves", "/v1/features/ACME-8/target-moves"],
  ["/v1/links/review", "/v1/links/review"],
  ["/v1/features", "/v1/features"],
  ["/v1/features/{id}", "/v1/features/acme-8"],
  ["/v1/features/{id}/explain", "/v1/features/ACME-8/explain"],
  ["/v1/features/{id}/timeline", "/v1/features/ACME-8/timeline"],
  ["/v1/features/{id}/evidence", "/v1/features/ACME-8/evidence"],
  ["/v1/features/{id}/flow", "/v1/features/ACME-8/flow?weeks=4"],
  ["/v1/products/{id}/flow", "/v1/products/storefront/flow"],
  ["/v1/work-items", "/v1/work-items"],
  ["/v1/work-items/{id}", "/v1/work-items/PAY-1"],
  ["/v1/cycles", "/v1/cycles"],
  ["/v1/cycles/{id}", `/v1/cycles/${CYCLE_ID}`],
  ["/v1/cycles/{id}/items", `/v1/cycles/${CYCLE_ID}/items`],
  ...[
    ["experiments", "checkout-copy"],
    ["metrics", "checkout_done"],
    ["tickets", "#77"],
    ["campaigns", "autumn"],
    ["designs", "Abc"],
    ["surveys", "nps"],
    ["releases", "v2.0.0"],
    ["deployments", "9"],
    ["feature-flags", "checkout-v2"],
    ["feedback", "fb-1"],
    ["incidents", "INC-1"],
    ["customers", "acme"],
  ].flatMap(([path, key = ""]) => [
    [`/v1/${path}`, `/v1/${path}`] as const,
    [`/v1/${path}/{id}`, `/v1/${path}/${encodeURIComponent(key)}`] as const,
  ]),
  ["/v1/metrics/{id}/series", "/v1/metrics/checkout_done/series"],
  ["/v1/people", "/v1/people"],
  ["/v1/people/{id}", "/v1/people/per_2"],
  ["/v1/search", "/v1/search?q=checkout"],
  ["/v1/changes", "/v1/changes?since=2026-11-15"],
  ["/v1/changes/summary", "/v1/changes/summary?since=2026-11-15"],
  ["/v1/event-types", "/v1/event-types"],
  ["/v1/connections", "/v1/connections"],
  ["/v1/connections/{id}", "/v1/connections/zendesk"],
  ["/v1/connections/{id}/runs", "/v1/connections/zendesk/runs"],
  ["/v1/connections/{id}/unmapped", "/v1/connections/zendesk/unmapped"],
  ["/v1/reports", "/v1/reports"],
  ["/v1/reports/{id}/runs", "/v1/reports/weekly/runs"],
  ["/v1/reports/{id}/runs/{run}", "/v1/reports/weekly/runs/2026-11-16_2026-11-22"],
  ["/v1/connections/{id}/dead-letters", "/v1/connections/zendesk/dead-letters"],
  ["/v1/keys", "/v1/keys"],
  ["/v1/shares", "/v1/shares"],
  ["/v1/members", "/v1/members"],
  ["/v1/sessions", "/v1/sessions"],
  ["/v1/audit", "/v1/audit"],
];

const keysOf = (value: unknown): string[] => {
  if (Array.isArray(value)) return value.flatMap(keysOf);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, held]) =>
    key === "value" || key === "schema" ? [key] : [key, ...keysOf(held)],
  );
};

describe("the API", () => {
  it("has a test for each operation", () => {
    expect(ADDRESSES.map(([path]) => path).sort()).toEqual(
      // Those of webhooks have tests of their own.
      ROUTES.filter(({ method, tag }) => method === "GET" && tag !== "Webhooks")
        .map(({ path }) => path)
        .sort(),
    );
  });

  it.each(ADDRESSES)("answers %s in the shape that it publishes, in snake_case", async (path, address) => {
    const { response, body } = await get(address);
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("application/json");
    expect(response.headers.get("x-request-id")).toMatch(/^req_[0-9a-f]{26}$/);
    expect(published(path).safeParse(body).error).toBeUndefined();
    expect(keysOf(body).filter((key) => /[A-Z]/.test(key))).toEqual([]);
  });

  it.each(ADDRESSES)("answers 304 to who has %s already", async (_path, address) => {
    const { response } = await get(address);
    const etag = response.headers.get("etag") ?? "";
    const again = await get(address, { "If-None-Match": `"other", ${etag}` });
    expect(again.response.status).toBe(304);
    expect(await again.response.text().catch(() => "")).toBe("");
    expect(again.response.headers.get("etag")).toBe(etag);
  });

  it.each(ADDRESSES)("answers HEAD on %s as GET, without a body", async (_path, address) => {
    const response = await app.request(address, { method: "HEAD" });
    expect(response.status).toBe(200);
    expect(response.headers.get("etag")).not.toBeNull();
    expect(await response.text()).toBe("");
  });

  it.each(ADDRESSES)("refuses other methods on %s and names its own", async (path, address) => {
    const response = await app.request(address, { method: "PUT" });
    expect(response.status).toBe(405);
    const own = ROUTES.filter((route) => route.path === path && route.method !== "GET").map(({ method }) => method);
    expect(response.headers.get("allow")).toBe(["GET", "HEAD", ...own].join(", "));
    expect(((await response.json()) as Json)["code"]).toBe("method_not_allowed");
  });

  it.each(ADDRESSES)("refuses an unknown parameter on %s", async (_path, address) => {
    const { response, body } = await get(`${address}${address.includes("?") ? "&" : "?"}fieldz=id`);
    expect(response.status).toBe(400);
    expect(body["code"]).toBe("unknown_parameter");
    expect(body["detail"]).toContain("did you mean 'fields'?");
  });

  it("tags single objects strongly by version, and keeps them from being compressed", async () => {
    const { response } = await get("/v1/features/ACME-8", { "Accept-Encoding": "gzip" });
    expect(response.headers.get("etag")).toMatch(/^"get_feature-ftr_\d+-42"$/);
    expect(response.headers.get("content-encoding")).toBeNull();
    expect(response.headers.get("cache-control")).toContain("no-transform");
  });

  it("explains an unknown parameter as problem details", async () => {
    const { response, body } = await get("/v1/features?helth=at_risk");
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    expect(body).toEqual({
      type: `${HUB}/docs/errors/unknown_parameter`,
      title: "Unknown parameter",
      status: 400,
      detail: "'helth' is not a parameter of GET /v1/features; did you mean 'health'?",
      instance: "/v1/features?helth=at_risk",
      code: "unknown_parameter",
      errors: [{ parameter: "helth" }],
      request_id: response.headers.get("x-request-id"),
    });
  });

  it.each([
    ["stage=testin", "did you mean 'testing'?"],
    ["stage=testing,nonsense", "it is one of vision"],
    ["limit=0", "'limit'"],
    ["limit=201", "'limit'"],
    ["limit=many", "'limit'"],
    ["q=", "'q' is empty"],
    ["q=a&q=b", "more than once"],
    ["product=storefrnt", "did you mean 'storefront'?"],
    ["updated_since=yesterday", "a day such as 2026-11-15"],
    ["fields=id,nme", "did you mean 'name'?"],
    ["cursor=nonsense", "not one that this hub gave out"],
  ])("refuses %s and says what is allowed", async (query, said) => {
    const { response, body } = await get(`/v1/features?${query}`);
    expect(response.status).toBe(400);
    expect(body["detail"]).toContain(said);
  });

  it("says which parameter is missing", async () => {
    const { response, body } = await get("/v1/changes");
    expect(response.status).toBe(400);
    expect(body["detail"]).toBe("'since' is missing.");
  });

  it("takes a comma as or, and several filters as and", async () => {
    const { body } = await get("/v1/features?stage=development,testing&health=off_track,on_track&limit=200");
    const found = body["data"] as { stage: string; health: { value: string } }[];
    expect(found.length).toBeGreaterThan(0);
    expect(new Set(found.map(({ stage }) => stage))).toEqual(new Set(["development", "testing"]));
    expect(new Set(found.map(({ health }) => health.value))).toEqual(new Set(["off_track", "on_track"]));
  });

  it("gives only the fields asked for", async () => {
    const { body } = await get("/v1/features?fields=id,stage&limit=1");
    expect(Object.keys((body["data"] as Json[])[0] ?? {})).toEqual(["id", "stage"]);
    expect(Object.keys((await get("/v1/features/ACME-8?fields=name")).body)).toEqual(["name"]);
  });

  it("leaves a vendor's own values as they are", async () => {
    const { body } = await get("/v1/work-items/PAY-1");
    expect(body["kind"]).toBe("work_item");
    expect(body["custom_fields"]).toEqual([
      { field_id: "cf_1", name: "Risk", type: "option", value: { optionValue: "High" } },
    ]);
  });

  it("gives people by state, those to decide about first, with the rule that holds each account", async () => {
    const people = async (query: string) =>
      (await get(`/v1/people${query}`)).body["data"] as { name: string; state: string; accounts: Json[] }[];
    expect((await people("")).map(({ state }) => state)).toEqual(["probable", "probable", "unmatched", "confirmed"]);
    const [ana, ...others] = await people("?state=confirmed");
    expect([ana?.name, ana?.accounts.map(({ rule }) => rule), others]).toEqual(["Ana Ruiz", ["email", "email"], []]);
    expect((await get("/v1/people?state=confirmd")).body["detail"]).toContain("did you mean 'confirmed'?");
    expect((await get("/v1/people/per_2")).body["may_be"]).toMatchObject([{ id: "per_1", name: "Eli Okafor" }]);
  });

  it("names the person behind an assignee beside the account", async () => {
    const { body } = await get("/v1/work-items/PAY-1");
    const person = { id: "per_4", name: "Ana Ruiz" };
    expect(body["assignees"]).toEqual([{ id: "acc_jira_ana", name: "Ana Ruiz", tool: "jira", person }]);
  });

  it("names stale sources and the age of the data", async () => {
    const { body } = await get("/v1/features?limit=1");
    expect(body["meta"]).toEqual({ as_of: "2026-11-22T09:58:00.000Z", stale_sources: ["con_zendesk"] });
  });

  it("tells the unified status in the words of Statuspage", async () => {
    const { body } = await get("/v1/status");
    expect(body["indicator"]).toBe("minor");
    expect(body["description"]).toBe("Zendesk: stale, data as of 2026-11-22T06:55Z");
    const [product] = body["products"] as Json[];
    expect(product?.["health"]).toBe("off_track");
    expect(Object.values(product?.["features"] as Record<string, number>).reduce((a, b) => a + b)).toBe(16);
  });

  it("answers 404 as problem details for what is not there", async () => {
    for (const path of [
      "/v1/features/NOPE-1",
      "/v1/nonsense",
      "/v1",
      "/v1/products/none",
      "/v1/features/NOPE-1/timeline",
      "/v1/schemas/none/1.json",
    ]) {
      const { response, body } = await get(path);
      expect([path, response.status, body["code"]]).toEqual([path, 404, "not_found"]);
    }
  });

  it("tells a work item's history as intervals, without gaps, and the time in each status", async () => {
    const { body } = await get("/v1/work-items/PAY-1");
    const { status } = body["intervals"] as { status: { intervals: { status: object; from: string; to: string }[] } };
    const [first, second] = status.intervals;
    expect(status).toMatchObject({ agrees: true, is_complete: true });
    expect([first?.status, second?.status]).toMatchObject([{ detail: "To do" }, { category: "in_progress" }]);
    expect(first?.to).toBe(second?.from);
    expect(second?.to).toBeNull();
    expect(body["time_in_status"]).toContainEqual({ category: "in_progress", seconds: 0, since: second?.from });
  });

  it("keeps what was taken out of a cycle visible, with when and by whom", async () => {
    const { body } = await get(`/v1/cycles/${CYCLE_ID}`);
    expect(body["scope"]).toMatchObject({ at_start: { items: 0 }, added: { items: 1 }, removed: { items: 1 } });
    const { body: items } = await get(`/v1/cycles/${CYCLE_ID}/items?role=removed`);
    const [item] = items["data"] as { key: string; roles: string[]; removed: { by: object }[] }[];
    expect(item).toMatchObject({ key: "PAY-1", roles: ["added", "removed"], is_in: false });
    expect(item?.removed[0]?.by).toEqual({ id: accountId("bo"), name: null });
    expect((await get(`/v1/cycles/${CYCLE_ID}/items?role=carried_over`)).body["data"]).toEqual([]);
    expect((await get("/v1/cycles/cyc_none")).response.status).toBe(404);
  });

  it("hides what failed inside, and tells it to who runs the hub", async () => {
    const told: unknown[] = [];
    const secret = new Error("connection string hunter2");
    const views = brokenViews(secret);
    const failing = sampleApp(sampleHub(1), { views, onFailure: (error) => told.push(error) });
    for (const path of ["/v1/features", "/"]) {
      const response = await failing.request(path);
      expect(response.status).toBe(500);
      expect(await response.text()).not.toContain("hunter2");
    }
    expect(told).toEqual([secret, secret]);
  });

  it("keeps the caller's request id", async () => {
    const { response } = await get("/v1/status", { "X-Request-Id": "from-the-caller-1" });
    expect(response.headers.get("x-request-id")).toBe("from-the-caller-1");
    const odd = await get("/v1/status", { "X-Request-Id": "<script>alert(1)" });
    expect(odd.response.headers.get("x-request-id")).toMatch(/^req_/);
  });

  it("answers only under the host names that it is given", async () => {
    const local = sampleApp(sampleHub(1), { allowedHosts: ["localhost", "127.0.0.1"] });
    expect((await local.request("/v1/status", { headers: { Host: "localhost:4100" } })).status).toBe(200);
    expect((await local.request("/v1/status", { headers: { Host: "evil.example" } })).status).toBe(421);
    expect((await local.request("/", { headers: { Host: "localhost.evil.example" } })).status).toBe(421);
  });

  it("says whether it is ready", async () => {
    expect((await get("/healthz")).body).toEqual({ status: "ok", version: "0.1.0" });
    const starting = sampleApp(sampleHub(1), { ready: async () => ({ ok: false, reason: "migrating" }) });
    const response = await starting.request("/healthz");
    expect([response.status, await response.json()]).toEqual([503, { status: "unavailable", reason: "migrating" }]);
  });

  it("serves its own description and a catalogue that leads to it", async () => {
    expect((await get("/openapi.json")).body).toEqual(JSON.parse(JSON.stringify(document)));
    const { response, body } = await get("/.well-known/api-catalog");
    expect(response.headers.get("content-type")).toBe("application/linkset+json");
    expect(JSON.stringify(body)).toContain(`${HUB}/openapi.json`);
  });

  it("gives each event type a schema under the address that its events name", async () => {
    const { body } = await get("/v1/event-types?limit=200");
    for (const { schema_url, schema } of body["data"] as { schema_url: string; schema: Json }[]) {
      const served = await get(schema_url.slice(HUB.length));
      expect(served.body).toEqual(schema);
      expect(JSON.stringify(served.body)).not.toContain("productIds");
    }
  });

  it("describes every parameter", () => {
    for (const operation of Object.values(paths).flatMap((methods) => Object.values(methods)))
      for (const { name, description } of operation.parameters) expect([name, description]).not.toEqual([name, ""]);
  });

  it("says the same at the same moment", async () => {
    const one = await get("/v1/features?limit=2");
    const two = await get("/v1/features?limit=2");
    expect(one.body).toEqual(two.body);
    expect(NOW.toISOString()).toBe("2026-11-22T10:00:00.000Z");
  });
});

const brokenViews = (error: Error): Views => new Proxy({} as Views, { get: () => () => Promise.reject(error) });
