import { createHmac, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { endless } from "../../infra/local/pumps.ts";
import { derivedKey } from "../../shared/platform/serving.ts";
import { openStoreAt, until } from "../e2e/local-hub.ts";
import { type CanaryHub, startCanaryHub } from "./canary-hub.ts";
import { leaks, type Seen, spellings } from "./canary-search.ts";
import * as surfaces from "./canary-surfaces.ts";

type Json = Readonly<Record<string, unknown>>;
const JSON_TYPE = { "content-type": "application/json" };
const AREAS = [
  "pages",
  "pages of a session",
  "answers",
  "refusals",
  "tools",
  "commands",
  "numbers",
  "what is kept",
  "failures",
  "logs",
];
/** Operations on kinds of things that the one tool of this hub has none of. */
const WITHOUT = [
  "get_objective",
  "list_release_parts",
  "get_experiment",
  "get_metric",
  "get_ticket",
  "get_campaign",
  "get_design",
  "get_survey",
  "get_release",
  "get_deployment",
  "get_feature_flag",
  "get_feedback",
  "get_incident",
  "get_customer",
  "list_metric_series",
];
/** Linear has no releases. */
const WITHOUT_PAGES = ["/releases/:id"];
/** Letters of a secret; its pieces are shorter. */
const WHOLE = 40;
/** A token as an answer tells it, without what stands before each. */
const TOLD = /\b(?:tl_(?:live|page|link)_|whsec_)([\w+/=]{32,})/g;

describe("secrets that are random texts", { timeout: 60_000 }, () => {
  const secrets = new Map<string, string | Uint8Array>();
  const areas = new Map<string, readonly Seen[]>();
  const missed = new Map<string, readonly string[]>();
  let hub: CanaryHub;
  let ask: surfaces.Ask;

  const json = async (response: Response) => (await response.json()) as Json;
  const send = (path: string, body: object = {}, named?: string, method = "POST") =>
    ask(path, {
      method,
      body: JSON.stringify(body),
      headers: { ...JSON_TYPE, ...(named !== undefined && { "idempotency-key": named }) },
    });
  /** Has one made over the API, whose answer alone may tell its secret. @returns that answer */
  const make = async (name: string, path: string, body: object = {}): Promise<Json> => {
    const text = await (await send(path, body, `make ${name}`.replaceAll(" ", "-"))).text();
    const found = [...text.matchAll(TOLD)].map(([, secret = ""]) => secret);
    expect([name, found.length, text]).toEqual([name, 1, text]);
    secrets.set(name, found[0] ?? "");
    const again = await json(await send(path, body, `make ${name}`.replaceAll(" ", "-")));
    expect(again).toMatchObject({ code: "reply_shown_once" });
    return JSON.parse(text) as Json;
  };
  const keep = (area: string, { seen, missed: some }: surfaces.Surface) => {
    areas.set(area, seen);
    missed.set(area, some);
  };

  /** Webhooks of a tool, one that cannot be read among them, with the secret of the config and with another. */
  const receive = async () => {
    const body = JSON.stringify({
      action: "edited",
      issue: { title: "no identity" },
      repository: { full_name: "acme/devkit" },
    });
    for (const secret of [hub.secrets.GITHUB_HOOK, "another"])
      await fetch(`${hub.url}/hooks/github`, {
        method: "POST",
        body,
        headers: {
          "x-github-event": "issues",
          "x-github-delivery": secret === "another" ? "2" : "1",
          "x-hub-signature-256": `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`,
        },
      });
  };

  /** Keys, links and endpoints as people make them, used and rotated; and a sign-in at the provider, which it refuses. */
  const makeAll = async () => {
    await make("key", "/v1/keys", { name: "nightly", role: "viewer" });
    const share = await make("share", "/v1/shares", { path: "/features" });
    await fetch(String(share["url"]));
    await make("sign-in link of a member", "/v1/members", { address: "ana@acme.example", role: "pm" });
    const { endpoint } = (await make("webhook secret", "/v1/webhook-endpoints", {
      url: `${hub.there}/hook`,
      events: ["feature.*"],
    })) as { endpoint: { id: string } };
    await make("rotated webhook secret", `/v1/webhook-endpoints/${endpoint.id}/rotate`);
    await send(`/v1/webhook-endpoints/${endpoint.id}/test`, {}, "test");
    const printed = await hub.writing("keys", "create", "--sign-in");
    const link = /token=tl_link_(\w+)/.exec(printed)?.[1];
    if (link === undefined) throw new Error(`no link was made: ${printed}`);
    secrets.set("sign-in link", link);
    const login = await fetch(`${hub.url}/login`);
    const form = /name="form_token" value="([^"]+)"/.exec(await login.text())?.[1] ?? "";
    const signedIn = await fetch(`${hub.url}/login`, {
      method: "POST",
      body: new URLSearchParams({ form_token: form, token: `tl_link_${link}` }),
      redirect: "manual",
    });
    const session = /tl_sess_(\w+)/.exec(signedIn.headers.get("set-cookie") ?? "")?.[1] ?? "";
    secrets.set("session", session);
    const begun = await fetch(`${hub.url}/login/oidc`, { redirect: "manual" });
    const state = new URL(begun.headers.get("location") ?? hub.url).searchParams.get("state") ?? "";
    const cookie = begun.headers
      .getSetCookie()
      .map((line) => line.split(";")[0] ?? "")
      .join("; ");
    const back = await fetch(`${hub.url}/login/oidc/back?code=abc&state=${state}`, { headers: { cookie } });
    const inside = await fetch(`${hub.url}/settings/keys`, { headers: { cookie: `throughline=tl_sess_${session}` } });
    const page = (where: string, text: string): Seen => ({ where, text });
    areas.set("pages of a session", [
      page("/login/oidc/back", `${back.status} ${await back.text()}`),
      page("/settings/keys", `${inside.status} ${await inside.text()}`),
    ]);
    return endpoint.id;
  };

  /** A row that is no JSON: what reads it fails inside, over the words of that row. */
  const failures = async (): Promise<readonly Seen[]> => {
    const { data } = (await json(await ask("/v1/features?limit=1"))) as { data: { id: string }[] };
    const id = data[0]?.id ?? "";
    const word = randomBytes(12).toString("hex");
    secrets.set("word of a broken row", word);
    const store = openStoreAt(hub.folder);
    store.db.prepare("UPDATE item SET data = ? WHERE pk = ? AND sk = 'V'").run(`{"a":${word}`, `E#${id}`);
    store.close();
    const addresses = [`/v1/features/${id}`, `/features/${id}`, "/", "/features.csv", "/v1/features.md"];
    const seen = await Promise.all(
      addresses.map(async (address) => {
        const response = await ask(address);
        return { where: `${address} ${response.status}`, text: await response.text() };
      }),
    );
    expect(seen.filter(({ where }) => where.endsWith(" 500")).length).toBeGreaterThan(2);
    expect(hub.logged.join("")).toMatch(/"message":"request failed".*"code":"store_damaged"/);
    return [...seen, { where: "explain", text: await hub.command("explain", id) }];
  };

  beforeAll(async () => {
    // Who receives knows the secret, and may spell it whole in any way.
    const known = () => spellings(secrets.get("rotated webhook secret") ?? "");
    hub = await startCanaryHub(() =>
      known()
        .filter(({ length }) => length >= WHOLE)
        .join(" "),
    );
    for (const [name, secret] of Object.entries(hub.secrets)) secrets.set(name, secret);
    const workspace = readFileSync(join(hub.folder, "workspace.key"), "utf8");
    secrets.set("workspace key", workspace);
    for (const purpose of ["cursors", "webhook secrets", "demo webhooks"])
      secrets.set(`key of ${purpose}`, derivedKey(workspace, purpose));
    const key = /tl_live_(\w+)/.exec(await hub.writing("keys", "create", "--name", "admin"))?.[1] ?? "";
    secrets.set("key of the command line", key);
    ask = (path, { headers, ...init } = {}) =>
      fetch(`${hub.url}${path}`, { ...init, headers: { ...headers, authorization: `Bearer tl_live_${key}` } });
    await until(
      async () => json(await ask("/v1/connections")) as Promise<{ data?: { name: string; state: string }[] }>,
      ({ data = [] }) => data.some(({ name, state }) => name === "linear" && state === "healthy"),
    );
    await receive();
    const endpoint = await makeAll();
    await hub.writing("report", "weekly", "--send");
    await until(
      async () => json(await ask("/v1/connections/github/dead-letters")) as Promise<{ data: object[] }>,
      ({ data }) => data.length > 0,
    );
    await until(
      async () =>
        json(await ask(`/v1/webhook-endpoints/${endpoint}/deliveries`)) as Promise<{ data: { tries: number }[] }>,
      ({ data }) => data.some(({ tries }) => tries > 0),
    );
    await (await import("../../functions/deliver-outputs.ts")).handler({}, endless);
    keep("commands", await surfaces.commands(hub, ask));
    keep("pages", await surfaces.pages(ask, ["/connections/github", "/reports/weekly"]));
    keep("answers", await surfaces.answers(ask));
    keep("tools", await surfaces.tools(ask));
    keep("refusals", await surfaces.refusals(hub, ask));
    areas.set("numbers", [{ where: "/metrics", text: await (await ask("/metrics")).text() }]);
    const store = openStoreAt(hub.folder);
    const own = (store.db.prepare("SELECT data FROM item WHERE pk = 'M' AND sk = 'K'").get() as { data: string }).data;
    store.close();
    secrets.set("digest key of the table", (JSON.parse(own) as { key: string }).key);
    areas.set(
      "what is kept",
      surfaces.kept(hub, (row) => row.includes('"pk":"M","sk":"K"')),
    );
    areas.set("failures", await failures());
    areas.set("logs", [{ where: "logs", text: hub.logged.join("") }]);
  }, 60_000);
  afterAll(() => hub.stop());

  it("stand in what the search finds, however they are spelt", () => {
    const [name, secret] = ["one", "a-Secret/of+some_length=="];
    const only = new Map([[name, secret]]);
    const found = (text: string) => leaks(only, [{ where: "there", text }]).length > 0;
    expect(found("a-Secret/of+some")).toBe(true);
    expect(found(`x${Buffer.from(`user:${secret}`).toString("base64")}`)).toBe(true);
    expect(found(Buffer.from(`ab${secret}c`).toString("base64url"))).toBe(true);
    expect(found(Buffer.from(secret).toString("hex").toUpperCase())).toBe(true);
    expect(found(encodeURIComponent(secret))).toBe(true);
    expect(found("a-Secret/of another")).toBe(false);
  });

  it("are more than twenty, of every sort", () => {
    expect(secrets.size).toBeGreaterThan(20);
    for (const [name, secret] of secrets) expect([name, secret.length > 20]).toEqual([name, true]);
  });

  it("T18 are looked for, also in base64, hex and percent signs, on every page and feed, in each operation and its formats, its refusals, each tool for assistants, each command, the lake, rows, queues, events, archived payloads, logs and numbers", () => {
    expect(Object.fromEntries(missed)).toEqual({
      commands: [],
      pages: WITHOUT_PAGES,
      answers: WITHOUT,
      tools: [],
      refusals: [],
    });
    expect([...areas].filter(([, seen]) => seen.length === 0)).toEqual([]);
    expect([...areas.keys()].sort()).toEqual([...AREAS].sort());
  });

  it.each(AREAS)("T18 are nowhere in %s", (area) => {
    const seen = areas.get(area) ?? [];
    process.stdout.write(
      `${area}: ${seen.length} texts, ${seen.reduce((sum, { text }) => sum + text.length, 0)} letters\n`,
    );
    expect(leaks(secrets, seen)).toEqual([]);
  });
});
