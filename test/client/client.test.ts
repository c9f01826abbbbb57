import { createRequire } from "node:module";
import { join } from "node:path";
import { describe, expect, expectTypeOf, it } from "vitest";
import { client, Problem } from "../../shared/client/client.ts";
import { PLACES } from "../../shared/client/places.ts";
import { ROUTES } from "../../shared/web/api/routes.ts";
import type { AskedOfConnection } from "../../shared/web/web-deps.ts";
import { ROOT } from "../source-files.ts";
import { HUB, sampleApp, sampleHub } from "../web/sample-hub.ts";

const asked: AskedOfConnection[] = [];
const app = sampleApp(sampleHub(3), { ask: async (one) => void asked.push(one) });
const sent: RequestInit[] = [];
const hub = client({
  url: `${HUB}/`,
  key: "tl_test",
  fetch: async (url, init) => {
    sent.push(init);
    return app.request(url, init);
  },
});

describe("the typed client", () => {
  it("is what `throughline/client` leads to", () => {
    expect(createRequire(import.meta.url).resolve("throughline/client")).toBe(join(ROOT, "shared/client/client.ts"));
  });

  it("knows every operation by its name, where it is", () => {
    expect(PLACES).toEqual(Object.fromEntries(ROUTES.map(({ id, method, path }) => [id, [method, path]])));
  });

  it("gives what an operation answers, in its type", async () => {
    const feature = await hub.call("get_feature", { path: { id: "acme-1" } });
    expectTypeOf(feature.stages.testing.state).toEqualTypeOf<
      "not_started" | "active" | "done" | "skipped" | "regressed" | "unknown"
    >();
    expect(feature).toMatchObject({ key: "ACME-1", stage: "vision" });
    expect(new Headers(sent.at(-1)?.headers).get("authorization")).toBe("Bearer tl_test");
    // @ts-expect-error an operation that names a thing cannot be asked without it
    await expect(hub.call("get_feature", {})).rejects.toThrow("path.id is missing");
  });

  it("walks a list over its pages, under its filters", async () => {
    const keys: (string | null)[] = [];
    for await (const { key, stage } of hub.each("list_features", {
      query: { stage: ["testing", "design"], limit: 4 },
    })) {
      expect(["testing", "design"]).toContain(stage);
      keys.push(key);
    }
    expect(new Set(keys).size).toBe(6);
    // @ts-expect-error a single thing is no list
    expect(() => hub.each("get_status", {})).not.toThrow();
  });

  it("sends what changes something, with its name", async () => {
    const taken = await hub.call("sync_connection", {
      path: { id: "jira" },
      body: { full: true },
      idempotencyKey: "once-1",
    });
    expect(taken).toMatchObject({ connection_id: "con_jira", asked: "sync" });
    expect(asked).toEqual([{ connection: "jira", what: "sync", full: true }]);
    expect(new Headers(sent.at(-1)?.headers).get("idempotency-key")).toBe("once-1");
  });

  it("tells what the hub refused, with its code and the page about it", async () => {
    const refused = await hub.call("get_feature", { path: { id: "a/b?c#d" } }).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(Problem);
    expect(refused).toMatchObject({ status: 404, code: "not_found", type: `${HUB}/docs/errors/not_found` });
    const wrong = client({ url: HUB, fetch: async () => new Response("<html>", { status: 502 }) });
    await expect(wrong.call("get_status", {})).rejects.toMatchObject({ status: 502, code: "unknown" });
  });
});
