import { afterAll, afterEach, describe, expect, it } from "vitest";
import growthbook from "../../connectors/growthbook/index.ts";
import { rolloutOf } from "../../connectors/growthbook/rollout.ts";
import { Feature } from "../../connectors/growthbook/schema.ts";
import { startSandbox } from "../../infra/sandbox/index.ts";
import { testConnector } from "../contract/connector.ts";
import { startReceiver } from "./hook-receiver.ts";
import { reading, recordsOf, settingsOf } from "./site-reading.ts";

const SECRET = "ewhk_fixture";

testConnector(growthbook, {
  settings: { apiKey: "secret_unused", webhookSecret: SECRET, projects: ["prj_web"] },
  webhook: {
    body: {
      event: "feature.updated",
      object: "feature",
      data: { object: { id: "new-checkout", project: "prj_web" } },
    },
    receivedAt: new Date("2026-03-02T10:00:00.000Z"),
  },
});

type Json = Readonly<Record<string, unknown>>;

const rule = (more: Json) => ({ id: "r", enabled: true, allEnvironments: true, description: "", ...more });
const rollout = (rules: readonly Json[], more: Json = {}) =>
  rolloutOf(
    Feature.parse({
      id: "f",
      valueType: "boolean",
      defaultValue: "false",
      environments: { production: { enabled: true } },
      rules,
      ...more,
    }),
    "production",
  );
const parent = (rules: readonly Json[], enabled = true) => ({
  id: "parent",
  valueType: "boolean",
  defaultValue: "false",
  environments: { production: { enabled } },
  rules,
});
const ALL = rule({ type: "force", value: "true" });
const HALF = rule({ type: "rollout", value: "true", coverage: 0.5 });

describe("the rollout of a GrowthBook feature", () => {
  it.each<[string, ReturnType<typeof rollout>, unknown]>([
    ["off", rollout([ALL], { environments: { production: { enabled: false } } }), { on: false, rolloutPercent: 0 }],
    ["on, false by default", rollout([]), { on: true, rolloutPercent: 0 }],
    ["true by default", rollout([], { defaultValue: "true" }), { on: true, rolloutPercent: 100 }],
    ["on for all by a rule", rollout([ALL]), { on: true, rolloutPercent: 100 }],
    [
      "a share",
      rollout([rule({ type: "rollout", value: "true", coverage: 0.125 })]),
      { on: true, rolloutPercent: 12.5 },
    ],
    ["two shares, one after the other", rollout([HALF, HALF]), { on: true, rolloutPercent: 75 }],
    [
      "a share of what is taken away first",
      rollout([rule({ type: "rollout", value: "false", coverage: 0.2 }), ALL]),
      { on: true, rolloutPercent: 80 },
    ],
    [
      "a rule that is off",
      rollout([rule({ type: "force", value: "true", enabled: false })]),
      { on: true, rolloutPercent: 0 },
    ],
    [
      "a rule of another environment",
      rollout([rule({ type: "force", value: "true", allEnvironments: false, environments: ["dev"] })]),
      { on: true, rolloutPercent: 0 },
    ],
    [
      "saved groups only",
      rollout(
        [
          rule({
            type: "force",
            value: "true",
            savedGroupTargeting: [{ matchType: "any", savedGroups: ["grp_1", "grp_2"] }],
          }),
        ],
        { savedGroupNames: { grp_1: "Staff" } },
      ),
      { on: true, rolloutPercent: 0, segments: ["Staff, grp_2"] },
    ],
    [
      "a condition, then a share",
      rollout([rule({ type: "force", value: "true", condition: '{"plan":"pro","$or":[{"country":"DE"}]}' }), HALF]),
      { on: true, rolloutPercent: 50, segments: ["by plan, country"] },
    ],
    [
      "a group that is kept out",
      rollout([rule({ type: "force", value: "false", condition: '{"plan":"free"}', description: "Free" }), ALL]),
      { on: true, rolloutPercent: 100 },
    ],
    [
      "a schedule, whose hour no record tells",
      rollout([rule({ type: "force", value: "true", scheduleRules: [{ enabled: true, timestamp: null }] })]),
      { on: true },
    ],
    [
      "a safe rollout at work",
      rollout([rule({ type: "safe-rollout", controlValue: "false", variationValue: "true", status: "running" })]),
      { on: true },
    ],
    [
      "a safe rollout that is through",
      rollout([rule({ type: "safe-rollout", controlValue: "false", variationValue: "true", status: "released" })]),
      { on: true, rolloutPercent: 100 },
    ],
    [
      "a safe rollout that was taken back",
      rollout([rule({ type: "safe-rollout", controlValue: "false", variationValue: "true", status: "rolled-back" })]),
      { on: true, rolloutPercent: 0 },
    ],
    [
      "what cannot be told after what takes all",
      rollout([ALL, rule({ type: "experiment-ref" })]),
      { on: true, rolloutPercent: 100 },
    ],
    [
      "variants of text",
      rollout([rule({ type: "rollout", value: "new", coverage: 0.2 })], { valueType: "string", defaultValue: "old" }),
      { on: true, rolloutPercent: 20 },
    ],
    ["one text for all", rollout([], { valueType: "string", defaultValue: "old" }), { on: true }],
    ["an empty text for all", rollout([], { valueType: "string", defaultValue: "" }), { on: true, rolloutPercent: 0 }],
    [
      "a prerequisite that is on",
      rollout([ALL], { prerequisites: ["parent"], needed: { parent: parent([ALL]) } }),
      { on: true, rolloutPercent: 100 },
    ],
    [
      "a prerequisite that is off there",
      rollout([ALL], { prerequisites: ["parent"], needed: { parent: parent([ALL], false) } }),
      { on: true, rolloutPercent: 0 },
    ],
    [
      "a prerequisite for half of all",
      rollout([HALF], { prerequisites: ["parent"], needed: { parent: parent([HALF]) } }),
      { on: true, rolloutPercent: 25 },
    ],
    [
      "a prerequisite that does not exist",
      rollout([ALL], { prerequisites: ["parent"], needed: { parent: null } }),
      { on: true, rolloutPercent: 0 },
    ],
    ["a prerequisite that was not read", rollout([ALL], { prerequisites: ["parent"] }), { on: true }],
    [
      "a circle of prerequisites",
      rollout([ALL], { prerequisites: ["parent"], needed: { parent: { ...parent([ALL]), prerequisites: ["f"] } } }),
      { on: true, rolloutPercent: 0 },
    ],
    [
      "a rule with a prerequisite of its own, then a share",
      rollout(
        [
          rule({
            type: "force",
            value: "true",
            prerequisites: [{ id: "parent", condition: '{"value":{"$ne":true}}' }],
          }),
          HALF,
        ],
        { needed: { parent: parent([HALF]) } },
      ),
      { on: true, rolloutPercent: 75 },
    ],
  ])("is right for %s", (_, told, expected) => {
    expect(told).toEqual(expected);
  });
});

const sandbox = await startSandbox({ size: 100, seed: 7, until: new Date("2026-11-22T00:00:00Z") });
const settings = settingsOf(sandbox, "growthbook");
const open = (more: Json = {}) => reading(growthbook, { ...settings, ...more });
afterEach(() => sandbox.reset());
afterAll(() => sandbox.stop());

describe("the sandbox's GrowthBook", () => {
  it("gives every feature in small pages as in one, and asks for prerequisites and groups only where they are named", async () => {
    const whole = open();
    const features = recordsOf(await whole.poll("features", "prj_insights"));
    expect(whole.asked().map((line) => line.replace(/\?.*/, ""))).toEqual([
      "GET /growthbook/v2/features",
      "GET /growthbook/v1/saved-groups",
    ]);
    const paged = await open({ pageSize: 4 }).poll("features", "prj_insights");
    expect(paged.length).toBe(Math.ceil(features.length / 4));
    expect(recordsOf(paged)).toEqual(features);
    expect(paged.at(-1)?.cursor).toEqual({});
    const rest = await open({ pageSize: 4 }).poll("features", "prj_insights", paged[0]?.cursor);
    expect([...(paged[0]?.records ?? []), ...recordsOf(rest)]).toEqual(features);
    const drafts = whole.draftsOf("features", "featureFlag", features);
    const production = drafts.map(({ fields }) => fields.environments.find(({ name }) => name === "production"));
    expect(production).toContainEqual({ name: "production", category: "production", on: true, rolloutPercent: 100 });
    expect(production).toContainEqual({
      name: "production",
      category: "production",
      on: true,
      rolloutPercent: 0,
      segments: ["Beta testers"],
    });
  });

  it("means the same by the rules as by what the server compiled of them, in either version of the API", async () => {
    const { poll, draftsOf } = open();
    const compiled = recordsOf(await poll("features", "prj_insights")) as Json[];
    const old = recordsOf(await open({ featuresVersion: "v1" }).poll("features", "prj_insights")) as Json[];
    const bare = (records: readonly Json[]) =>
      records.map((record) => ({
        ...record,
        environments: Object.fromEntries(
          Object.entries(record["environments"] as Json).map(([name, told]) => [
            name,
            { ...(told as Json), definition: undefined },
          ]),
        ),
      }));
    const fields = (records: readonly Json[]) => draftsOf("features", "featureFlag", records).map((one) => one.fields);
    expect(fields(bare(compiled))).toEqual(fields(compiled));
    expect(fields(bare(old))).toEqual(fields(compiled));
  });

  it("tells of a losing experiment that everybody got all the same, with results and the flag it is called as", async () => {
    const { poll, draftsOf, asked } = open();
    const records = recordsOf(await poll("experiments", "prj_storefront"));
    expect(asked()).toHaveLength(2);
    const gift = draftsOf("experiments", "experiment", records).find(({ fields }) => /Gift cards/.test(fields.name));
    expect(gift?.fields).toMatchObject({
      status: { category: "stopped" },
      result: { category: "lost" },
      decision: { category: "ship", detail: "Variation" },
      winner: "0",
      released: "1",
      flagKey: "storefront-gift-cards",
      snapshot: { srmP: 0.42 },
    });
    expect(gift?.references).toContainEqual({ alias: "flag:storefront-gift-cards", place: "flag" });
    const result = gift?.fields.snapshot?.results.find(({ role, variation }) => role === "goal" && variation === "1");
    expect(result?.lift).toBeLessThan(0);
    expect(result?.chanceToWin).toBeLessThan(0.2);
    expect(gift?.fields.snapshot?.results.filter(({ role }) => role === "guardrail")).toHaveLength(2);
  });

  it("reads the same by id as by the list", async () => {
    const { poll, draftsOf, reread } = open();
    const experiments = draftsOf("experiments", "experiment", recordsOf(await poll("experiments", "prj_insights")));
    const ids = experiments.map(({ external }) => external.id);
    expect(await reread("experiments", "experiment", [...ids, "exp_unknown"])).toEqual(experiments);
    const features = draftsOf("features", "featureFlag", recordsOf(await poll("features", "prj_insights")));
    const keys = features.map(({ external }) => external.id);
    expect(await reread("features", "featureFlag", [...keys, "unknown"])).toEqual(features);
    expect(await open({ projects: ["prj_storefront"] }).reread("features", "featureFlag", keys)).toEqual([]);
  });

  it("tells a change by a webhook that GrowthBook signed, and the hub's answer is the 200 that it wants", async () => {
    const receiver = await startReceiver();
    const { connector, config, reread, poll, draftsOf } = open({ webhookSecret: SECRET });
    sandbox.setWebhooks({ growthbook: { url: receiver.url, secret: SECRET } });
    const [first] = draftsOf("features", "featureFlag", recordsOf(await poll("features", "prj_insights")));
    const key = first?.external.id ?? "";
    await sandbox.control({ do: "growthbook.ramp", key, percent: 35 });
    await sandbox.control({ do: "growthbook.delete", key });
    sandbox.setWebhooks({});
    const [ramped, deleted] = receiver.deliveries;
    await receiver.stop();
    if (ramped === undefined || deleted === undefined) throw new Error("no webhook came");
    expect(() => connector.webhook?.signature.verify(ramped, config)).not.toThrow();
    const told = (one: typeof ramped) =>
      connector.webhook?.records(JSON.parse(new TextDecoder().decode(one.body)), one.headers, config);
    expect(told(ramped)).toMatchObject([{ stream: "features", reread: key }]);
    expect(told(deleted)).toMatchObject([{ stream: "features", record: { id: key }, presence: "deleted" }]);
    expect(await reread("features", "featureFlag", [key])).toEqual([]);
    expect(connector.webhook?.accepted).toBe(200);
    expect(
      connector.webhook?.records(
        JSON.parse(new TextDecoder().decode(ramped.body)),
        ramped.headers,
        open({ projects: ["prj_storefront"] }).config,
      ),
    ).toEqual([]);
  });

  it("shows a later rollout and a stopped experiment in the next reading", async () => {
    const { poll, draftsOf } = open();
    const features = async () => draftsOf("features", "featureFlag", recordsOf(await poll("features", "prj_insights")));
    const key = (await features())[0]?.external.id ?? "";
    await sandbox.control({ do: "growthbook.ramp", key, percent: 35 });
    const ramped = (await features()).find(({ external }) => external.id === key);
    expect(ramped?.fields.environments[0]).toMatchObject({ name: "production", on: true, rolloutPercent: 35 });
    const running = draftsOf("experiments", "experiment", recordsOf(await poll("experiments", "prj_storefront"))).find(
      ({ fields }) => fields.status.category === "running",
    );
    await sandbox.control({ do: "growthbook.stop", key: running?.external.key ?? "", result: "inconclusive" });
    const stopped = draftsOf("experiments", "experiment", recordsOf(await poll("experiments", "prj_storefront"))).find(
      ({ external }) => external.id === running?.external.id,
    );
    expect(stopped?.fields).toMatchObject({
      status: { category: "stopped" },
      result: { category: "inconclusive" },
      decision: { category: "rollback" },
      released: "0",
    });
  });

  it("counts all ids, and says of a project whether it is seen", async () => {
    const { count, reaches, poll } = open();
    const counted = await count("features", "prj_insights");
    const known = recordsOf(await poll("features", "prj_insights")) as { id: string; archived: boolean }[];
    expect(counted).toEqual(known.map(({ id, archived }) => ({ id, isArchived: archived })));
    expect(counted.some(({ isArchived }) => isArchived)).toBe(true);
    expect(await reaches("features", "prj_insights")).toBe(true);
    expect(await reaches("features", "prj_hidden")).toBe(false);
  });

  it("survives half a page, and never goes round a page that repeats", async () => {
    const { poll } = open({ pageSize: 4 });
    const whole = recordsOf(await poll("features", "prj_insights"));
    await sandbox.control({ do: "misbehave", vendor: "growthbook", how: "half", path: "features" });
    expect(recordsOf(await poll("features", "prj_insights"))).toEqual(whole);
    await sandbox.control({ do: "misbehave", vendor: "growthbook", how: "repeat_cursor", path: "features" });
    await expect(poll("features", "prj_insights")).rejects.toMatchObject({ code: "vendor_paging_broken" });
  });

  it("waits when it is limited, and names an ended key and a missing role", async () => {
    const { poll, asked, connector } = open();
    await sandbox.control({ do: "misbehave", vendor: "growthbook", how: "rate_limited", seconds: 1 });
    expect(recordsOf(await poll("metrics", "prj_insights"))).toHaveLength(3);
    expect(asked()).toHaveLength(2);
    await sandbox.control({ do: "misbehave", vendor: "growthbook", how: "forbidden", path: "experiments" });
    await expect(poll("experiments", "prj_insights")).rejects.toMatchObject({ code: "vendor_forbidden" });
    expect(connector.setup?.rights["experiments"]).toBe("role readonly");
    expect(recordsOf(await poll("metrics", "prj_insights"))).toHaveLength(3);
    await expect(open({ apiKey: "secret_ended" }).poll("metrics", "")).rejects.toMatchObject({
      code: "vendor_auth_expired",
    });
  });
});
