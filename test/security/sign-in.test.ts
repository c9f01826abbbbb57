import { describe, expect, it } from "vitest";
import { acts } from "../../shared/store/audit.ts";
import { putMember, removeMember } from "../../shared/store/members.ts";
import { nextAddress } from "../../shared/web/dashboard/sign-in/next-address.ts";
import { NOW } from "../web/sample-hub.ts";
import { browser } from "./browser.ts";
import { A, twoProducts } from "./two-products.ts";

const HOUR = 3_600_000;
const BY = { id: "cli", name: "command line" };

/** A hub, a browser, and somebody of A who is signed in with a key. */
const signedIn = async (role = "viewer", products: readonly string[] | "all" = [A], host?: string) => {
  const hub = await twoProducts();
  const { token, credential } = await hub.make({ role, products, name: "Ana" });
  const tab = browser(hub.app, host);
  const response = await tab.send("/login?next=/features", "/login", { token, next: "/features?q=x" });
  return { ...hub, tab, key: credential, token, response };
};
const name = (tab: ReturnType<typeof browser>) => [...tab.cookies.keys()][0] ?? "";

describe("T26 sign-in with a browser", () => {
  it("leads whoever is nobody to sign in, and back to where they wanted to be", async () => {
    const { app } = await twoProducts();
    const tab = browser(app);
    const response = await tab.get("/features?q=checkout");
    expect([response.status, response.headers.get("location")]).toEqual([
      303,
      "/login?next=%2Ffeatures%3Fq%3Dcheckout",
    ]);
    const html = await (await tab.get(response.headers.get("location") ?? "")).text();
    expect(html).toContain('name="next" value="/features?q=checkout"');
    expect((await tab.get("/v1/features")).headers.get("www-authenticate")).toBe('Bearer realm="throughline"');
  });

  it("opens a session with a key, limited as the key is, in a cookie that no script reads", async () => {
    const { response, tab } = await signedIn();
    expect([response.status, response.headers.get("location")]).toEqual([303, "/features?q=x"]);
    const [cookie] = response.headers.getSetCookie();
    expect(cookie).toMatch(/^throughline=tl_sess_\w{49}; Max-Age=1209600; Path=\/; HttpOnly; SameSite=Lax$/);
    expect((await tab.get("/v1/features")).status).toBe(200);
    expect((await tab.get("/settings/members")).status).toBe(403);
    expect(await (await tab.get("/features")).text()).not.toContain("canb");
  });

  it("binds the cookie to one host and to https anywhere but on this machine", async () => {
    const { response } = await signedIn("viewer", [A], "hub.example.com");
    const [cookie] = response.headers.getSetCookie();
    expect(cookie).toMatch(
      /^__Host-throughline=tl_sess_\w{49}; Max-Age=1209600; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    );
  });

  it("gives a new session at each sign-in and ends the one that came along (fixation)", async () => {
    const { tab, token } = await signedIn();
    const before = tab.cookies.get(name(tab)) ?? "";
    await tab.send("/login", "/login", { token });
    expect(tab.cookies.get(name(tab))).not.toBe(before);
    const planted = browser((await signedIn()).app);
    planted.cookies.set("throughline", before);
    expect((await planted.get("/features")).status).toBe(303);
    tab.cookies.set("throughline", before);
    expect((await tab.get("/features")).status).toBe(303);
  });

  it("signs out in the hub, not only in the browser", async () => {
    const { tab } = await signedIn();
    const held = tab.cookies.get("throughline") ?? "";
    expect((await tab.send("/settings", "/logout")).status).toBe(303);
    expect(tab.cookies.size).toBe(0);
    tab.cookies.set("throughline", held);
    expect((await tab.get("/features")).status).toBe(303);
  });

  it("ends a session a day after its last request, and after two weeks in any case", async () => {
    const { tab, clock } = await signedIn();
    for (let day = 1; day <= 13; day += 1) {
      clock.set(new Date(NOW.getTime() + day * 23 * HOUR));
      expect([day, (await tab.get("/features")).status]).toEqual([day, 200]);
    }
    clock.set(new Date(NOW.getTime() + 14 * 24 * HOUR));
    expect((await tab.get("/features")).status).toBe(303);
    const other = await signedIn();
    other.clock.set(new Date(NOW.getTime() + 24 * HOUR + 1));
    expect((await other.tab.get("/features")).status).toBe(303);
  });

  it("takes a form only with the token of this very session", async () => {
    const { tab, app, token } = await signedIn("engineer", "all");
    const other = browser(app);
    await other.send("/login", "/login", { token: (await signedIn()).token });
    const stolen = /name="form_token" value="([^"]+)"/.exec(await (await tab.get("/settings/keys")).text())?.[1] ?? "";
    expect(stolen).not.toBe("");
    const second = browser(app);
    await second.send("/login", "/login", { token });
    for (const form_token of ["", "x", stolen]) {
      const response = await second.send("/settings/keys", "/settings/keys", {
        name: "n",
        role: "engineer",
        form_token,
      });
      expect(response.status).toBe(403);
      expect(await response.text()).toContain("form_expired");
    }
    const fine = await second.send("/settings/keys", "/settings/keys", { name: "n", role: "engineer" });
    expect(fine.status).toBe(200);
  });

  it.each([
    { origin: "https://evil.example" },
    { origin: "null" },
    { "sec-fetch-site": "cross-site" },
    { "sec-fetch-site": "same-site" },
  ])("refuses a form of another site's page: %o", async (headers) => {
    const { tab } = await signedIn("engineer", "all");
    const response = await tab.send(
      "/settings/keys",
      "/settings/keys",
      { name: "n", role: "viewer" },
      headers as Record<string, string>,
    );
    expect(response.status).toBe(403);
    expect(await response.text()).toContain("origin_not_allowed");
  });

  it("lets browsers tell that a form is the hub's own, which they would not under no-referrer", async () => {
    const { tab } = await signedIn();
    expect((await tab.get("/settings")).headers.get("referrer-policy")).toBe("same-origin");
  });

  it.each([
    "//evil.example",
    "/\\evil.example",
    "/%2f%2fevil.example/..//evil.example",
    "https://evil.example",
    "javascript:alert(1)",
    "/\t/evil.example",
    "/.//evil.example",
    "/login",
    "\\\\evil.example",
    "",
  ])("goes on to no other site after a sign-in: %s", (next) => {
    const address = nextAddress(next);
    expect(new URL(address, "https://hub.example").origin).toBe("https://hub.example");
    expect(address).not.toMatch(/^\/[/\\]|^\/login/);
  });

  it("slows down whoever tries keys, by where they come from", async () => {
    const { app, tokens } = await twoProducts();
    const tab = browser(app);
    const wrong = `tl_live_${"x".repeat(49)}`;
    const statuses: number[] = [];
    for (let n = 0; n < 22; n += 1) statuses.push((await tab.send("/login", "/login", { token: wrong })).status);
    expect([statuses.indexOf(429), new Set(statuses.slice(0, 20))]).toEqual([20, new Set([401])]);
    expect((await tab.send("/login", "/login", { token: tokens.admin })).status).toBe(429);
  });
});

describe("a sign-in link", () => {
  it("works once, however many come at the same time, and only after a button was pressed", async () => {
    const hub = await twoProducts();
    const { token } = await hub.make({ kind: "link", role: "admin", products: "all", name: "Ana" });
    const tabs = [browser(hub.app), browser(hub.app), browser(hub.app)];
    // Previews of mails follow links too.
    for (const tab of tabs) expect((await tab.get(`/login?token=${token}`)).status).toBe(200);
    const statuses = await Promise.all(
      tabs.map(async (tab) => (await tab.send(`/login?token=${token}`, "/login", { token })).status),
    );
    expect(statuses.sort()).toEqual([303, 403, 403]);
    expect((await hub.app.request("/v1/features", { headers: { Authorization: `Bearer ${token}` } })).status).toBe(401);
  });

  it("has an end", async () => {
    const hub = await twoProducts();
    const { token } = await hub.make({ kind: "link", role: "admin", products: "all", expiresAt: NOW.toISOString() });
    const response = await browser(hub.app).send("/login", "/login", { token });
    expect(response.status).toBe(403);
    expect(await response.text()).toContain("sign_in_link_used");
  });

  it("T32 signs a member in as whom they are now: role and products follow at once, and so does their removal", async () => {
    const { app, table, tokens } = await twoProducts();
    const admin = { Authorization: `Bearer ${tokens.admin}`, "Content-Type": "application/json" };
    const post = (body: object) =>
      app.request("/v1/members", { method: "POST", headers: admin, body: JSON.stringify(body) });
    const made = (await (await post({ address: "Ana@Example.com", role: "pm", products: ["alpha"] })).json()) as {
      readonly id: string;
      readonly sign_in_url: string;
    };
    const tab = browser(app);
    const path = made.sign_in_url.replace(/^http:\/\/[^/]+/, "");
    await tab.send(path, "/login", { token: path.split("token=")[1] ?? "" });
    expect((await tab.get("/v1/shares")).status).toBe(200);
    expect(await (await tab.get("/v1/products")).json()).toMatchObject({ data: [{ slug: "alpha" }] });
    await post({ address: "ana@example.com", role: "viewer", products: ["canb"] });
    expect((await tab.get("/v1/shares")).status).toBe(403);
    expect(await (await tab.get("/v1/products")).json()).toMatchObject({ data: [{ slug: "canb" }] });
    expect(await removeMember(table, made.id, NOW)).toBe(true);
    expect((await tab.get("/v1/products")).status).toBe(401);
  });
});

describe("T33 a member who is removed", () => {
  it("leaves no address behind, and what they made opens nothing", async () => {
    const { app, table, tokens, make } = await twoProducts();
    const { member } = await putMember(
      table,
      { address: "bo@example.com", name: "Bo", role: "engineer", products: "all", createdBy: BY },
      NOW,
    );
    const { token } = await make({ role: "engineer", products: "all", createdBy: { id: member.id, name: "Bo" } });
    const headers = { Authorization: `Bearer ${token}` };
    expect((await app.request("/v1/features", { headers })).status).toBe(200);
    const gone = await app.request(`/v1/members/${member.id}`, {
      method: "DELETE",
      headers: { Authorization: `Bearer ${tokens.admin}` },
    });
    expect(gone.status).toBe(204);
    expect((await app.request("/v1/features", { headers })).status).toBe(401);
    const row = await table.get(`A#member#${member.id}`, "A");
    expect(JSON.stringify(row)).not.toContain("bo@example.com");
    const told = (await acts(table, undefined, 10)).items.map(({ act, by, subject }) => [
      act,
      by.name,
      subject.slice(0, 4),
    ]);
    expect(told.toSorted()).toEqual([
      ["key.revoke", "test", "key_"],
      ["member.remove", "test", "mem_"],
    ]);
  });
});
