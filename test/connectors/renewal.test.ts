import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Sandbox, startSandbox } from "../../infra/sandbox/index.ts";
import { systemClock } from "../../shared/adapters/clock.ts";
import { openEmbedded } from "../../shared/adapters/sqlite/index.ts";
import { connectionViews } from "../../shared/pipeline/connection-views.ts";
import { ensureHooks } from "../../shared/pipeline/hooks.ts";
import type { LogFields } from "../../shared/pipeline/hub.ts";
import { poll } from "../../shared/pipeline/poll.ts";
import type { StreamState } from "../../shared/pipeline/poll-stream.ts";
import type { HubConfig } from "../../shared/platform/define-hub.ts";
import { openHub } from "../../shared/platform/open-hub.ts";
import type { Secrets } from "../../shared/ports/secrets.ts";
import { rowsOf } from "../../shared/store/entities.ts";
import { partition } from "../../shared/store/keys.ts";

const POLL_ONCE = fileURLToPath(new URL("./poll-once.ts", import.meta.url));
const nextTurn = () => new Promise((resolve) => setImmediate(resolve));
const signal = new AbortController().signal;
const UNLIMITED = { jira: 1e9, linear: 1e9, linear_complexity: 1e12, github: 1e9, github_burst: 1e9 };

describe("a credential that is renewed", { timeout: 60_000 }, () => {
  let sandbox: Sandbox;
  let folder: string;
  const closing: (() => void)[] = [];
  beforeAll(async () => {
    sandbox = await startSandbox({
      size: 120,
      seed: 3,
      until: new Date("2026-03-01T00:00:00.000Z"),
      limits: UNLIMITED,
    });
  });
  afterAll(() => sandbox.stop());
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "throughline-renewal-"));
    sandbox.access.jira.expire();
    for (const desk of [sandbox.access.jira, sandbox.access.linear, sandbox.access.github]) {
      desk.granted = 0;
      desk.refused = 0;
      desk.lifetimeSeconds = 3600;
    }
  });
  afterEach(() => {
    for (const close of closing.splice(0)) close();
    rmSync(folder, { recursive: true });
  });

  const config = (): HubConfig => ({
    connections: {
      jira: {
        connector: "jira",
        config: {
          baseUrl: sandbox.urls.jira,
          oauth: {
            clientId: sandbox.access.oauthApp.clientId,
            clientSecret: { secret: "JIRA_CLIENT" },
            refreshToken: { secret: "JIRA_REFRESH" },
            tokenUrl: `${sandbox.urls.jira}/oauth/token`,
          },
          projects: ["ACME"],
          pageSize: 10,
          requestsPerMinute: 1_000_000,
        },
      },
      linear: {
        connector: "linear",
        config: {
          baseUrl: sandbox.urls.linear,
          oauth: {
            clientId: sandbox.access.oauthApp.clientId,
            clientSecret: { secret: "JIRA_CLIENT" },
            refreshToken: { secret: "LINEAR_REFRESH" },
            tokenUrl: `${sandbox.urls.linear}/oauth/token`,
          },
          requestsPerMinute: 1_000_000,
        },
      },
      github: {
        connector: "github",
        config: {
          baseUrl: sandbox.urls.github,
          app: {
            appId: sandbox.access.github.appId,
            installationId: sandbox.access.github.installationId,
            privateKey: { secret: "APP_KEY" },
          },
          repos: ["acme/devkit"],
          timeline: false,
          pullDetails: false,
          requestsPerMinute: 1_000_000,
        },
      },
    },
  });

  /** One process of the hub over the shared folder; `environment` may be changed while it runs. */
  const process_ = async (
    environment: Record<string, string>,
    around: (secrets: Secrets) => Secrets = (one) => one,
  ) => {
    // Two writers in one thread wait for each other: what the other one has begun must be committed.
    await nextTurn();
    let ahead = 0;
    const clock = { now: () => new Date(Date.now() + ahead), sleep: systemClock.sleep };
    const embedded = openEmbedded({
      folder,
      exclusive: false,
      environment,
      envFile: join(folder, ".env"),
      url: "http://localhost",
      clock,
    });
    closing.push(() => embedded.close());
    const lines: (LogFields & { verb: string })[] = [];
    const note = (fields: LogFields, verb: string) => void lines.push({ ...fields, verb });
    const requests: string[] = [];
    const hub = await openHub({
      config: config(),
      ports: { ...embedded.ports, secrets: around(embedded.ports.secrets) },
      log: { info: note, warn: note },
      url: "http://localhost",
      alone: false,
      fetch: async (input, init) => {
        requests.push(String(input));
        return fetch(input, init);
      },
    });
    await nextTurn();
    const runs = async (name: string) => {
      const found: Record<string, StreamState["run"]> = {};
      for await (const { sk, data } of rowsOf<StreamState>(embedded.ports.table, partition.ofConnection(name), ""))
        found[sk.split("#", 1)[0] ?? ""] = data.run;
      return found;
    };
    return {
      hub,
      lines,
      requests,
      runs,
      /** Polls and gives the state of each stream. */
      async read(connection: string, stream?: string) {
        await poll(hub, { connection, ...(stream !== undefined && { stream }) }, signal);
        return runs(connection);
      },
      pass(milliseconds: number) {
        ahead += milliseconds;
      },
      view: async (name: string) => (await connectionViews(hub)).find((view) => view.name === name),
    };
  };
  const consented = () => ({
    JIRA_CLIENT: sandbox.access.oauthApp.clientSecret,
    JIRA_REFRESH: sandbox.access.jira.consent(),
    LINEAR_REFRESH: sandbox.access.linear.consent(),
    APP_KEY: sandbox.access.github.privateKey,
  });

  it.each(["jira", "linear", "github"] as const)("reads %s whole with one access token", async (name) => {
    const hub = await process_(consented());
    const states = await hub.read(name);
    expect(Object.values(states).map(({ state }) => state)).toEqual(Object.values(states).map(() => "completed"));
    expect(sandbox.access[name]).toMatchObject({ granted: 1, refused: 0 });
  });

  it("F30 is renewed once by three processes that need it at the same time", async () => {
    const environment = consented();
    await (await process_(environment)).read("jira", "projects");
    for (const close of closing.splice(0)) close();
    sandbox.access.jira.expire();
    const children = ["projects", "statuses", "versions"].map((stream) =>
      fork(POLL_ONCE, [folder, JSON.stringify(config()), stream], { env: { ...process.env, ...environment } }),
    );
    await Promise.all(children.map((child) => once(child, "message")));
    for (const child of children) child.send("go");
    expect(await Promise.all(children.map(async (child) => (await once(child, "exit"))[0]))).toEqual([0, 0, 0]);
    expect(sandbox.access.jira).toMatchObject({ granted: 2, refused: 0 });
    const states = Object.values(await (await process_(environment)).runs("jira"));
    expect(states.map(({ state, error }) => error?.message ?? state)).toEqual(["completed", "completed", "completed"]);
  });

  it.each([0, 1, 2, 3, 5])("F30 goes on at the same page when it ends after %i requests of a run", async (k) => {
    const whole = await process_(consented());
    const { issues } = await whole.read("jira", "issues");
    const asked = whole.requests.filter((url) => url.includes("/rest/")).length;
    expect(asked).toBeGreaterThan(6);
    for (const close of closing.splice(0)) close();
    rmSync(folder, { recursive: true });
    sandbox.access.jira.granted = 0;
    sandbox.access.jira.nextIsGoodFor(k);
    const broken = await process_(consented());
    const states = await broken.read("jira", "issues");
    // A token that is refused at its very first use is not renewed: another one would be refused too.
    if (k === 0) {
      expect(states["issues"]).toMatchObject({ state: "failed", error: { code: "vendor_auth_expired" } });
      expect(sandbox.access.jira.granted).toBe(1);
      return;
    }
    expect(states["issues"]).toMatchObject({ state: "completed", pages: issues?.pages, records: issues?.records });
    expect(sandbox.access.jira).toMatchObject({ granted: 2, refused: 0 });
    expect(broken.requests.filter((url) => url.includes("/rest/"))).toHaveLength(asked + 1);
  });

  it("F30 that was revoked parks its connection with one request a run, and says so", async () => {
    const hub = await process_(consented());
    await hub.read("jira");
    sandbox.access.jira.revoke();
    await hub.read("jira");
    expect(await hub.view("jira")).toMatchObject({
      state: "needs_auth",
      credential: { kind: "oauth", state: "expired" },
    });
    const [rest, tokens] = [hub.requests.length, sandbox.access.jira.refused];
    await hub.read("jira");
    await hub.read("jira");
    expect(hub.requests.length - rest).toBeLessThanOrEqual(2);
    expect(sandbox.access.jira.refused).toBe(tokens);
    expect(tokens).toBe(1);
  });

  it("survives a restart, and gives way to a newly set one without a restart", async () => {
    const environment = consented();
    await (await process_(environment)).read("jira", "projects");
    const again = await process_(environment);
    await again.read("jira", "projects");
    expect(sandbox.access.jira).toMatchObject({ granted: 1, refused: 0 });
    sandbox.access.jira.revoke();
    expect((await again.read("jira", "projects"))["projects"]).toMatchObject({ state: "failed" });
    environment.JIRA_REFRESH = sandbox.access.jira.consent();
    again.pass(2000);
    expect((await again.read("jira", "projects"))["projects"]).toMatchObject({ state: "completed" });
    expect(await again.view("jira")).toMatchObject({ credential: { state: "ok" } });
  });

  it("keeps the new refresh token before the new access token is used", async () => {
    const order: string[] = [];
    const hub = await process_(consented(), (secrets) => ({
      ...secrets,
      put: async (name, value) => {
        await secrets.put(name, value);
        order.push(`kept after ${hub.requests.filter((url) => url.includes("/rest/")).length} requests`);
      },
    }));
    await hub.read("jira", "projects");
    // The first is whether anything can be kept at all.
    expect(order).toEqual(["kept after 0 requests", "kept after 0 requests"]);
  });

  it("says what to do when a process ended between the vendor's answer and the keeping of it", async () => {
    const environment = consented();
    // A lock that nobody gives back is what a process that is gone leaves behind.
    const dying = await process_(environment, (secrets) => ({
      ...secrets,
      put: (...kept) => (sandbox.access.jira.granted === 0 ? secrets.put(...kept) : new Promise<void>(() => {})),
    }));
    void dying.read("jira", "projects");
    while (sandbox.access.jira.granted === 0) await systemClock.sleep(5);
    const next = await process_(environment);
    next.pass(16 * 60_000);
    const { projects } = await next.read("jira", "projects");
    expect(projects?.error).toMatchObject({ code: "vendor_auth_expired" });
    expect(projects?.error?.message).toContain("authorise the app again and set the new refresh token");
    expect(projects?.error?.message).toContain("ended before it could store");
  });

  it("of a GitHub App is renewed five minutes before its end and not before", async () => {
    const hub = await process_(consented());
    await hub.read("github", "milestones");
    hub.pass(54 * 60_000);
    await hub.read("github", "milestones");
    expect(sandbox.access.github.granted).toBe(1);
    // A minute more than the margin, and the sandbox's own clock still would take the old one.
    hub.pass(2 * 60_000);
    await hub.read("github", "milestones").catch(() => {});
    expect(sandbox.access.github.granted + sandbox.access.github.refused).toBe(2);
  });

  it("keeps webhooks alive that end after 30 days, from ten days before", async () => {
    const hub = await process_(consented());
    const url = "http://127.0.0.1:4999/hooks/jira";
    const connection = await hub.hub.connection("jira");
    const [made] = await ensureHooks(hub.hub, connection, { url, secret: "" }, signal);
    expect(made).toMatchObject({ did: "created", doubled: 0 });
    expect((Date.parse(made?.expiresAt ?? "") - Date.now()) / 86_400_000).toBeGreaterThan(29.9);
    expect(await ensureHooks(hub.hub, connection, { url, secret: "" }, signal)).toMatchObject([{ did: "kept" }]);
    expect(sandbox.access.hooks.jira.all().filter((hook) => hook.url === url)).toHaveLength(1);
    expect(await hub.view("jira")).toMatchObject({ webhooks: { configured: true } });
    const renewals = () => hub.requests.filter((request) => request.endsWith("/webhook/refresh")).length;
    hub.pass(19 * 86_400_000);
    await hub.read("jira", "statuses");
    expect(renewals()).toBe(0);
    hub.pass(2 * 86_400_000);
    await hub.read("jira", "statuses");
    await hub.read("jira", "statuses");
    expect(renewals()).toBe(1);
  });

  it("is seen to end before it does, by the tool's headers or the config", async () => {
    const embedded = openEmbedded({
      folder,
      exclusive: false,
      environment: {},
      envFile: "/nowhere/.env",
      url: "http://x",
    });
    closing.push(() => embedded.close());
    const log = { info: () => {}, warn: () => {} };
    const { github, jira } = sandbox.credentials;
    const day = (ahead: number) => new Date(Math.floor(Date.now() / 86_400_000 + ahead) * 86_400_000);
    const settings: HubConfig = {
      connections: {
        github: {
          connector: "github",
          config: { baseUrl: sandbox.urls.github, token: github.token, repos: ["acme/devkit"] },
        },
        jira: {
          connector: "jira",
          config: { baseUrl: sandbox.urls.jira, ...jira, apiTokenExpiresOn: day(20).toISOString().slice(0, 10) },
        },
      },
    };
    const credentialsNow = async () => {
      const hub = await openHub({ config: settings, ports: embedded.ports, log, url: "http://x", alone: false });
      const views = async () => (await connectionViews(hub)).map(({ credential }) => credential);
      return { hub, views };
    };
    const first = await credentialsNow();
    expect(await first.views()).toEqual([
      { kind: "api_token", state: "ok" },
      { kind: "api_token", state: "ok", expiresAt: day(20).toISOString() },
    ]);
    sandbox.access.patExpiresAt = day(10);
    await poll(first.hub, { connection: "github", stream: "milestones" }, signal);
    sandbox.access.patExpiresAt = undefined;
    // Another process has not asked GitHub yet, and knows all the same.
    expect((await (await credentialsNow()).views())[0]).toEqual({
      kind: "api_token",
      state: "expiring",
      expiresAt: day(10).toISOString(),
    });
  });

  it("stands in no log line, no row of the table and no file that others may read", async () => {
    const environment = consented();
    const hub = await process_(environment);
    await hub.read("jira");
    sandbox.access.jira.revoke();
    await hub.read("jira");
    const kept = join(folder, "secrets");
    const [file = ""] = readdirSync(kept);
    expect(statSync(join(kept, file)).mode & 0o777).toBe(0o600);
    const { token } = JSON.parse(readFileSync(join(kept, file), "utf8"));
    const values = [...Object.values(environment), token.accessToken, token.refreshToken];
    const rows = JSON.stringify([hub.lines, await hub.runs("jira"), await connectionViews(hub.hub)]);
    const stored = readFileSync(join(folder, "hub.db"), "latin1") + readFileSync(join(folder, "hub.db-wal"), "latin1");
    for (const value of values) expect(rows.includes(value) || stored.includes(value)).toBe(false);
  });
});
