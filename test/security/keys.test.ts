import { describe, expect, it } from "vitest";
import { holds } from "../../shared/store/access.ts";
import { acts, audit } from "../../shared/store/audit.ts";
import { newToken, tokenKind } from "../../shared/store/token.ts";
import { rateLimit } from "../../shared/web/access/rate-limit.ts";
import { HUB, NOW } from "../web/sample-hub.ts";
import { browser } from "./browser.ts";
import { A, IDS, twoProducts } from "./two-products.ts";

type Json = Readonly<Record<string, unknown>>;
const HOUR = 3_600_000;

const open = async () => {
  const hub = await twoProducts();
  const ask = (token: string, path: string, method = "GET", body?: object) =>
    hub.app.request(path, {
      method,
      headers: { Authorization: `Bearer ${token}`, ...(body && { "Content-Type": "application/json" }) },
      ...(body && { body: JSON.stringify(body) }),
    });
  const json = async (response: Response | Promise<Response>) => (await (await response).json()) as Json;
  return { ...hub, ask, json };
};

describe("a key", () => {
  it("has a beginning that scanners know, 256 random bits and a checksum that finds a typo", () => {
    const token = newToken("key");
    expect(token).toMatch(/^tl_live_[0-9A-Za-z]{49}$/);
    expect(newToken("key")).not.toBe(token);
    expect(tokenKind(token)).toBe("key");
    for (let place = 0; place < token.length; place += 1) {
      const other = token[place] === "x" ? "y" : "x";
      expect(tokenKind(`${token.slice(0, place)}${other}${token.slice(place + 1)}`)).toBeUndefined();
    }
    for (const odd of [`${token} `, token.slice(1), `${token}x`, "", "tl_live_"])
      expect(tokenKind(odd)).toBeUndefined();
  });

  it("with a typo costs no read", async () => {
    const { table, tokens } = await open();
    let reads = 0;
    const counting: typeof table = {
      ...table,
      get(pk, sk) {
        reads += 1;
        return table.get(pk, sk);
      },
    };
    const hub = await twoProducts({ table: counting });
    const wrong = tokens.admin.replace(/.$/, (last) => (last === "x" ? "y" : "x"));
    expect((await hub.app.request("/v1/status", { headers: { Authorization: `Bearer ${wrong}` } })).status).toBe(401);
    expect(reads).toBe(0);
    await hub.app.request("/v1/status", { headers: { Authorization: `Bearer ${tokens.admin}` } });
    expect(reads).toBeGreaterThan(0);
  });

  it("T18 is told once, and nowhere stored", async () => {
    const { ask, json, tokens, table } = await open();
    const made = await json(ask(tokens.admin, "/v1/keys", "POST", { name: "CI", role: "viewer", products: ["alpha"] }));
    const key = String(made["key"]);
    expect(made).toMatchObject({ name: "CI", role: "viewer", products: [A], expires_at: null });
    expect((await ask(key, "/v1/products")).status).toBe(200);
    expect(await json(ask(tokens.admin, "/v1/keys"))).not.toMatchObject({ data: [{ key: expect.anything() }] });
    const listed = JSON.stringify([
      await json(ask(tokens.admin, "/v1/keys")),
      await json(ask(tokens.admin, "/v1/audit")),
    ]);
    const rows = JSON.stringify([
      await table.query({ pk: "A#key", by: "list", limit: 100 }),
      await table.query({ pk: "A#log", by: "list", limit: 100 }),
    ]);
    expect(listed).toContain(String(made["id"]));
    expect(`${listed}${rows}`).not.toContain(key.slice(8, 51));
  });

  it("T32 ends at once when it is revoked, and at its moment", async () => {
    const { ask, json, tokens, clock } = await open();
    const expiresAt = new Date(NOW.getTime() + HOUR).toISOString();
    const one = await json(ask(tokens.admin, "/v1/keys", "POST", { name: "a", role: "viewer", expires_at: expiresAt }));
    const other = await json(ask(tokens.admin, "/v1/keys", "POST", { name: "b", role: "viewer" }));
    expect((await ask(String(other["key"]), "/v1/status")).status).toBe(200);
    expect((await ask(tokens.admin, `/v1/keys/${other["id"]}`, "DELETE")).status).toBe(204);
    expect(await json(ask(String(other["key"]), "/v1/status"))).toMatchObject({ code: "key_unknown" });
    expect((await ask(String(one["key"]), "/v1/status")).status).toBe(200);
    clock.set(new Date(expiresAt));
    expect(await json(ask(String(one["key"]), "/v1/status"))).toMatchObject({ code: "key_expired" });
    expect(
      (await ask(tokens.admin, "/v1/keys", "POST", { name: "c", role: "viewer", expires_at: expiresAt })).status,
    ).toBe(400);
  });

  it("notes its last use at most once an hour", async () => {
    const { ask, table, tokens, clock } = await open();
    const usedAt = async () =>
      (await table.query<{ lastUsedAt?: string; role?: string }>({ pk: "A#key", by: "list" }))
        .map(({ data, version }) => [data.role, data.lastUsedAt, version] as const)
        .find(([role]) => role === "pm");
    expect(await usedAt()).toEqual(["pm", undefined, 1]);
    for (let n = 0; n < 3; n += 1) await ask(tokens.pm, "/v1/status");
    expect(await usedAt()).toEqual(["pm", NOW.toISOString(), 2]);
    clock.set(new Date(NOW.getTime() + HOUR));
    await ask(tokens.pm, "/v1/status");
    expect((await usedAt())?.[2]).toBe(3);
  });

  it("can do and see no more than who made it", async () => {
    const { ask, json, tokens } = await open();
    const make = (who: string, body: object) => ask(who, "/v1/keys", "POST", { name: "x", ...body });
    expect(await json(make(tokens.engineer, { role: "admin" }))).toMatchObject({ code: "scope_missing" });
    expect(await json(make(tokens.engineer, { scopes: ["features:write"] }))).toMatchObject({ code: "scope_missing" });
    expect(await json(make(tokens["engineer of A"], { role: "engineer", products: ["canb"] }))).toMatchObject({
      code: "invalid_parameter",
    });
    expect(await json(make(tokens["engineer of A"], { role: "engineer" }))).toMatchObject({ products: [A] });
    expect(await json(make(tokens.engineer, {}))).toMatchObject({ code: "invalid_body" });
    expect((await make(tokens.pm, { role: "viewer" })).status).toBe(403);
  });

  it("of others is neither seen nor ended by who is no administrator", async () => {
    const { ask, json, tokens } = await open();
    const mine = await json(ask(tokens.engineer, "/v1/keys", "POST", { name: "mine", role: "engineer" }));
    const theirs = await json(ask(tokens.admin, "/v1/keys", "POST", { name: "theirs", role: "viewer" }));
    expect((await json(ask(tokens.engineer, "/v1/keys")))["data"]).toMatchObject([{ name: "mine" }]);
    expect((await ask(tokens.engineer, `/v1/keys/${theirs["id"]}`, "DELETE")).status).toBe(404);
    expect((await ask(tokens.engineer, `/v1/keys/${mine["id"]}`, "DELETE")).status).toBe(204);
    expect((await ask(String(theirs["key"]), "/v1/status")).status).toBe(200);
  });

  it("T30 is held to 600 requests a minute, with what is left on each answer", async () => {
    const { ask, tokens, clock } = await open();
    let last = await ask(tokens.admin, "/v1/event-types?limit=1");
    expect(last.headers.get("ratelimit-policy")).toBe('"default";q=600;w=60');
    expect(last.headers.get("ratelimit")).toBe('"default";r=599;t=1');
    const limit = rateLimit(600);
    for (let n = 0; n < 600; n += 1) expect(limit.take("a", NOW).isSpent).toBe(false);
    expect(limit.take("a", NOW)).toEqual({ isSpent: true, left: 0, seconds: 1 });
    expect(limit.take("b", NOW).isSpent).toBe(false);
    expect(limit.take("a", new Date(NOW.getTime() + 1000))).toMatchObject({ isSpent: false, left: 9 });
    for (let n = 0; n < 600; n += 1) last = await ask(tokens.admin, "/v1/keys/none", "DELETE");
    expect([last.status, last.headers.get("retry-after")]).toEqual([429, "1"]);
    clock.set(new Date(NOW.getTime() + 2000));
    expect((await ask(tokens.admin, "/v1/keys")).status).toBe(200);
  });

  it("of a product that the config has no more sees nothing", async () => {
    const { ask, json, make } = await open();
    const { token, credential } = await make({ role: "viewer", products: ["prd_gone"] });
    expect(holds(credential, NOW)).toBe(true);
    expect((await json(ask(token, "/v1/features")))["data"]).toEqual([]);
    expect(await (await ask(token, "/")).text()).not.toMatch(/canb|alpha/i);
  });
});

describe("a link to a page", () => {
  const shared = async (body: object, who: "po of A" | "pm" = "po of A") => {
    const hub = await open();
    const made = await hub.json(hub.ask(hub.tokens[who], "/v1/shares", "POST", body));
    const path = String(made["url"]).replace(/^http:\/\/[^/]+/, "");
    return { ...hub, made, path };
  };

  it("shows that page to anybody, as its maker sees it, and sets nothing", async () => {
    const { app, path } = await shared({ path: "/features/ALPHA-1" });
    const response = await app.request(path);
    const html = await response.text();
    expect(response.status).toBe(200);
    expect(html).toContain("Alpha feature");
    expect(html.toLowerCase()).not.toContain("canb");
    expect(response.headers.getSetCookie()).toEqual([]);
    expect(response.headers.get("x-robots-tag")).toBe("noindex");
    expect(response.headers.get("content-security-policy")).toContain("default-src 'none'");
  });

  it("shows no other page and no other query, whatever is added to it, and is no key", async () => {
    const { app, path, ask } = await shared({ path: "/features?q=Alpha" });
    const html = await (await app.request(`${path}?q=zzz`)).text();
    expect(html).toContain("ALPHA-1");
    const token = path.split("/").at(-1) ?? "";
    expect((await ask(token, "/v1/features")).status).toBe(401);
    for (const other of ["/features", "/", "/v1/features"]) {
      const response = await app.request(other, { headers: { cookie: `throughline=${token}` } });
      expect([401, 303]).toContain(response.status);
    }
    expect((await app.request(`${path}/x`)).status).toBe(404);
  });

  it("shows it as the link does to whoever is signed in, too: no way on within the hub, and nothing to send", async () => {
    const { app, path, ask, tokens } = await shared({ path: "/features/ALPHA-1" });
    const own = await (await ask(tokens["po of A"], "/features/ALPHA-1")).text();
    expect(own).toContain('<nav aria-label="Main">');
    expect(own).toContain("Set stage");
    expect(own).not.toContain("as anyone with the link");
    for (const headers of [{}, { authorization: `Bearer ${tokens["po of A"]}` }]) {
      const html = await (await app.request(path, { headers })).text();
      expect(html).toContain("You see this page as anyone with the link does.");
      expect(html).not.toMatch(
        /<form|aria-label="Main"|Set stage|form_token|href="\/(?:settings|connections|status)?"/,
      );
    }
  });

  it("T30 is held to 600 requests a minute by itself, whoever comes with it", async () => {
    const { ask, json, tokens, app } = await open();
    const link = async () =>
      new URL(String((await json(ask(tokens.pm, "/v1/shares", "POST", { path: "/docs" })))["url"])).pathname;
    const [one, other] = [await link(), await link()];
    for (let n = 0; n < 599; n += 1) await app.request(one, { method: "HEAD" });
    const last = await app.request(one);
    expect([last.status, last.headers.get("ratelimit")]).toEqual([200, '"default";r=0;t=60']);
    const refused = await app.request(one);
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "1"]);
    expect((await app.request(other)).status).toBe(200);
    expect((await ask(tokens.pm, "/v1/status")).status).toBe(200);
  });

  it("reads only: of a page that its role may not see it is none", async () => {
    const { app, path } = await shared({ path: "/connections" }, "pm");
    expect((await app.request(path)).status).toBe(404);
    expect((await app.request(path, { method: "POST" })).status).toBe(405);
  });

  it.each([
    "https://evil.example",
    "//evil.example",
    "/v1/features",
    "/settings/keys",
    "/share/x",
    "/login",
    "features",
    "/a b",
    "/\\x",
    "/features/../settings/keys",
    "/features/%2e%2E/v1/features",
    "/%73ettings/keys",
    "/%",
  ])("is not made to %s", async (path) => {
    const { made } = await shared({ path });
    expect(made).toMatchObject({ code: "invalid_body", errors: [{ parameter: "path" }] });
  });

  it("ends when it is revoked, and at its moment", async () => {
    const expires_at = new Date(NOW.getTime() + HOUR).toISOString();
    const { app, path, made, ask, tokens, clock, json } = await shared({ path: "/", expires_at });
    const other = await json(ask(tokens["po of A"], "/v1/shares", "POST", { path: "/" }));
    expect((await app.request(path)).status).toBe(200);
    clock.set(new Date(expires_at));
    expect((await app.request(path)).status).toBe(404);
    const second = String(other["url"]).replace(/^http:\/\/[^/]+/, "");
    expect((await app.request(second)).status).toBe(200);
    expect((await ask(tokens.pm, `/v1/shares/${other["id"]}`, "DELETE")).status).toBe(404);
    expect((await ask(tokens["po of A"], `/v1/shares/${other["id"]}`, "DELETE")).status).toBe(204);
    expect((await app.request(second)).status).toBe(404);
    expect((await ask(tokens["viewer of A"], "/v1/shares", "POST", { path: "/" })).status).toBe(403);
    expect(made).toMatchObject({ path: "/", products: [A] });
  });
});

describe("what somebody made who is somebody no more", () => {
  const member = async (role: string) => {
    const hub = await open();
    const made = await hub.json(hub.ask(hub.tokens.admin, "/v1/members", "POST", { ...INVITED, role }));
    const token = new URL(String(made["sign_in_url"])).searchParams.get("token") ?? "";
    const visitor = browser(hub.app);
    expect((await visitor.send("/login", "/login", { token })).status).toBe(303);
    const cookie = [...visitor.cookies].map((pair) => pair.join("=")).join("; ");
    const post = (path: string, body: object, headers: Record<string, string> = { cookie }) =>
      hub.app.request(`${HUB}${path}`, {
        method: "POST",
        headers: { ...headers, "content-type": "application/json" },
        body: JSON.stringify(body),
      });
    return { ...hub, id: String(made["id"]), post };
  };
  const INVITED = { address: "eve@example.com" };
  const pathIn = ({ url }: Json) => new URL(String(url)).pathname;

  it("T32 ends with their membership: keys, what was made with these keys, and links", async () => {
    const { post, json, ask, app, id, tokens } = await member("admin");
    const keys = [String((await json(post("/v1/keys", { name: "one", role: "admin" })))["key"])];
    for (let n = 0; n < 2; n += 1) {
      const made = await json(ask(keys.at(-1) ?? "", "/v1/keys", "POST", { name: "more", role: "admin" }));
      keys.push(String(made["key"]));
    }
    const share = pathIn(await json(ask(keys.at(-1) ?? "", "/v1/shares", "POST", { path: "/features" })));
    for (const key of keys) expect((await ask(key, "/v1/status")).status).toBe(200);
    expect((await app.request(share)).status).toBe(200);
    expect((await ask(tokens.admin, `/v1/members/${id}`, "DELETE")).status).toBe(204);
    for (const key of keys) expect(await json(ask(key, "/v1/status"))).toMatchObject({ code: "key_unknown" });
    expect((await app.request(share)).status).toBe(404);
    expect((await ask(tokens.pm, "/v1/status")).status).toBe(200);
  });

  it("T32 shows, as a link to a page, what its maker sees by now, and nothing once their key is revoked", async () => {
    const { post, json, ask, app, tokens } = await member("po");
    const share = pathIn(await json(post("/v1/shares", { path: "/features" })));
    const said = async () => (await (await app.request(share)).text()).toLowerCase();
    expect(await said()).toContain("canb-1");
    await ask(tokens.admin, "/v1/members", "POST", { ...INVITED, role: "po", products: ["alpha"] });
    expect(await said()).toContain("alpha-1");
    expect(await said()).not.toContain("canb");
    const key = await json(ask(tokens.admin, "/v1/keys", "POST", { name: "k", role: "admin" }));
    const other = pathIn(await json(ask(String(key["key"]), "/v1/shares", "POST", { path: "/features" })));
    expect((await app.request(other)).status).toBe(200);
    expect((await ask(tokens.admin, `/v1/keys/${key["id"]}`, "DELETE")).status).toBe(204);
    expect((await app.request(other)).status).toBe(404);
  });
});

describe("the audit log", () => {
  it("tells where events were sent to, by whom, without the rest of the address", async () => {
    const { ask, json, tokens, app } = await open();
    const url = "https://203.0.113.7/hooks/hidden-word";
    const refused = await json(ask(tokens.engineer, "/v1/webhook-endpoints", "POST", { url }));
    expect(refused).toMatchObject({ code: "address_not_allowed" });
    const at = `/v1/webhook-endpoints/${IDS.endpointA}`;
    await ask(tokens["engineer of A"], at, "PATCH", { url: "https://8.8.8.8/hooks/hidden-word", paused: true });
    await ask(tokens["engineer of A"], `${at}/rotate`, "POST");
    await ask(tokens["engineer of A"], `${at}/replay`, "POST", { from: "2026-11-01", to: "2026-11-02" });
    await ask(tokens["engineer of A"], `/v1/webhook-endpoints/${IDS.endpointB}`, "DELETE");
    const page = browser(app);
    await page.send("/login", "/login", { token: tokens.engineer });
    expect((await page.send("/settings/webhooks", `/settings/webhooks/${IDS.endpointB}/remove`)).status).toBe(303);
    const { data } = (await json(ask(tokens.admin, "/v1/audit"))) as { data: Json[] };
    const acts = data.filter(({ act }) => String(act).startsWith("webhook")).map((one) => [one["act"], one["detail"]]);
    expect(acts).toHaveLength(4);
    expect(acts).toEqual(
      expect.arrayContaining([
        ["webhook_endpoint.change", { host: "8.8.8.8", paused: true }],
        ["webhook_endpoint.rotate", {}],
        ["webhook_endpoint.replay", { from: "2026-11-01T00:00:00.000Z", to: "2026-11-02T00:00:00.000Z" }],
        ["webhook_endpoint.remove", {}],
      ]),
    );
    expect(JSON.stringify(data)).not.toContain("hidden-word");
  });

  it("tells every act, newest first, page by page", async () => {
    const { ask, json, tokens } = await open();
    const one = await json(ask(tokens.admin, "/v1/keys", "POST", { name: "one", role: "viewer" }));
    await ask(tokens.admin, `/v1/keys/${one["id"]}`, "DELETE");
    await ask(tokens["po of A"], "/v1/shares", "POST", { path: "/" });
    await ask(tokens.admin, "/v1/members", "POST", { address: "x@example.com", role: "viewer" });
    const page = (await json(ask(tokens.admin, "/v1/audit?limit=3"))) as { data: Json[]; next_cursor: string };
    const rest = (await json(ask(tokens.admin, `/v1/audit?limit=3&cursor=${page.next_cursor}`))) as { data: Json[] };
    expect([...page.data, ...rest.data].map(({ act }) => act).sort()).toEqual([
      "key.create",
      "key.revoke",
      "member.invite",
      "share.create",
      "sign_in_link.create",
    ]);
    expect(JSON.stringify([page, rest])).toContain(`"subject":"${one["id"]}`);
    expect((await ask(tokens.engineer, "/v1/audit")).status).toBe(403);
  });

  it("keeps each act as a row of its own, which is written once", async () => {
    const { table } = await open();
    const hub = { ports: { table, clock: { now: () => NOW } } };
    for (let n = 0; n < 3; n += 1) await audit(hub, { id: "key_1", name: "Ana" }, "override.set", "ftr_1", { n });
    const { items } = await acts(table, undefined, 10);
    expect(items.map(({ detail }) => detail["n"]).sort()).toEqual([0, 1, 2]);
    const rows = await table.query({ pk: "A#log#2026-11-22" });
    expect(rows.map(({ version }) => version)).toEqual([1, 1, 1]);
  });
});
