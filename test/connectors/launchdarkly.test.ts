import { afterAll, afterEach, describe, expect, it } from "vitest";
import launchdarkly from "../../connectors/launchdarkly/index.ts";
import { limits } from "../../connectors/launchdarkly/limits.ts";
import { rolloutOf } from "../../connectors/launchdarkly/rollout.ts";
import { Flag } from "../../connectors/launchdarkly/schema.ts";
import { startSandbox } from "../../infra/sandbox/index.ts";
import { testConnector } from "../contract/connector.ts";
import { startReceiver } from "./hook-receiver.ts";
import { reading, recordsOf, settingsOf } from "./site-reading.ts";

const SECRET = "ld-fixture";

testConnector(launchdarkly, {
  settings: { accessToken: "api-unused", webhookSecret: SECRET, projects: ["web"] },
  identity: () => "key",
  webhook: {
    body: {
      _id: "5e38bf6706121d8aaf15392a",
      date: 1_772_445_600_000,
      kind: "flag",
      accesses: [{ action: "updateOn", resource: "proj/web:env/production:flag/new-checkout" }],
    },
    receivedAt: new Date("2026-03-02T10:00:00.000Z"),
  },
});

type Json = Readonly<Record<string, unknown>>;

const flag = (environment: Json, more: Json = {}) =>
  Flag.parse({
    key: "f",
    kind: "boolean",
    variations: [{ value: true }, { value: false }],
    environments: { production: { on: true, offVariation: 1, fallthrough: { variation: 0 }, ...environment } },
    ...more,
  });
const rollout = (environment: Json, more: Json = {}, needed: Readonly<Record<string, Flag | null>> = {}) =>
  rolloutOf(flag(environment, more), "production", needed);
const share = (...weights: readonly number[]) => ({
  rollout: { variations: weights.map((weight, variation) => ({ variation, weight: weight * 1000 })) },
});
const beta = { attribute: "segmentMatch", op: "segmentMatch", values: ["beta"] };
const NEEDS = { prerequisites: [{ key: "parent", variation: 0 }] };
const parent = (environment: Json) => ({ parent: flag(environment, { key: "parent" }) });
const VARIANTS = { kind: "multivariate", variations: [{ value: "a" }, { value: "b" }, { value: "c" }] };

describe("the rollout of a LaunchDarkly flag", () => {
  it.each<[string, ReturnType<typeof rollout>, unknown]>([
    ["off", rollout({ on: false }), { on: false, rolloutPercent: 0 }],
    ["off, where off serves true", rollout({ on: false, offVariation: 0 }), { on: false, rolloutPercent: 100 }],
    [
      "off with rules",
      rollout({ on: false, rules: [{ variation: 0, clauses: [beta] }] }),
      { on: false, rolloutPercent: 0 },
    ],
    ["on for all", rollout({}), { on: true, rolloutPercent: 100 }],
    ["on, and false for all", rollout({ fallthrough: { variation: 1 } }), { on: true, rolloutPercent: 0 }],
    ["a share", rollout({ fallthrough: share(12.5, 87.5) }), { on: true, rolloutPercent: 12.5 }],
    [
      "a segment only",
      rollout({ fallthrough: { variation: 1 }, rules: [{ variation: 0, clauses: [beta] }] }),
      { on: true, rolloutPercent: 0, segments: ["beta"] },
    ],
    [
      "a share of a segment",
      rollout({
        fallthrough: { variation: 1 },
        rules: [{ ...share(10, 90), description: "", clauses: [{ ...beta, negate: true }] }],
      }),
      { on: true, rolloutPercent: 0, segments: ["not beta"] },
    ],
    [
      "a segment that is kept out",
      rollout({ rules: [{ variation: 1, clauses: [beta] }] }),
      { on: true, rolloutPercent: 100 },
    ],
    [
      "several rules, one of them off",
      rollout({
        fallthrough: share(30, 70),
        rules: [
          { variation: 0, clauses: [beta], disabled: true },
          { variation: 0, description: "Germans", clauses: [{ attribute: "country", op: "in", values: ["DE"] }] },
        ],
      }),
      { on: true, rolloutPercent: 30, segments: ["Germans"] },
    ],
    [
      "a rule for everybody before the default",
      rollout({ fallthrough: { variation: 1 }, rules: [{ ...share(40, 60), clauses: [] }] }),
      { on: true, rolloutPercent: 40 },
    ],
    [
      "people named one by one",
      rollout({
        fallthrough: { variation: 1 },
        targets: [
          { variation: 0, count: 2 },
          { variation: 1, count: 9 },
        ],
      }),
      { on: true, rolloutPercent: 0, segments: ["2 named one by one"] },
    ],
    ["a prerequisite that is met by all", rollout(NEEDS, {}, parent({})), { on: true, rolloutPercent: 100 }],
    [
      "a prerequisite that is off",
      rollout(NEEDS, {}, parent({ on: false, offVariation: 0 })),
      { on: true, rolloutPercent: 0 },
    ],
    [
      "a prerequisite that serves another variation",
      rollout(NEEDS, {}, parent({ fallthrough: { variation: 1 } })),
      { on: true, rolloutPercent: 0 },
    ],
    [
      "shares that multiply",
      rollout({ ...NEEDS, fallthrough: share(50, 50) }, {}, parent({ fallthrough: share(20, 80) })),
      { on: true, rolloutPercent: 10 },
    ],
    ["a prerequisite that does not exist", rollout(NEEDS, {}, { parent: null }), { on: true, rolloutPercent: 0 }],
    ["a prerequisite that was not read", rollout(NEEDS), { on: true }],
    [
      "a circle",
      rollout(NEEDS, {}, parent({ prerequisites: [{ key: "f", variation: 0 }] })),
      { on: true, rolloutPercent: 0 },
    ],
    [
      "variants",
      rollout({ offVariation: 0, fallthrough: share(60, 25, 15) }, VARIANTS),
      { on: true, rolloutPercent: 40 },
    ],
    [
      "variants without one for off",
      rollout({ offVariation: undefined, fallthrough: share(60, 40) }, VARIANTS),
      { on: true },
    ],
  ])("is right for %s", (_, told, expected) => {
    expect(told).toEqual(expected);
  });
});

const sandbox = await startSandbox({ size: 100, seed: 7, until: new Date("2026-11-22T00:00:00Z") });
const settings = settingsOf(sandbox, "launchdarkly");
const open = (more: Json = {}) => reading(launchdarkly, { ...settings, ...more });
afterEach(() => sandbox.reset());
afterAll(() => sandbox.stop());

const environmentOf = (draft: { fields: { environments: readonly { name: string }[] } } | undefined, name: string) =>
  draft?.fields.environments.find((one) => one.name === name);

it("has as much left as the smallest of the budgets that LaunchDarkly names at once", () => {
  const headers = new Headers({
    "x-ratelimit-global-remaining": "8",
    "x-ratelimit-route-remaining": "0",
    "x-ratelimit-reset": "1772445640000",
  });
  expect(limits(headers, 1_772_445_600_000)).toEqual({ remaining: 0, resetAt: 1_772_445_640_000 });
  expect(limits(new Headers(), 0)).toBeUndefined();
});

describe("the sandbox's LaunchDarkly", () => {
  it("gives every flag, archived ones too, in all of more environments than one request may name", async () => {
    const { poll, draftsOf, asked } = open();
    const records = recordsOf(await poll("flags", "storefront"));
    const lists = asked().filter((line) => /\/flags\/storefront\?/.test(line));
    expect(lists.map((line) => new URLSearchParams(line.split("?")[1]).getAll("env").length)).toEqual([3, 1, 3, 1]);
    const drafts = draftsOf("flags", "featureFlag", records);
    expect(drafts.some(({ archivedAt }) => archivedAt !== undefined)).toBe(true);
    for (const { fields } of drafts) expect(fields.environments).toHaveLength(4);
    const dark = drafts.find(({ external }) => external.key === "storefront-one-page-checkout");
    expect(environmentOf(dark, "production")).toMatchObject({ category: "production", on: false, rolloutPercent: 0 });
    expect(environmentOf(dark, "staging")).toMatchObject({ category: "staging", on: true, rolloutPercent: 100 });
    const small = open({ pageSize: 4 });
    const paged = await small.poll("flags", "storefront");
    const byKey = (all: readonly unknown[]) =>
      draftsOf("flags", "featureFlag", all)
        .map((draft) => draft.external.id)
        .toSorted();
    expect(byKey(recordsOf(paged))).toEqual(byKey(records));
    for (const [index, { cursor }] of paged.entries()) {
      if (cursor["walk"] === undefined) continue;
      const rest = recordsOf(await small.poll("flags", "storefront", cursor));
      expect(byKey([...recordsOf(paged.slice(0, index + 1)), ...rest])).toEqual(byKey(records));
    }
  });

  it("keeps no key of an SDK, and nobody who is named one by one", async () => {
    const { poll } = open();
    const text = JSON.stringify([await poll("flags", "storefront"), await poll("flags", "devkit")]);
    expect(text).toContain('"count":2');
    expect(text).not.toMatch(/customer\.example|user-1042|sdk-|mob-/);
  });

  it("asks only the audit log while nothing changes, and then reads what it names and what needs that", async () => {
    const { poll, draftsOf, asked } = open();
    const whole = await poll("flags", "storefront");
    // The last change before is read once more: it may have come while everything was read.
    const cursor = (await poll("flags", "storefront", whole.at(-1)?.cursor)).at(-1)?.cursor;
    asked();
    const quiet = await poll("flags", "storefront", cursor);
    expect(quiet).toMatchObject([{ records: [] }]);
    expect(asked().map((line) => line.replace(/\?.*/, ""))).toEqual(Array(2).fill("GET /launchdarkly/api/v2/auditlog"));
    const settled = quiet.at(-1)?.cursor;
    expect(await poll("flags", "storefront", settled)).toEqual([{ records: [], cursor: settled }]);

    await sandbox.control({ do: "launchdarkly.ramp", key: "storefront-saved-carts", percent: 40 });
    const pages = await poll("flags", "storefront", settled);
    const drafts = draftsOf("flags", "featureFlag", recordsOf(pages));
    expect(drafts.map(({ external }) => external.key).toSorted()).toEqual([
      "storefront-gift-cards",
      "storefront-saved-carts",
    ]);
    for (const draft of drafts)
      expect(environmentOf(draft, "production")).toMatchObject({ on: true, rolloutPercent: 40 });
    expect(recordsOf(await poll("flags", "storefront", pages.at(-1)?.cursor))).toEqual([]);
  });

  it("reads everything again a day after it did", async () => {
    const { poll } = open();
    const [cursor] = (await poll("flags", "devkit")).map((page) => page.cursor).reverse();
    const old = { ...cursor, wholeAt: new Date(Date.now() - 25 * 3_600_000).toISOString() };
    expect(recordsOf(await poll("flags", "devkit", old)).length).toBeGreaterThan(5);
  });

  it("follows more changes than a page of the audit log holds, and changes of one moment", async () => {
    const { poll, draftsOf } = open();
    const whole = await poll("flags", "devkit");
    const cursor = (await poll("flags", "devkit", whole.at(-1)?.cursor)).at(-1)?.cursor;
    const key = "devkit-typed-client";
    for (let percent = 1; percent <= 23; percent += 1) await sandbox.control({ do: "launchdarkly.ramp", key, percent });
    await sandbox.control({ do: "launchdarkly.archive", key: "devkit-local-emulator" });
    const drafts = draftsOf("flags", "featureFlag", recordsOf(await poll("flags", "devkit", cursor)));
    expect(drafts.map(({ external, archivedAt }) => [external.key, archivedAt !== undefined])).toEqual([
      ["devkit-local-emulator", true],
      [key, false],
    ]);
    expect(environmentOf(drafts[1], "production")).toMatchObject({ rolloutPercent: 23 });
  });

  it("tells an experiment by its iteration, with its flag and no statistics", async () => {
    const { poll, draftsOf, reread } = open();
    const drafts = draftsOf("experiments", "experiment", recordsOf(await poll("experiments", "devkit")));
    expect(drafts.map(({ fields }) => [fields.status.category, fields.result?.category, fields.snapshot])).toEqual(
      drafts.map(() => ["stopped", "won", undefined]),
    );
    const [first] = drafts;
    expect(first?.references).toContainEqual({ alias: `flag:${first?.fields.flagKey}`, place: "flag" });
    expect(await reread("experiments", "experiment", [first?.external.id ?? ""])).toEqual([first]);
    expect(recordsOf(await poll("metrics", "devkit"))).toHaveLength(3);
  });

  it("tells a change by a webhook that LaunchDarkly signed, once by its id", async () => {
    const receiver = await startReceiver();
    const { connector, config, reread } = open({ webhookSecret: SECRET });
    sandbox.setWebhooks({ launchdarkly: { url: receiver.url, secret: SECRET } });
    const key = "storefront-saved-carts";
    await sandbox.control({ do: "launchdarkly.toggle", key, on: false });
    const [changed, dependent] = await reread("flags", "featureFlag", [`storefront/${key}`]);
    await sandbox.control({ do: "launchdarkly.delete", key });
    sandbox.setWebhooks({});
    const [toggled, deleted] = receiver.deliveries;
    await receiver.stop();
    if (toggled === undefined || deleted === undefined) throw new Error("no webhook came");
    const { webhook } = connector;
    expect(() => webhook?.signature.verify(toggled, config)).not.toThrow();
    expect(webhook?.deliveryId(toggled)).toMatch(/^[0-9a-f]{24}$/);
    expect(webhook?.deliveryId(toggled)).not.toBe(webhook?.deliveryId(deleted));
    const told = (one: typeof toggled, as = config) =>
      webhook?.records(JSON.parse(new TextDecoder().decode(one.body)), one.headers, as);
    expect(told(toggled)).toMatchObject([{ stream: "flags", reread: `storefront/${key}` }]);
    expect(told(deleted)).toMatchObject([
      { stream: "flags", record: { key, projectKey: "storefront" }, presence: "deleted" },
    ]);
    expect(told(toggled, open({ projects: ["devkit"] }).config)).toEqual([]);
    expect([changed?.external.key, dependent?.external.key]).toEqual([key, "storefront-gift-cards"]);
    expect(environmentOf(dependent, "production")).toMatchObject({ on: true, rolloutPercent: 0 });
    expect(await reread("flags", "featureFlag", [`storefront/${key}`])).toEqual([]);
  });

  it("sets its webhook up for what it reads, and changes it in place", async () => {
    const { connector, context } = open();
    const hooks = connector.webhook?.setup;
    const made = await hooks?.create(context, "", { url: "https://hub.acme.example/hooks/ld", secret: "s1" });
    expect(await hooks?.list(context, "")).toEqual([made]);
    await hooks?.update?.(context, "", made?.id ?? "", { url: "https://hub.acme.example/hooks/two", secret: "s2" });
    expect(await hooks?.list(context, "")).toEqual([{ id: made?.id, url: "https://hub.acme.example/hooks/two" }]);
    const response = await fetch(`${settings["baseUrl"]}/api/v2/webhooks`, {
      headers: { authorization: String(settings["accessToken"]) },
    });
    expect(await response.json()).toMatchObject({
      items: [
        { sign: true, secret: "s2", statements: [{ resources: expect.arrayContaining(["proj/devkit:env/*:flag/*"]) }] },
      ],
    });
  });

  it("counts all ids, and says of a project whether it is seen", async () => {
    const { count, reaches, poll, draftsOf } = open();
    const counted = await count("flags", "storefront");
    const drafts = draftsOf("flags", "featureFlag", recordsOf(await poll("flags", "storefront")));
    expect(counted).toEqual(
      drafts.map(({ external, archivedAt }) => ({ id: external.id, isArchived: archivedAt !== undefined })),
    );
    expect(await reaches("flags", "storefront")).toBe(true);
    expect(await reaches("flags", "hidden")).toBe(false);
  });

  it("survives half a page, waits when it is limited, and names an ended token and a missing right", async () => {
    const { poll, asked, connector } = open({ pageSize: 4 });
    const all = recordsOf(await poll("flags", "devkit")).length;
    await sandbox.control({ do: "misbehave", vendor: "launchdarkly", how: "half", path: "summary=0" });
    await sandbox.control({ do: "misbehave", vendor: "launchdarkly", how: "rate_limited", seconds: 1 });
    asked();
    expect(recordsOf(await poll("flags", "devkit"))).toHaveLength(all);
    await sandbox.control({ do: "misbehave", vendor: "launchdarkly", how: "forbidden", path: "auditlog" });
    await expect(poll("flags", "devkit")).rejects.toMatchObject({ code: "vendor_forbidden" });
    expect(connector.setup?.rights["flags"]).toBe("role Reader");
    expect(recordsOf(await poll("metrics", "devkit"))).toHaveLength(3);
    await expect(open({ accessToken: "api-ended" }).poll("metrics", "devkit")).rejects.toMatchObject({
      code: "vendor_auth_expired",
    });
    await expect(open().poll("metrics", "unknown")).rejects.toMatchObject({ code: "vendor_not_found" });
  });
});
