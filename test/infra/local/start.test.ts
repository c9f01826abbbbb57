import { mkdtempSync, rmSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { signInLink } from "../../../infra/cli/made-key.ts";
import type { HubConfig } from "../../../shared/platform/define-hub.ts";
import { quietLog } from "../../../shared/platform/log.ts";
import { openMetrics } from "../../platform/open-metrics.ts";

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

const started = async (config: Partial<HubConfig>, listen?: string) => {
  // Its functions keep the hub of their process: each has its own.
  vi.resetModules();
  const { startLocalHub } = await import("../../../infra/local/start.ts");
  const root = mkdtempSync(join(tmpdir(), "throughline-start-"));
  closing.push(() => rmSync(root, { recursive: true, force: true }));
  const workspace = {
    folder: join(root, "hub"),
    config: { config: { connections: {}, ...config }, file: "throughline.config.json", text: "{}" },
  };
  const log = quietLog(() => {});
  const local = await startLocalHub({ workspace, port: 0, listen, root, log, environment: {} });
  closing.push(() => local.stop());
  const port = Number(new URL(local.url).port);
  const ask = (path: string, host: string, headers: Record<string, string> = {}): Promise<number> =>
    new Promise((resolve, reject) => {
      const asked = request({ host: listen ?? "127.0.0.1", port, path, headers: { host, ...headers } }, (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      });
      asked.once("error", reject).end();
    });
  return { local, ask };
};

describe("T27 a hub on one machine", () => {
  it("lets whoever sits there in, and listens for nobody else", async () => {
    const { local, ask } = await started({});
    expect(local.signIn).toBe(false);
    expect(await ask("/v1/status", "localhost")).toBe(200);
    expect(await ask("/settings/audit", "localhost")).toBe(200);
    expect(await ask("/v1/status", "evil.example")).toBe(421);
    await ask("/features/NONE-1", "localhost");
    await ask("/no/such/page/at/all", "localhost");
    const response = await fetch(`${local.url}/metrics`);
    expect(response.headers.get("content-type")).toBe("application/openmetrics-text; version=1.0.0; charset=utf-8");
    const families = openMetrics(await response.text());
    const samples = families.get("throughline_http_requests")?.samples ?? [];
    expect(samples.map(({ labels, value }) => [...Object.values(labels), value])).toEqual([
      ["/v1/status", "GET", "200", 1],
      ["/settings/audit", "GET", "200", 1],
      ["/v1/status", "GET", "421", 1],
      ["/features/:key", "GET", "404", 1],
      ["other", "GET", "404", 1],
    ]);
    expect(families.get("throughline_feed_lag_records")?.samples).toHaveLength(1);
  });

  it.each([
    ["where the config says so", { access: { required: true } }, undefined],
    ["at another address than this machine's own", { url: "https://hub.example.com" }, "127.0.0.2"],
  ] as const)("asks for a sign-in %s", async (_, config, listen) => {
    const { local, ask } = await started(config, listen);
    const host = listen === undefined ? "localhost" : "hub.example.com";
    expect(local.signIn).toBe(true);
    expect(await ask("/v1/status", host)).toBe(401);
    expect(await ask("/metrics", host)).toBe(401);
    expect(await ask("/", host)).toBe(303);
    expect(await ask("/healthz", host)).toBe(200);
    expect(await ask("/v1/status", "evil.example")).toBe(421);
    const link = await signInLink(local.hub);
    expect(link).toMatch(/^https?:\/\/[\w.:]+\/login\?token=tl_link_\w{49}$/);
    expect(new URL(link).hostname).toBe(host);
  });
});
