import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Provider } from "oidc-provider";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { quietLog } from "../../shared/platform/log.ts";
import { oidcOf, personOf } from "../../shared/platform/oidc.ts";
import { putMember } from "../../shared/store/members.ts";
import { HUB, NOW } from "../web/sample-hub.ts";
import { browser } from "./browser.ts";
import { A, twoProducts } from "./two-products.ts";

const SECRET = "the client secret of this test";
const BY = { id: "cli", name: "command line" };
const ACCOUNTS: Readonly<Record<string, object>> = {
  ana: { email: "Ana@Example.com", email_verified: true, name: "Ana" },
  mallory: { email: "ana@example.com", email_verified: false, name: "Mallory" },
  lead: { email: "lead@example.com", email_verified: true, name: "Lea", groups: ["staff", "leads"] },
};

let server: Server;
let issuer: string;

beforeAll(async () => {
  server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const provider = new Provider(issuer, {
    clients: [{ client_id: "hub", client_secret: SECRET, redirect_uris: [`${HUB}/login/oidc/back`] }],
    claims: { email: ["email", "email_verified"], profile: ["name", "groups"] },
    findAccount: (_, id) => ({ accountId: id, claims: async () => ({ sub: id, ...ACCOUNTS[id] }) }),
    pkce: { required: () => true },
    cookies: { keys: ["a key of this test"] },
    clientBasedCORS: () => false,
    ttl: { Interaction: 600, Session: 600, Grant: 600, AccessToken: 600, IdToken: 600 },
  });
  server.on("request", provider.callback());
});
afterAll(
  () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    }),
);

const settings = {
  clientId: "hub",
  clientSecret: { secret: "OIDC" },
  roleClaim: "groups",
  roles: { leads: "pm" },
} as const;

const opened = async (over: object = {}) => {
  const oidc = oidcOf(
    { issuer, ...settings, ...over },
    { get: async () => SECRET },
    quietLog(() => {}),
  );
  const hub = await twoProducts({ oidc });
  await putMember(
    hub.table,
    { address: "ana@example.com", name: "Ana", role: "viewer", products: [A], createdBy: BY },
    NOW,
  );
  return { ...hub, tab: browser(hub.app) };
};

/** Signs in at the provider as its forms do it. @returns the address that it sends the browser back to */
const atProvider = async (address: string, login: string): Promise<string> => {
  const cookies = new Map<string, string>();
  let next = address;
  for (let hop = 0; hop < 12; hop += 1) {
    if (next.startsWith(HUB)) return next.slice(HUB.length);
    const path = new URL(next, issuer);
    const isForm = path.pathname.startsWith("/interaction/") && !path.pathname.endsWith("/submit");
    const html = isForm
      ? await (await fetch(path, { headers: { cookie: [...cookies].map((one) => one.join("=")).join("; ") } })).text()
      : "";
    const prompt = /name="prompt" value="(\w+)"/.exec(html)?.[1] ?? "";
    const response = await fetch(path, {
      redirect: "manual",
      headers: {
        cookie: [...cookies].map((one) => one.join("=")).join("; "),
        ...(isForm && { "content-type": "application/x-www-form-urlencoded" }),
      },
      ...(isForm && { method: "POST", body: new URLSearchParams({ prompt, login, password: "x" }).toString() }),
    });
    for (const line of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      cookies.set(name, value);
    }
    next = response.headers.get("location") ?? "";
  }
  throw new Error(`the provider did not lead back: ${next}`);
};

describe("sign-in by an identity provider", () => {
  it("leads there by a link with PKCE, and back to a session with the role of the invitation", async () => {
    const { tab } = await opened();
    expect(await (await tab.get("/login?next=/features")).text()).toContain('href="/login/oidc?next=%2Ffeatures"');
    const there = await tab.get("/login/oidc?next=/features");
    const address = new URL(there.headers.get("location") ?? "");
    expect(address.origin).toBe(issuer);
    expect(address.searchParams.get("code_challenge_method")).toBe("S256");
    const back = await atProvider(address.href, "ana");
    const response = await tab.get(back);
    expect([response.status, response.headers.get("location")]).toEqual([303, "/features"]);
    expect([...tab.cookies.keys()]).toEqual(["throughline"]);
    expect(await (await tab.get("/v1/products")).json()).toMatchObject({ data: [{ slug: "alpha" }] });
    expect((await tab.get("/settings/members")).status).toBe(403);
    // The answer of the provider is good once.
    expect((await tab.get(back)).status).toBe(403);
  });

  it("gives the role that the config maps a claim to, and nobody else one", async () => {
    const { tab } = await opened();
    const back = await atProvider((await tab.get("/login/oidc")).headers.get("location") ?? "", "lead");
    expect((await tab.get(back)).status).toBe(303);
    expect((await tab.get("/v1/shares")).status).toBe(200);
    const other = await opened({ roles: {} });
    const again = await atProvider((await other.tab.get("/login/oidc")).headers.get("location") ?? "", "lead");
    const refused = await other.tab.get(again);
    expect(refused.status).toBe(403);
    expect(await refused.text()).toContain("sign_in_refused");
    expect((await other.tab.get("/features")).status).toBe(303);
  });

  it("does not believe an address that the provider has not verified", async () => {
    const { tab } = await opened();
    const back = await atProvider((await tab.get("/login/oidc")).headers.get("location") ?? "", "mallory");
    expect((await tab.get(back)).status).toBe(403);
  });

  it("refuses an answer that another browser asked for, or that was changed", async () => {
    const { tab, app } = await opened();
    const back = await atProvider((await tab.get("/login/oidc")).headers.get("location") ?? "", "ana");
    const victim = browser(app);
    expect((await victim.get(back)).status).toBe(403);
    await victim.get("/login/oidc");
    expect((await victim.get(back)).status).toBe(403);
    const held = tab.cookies.get("throughline-sign-in") ?? "";
    victim.cookies.set(
      "throughline-sign-in",
      held.replace(/^./, (first) => (first === "x" ? "y" : "x")),
    );
    expect((await victim.get(back)).status).toBe(403);
    expect((await tab.get(back.replace(/state=[^&]+/, "state=other"))).status).toBe(403);
  });

  it("counts addresses of the named domains only", () => {
    const claims = { sub: "1", email: "ana@example.com.evil.example", email_verified: true, groups: "leads" };
    const config = { issuer: "https://login.example", ...settings, domains: ["example.com"] };
    expect(personOf(claims, config)).toEqual({ subject: "1" });
    expect(personOf({ ...claims, email: "ANA@example.com" }, config)).toEqual({
      subject: "1",
      address: "ana@example.com",
      role: "pm",
    });
    expect(personOf({ ...claims, email: "ana@example.com", email_verified: "true" }, config)).toEqual({ subject: "1" });
  });

  it("sends no client secret over plain http to another machine", async () => {
    const { tab } = await opened({ issuer: "http://login.example" });
    expect((await tab.get("/login/oidc")).status).toBe(500);
  });
});
