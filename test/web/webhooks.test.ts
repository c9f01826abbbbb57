import { afterEach, describe, expect, it } from "vitest";
import type { Identity } from "../../shared/web/access/identity.ts";
import { ROUTES } from "../../shared/web/api/routes.ts";
import { moved } from "../pipeline/outputs-hub.ts";
import { openWebhooks, startReceiver } from "../pipeline/webhook-hub.ts";
import { sampleApp, sampleHub } from "./sample-hub.ts";

const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close();
});

const PRODUCT = sampleHub(1).products[0]?.id ?? "";

/** The whole app over a real table and a real receiver. */
const start = async (identity?: Identity) => {
  const there = await startReceiver();
  open.push(() => there[Symbol.asyncDispose]());
  const hub = openWebhooks();
  open.push(() => hub[Symbol.dispose]());
  const over = { webhooks: hub.desk, now: () => hub.one.ports.clock.now() };
  const app = sampleApp(sampleHub(3), over);
  const scoped = (who: Identity) => sampleApp(sampleHub(3), { ...over, identify: async () => who });
  const ask = async (method: string, path: string, body?: object, of = identity ? scoped(identity) : app) => {
    const response = await of.request(path, {
      method,
      ...(body !== undefined && { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return {
      response,
      status: response.status,
      body: (text === "" ? {} : JSON.parse(text)) as Record<string, unknown>,
    };
  };
  const send = (path: string, fields: Record<string, string> = {}) => sendForm(app, path, fields);
  const page = async (path: string) => (await app.request(path)).text();
  return { there, hub, ask, send, page, scoped };
};

/** Sends a form as a browser does, with the token that pages of this session carry. */
const sendForm = async (app: ReturnType<typeof sampleApp>, path: string, fields: Record<string, string> = {}) => {
  const page = await (await app.request("/settings/keys")).text();
  const form_token = /name="form_token" value="([^"]+)"/.exec(page)?.[1] ?? "";
  return app.request(path, {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams({ form_token, ...fields }).toString(),
  });
};

const limited = (products: readonly string[]): Identity => ({
  id: "key_1",
  name: "partner",
  scopes: ["webhooks:write"],
  products,
});

describe("the API of webhook endpoints", () => {
  it("takes an endpoint through its life", async () => {
    const { there, hub, ask } = await start();
    const made = await ask("POST", "/v1/webhook-endpoints", { url: there.url, events: ["feature.*"] });
    expect(made.status).toBe(201);
    const { endpoint, secret } = made.body as unknown as { endpoint: { id: string; state: string }; secret: string };
    const at = `/v1/webhook-endpoints/${endpoint.id}`;
    expect(made.response.headers.get("location")).toBe(`http://localhost:4100${at}`);
    expect(secret).toMatch(/^whsec_/);
    expect(JSON.stringify((await ask("GET", "/v1/webhook-endpoints")).body)).not.toContain(secret.slice(6));
    await hub.log("feature.stage.changed", "ftr_1", moved("One"));
    await hub.run();
    const { body: list } = await ask("GET", `${at}/deliveries?state=delivered`);
    const [delivery] = list["data"] as { id: string; type: string; attempts: { status: number }[] }[];
    expect(delivery).toMatchObject({ type: "feature.stage.changed", state: "delivered", attempts: [{ status: 204 }] });
    const { body: whole } = await ask("GET", `${at}/deliveries/${delivery?.id}`);
    expect(whole["request"]).toMatchObject({ headers: { "webhook-signature": "v1,…" }, body: there.received[0]?.text });
    expect((await ask("POST", `${at}/deliveries/${delivery?.id}/resend`)).status).toBe(202);
    expect((await ask("POST", `${at}/test`, { type: "release.deployed" })).body).toMatchObject({ test: true });
    expect((await ask("POST", `${at}/replay`, { from: "2026-03-02", to: "2026-03-03" })).status).toBe(202);
    const again = await ask("POST", `${at}/replay`, { from: "2026-03-02", to: "2026-03-03" });
    expect([again.status, again.body["code"]]).toEqual([409, "webhook_replay_running"]);
    await hub.run();
    expect(there.types()).toHaveLength(4);
    expect((await ask("POST", `${at}/rotate`)).body["secret"]).not.toBe(secret);
    expect((await ask("PATCH", at, { paused: true, products: [PRODUCT] })).body).toMatchObject({
      state: "paused",
      products: [PRODUCT],
    });
    expect((await ask("PATCH", at, { products: null })).body).toMatchObject({ products: null, state: "paused" });
    expect((await ask("DELETE", at)).status).toBe(204);
    expect((await ask("GET", at)).status).toBe(404);
    expect((await ask("DELETE", at)).status).toBe(404);
  });

  it.each([
    [{ url: "https://169.254.169.254/" }, "address_not_allowed", "not to the public internet"],
    [{ url: "https://hooks.example.com:22/" }, "address_not_allowed", "Port 22 is not allowed"],
    [{ url: "http://hooks.example.com/" }, "address_not_allowed", "must start with https://"],
    [{ url: "https://hooks.example.com/", events: ["feature.stage.change"] }, "invalid_body", "did you mean"],
    [{ url: "https://hooks.example.com/", products: ["nothing"] }, "invalid_parameter", "'nothing' is not a product"],
    [{ events: ["*"] }, "invalid_body", "'url'"],
  ])("says what is wrong with %j", async (body, code, words) => {
    const { ask } = await start();
    const refused = await ask("POST", "/v1/webhook-endpoints", body);
    expect([refused.status, refused.body["code"]]).toEqual([400, code]);
    expect(refused.body["detail"]).toContain(words);
  });

  it("replays no more than a month", async () => {
    const { there, hub, ask } = await start();
    const { id } = await hub.endpoint({ url: there.url });
    for (const range of [
      { from: "2026-01-01", to: "2026-03-01" },
      { from: "2026-03-02", to: "2026-03-01" },
    ])
      expect((await ask("POST", `/v1/webhook-endpoints/${id}/replay`, range)).status).toBe(400);
  });

  it("shows a key of some products only endpoints of these, and makes no others for it", async () => {
    const { there, hub, ask, scoped } = await start();
    const all = await hub.endpoint({ url: there.url });
    const partner = scoped(limited([PRODUCT]));
    const as = (method: string, path: string, body?: object) => ask(method, path, body, partner);
    expect((await as("POST", "/v1/webhook-endpoints", { url: there.url })).body["code"]).toBe("scope_missing");
    const own = await as("POST", "/v1/webhook-endpoints", { url: there.url, products: [PRODUCT] });
    expect(own.status).toBe(201);
    const { id } = own.body["endpoint"] as { id: string };
    const { body } = await as("GET", "/v1/webhook-endpoints");
    expect((body["data"] as { id: string }[]).map((one) => one.id)).toEqual([id]);
    for (const [method, path] of [
      ["GET", ""],
      ["PATCH", ""],
      ["DELETE", ""],
      ["GET", "/deliveries"],
      ["POST", "/rotate"],
      ["POST", "/test"],
    ] as const)
      expect(
        (await as(method, `/v1/webhook-endpoints/${all.id}${path}`, method === "GET" ? undefined : {})).status,
      ).toBe(404);
    expect((await as("PATCH", `/v1/webhook-endpoints/${id}`, { products: null })).body["code"]).toBe("scope_missing");
  });

  it("asks for the scope on every operation, and the pages do", async () => {
    const { hub, there, ask, scoped } = await start();
    const { id } = await hub.endpoint({ url: there.url });
    const viewer = scoped({ id: "key_2", name: "viewer", scopes: ["events:read"], products: "all" });
    const routes = ROUTES.filter(({ tag }) => tag === "Webhooks");
    expect(routes).toHaveLength(11);
    for (const { method, path } of routes) {
      const address = path.replace("{id}", id).replace("{delivery}", "whd_1");
      expect((await ask(method, address, method === "GET" ? undefined : {}, viewer)).body["code"]).toBe(
        "scope_missing",
      );
    }
    for (const path of ["/settings/webhooks", `/settings/webhooks/${id}`]) {
      expect((await viewer.request(path)).status).toBe(403);
      expect((await viewer.request(path, { method: "POST" })).status).toBe(403);
    }
    expect(await hub.desk.endpoint(id)).toBeDefined();
  });
});

describe("the pages of webhooks", () => {
  it("make an endpoint with a form, show its secret once, and do all that can be done without JavaScript", async () => {
    const { there, hub, send, page } = await start();
    expect(await page("/settings/webhooks")).toContain("No endpoint yet");
    const made = await send("/settings/webhooks", {
      url: there.url,
      events: "feature.*\nrelease.deployed",
      description: "Bot",
    });
    const html = await made.text();
    const secret = /whsec_[\w+/]+=/.exec(html.replaceAll("&#x2F;", "/"))?.[0] ?? "";
    expect(made.headers.get("cache-control")).toBe("no-store");
    expect(secret).not.toBe("");
    const [{ id } = expect.unreachable()] = (await hub.desk.endpoints(undefined, 10)).items;
    const at = `/settings/webhooks/${id}`;
    expect(await page(at)).not.toContain("whsec_");
    await hub.log("feature.stage.changed", "ftr_1", moved("One"));
    await hub.run();
    expect(await page(at)).toMatch(/Delivered[\s\S]*Resend/);
    const [delivery = expect.unreachable()] = await hub.deliveries(id);
    expect(await page(`${at}/deliveries/${delivery.id}`)).toContain("webhook-signature: v1,…");
    for (const [act, fields] of [
      [`/deliveries/${delivery.id}/resend`, {}],
      ["/test", { type: "release.deployed" }],
      ["/replay", { from: "2026-03-02T00:00", to: "2026-03-03T00:00" }],
      ["/pause", {}],
      ["/resume", {}],
    ] as const) {
      const response = await send(`${at}${act}`, fields);
      expect([response.status, response.headers.get("location")]).toEqual([303, at]);
    }
    await hub.run();
    expect(there.types()).toEqual(expect.arrayContaining(["feature.stage.changed", "release.deployed"]));
    expect(there.received).toHaveLength(4);
    expect(await (await send(`${at}/rotate`)).text()).toContain("whsec_");
    expect((await send(at, { url: there.url, events: "connection.*", description: "" })).status).toBe(303);
    expect((await hub.desk.endpoint(id))?.events).toEqual(["connection.*"]);
    expect((await send(`${at}/remove`)).headers.get("location")).toBe("/settings/webhooks");
    expect(await page("/settings/webhooks")).toContain("No endpoint yet");
  });

  it("say what is wrong beside the form, with what was typed", async () => {
    const { send } = await start();
    const html = await (await send("/settings/webhooks", { url: "https://10.0.0.1/", events: "feature.* " })).text();
    expect(html).toContain("not to the public internet");
    expect(html).toContain('value="https://10.0.0.1/"');
  });

  it("refuse a form of another site's page", async () => {
    const { hub, there, scoped } = await start();
    const { id } = await hub.endpoint({ url: there.url });
    const app = scoped({ id: "local", name: "local", scopes: ["admin"], products: "all" });
    const response = await app.request(`/settings/webhooks/${id}/remove`, {
      method: "POST",
      headers: { origin: "https://evil.example", "content-type": "application/x-www-form-urlencoded" },
    });
    expect(response.status).toBe(403);
    expect(await hub.desk.endpoint(id)).toBeDefined();
  });
});

describe("the page of a type of event", () => {
  it("tells when, when not, fields, an example, rules and the last of this hub", async () => {
    const sent: string[] = [];
    const app = sampleApp(sampleHub(3), {
      sendTestEvent: async (type) => {
        sent.push(type);
        return "evt_1";
      },
    });
    const html = await (await app.request("/docs/events/feature.stage.changed")).text();
    for (const words of [
      "Fires when",
      "Not when evidence",
      "product_ids",
      "detail-type",
      "EventBridgeRule",
      "new Rule(",
      "Latest on this hub",
    ])
      expect(html).toContain(words);
    const response = await sendForm(app, "/docs/events/feature.stage.changed");
    expect([response.status, sent]).toEqual([303, ["feature.stage.changed"]]);
    const partner = sampleApp(sampleHub(3), {
      sendTestEvent: async () => expect.unreachable(),
      identify: async () => limited([PRODUCT]),
    });
    const refused = await partner.request("/v1/event-types/feature.stage.changed/test", { method: "POST" });
    expect(await refused.json()).toMatchObject({ status: 403, code: "scope_missing" });
    const unknown = await app.request("/docs/events/feature.stage.change");
    expect([unknown.status, await unknown.text()]).toEqual([404, expect.stringContaining("feature.stage.changed")]);
  });
});
