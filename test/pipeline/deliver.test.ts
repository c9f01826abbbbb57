import { afterEach, describe, expect, it } from "vitest";
import { refusedKey } from "../../shared/store/keys.ts";
import { shown, startSlack } from "../doubles/slack.ts";
import { moved, openOutputs, shipped } from "./outputs-hub.ts";

const TOKEN = "xoxb-1";
const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close();
});

const start = async (more: object = {}) => {
  const slack = await startSlack(TOKEN);
  open.push(() => slack[Symbol.asyncDispose]());
  const output = {
    connector: "slack" as const,
    channel: "C1",
    token: { secret: "SLACK" },
    baseUrl: slack.baseUrl,
    ...more,
  };
  const hub = openOutputs({ launches: output }, { SLACK: TOKEN });
  open.push(() => hub[Symbol.dispose]());
  return { slack, hub, texts: () => slack.posted.map(({ text }) => text) };
};

describe("an output", () => {
  it("begins at its first run: what was logged before, or happened before, is never sent", async () => {
    const { hub, texts } = await start();
    await hub.log("feature.stage.changed", "ftr_1", moved("Old"));
    await hub.run();
    await hub.run();
    hub.pass(60);
    await hub.log("feature.stage.changed", "ftr_1", moved("Told late"), "2026-01-01T00:00:00.000Z");
    await hub.log("feature.stage.changed", "ftr_1", moved("New"));
    await hub.run();
    expect(texts()).toEqual(["New: moved from Testing to Production"]);
  });

  it("sends each event once, over days and runs, and writes nothing while nothing happens", async () => {
    const { hub, texts } = await start();
    await hub.run();
    for (const name of ["One", "Two", "Three"]) {
      hub.pass(86_400);
      await hub.log("feature.stage.changed", "ftr_1", moved(name));
      await hub.run();
      await hub.run();
    }
    expect(texts().map((text) => text.split(":")[0])).toEqual(["One", "Two", "Three"]);
    const before = (await hub.one.ports.table.get("O#launches", "A"))?.version;
    for (let n = 0; n < 3; n++) {
      hub.pass(60);
      await hub.run();
    }
    expect((await hub.one.ports.table.get("O#launches", "A"))?.version).toBe(before);
    expect(await hub.state("launches")).toMatchObject({ delivered: 3, refused: 0 });
  });

  it("sends what came together as one message", async () => {
    const { hub, slack } = await start();
    await hub.run();
    for (const name of ["One", "Two"]) await hub.log("feature.stage.changed", "ftr_1", moved(name));
    await hub.run();
    expect(slack.posted.map(({ text }) => text)).toEqual(["2 changes"]);
    expect(shown(slack.posted[0] as never).words.join("\n")).toContain("Two: moved from Testing to Production");
  });

  it("tells only moves of the headline into the wanted stages, of its products, that no rule change made", async () => {
    const { hub, texts } = await start({ stages: ["production"], products: ["web"] });
    await hub.run();
    await hub.log("feature.stage.changed", "ftr_1", moved("Wanted"));
    await hub.log("feature.stage.changed", "ftr_1", moved("Another stage", "testing", { from: "development" }));
    await hub.log("feature.stage.changed", "ftr_1", moved("Within", "production", { from: "production" }));
    await hub.log("feature.stage.changed", "ftr_1", moved("Just found", "production", { from: null }));
    await hub.log("feature.stage.changed", "ftr_1", moved("By a rule", "production", { cause: "rule_change" }));
    await hub.log("feature.stage.changed", "ftr_1", moved("Elsewhere", "production", { productIds: ["prd_other"] }));
    await hub.log("release.deployed", "dep_1", shipped("Not asked for"));
    await hub.run();
    expect(texts()).toEqual(["Wanted: moved from Testing to Production"]);
  });

  it("waits as long as it is asked to, and then sends what it owes", async () => {
    const { hub, slack, texts } = await start();
    await hub.run();
    await hub.log("feature.stage.changed", "ftr_1", moved("One"));
    slack.faults.push(429);
    await hub.run();
    expect((await hub.state("launches"))?.failure).toMatchObject({ code: "vendor_rate_limited", times: 1 });
    hub.pass(5);
    await hub.run();
    expect(slack.asked).toHaveLength(1);
    hub.pass(3);
    await hub.run();
    expect(texts()).toEqual(["One: moved from Testing to Production"]);
    expect((await hub.state("launches"))?.failure).toBeUndefined();
  });

  it("asks once and not five times while the other side is broken, less and less often", async () => {
    const { hub, slack, texts } = await start();
    await hub.run();
    await hub.log("feature.stage.changed", "ftr_1", moved("One"));
    slack.faults.push(500, 500, 500);
    const asked: number[] = [];
    for (let minute = 0; minute < 10; minute++) {
      hub.pass(60);
      await hub.run();
      asked.push(slack.asked.length);
    }
    expect(asked).toEqual([1, 2, 2, 3, 3, 3, 3, 4, 4, 4]);
    expect(texts()).toEqual(["One: moved from Testing to Production"]);
  });

  it("keeps aside what is never taken, and goes on with the next", async () => {
    const { hub, slack, texts } = await start();
    await hub.run();
    const bad = await hub.log("feature.stage.changed", "ftr_1", moved("Bad"));
    slack.faults.push("invalid_blocks");
    await hub.run();
    await hub.log("feature.stage.changed", "ftr_1", moved("Good"));
    await hub.run();
    expect(texts()).toEqual(["Good: moved from Testing to Production"]);
    const { pk, sk } = refusedKey("launches", bad.id);
    expect((await hub.one.ports.table.get(pk, sk))?.data).toMatchObject({
      event: { id: bad.id, data: { feature: { name: "Bad" } } },
      reason: "Slack answered invalid_blocks",
    });
    expect(await hub.state("launches")).toMatchObject({ delivered: 1, refused: 1 });
  });

  it("stays where it is while its credential is refused; the log tells that, and no secret", async () => {
    const { hub, slack } = await start();
    await hub.run();
    await hub.log("feature.stage.changed", "ftr_1", moved("One"));
    slack.faults.push("token_revoked");
    await hub.run();
    expect(hub.logged).toEqual([
      {
        output: "launches",
        code: "vendor_auth_expired",
        reason: "Slack answered token_revoked",
        verb: "output failed",
      },
    ]);
    hub.pass(901);
    await hub.run();
    expect(slack.posted).toHaveLength(1);
  });

  it("that is being delivered by another process is left to it, until its lease ends", async () => {
    const { hub, slack } = await start();
    await hub.run();
    await hub.log("feature.stage.changed", "ftr_1", moved("One"));
    // The other process stops in the middle of its delivery.
    const stopped = new AbortController();
    const other = hub.hub("other");
    const withdraw = {
      ...other,
      ports: { ...other.ports, secrets: { ...other.ports.secrets, get: () => new Promise<undefined>(() => {}) } },
    };
    void hub.run(withdraw, stopped.signal);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect((await hub.state("launches"))?.lease?.by).toBe("other");
    await hub.run();
    expect(slack.asked).toHaveLength(0);
    hub.pass(601);
    await hub.run();
    expect(slack.posted).toHaveLength(1);
  });

  it("that cannot be opened holds up no other", async () => {
    const slack = await startSlack(TOKEN);
    open.push(() => slack[Symbol.asyncDispose]());
    const common = { connector: "slack" as const, channel: "C1", baseUrl: slack.baseUrl };
    const hub = openOutputs(
      { broken: { ...common, token: { secret: "NOBODY" } }, whole: { ...common, token: { secret: "SLACK" } } },
      { SLACK: TOKEN },
    );
    open.push(() => hub[Symbol.dispose]());
    await hub.run();
    await hub.log("feature.stage.changed", "ftr_1", moved("One"));
    await hub.run();
    expect(slack.posted).toHaveLength(1);
    expect((await hub.state("broken"))?.failure).toMatchObject({
      code: "secret_missing",
      reason: "output broken: NOBODY is not set",
    });
  });

  it("gets through a log of many pages, and what it does not want costs no lease", async () => {
    const { hub, slack } = await start();
    await hub.run();
    for (let n = 0; n < 450; n++)
      await hub.log(
        "feature.stage.changed",
        "ftr_1",
        moved(`F${n}`, "production", n % 150 === 0 ? {} : { from: null }),
      );
    await hub.run();
    expect(slack.posted.map(({ text }) => text.split(":")[0])).toEqual(["2 changes", "F300"]);
    expect((await hub.state("launches"))?.delivered).toBe(3);
  });
});
