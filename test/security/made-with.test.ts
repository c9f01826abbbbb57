import { describe, expect, it } from "vitest";
import type { Query } from "../../shared/ports/table.ts";
import { revoke } from "../../shared/store/access.ts";
import { endpointKey, lists } from "../../shared/store/keys.ts";
import { endMadeWith, madeWith } from "../../shared/store/made-with.ts";
import type { StoredEndpoint } from "../../shared/store/webhook-rows.ts";
import { NOW } from "../web/sample-hub.ts";
import { browser } from "./browser.ts";
import { twoProducts } from "./two-products.ts";

type Json = Readonly<Record<string, unknown>>;
interface Made {
  readonly id: string;
  readonly secret: string;
}

const open = async () => {
  const hub = await twoProducts();
  const ask = (token: string, path: string, method = "GET", body?: object) =>
    hub.app.request(path, {
      method,
      headers: { Authorization: `Bearer ${token}`, ...(body && { "Content-Type": "application/json" }) },
      ...(body && { body: JSON.stringify(body) }),
    });
  const json = async (response: Response | Promise<Response>) => (await (await response).json()) as Json;
  const key = async (by: string, name: string, over: object = {}): Promise<Made> => {
    const told = await json(ask(by, "/v1/keys", "POST", { name, role: "admin", ...over }));
    return { id: String(told["id"]), secret: String(told["key"]) };
  };
  const share = async (by: string): Promise<string> =>
    new URL(String((await json(ask(by, "/v1/shares", "POST", { path: "/features" })))["url"])).pathname;
  const works = async ({ secret }: Made) => (await ask(secret, "/v1/status")).status === 200;
  const shows = async (path: string) => (await hub.app.request(path)).status === 200;
  return { ...hub, ask, json, key, share, works, shows };
};

/** A key that made a key that made another one and a link, and a key beside them. */
const family = async () => {
  const hub = await open();
  const root = await hub.key(hub.tokens.admin, "root");
  const child = await hub.key(root.secret, "child");
  const grandchild = await hub.key(child.secret, "grandchild");
  const link = await hub.share(grandchild.secret);
  const beside = await hub.key(hub.tokens.admin, "beside");
  return { ...hub, root, child, grandchild, link, beside };
};

describe("a key that is revoked", () => {
  it("T32 ends the keys and links that were made with it, and with those keys, and no other", async () => {
    const { ask, tokens, works, shows, root, child, grandchild, link, beside } = await family();
    expect(await Promise.all([root, child, grandchild, beside].map(works))).toEqual([true, true, true, true]);
    expect((await ask(tokens.admin, `/v1/keys/${root.id}`, "DELETE")).status).toBe(204);
    expect(await Promise.all([root, child, grandchild, beside].map(works))).toEqual([false, false, false, true]);
    expect(await shows(link)).toBe(false);
    expect((await ask(tokens.admin, "/v1/status")).status).toBe(200);
  });

  it("ends what is left where a key in between had ended before", async () => {
    const { ask, tokens, table, works, root, child, grandchild } = await family();
    await revoke(table, "key", child.id, NOW);
    expect(await works(grandchild)).toBe(true);
    await ask(tokens.admin, `/v1/keys/${root.id}`, "DELETE");
    expect(await works(grandchild)).toBe(false);
  });

  it("leaves a row in the audit log for each that ended, with what it followed from, and none twice", async () => {
    const { ask, json, tokens, root, child, grandchild, link } = await family();
    await ask(tokens.admin, `/v1/keys/${root.id}`, "DELETE");
    await ask(tokens.admin, `/v1/keys/${root.id}`, "DELETE");
    const { data } = (await json(ask(tokens.admin, "/v1/audit?limit=50"))) as { data: Json[] };
    const revoked = data
      .filter(({ act }) => String(act).endsWith(".revoke"))
      .map(({ act, subject, detail }) => [act, String(subject).slice(0, 4), detail]);
    const followed = { because: "key.revoke", of: root.id };
    expect(revoked).toHaveLength(4);
    expect(revoked).toContainEqual(["key.revoke", "key_", { name: "root" }]);
    expect(revoked).toContainEqual(["key.revoke", "key_", { name: "child", ...followed }]);
    expect(revoked).toContainEqual(["key.revoke", "key_", { name: "grandchild", ...followed }]);
    expect(revoked).toContainEqual(["share.revoke", "shr_", { name: "/features", ...followed }]);
    expect([child.id, grandchild.id].every((id) => data.some(({ subject }) => subject === id))).toBe(true);
    expect(link).toMatch(/^\/share\//);
  });

  it("is another thing than one that runs out: that one's keys and links go on", async () => {
    const { key, share, works, shows, tokens, clock } = await open();
    const expiresAt = new Date(NOW.getTime() + 60_000).toISOString();
    const short = await key(tokens.admin, "short", { expires_at: expiresAt });
    const made = await key(short.secret, "made with it");
    const link = await share(short.secret);
    clock.set(new Date(NOW.getTime() + 120_000));
    expect([await works(short), await works(made), await shows(link)]).toEqual([false, true, true]);
  });

  it("takes along what was made until the moment when it ends", async () => {
    const { table, key, tokens, works } = await open();
    const root = await key(tokens.admin, "root");
    const late: Made[] = [];
    let looks = 0;
    const racing: typeof table = {
      ...table,
      async query<Data>(asked: Query) {
        const rows = await table.query<Data>(asked);
        // Another key is made with it after the first look.
        if (asked.pk === "A#share" && looks++ === 0) late.push(await key(root.secret, "late"));
        return rows;
      },
    };
    await key(root.secret, "early");
    await endMadeWith({ ports: { table: racing, clock: { now: () => NOW } } }, { id: "x", name: "x" }, root.id, "test");
    expect(await madeWith(table, root.id, NOW)).toEqual({ keys: [], shares: [], endpoints: [] });
    expect(late).toHaveLength(1);
    for (const one of late) expect(await works(one)).toBe(false);
  });
});

describe("a webhook endpoint whose maker is gone", () => {
  const made = async () => {
    const hub = await open();
    const maker = await hub.key(hub.tokens.admin, "maker", { role: "engineer" });
    const endpoint = async (by: string) => {
      const told = await hub.json(hub.ask(by, "/v1/webhook-endpoints", "POST", { url: "https://8.8.8.8/hooks" }));
      return (told["endpoint"] as Json | undefined) ?? told;
    };
    const [own, others] = [await endpoint(maker.secret), await endpoint(hub.tokens.engineer)];
    const at = `/v1/webhook-endpoints/${own["id"]}`;
    const now = async (path = at) => hub.json(hub.ask(hub.tokens.admin, path));
    const revoke = () => hub.ask(hub.tokens.admin, `/v1/keys/${maker.id}`, "DELETE");
    const change = (by: string, paused: boolean) => hub.ask(by, at, "PATCH", { paused });
    return { ...hub, maker, own, others, at, now, revoke, change };
  };

  it("is disabled with the reason, on its page, in the API and in the audit log; those of others go on", async () => {
    const { maker, own, others, at, now, revoke, ask, json, tokens } = await made();
    expect(own).toMatchObject({ state: "active", created_by: "maker", maker_id: maker.id });
    await revoke();
    const reason = "the key that made it was revoked: an administrator can take it over";
    expect(await now()).toMatchObject({ state: "disabled", disabled_because: reason });
    expect(await now(`/v1/webhook-endpoints/${others["id"]}`)).toMatchObject({ state: "active" });
    const page = await (await ask(tokens.admin, at.replace("/v1/webhook-endpoints", "/settings/webhooks"))).text();
    expect(page).toContain(reason);
    const { data } = (await json(ask(tokens.admin, "/v1/audit?limit=50"))) as { data: Json[] };
    expect(data).toContainEqual(
      expect.objectContaining({
        act: "webhook_endpoint.disable",
        subject: own["id"],
        detail: { host: "8.8.8.8", because: "key.revoke", of: maker.id },
      }),
    );
  });

  it("goes on once an administrator lets it, and is theirs from then on", async () => {
    const { now, revoke, change, tokens, maker } = await made();
    await change(tokens.engineer, true);
    await revoke();
    expect((await change(tokens.engineer, false)).status).toBe(403);
    expect((await change(tokens.engineer, true)).status).toBe(200);
    expect((await change(tokens.engineer, false)).status).toBe(403);
    expect(await now()).toMatchObject({ state: "disabled" });
    expect((await change(tokens.admin, false)).status).toBe(200);
    const taken = await now();
    expect(taken).toMatchObject({ state: "active", disabled_because: null });
    expect(taken["maker_id"]).toMatch(/^key_/);
    expect(taken["maker_id"]).not.toBe(maker.id);
    await revoke();
    expect(await now()).toMatchObject({ state: "active" });
    expect((await change(tokens.engineer, true)).status).toBe(200);
    expect((await change(tokens.engineer, false)).status).toBe(200);
  });

  it("is disabled with a member too, and what they are called is not in the reason", async () => {
    const { now, ask, json, tokens, table, own } = await made();
    const told = await json(ask(tokens.admin, "/v1/members", "POST", { address: "eve@example.com", role: "engineer" }));
    const { pk, sk } = endpointKey(String(own["id"]));
    const row = await table.get<StoredEndpoint>(pk, sk);
    if (row === undefined) throw new Error("the endpoint is gone");
    const data = { ...row.data, maker: String(told["id"]) };
    await table.put({ ...row, version: row.version + 1, data, list: lists.ofEndpoint(data.id) });
    expect((await ask(tokens.admin, `/v1/members/${told["id"]}`, "DELETE")).status).toBe(204);
    expect(await now()).toMatchObject({
      state: "disabled",
      disabled_because: "whoever made it is no member any more: an administrator can take it over",
    });
  });
});

describe("the pages of keys and members", () => {
  const signedIn = async () => {
    const hub = await family();
    const visitor = browser(hub.app);
    expect((await visitor.send("/login", "/login", { token: hub.tokens.admin })).status).toBe(303);
    return { ...hub, visitor };
  };

  it("say how much ends with a key, and end nothing until that is confirmed", async () => {
    const { visitor, root, child, beside, works, ask } = await signedIn();
    await ask(child.secret, "/v1/webhook-endpoints", "POST", { url: "https://8.8.8.8/hooks" });
    const asked = await visitor.send("/settings/keys", `/settings/keys/${root.id}/revoke`);
    const text = (await asked.text()).replaceAll(/<[^>]+>/g, " ").replaceAll(/\s+/g, " ");
    expect([asked.status, asked.headers.get("cache-control")]).toEqual([200, "no-store"]);
    expect(text).toContain("Revoke root?");
    expect(text).toContain(
      "This ends 2 keys and 1 link too. Nothing more is sent to 1 webhook endpoint until an administrator takes it over. Made by root, or with those keys: child grandchild /features 8.8.8.8",
    );
    expect(await works(root)).toBe(true);
    const done = await visitor.send("/settings/keys", `/settings/keys/${root.id}/revoke`, { confirmed: "yes" });
    expect(done.status).toBe(303);
    expect(await works(root)).toBe(false);
    expect((await visitor.send("/settings/keys", `/settings/keys/${beside.id}/revoke`)).status).toBe(303);
    expect(await works(beside)).toBe(false);
  });

  it("say the same of a member, whose keys end with them", async () => {
    const { visitor, json, ask, tokens, app } = await signedIn();
    const told = await json(ask(tokens.admin, "/v1/members", "POST", { address: "eve@example.com", role: "admin" }));
    const eve = browser(app);
    const token = new URL(String(told["sign_in_url"])).searchParams.get("token") ?? "";
    expect((await eve.send("/login", "/login", { token })).status).toBe(303);
    expect((await eve.send("/settings/keys", "/settings/keys", { name: "hers", role: "viewer" })).status).toBe(200);
    const remove = `/settings/members/${told["id"]}/remove`;
    const asked = await (await visitor.send("/settings/members", remove)).text();
    expect(asked.replaceAll(/<[^>]+>/g, "")).toContain("Remove eve@example.com?This ends 1 key too");
    expect((await eve.get("/settings/keys")).status).toBe(200);
    expect((await visitor.send("/settings/members", remove, { confirmed: "yes" })).status).toBe(303);
    expect((await eve.get("/settings/keys")).status).toBe(303);
  });
});
