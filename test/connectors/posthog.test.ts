import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { Config } from "../../connectors/posthog/config.ts";
import posthog from "../../connectors/posthog/index.ts";
import { type Sandbox, startSandbox } from "../../infra/sandbox/index.ts";
import type { Page } from "../../shared/connector/contract.ts";
import type { Draft, FieldedKind } from "../../shared/domain/entity.ts";
import { capabilitiesOf } from "../../shared/pipeline/capabilities.ts";
import type { Connection } from "../../shared/pipeline/hub.ts";
import { testConnector } from "../contract/connector.ts";
import { draftsOf, openSite, own } from "./analytics-site.ts";

testConnector(posthog, {
  settings: { apiKey: "phx_test", projects: ["309484"], webhookSecret: "a secret of ours" },
  webhook: {
    body: { project: "309484", event: "$activity_log_entry_created", scope: "FeatureFlag", item: "700489" },
    receivedAt: new Date("2026-03-02T10:00:00Z"),
  },
  identity: (stream) => (stream === "responses" ? "uuid" : "id"),
});

const HOUR = 3_600_000;
const UNTIL = Date.parse("2026-11-22T00:00:00Z");
let now = UNTIL + 12 * HOUR;
let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox({ size: 120, until: new Date(UNTIL), clock: () => now });
});
afterAll(() => sandbox.stop());
beforeEach(() => {
  sandbox.reset();
  now += 12 * HOUR;
});

const open = (more: object = {}) => openSite(posthog, sandbox, more);
const drafts = <K extends FieldedKind>(name: string, pages: readonly Page<unknown>[]): readonly Draft<K>[] =>
  own(draftsOf(posthog, name, pages)) as readonly Draft<K>[];
const idsOf = (name: string, pages: readonly Page<unknown>[]) => drafts(name, pages).map(({ external }) => external.id);

describe("lists of PostHog", () => {
  it.each(["flags", "cohorts", "annotations", "surveys"])(
    "give %s the same in pages of two as in one",
    async (name) => {
      const whole = await open().read(name);
      const pages = await open({ pageSize: 2 }).read(name);
      expect(pages.length).toBeGreaterThan(1);
      expect(idsOf(name, pages)).toEqual(idsOf(name, whole));
      const rest = await open({ pageSize: 2 }).read(name, pages[0]?.cursor);
      expect([...idsOf(name, pages.slice(0, 1)), ...idsOf(name, rest)]).toEqual(idsOf(name, whole));
    },
  );

  it("end with an error when they repeat themselves", async () => {
    await sandbox.control({ do: "misbehave", vendor: "posthog", how: "repeat_cursor", times: 9 });
    await expect(open({ pageSize: 2 }).read("flags")).rejects.toMatchObject({ code: "vendor_paging_broken" });
  });

  it("show a flag that is off in production, and a ramp at the next read", async () => {
    const flagOf = async (key: string) =>
      drafts<"featureFlag">("flags", await open().read("flags")).find(({ external }) => external.key === key);
    const dark = await flagOf("storefront-one-page-checkout");
    expect(dark?.fields.environments[0]).toMatchObject({
      on: false,
      category: "production",
      segments: ["person email"],
    });
    expect(dark?.aliases).toEqual(["flag:storefront-one-page-checkout"]);
    await sandbox.control({ do: "posthog.ramp", feature: "one-page-checkout", percent: 30 });
    const ramped = await flagOf("storefront-one-page-checkout");
    expect(ramped?.fields.environments[0]).toMatchObject({ on: true, rolloutPercent: 30 });
    expect(ramped?.updatedAt).toBe(new Date(now).toISOString());
  });

  it("miss a flag that is deleted, and a second look does not find it either", async () => {
    const { context, reread } = open();
    const idsIn = async () =>
      (await Array.fromAsync(posthog.streams["flags"]?.census?.ids(context, "309480") ?? [])).flat();
    const before = (await idsIn()).find(({ rereadId }) => rereadId === "309480/700000");
    expect(before).toMatchObject({ id: "700000", isArchived: false });
    await sandbox.control({ do: "posthog.remove_flag", feature: "saved-carts" });
    expect((await idsIn()).map(({ id }) => id)).not.toContain("700000");
    expect(await reread("flags", ["309480/700000"])).toEqual([]);
    expect(await reread("flags", ["309480/700001", "999/700002"])).toHaveLength(1);
  });
});

describe("insights of PostHog", () => {
  it("are computed a few in each run until the round is through, and not again before it is time", async () => {
    const { read, asked } = open({ insightsPerRun: 3 });
    const ids: string[] = [];
    let cursor: unknown;
    for (let run = 0; run < 3; run++) {
      const pages = await read("insights", cursor);
      ids.push(...idsOf("insights", pages));
      cursor = pages.at(-1)?.cursor;
    }
    expect(ids).toHaveLength(8);
    expect(new Set(ids).size).toBe(8);
    expect(asked.filter((path) => path.includes("refresh=blocking"))).toHaveLength(8);
    now += 5 * HOUR;
    expect(await read("insights", cursor)).toEqual([]);
    now += HOUR + 1000;
    expect((await read("insights", cursor)).length).toBeGreaterThan(0);
  });

  it("become metrics by their answer; tables are not even asked for", async () => {
    const { read, asked } = open();
    const metrics = drafts<"metric">("insights", await read("insights"));
    expect([...new Set(metrics.map(({ fields }) => fields.shape))].sort()).toEqual(["funnel", "retention", "series"]);
    const adoption = metrics.find(({ fields }) => fields.name.startsWith("Saved carts"));
    expect(adoption?.fields).toMatchObject({ type: { category: "adoption" }, interval: "day", timeZone: "UTC" });
    expect(adoption?.fields.points?.at(-1)?.isPartial).toBe(true);
    expect(adoption?.fields.points?.[10]?.isPartial).toBeUndefined();
    const table = await open().context.http.fetch("api/projects/309480/insights/?basic=true");
    const rows = ((await table.json()) as { results: { id: number; name: string }[] }).results;
    const id = rows.find(({ name }) => name === "Rows by plan")?.id;
    expect(asked.some((path) => path.includes(`/insights/${id}/`))).toBe(false);
  });

  it("are those of the config where it names some", async () => {
    const pages = await open().read("insights");
    const keys = drafts<"metric">("insights", pages).map(({ external }) => external.key ?? "");
    const chosen = await open({ insights: ["nothere", keys[1], keys[3]] }).read("insights");
    expect(drafts("insights", chosen).map(({ external }) => external.key)).toEqual([keys[1], keys[3]]);
    expect(chosen.at(-1)?.cursor).not.toHaveProperty("offset");
  });
});

describe("experiments of PostHog", () => {
  it("come with what each metric came to, and say who gets the losing variation", async () => {
    const [gift] = drafts<"experiment">("experiments", await open().read("experiments"));
    expect(gift?.fields).toMatchObject({
      result: { category: "lost", mappedBy: "tool" },
      released: "test",
      flagKey: "storefront-gift-cards",
      snapshot: {
        users: [
          { variation: "control", users: 1200 },
          { variation: "test", users: 1190 },
        ],
        multiple: 3,
      },
    });
    const [goal, second] = gift?.fields.snapshot?.results ?? [];
    expect(goal).toMatchObject({ metric: "Purchases", role: "goal", variation: "test", chanceToWin: 0.06 });
    expect(goal?.lift).toBeCloseTo(98 / 1190 / 0.1 - 1, 10);
    expect(second?.role).toBe("secondary");
  });

  it("cost a list when nothing changed, and are read again when something did", async () => {
    const { read, asked } = open();
    const first = await read("experiments", undefined, "309481");
    const cursor = first.at(-1)?.cursor;
    const before = asked.length;
    expect((await read("experiments", cursor, "309481")).flatMap(({ records }) => records)).toEqual([]);
    expect(asked.length - before).toBe(2);
    await sandbox.control({ do: "posthog.conclude", feature: "funnel-builder", conclusion: "inconclusive" });
    const [changed, ...others] = drafts<"experiment">("experiments", await read("experiments", cursor, "309481"));
    expect(changed?.fields.result?.category).toBe("inconclusive");
    expect(others).toEqual([]);
  });
});

describe("survey responses of PostHog", () => {
  it("are read by time and id, without loss where pages end inside one moment", async () => {
    const whole = idsOf("responses", await open().read("responses"));
    expect(whole).toHaveLength(36);
    const pages = await open({ responsePageSize: 1 }).read("responses");
    expect(idsOf("responses", pages)).toEqual(whole);
    for (const at of [0, 1, 20]) {
      const rest = idsOf(
        "responses",
        await open({ responsePageSize: 7, overlapHours: 0 }).read("responses", pages[at]?.cursor),
      );
      expect(new Set([...whole.slice(0, at + 1), ...rest]).size).toBe(36);
    }
  });

  it("tell a new one after five minutes, by webhook or not, with its score and without its giver", async () => {
    const { read, reread } = open();
    const cursor = (await read("responses")).at(-1)?.cursor;
    const uuid = "11111111-2222-4333-8444-555555555555";
    await sandbox.control({ do: "posthog.answer", score: 2, text: "It ate my cart", uuid });
    expect(idsOf("responses", await read("responses", cursor))).not.toContain(uuid);
    now += 5 * 60_000 + 1000;
    const [draft] = drafts<"surveyResponse">("responses", await read("responses", cursor)).slice(-1);
    expect(draft?.external.id).toBe(uuid);
    expect(draft?.fields).toMatchObject({ score: 2, scale: [0, 10], text: "It ate my cart", isComplete: true });
    expect(await reread("responses", [`309480/${uuid}`])).toHaveLength(1);
    expect(JSON.stringify(await read("responses"))).not.toContain("customer.example");
  });
});

describe("a webhook of PostHog", () => {
  it("that a change sends is accepted and leads to the record as it is now", async () => {
    const got: { headers: Headers; body: Buffer }[] = [];
    const server = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on("data", (part: Buffer) => parts.push(part));
      request.on("end", () => {
        got.push({ headers: new Headers(request.headers as Record<string, string>), body: Buffer.concat(parts) });
        response.end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    sandbox.setWebhooks({ posthog: { url, secret: "our header" } });
    await sandbox.control({ do: "posthog.ramp", feature: "saved-carts", percent: 10 });
    sandbox.setWebhooks({});
    await new Promise((resolve) => server.close(resolve));
    const { context, reread } = open({ webhookSecret: "our header" });
    const [delivery] = got.map((one) => ({ ...one, receivedAt: new Date(now) }));
    if (delivery === undefined) throw new Error("no webhook came");
    expect(() => posthog.webhook?.signature.verify(delivery, context.config)).not.toThrow();
    const other = { ...context.config, webhookSecret: "another" };
    expect(() => posthog.webhook?.signature.verify(delivery, other)).toThrow("secret differs");
    const [told] =
      posthog.webhook?.records(JSON.parse(delivery.body.toString()), delivery.headers, context.config) ?? [];
    expect(told).toEqual({ stream: "flags", reread: "309480/700000" });
    const [flag] = drafts<"featureFlag">("flags", [{ records: await reread("flags", ["309480/700000"]), cursor: {} }]);
    expect(flag?.fields.environments[0]?.rolloutPercent).toBe(10);
  });

  it.each([
    [
      { project: 309484, event: "survey sent", uuid: "u-1", scope: "", item: "" },
      [{ stream: "responses", reread: "309484/u-1" }],
    ],
    [{ project: "309484", event: "x", scope: "Experiment", item: 7 }, [{ stream: "experiments", reread: "309484/7" }]],
    [{ project: "1", event: "x", scope: "Experiment", item: 7 }, []],
    [{ project: "309484", event: "x", scope: "Dashboard", item: 7 }, []],
  ])("only says what to look at: %j", (body, told) => {
    const config = Config.parse({ apiKey: "k", projects: ["309484"] });
    expect(posthog.webhook?.records(body, new Headers(), config)).toEqual(told);
  });
});

describe("a key of PostHog", () => {
  it("that lacks a scope is named by the check of the connection, with the right that is missing", async () => {
    await sandbox.control({ do: "posthog.scopes", only: ["feature_flag:read", "insight:read", "query:read"] });
    const { context } = open({ projects: ["309480"] });
    const connection = {
      connector: posthog,
      config: context.config,
      http: () => context.http,
    } as unknown as Connection;
    const found = await capabilitiesOf(connection);
    expect(found.filter(({ works }) => works).map(({ stream }) => stream)).toEqual(["flags", "insights"]);
    expect(found.find(({ stream }) => stream === "surveys")).toMatchObject({
      code: "vendor_forbidden",
      right: "survey:read",
    });
  });

  it("that is refused, and a limit that is reached, are told as such", async () => {
    await expect(open({ apiKey: "phx_old" }).read("flags")).rejects.toMatchObject({ code: "vendor_auth_expired" });
    await sandbox.control({ do: "limit", budget: "posthog", to: 0 });
    await expect(open().read("flags")).rejects.toMatchObject({
      code: "vendor_rate_limited",
      retry: { afterSeconds: expect.any(Number) },
    });
  });
});
