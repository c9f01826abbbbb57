import { afterEach, describe, expect, it } from "vitest";
import type { OutputConfig } from "../../shared/platform/output-shape.ts";
import { startMixpanel } from "../doubles/mixpanel.ts";
import { startSlack } from "../doubles/slack.ts";
import { startTeams } from "../doubles/teams.ts";
import { moved, openOutputs, shipped } from "../pipeline/outputs-hub.ts";

const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close();
});

const hubWith = async (output: OutputConfig, secrets: Readonly<Record<string, string>>) => {
  const hub = openOutputs({ out: output }, secrets);
  open.push(() => hub[Symbol.dispose]());
  await hub.run();
  return hub;
};

describe("Slack", () => {
  it("takes messages by an incoming webhook, whose address stands in no log line when it fails", async () => {
    const slack = await startSlack("unused");
    open.push(() => slack[Symbol.asyncDispose]());
    const webhookUrl = `${slack.baseUrl}/services/T1/B2/s3cr3t`;
    const hub = await hubWith({ connector: "slack", webhookUrl: { secret: "HOOK" } }, { HOOK: webhookUrl });
    await hub.log("feature.stage.changed", "ftr_1", moved("One"));
    slack.faults.push("no_service");
    await hub.run();
    expect(hub.logged).toMatchObject([{ code: "vendor_not_found", reason: "Slack answered no_service" }]);
    hub.pass(901);
    await hub.run();
    expect(slack.posted).toMatchObject([{ text: "One: moved from Testing to Production" }]);
    expect(slack.posted[0]?.channel).toBeUndefined();
    expect(JSON.stringify([hub.logged, await hub.state("out")])).not.toContain("s3cr3t");
  });

  it("is never sent to over plain http, but for this machine", async () => {
    const hub = await hubWith(
      { connector: "slack", webhookUrl: { secret: "HOOK" } },
      { HOOK: "http://192.0.2.1/services/x" },
    );
    await hub.log("feature.stage.changed", "ftr_1", moved("One"));
    await hub.run();
    expect(hub.logged).toMatchObject([
      { code: "config_invalid", reason: "output out: its address must start with https://" },
    ]);
  });
});

describe("Teams", () => {
  it("takes cards; a wrong signature stops the output and tells no address", async () => {
    const teams = await startTeams();
    open.push(() => teams[Symbol.asyncDispose]());
    const secrets: Record<string, string> = { TEAMS: teams.webhookUrl.replace("s3cr3t", "wr0ng") };
    const hub = await hubWith({ connector: "teams", webhookUrl: { secret: "TEAMS" }, stages: ["production"] }, secrets);
    await hub.log("feature.stage.changed", "ftr_1", moved("One"));
    await hub.run();
    expect(hub.logged).toMatchObject([{ code: "vendor_auth_expired", reason: "Teams answered 401" }]);
    secrets["TEAMS"] = teams.webhookUrl;
    hub.pass(901);
    await hub.run();
    expect(teams.cards.map(({ body }) => body[0]?.inlines?.map(({ text }) => text).slice(0, 2))).toEqual([
      ["One", " moved from Testing to Production"],
    ]);
    expect(JSON.stringify([hub.logged, await hub.state("out")])).not.toMatch(/wr0ng|s3cr3t/);
  });
});

describe("Mixpanel", () => {
  const account = { username: "hub.mp-service-account", secret: "s3cr3t", projectId: "2195193" };
  const start = async (more: object = {}) => {
    const mixpanel = await startMixpanel(account);
    open.push(() => mixpanel.stop());
    const hub = await hubWith(
      {
        connector: "mixpanel",
        projectId: account.projectId,
        username: account.username,
        token: { secret: "TOKEN" },
        secret: { secret: "SECRET" },
        baseUrl: mixpanel.baseUrl,
        ...more,
      },
      { TOKEN: "pr0ject", SECRET: account.secret },
    );
    return { mixpanel, hub };
  };

  it("gets lifecycle events under our event's id, and a mark for each release", async () => {
    const { mixpanel, hub } = await start();
    const first = await hub.log("feature.stage.changed", "ftr_1", moved("Sign in"));
    const second = await hub.log("release.deployed", "dep_1", shipped("Web 2"));
    await hub.run();
    expect(mixpanel.events().map(({ event, properties }) => [event, properties["$insert_id"]])).toEqual([
      ["Feature Stage Changed", first.id.replace("_", "-")],
      ["Release Shipped", second.id.replace("_", "-")],
    ]);
    expect(mixpanel.events()[0]?.properties).toMatchObject({
      time: Date.parse(first.time),
      distinct_id: "",
      hub_event: "feature.stage.changed",
      feature_name: "Sign in",
      from: "testing",
      to: "production",
      because: ["4 of 4 work items are done"],
      product_ids: ["prd_web"],
    });
    expect(mixpanel.annotations).toEqual([
      { id: 1, date: second.time.slice(0, 19).replace("T", " "), description: `Released: Web 2 (${second.id})` },
    ]);
  });

  it("F22 counts once what is sent twice: events by their id, marks by their words", async () => {
    const { mixpanel, hub } = await start();
    await hub.log("feature.stage.changed", "ftr_1", moved("Sign in"));
    await hub.log("release.deployed", "dep_1", shipped("Web 2"));
    const before = await hub.one.ports.table.get("O#out", "A");
    await hub.run();
    // The place in the log was lost with the process that had just sent.
    const { pk = "", sk = "", version = 0 } = (await hub.one.ports.table.get("O#out", "A")) ?? {};
    await hub.one.ports.table.put({ pk, sk, version: version + 1, data: before?.data });
    await hub.run();
    expect(mixpanel.imports).toEqual([2, 2]);
    expect(mixpanel.events()).toHaveLength(2);
    expect(mixpanel.annotations).toHaveLength(1);
  });

  it("gets at most 50 events at once, one batch after the other", async () => {
    const { mixpanel, hub } = await start({ annotations: false });
    for (let n = 0; n < 120; n++) await hub.log("feature.stage.changed", "ftr_1", moved(`F${n}`));
    await hub.run();
    expect(mixpanel.imports).toEqual([50, 50, 20]);
    expect(mixpanel.events().map(({ properties }) => properties["feature_name"])).toEqual(
      Array.from({ length: 120 }, (_, n) => `F${n}`),
    );
  });

  it("tells which events it will never take: they are kept aside, the others count", async () => {
    const { mixpanel, hub } = await start();
    const bad = await hub.log("feature.stage.changed", "ftr_1", moved("Bad"));
    await hub.log("feature.stage.changed", "ftr_1", moved("Good"));
    const failed_records = [{ index: 0, $insert_id: bad.id.replace("_", "-") }];
    mixpanel.answers.push({ status: 400, body: JSON.stringify({ code: 400, failed_records }) });
    await hub.run();
    expect(await hub.state("out")).toMatchObject({ delivered: 1, refused: 1 });
    expect((await hub.one.ports.table.get("O#out", `R#${bad.id}`))?.data).toMatchObject({ event: { id: bad.id } });
  });

  it.each([
    [{ status: 200, body: '{"code":200,"num_records_imported":1,"status":"OK"}' }, undefined],
    [{ status: 429, body: '{"code":429,"error":"Too Many Requests"}' }, "vendor_rate_limited"],
    [{ status: 401, body: '{"code":401,"error":"Unauthorized"}' }, "vendor_auth_expired"],
    [{ status: 502, body: "<html>bad gateway</html>" }, "vendor_answer_unreadable"],
  ])("answers %j: read as %s", async (answer, code) => {
    const { mixpanel, hub } = await start();
    await hub.log("feature.stage.changed", "ftr_1", moved("One"));
    mixpanel.answers.push(answer);
    await hub.run();
    expect((await hub.state("out"))?.failure?.code).toBe(code);
    expect((await hub.state("out"))?.delivered).toBe(code === undefined ? 1 : 0);
    expect(JSON.stringify([hub.logged, await hub.state("out")])).not.toMatch(/s3cr3t|pr0ject/);
  });

  it("is reached although a proxy is set, which its package cannot be opened with", async () => {
    const held = process.env["HTTPS_PROXY"];
    process.env["HTTPS_PROXY"] = "http://127.0.0.1:9";
    try {
      const { mixpanel, hub } = await start({ annotations: false });
      await hub.log("feature.stage.changed", "ftr_1", moved("One"));
      await hub.run();
      expect(mixpanel.events()).toHaveLength(1);
      expect(process.env["HTTPS_PROXY"]).toBe("http://127.0.0.1:9");
    } finally {
      if (held === undefined) delete process.env["HTTPS_PROXY"];
      else process.env["HTTPS_PROXY"] = held;
    }
  });
});
