import { Webhook } from "standardwebhooks";
import { afterEach, describe, expect, it, vi } from "vitest";
import { traceparent } from "../../shared/domain/trace.ts";
import { headersOf } from "../../shared/pipeline/webhooks/message.ts";
import type { WebhookSender } from "../../shared/ports/webhook-sender.ts";
import { endpointKey } from "../../shared/store/keys.ts";
import { moved, shipped } from "./outputs-hub.ts";
import { openWebhooks, type Received, startReceiver } from "./webhook-hub.ts";

const open: (() => unknown)[] = [];
afterEach(async () => {
  vi.useRealTimers();
  for (const close of open.splice(0).toReversed()) await close();
});

const start = async (answer?: Parameters<typeof startReceiver>[0]) => {
  const there = await startReceiver(answer);
  open.push(() => there[Symbol.asyncDispose]());
  const hub = openWebhooks();
  open.push(() => hub[Symbol.dispose]());
  // The library compares a signature's time with the real clock.
  vi.useFakeTimers({ toFake: ["Date"], now: hub.one.ports.clock.now() });
  return { there, hub };
};

const verified = (secret: string, { text, headers }: Received): unknown => new Webhook(secret).verify(text, headers);
const minutes = (count: number) => count * 60;
const hours = (count: number) => count * 3600;

describe("a webhook", () => {
  it("carries type, time and the data of the bus, signed as Standard Webhooks has it", async () => {
    const { there, hub } = await start();
    const { secret } = await hub.endpoint({ url: there.url });
    const event = await hub.log("feature.stage.changed", "ftr_1", moved("Checkout"));
    await hub.run();
    const [received = expect.unreachable()] = there.received;
    expect(verified(secret, received)).toEqual({
      type: "feature.stage.changed",
      timestamp: event.time,
      data: expect.objectContaining({ from: "testing", to: "production", product_ids: ["prd_web"], cause: "sync" }),
    });
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(received.headers).toMatchObject({
      "webhook-id": event.id,
      "webhook-timestamp": String(hub.one.ports.clock.now().getTime() / 1000),
      "throughline-subject": "ftr_1",
      "throughline-sequence": "00000000000000001",
    });
    expect(() => verified(secret, { ...received, text: received.text.replace("production", "marketing") })).toThrow(
      "No matching signature",
    );
  });

  it("goes on with the trace of its event, and has none where there is none", () => {
    const event = { id: "evt_1", subject: "ftr_1", sequence: 1 };
    const trace = "0af7651916cd43dd8448eb211c80319c";
    expect(headersOf({ ...event, trace }, false)["traceparent"]).toBe(traceparent(trace, "evt_1"));
    expect(headersOf(event, false)).not.toHaveProperty("traceparent");
  });

  it("goes out for what is logged from the endpoint's making on, by its types and products, once", async () => {
    const { there, hub } = await start();
    await hub.log("feature.stage.changed", "ftr_1", moved("Before"));
    hub.pass(1);
    await hub.endpoint({ url: there.url, events: ["feature.*"], products: ["prd_web"] });
    await hub.log("feature.stage.changed", "ftr_1", moved("Wanted"));
    await hub.log("feature.stage.changed", "ftr_2", moved("Elsewhere", "production", { productIds: ["prd_other"] }));
    await hub.log(
      "feature.stage.changed",
      "ftr_3",
      moved("Shared", "production", { productIds: ["prd_web", "prd_other"] }),
    );
    await hub.log("release.deployed", "dep_1", shipped("Another type"));
    await hub.log("record.upserted", "ftr_1", {
      entity: { id: "ftr_1", name: "Inner", url: "" },
      kind: "feature",
      version: 2,
      changed: [],
      cause: "sync",
    });
    await hub.run();
    await hub.run();
    const told = there.received.map(({ body: { data } }) => [
      (data["feature"] as { name: string }).name,
      data["product_ids"],
    ]);
    // Not that the shared one is another product's too.
    expect(told.toSorted()).toEqual([
      ["Shared", ["prd_web"]],
      ["Wanted", ["prd_web"]],
    ]);
  });

  it("above 20 KB holds the ids and where the whole is", async () => {
    const { there, hub } = await start();
    await hub.endpoint({ url: there.url });
    const event = await hub.log(
      "feature.stage.changed",
      "ftr_1",
      moved("Large", "production", { because: ["x".repeat(21_000)] }),
    );
    await hub.run();
    expect(there.received[0]?.body.data).toEqual({
      feature: { id: "ftr_1" },
      dataref: `http://localhost:4100/v1/changes?${new URLSearchParams({ since: event.recordedAt, type: event.name })}`,
    });
  });

  it("is marked as a test, and as a replay, under the id of its event", async () => {
    const { there, hub } = await start();
    const { id, secret } = await hub.endpoint({ url: there.url, events: ["feature.*"] });
    const event = await hub.log("feature.stage.changed", "ftr_1", moved("Again"));
    await hub.run();
    await hub.desk.test(id, "release.deployed");
    await hub.desk.replay(id, "2026-03-02T00:00:00.000Z", hub.one.ports.clock.now().toISOString());
    await expect(hub.desk.replay(id, "2026-03-02T00:00:00.000Z", "2026-03-02T23:00:00.000Z")).rejects.toMatchObject({
      code: "webhook_replay_running",
    });
    await hub.run();
    expect(there.types()).toEqual(["feature.stage.changed", "release.deployed", "feature.stage.changed"]);
    const [, test = expect.unreachable(), again = expect.unreachable()] = there.received;
    expect(verified(secret, test)).toMatchObject({ test: true });
    expect(verified(secret, again)).toMatchObject({ data: { cause: "replay" } });
    expect(again.headers["webhook-id"]).toBe(event.id);
    expect((await hub.desk.endpoint(id))?.replay).toBeUndefined();
  });
});

describe("a delivery that fails", () => {
  it("is tried ten times by the table, and has then failed", async () => {
    const { there, hub } = await start(() => ({ status: 500, body: "no" }));
    const { id } = await hub.endpoint({ url: there.url });
    await hub.log("release.deployed", "dep_1", shipped("One"));
    await hub.run();
    const waits = [5, minutes(5), minutes(30), hours(2), hours(5), hours(10), hours(14), hours(20), hours(24)];
    for (const [tries, seconds] of waits.entries()) {
      hub.pass(seconds - 1);
      await hub.run();
      expect(there.received).toHaveLength(tries + 1);
      hub.pass(1);
      await hub.run();
      expect(there.received).toHaveLength(tries + 2);
    }
    hub.pass(hours(48));
    await hub.run();
    expect(there.received).toHaveLength(10);
    const [delivery] = await hub.deliveries(id);
    expect(delivery).toMatchObject({ state: "failed", tries: 10 });
    expect(delivery?.nextAt).toBeUndefined();
    expect(delivery?.attempts[0]).toMatchObject({ status: 500, reason: "answered 500", answer: "no" });
    expect(new Set(there.received.map(({ headers }) => headers["webhook-id"])).size).toBe(1);
  });

  it("waits as long as Retry-After says, with all others to that endpoint", async () => {
    const { there, hub } = await start(() => ({ status: 429, headers: { "retry-after": "600" } }));
    const { id } = await hub.endpoint({ url: there.url });
    await hub.log("release.deployed", "dep_1", shipped("One"));
    await hub.run();
    await hub.log("release.deployed", "dep_2", shipped("Two"));
    there.control.answer = () => ({ status: 200 });
    hub.pass(590);
    await hub.run();
    expect(there.received).toHaveLength(1);
    hub.pass(20);
    await hub.run();
    expect(there.received).toHaveLength(3);
    expect((await hub.deliveries(id)).map(({ state }) => state)).toEqual(["delivered", "delivered"]);
  });

  it("that is alone in its trouble waits alone, as long as Retry-After says", async () => {
    const { there, hub } = await start(() => ({ status: 500, headers: { "retry-after": "60" } }));
    await hub.endpoint({ url: there.url });
    await hub.log("release.deployed", "dep_1", shipped("One"));
    await hub.run();
    hub.pass(10);
    await hub.run();
    expect(there.received).toHaveLength(1);
    await hub.log("release.deployed", "dep_2", shipped("Two"));
    await hub.run();
    expect(there.received).toHaveLength(2);
    hub.pass(49);
    await hub.run();
    expect(there.received).toHaveLength(3);
  });

  it.each([301, 302, 307, 308])("with %i is a failure, and nothing is sent to where it leads", async (status) => {
    const elsewhere = await startReceiver();
    open.push(() => elsewhere[Symbol.asyncDispose]());
    const { there, hub } = await start(() => ({ status, headers: { location: elsewhere.url } }));
    const { id } = await hub.endpoint({ url: there.url });
    await hub.log("release.deployed", "dep_1", shipped("One"));
    await hub.run();
    expect(elsewhere.received).toEqual([]);
    const [delivery] = await hub.deliveries(id);
    expect(delivery?.attempts[0]?.reason).toBe(`answered ${status}: redirects are not followed`);
    expect(delivery?.state).toBe("pending");
  });

  it("with 410 ends it, and the endpoint with it, which an event tells", async () => {
    const { there, hub } = await start(() => ({ status: 410 }));
    const { id } = await hub.endpoint({ url: there.url });
    await hub.log("release.deployed", "dep_1", shipped("One"));
    await hub.run();
    await hub.log("release.deployed", "dep_2", shipped("Two"));
    await hub.run();
    expect(there.received).toHaveLength(1);
    const endpoint = await hub.desk.endpoint(id);
    expect(endpoint).toMatchObject({ state: "disabled", disabled: { reason: "the endpoint answered 410 Gone" } });
    expect(await hub.told("webhook_endpoint.disabled")).toMatchObject([
      {
        subject: id,
        data: { endpoint: { id, host: new URL(there.url).host }, reason: "the endpoint answered 410 Gone" },
      },
    ]);
  });

  it("for five days disables the endpoint; a person lets it go on, from then on", async () => {
    const { there, hub } = await start(() => ({ status: 500 }));
    const { id } = await hub.endpoint({ url: there.url });
    for (let day = 0; day <= 5; day++) {
      expect((await hub.desk.endpoint(id))?.state).toBe("active");
      await hub.log("release.deployed", `dep_${day}`, shipped("One"));
      await hub.run();
      hub.pass(hours(24));
    }
    expect(await hub.desk.endpoint(id)).toMatchObject({
      state: "disabled",
      disabled: { reason: "nothing was taken for five days", failingSince: "2026-03-02T10:00:01.000Z" },
    });
    const before = there.received.length;
    await hub.log("release.deployed", "dep_9", shipped("Missed"));
    await hub.run();
    expect(there.received).toHaveLength(before);
    there.control.answer = () => ({ status: 200 });
    hub.pass(1);
    await hub.desk.change(id, { isPaused: false });
    await hub.log("feature.stage.changed", "ftr_1", moved("New"));
    await hub.run();
    expect(there.types().slice(before)).toContain("feature.stage.changed");
    expect(there.received.map(({ body }) => JSON.stringify(body)).join()).not.toContain("Missed");
    expect((await hub.desk.endpoint(id))?.failingSince).toBeUndefined();
  });

  it("holds up no other endpoint", async () => {
    let release = (_: unknown) => {};
    const after = new Promise((resolve) => {
      release = resolve;
    });
    const { there: slow, hub } = await start(() => ({ status: 200, after }));
    const quick = await startReceiver();
    open.push(() => quick[Symbol.asyncDispose]());
    await hub.endpoint({ url: slow.url });
    await hub.endpoint({ url: quick.url });
    await hub.log("release.deployed", "dep_1", shipped("One"));
    const running = hub.run();
    await vi.waitFor(() => expect(quick.received).toHaveLength(1));
    await hub.log("release.deployed", "dep_2", shipped("Two"));
    await vi.waitFor(() => expect(quick.received).toHaveLength(2));
    expect(slow.received).toHaveLength(1);
    release(undefined);
    await running;
    expect(slow.received).toHaveLength(2);
  });

  it("shows what came back without what looks secret", async () => {
    const { there, hub } = await start(() => ({
      status: 400,
      body: `bad\u0007 Authorization: Bearer abcdefghijk, token=s3cr3tvalue mail ana@acme.example ${"A1".repeat(30)}`,
    }));
    const { id } = await hub.endpoint({ url: there.url });
    await hub.log("release.deployed", "dep_1", shipped("One"));
    await hub.run();
    const [delivery = expect.unreachable()] = await hub.deliveries(id);
    expect(delivery.attempts[0]?.answer).toBe("bad Authorization: …, token=… mail …@… …");
    const whole = await hub.desk.delivery(id, delivery.id);
    expect(whole?.headers["webhook-signature"]).toBe("v1,…");
    expect(JSON.parse(whole?.body ?? "")).toMatchObject({ type: "release.deployed" });
  });
});

describe("sending again", () => {
  it("comes after a crash between the sending and the note of it: at least once", async () => {
    const { there, hub } = await start();
    const { id } = await hub.endpoint({ url: there.url });
    await hub.log("release.deployed", "dep_1", shipped("One"));
    const dying = hub.hub("two");
    const { table } = dying.ports;
    const put: typeof table.put = async (row) => {
      if (row.sk.startsWith("D#") && row.version > 1) throw new Error("killed");
      return table.put(row);
    };
    await hub.run({ ...dying, ports: { ...dying.ports, table: { ...table, put } } });
    expect(there.received).toHaveLength(1);
    expect((await hub.deliveries(id))[0]).toMatchObject({ state: "pending", tries: 0 });
    hub.pass(121);
    await hub.run();
    expect(there.received).toHaveLength(2);
    expect((await hub.deliveries(id))[0]).toMatchObject({ state: "delivered", tries: 1 });
    expect(there.received[0]?.headers["webhook-id"]).toBe(there.received[1]?.headers["webhook-id"]);
  });

  it("by hand begins the table anew", async () => {
    const { there, hub } = await start();
    const { id } = await hub.endpoint({ url: there.url });
    await hub.log("release.deployed", "dep_1", shipped("One"));
    await hub.run();
    const [delivery = expect.unreachable()] = await hub.deliveries(id);
    there.control.answer = () => ({ status: 500 });
    expect(await hub.desk.resend(id, delivery.id)).toMatchObject({ state: "pending" });
    await hub.run();
    expect(there.received).toHaveLength(2);
    expect((await hub.deliveries(id))[0]).toMatchObject({ state: "pending", tries: 1 });
    expect((await hub.deliveries(id))[0]?.attempts).toHaveLength(2);
    expect(await hub.desk.resend(id, "whd_nobody")).toBeUndefined();
  });

  it("is done by one process at a time, and never for one subject at the same moment", async () => {
    let [now, most] = [0, 0];
    const sender: WebhookSender = {
      check: async () => {},
      async send({ headers }) {
        now += 1;
        most = Math.max(most, now);
        await new Promise((resolve) => setTimeout(resolve, 5));
        now -= 1;
        sent.push(`${headers["throughline-subject"]} ${Number(headers["throughline-sequence"])}`);
        return { status: 200, body: "" };
      },
    };
    const sent: string[] = [];
    const hub = openWebhooks({ sender });
    open.push(() => hub[Symbol.dispose]());
    await hub.endpoint({ url: "https://hooks.example/x" });
    for (const dep of ["1", "1", "2", "1", "2", "3"]) await hub.log("release.deployed", `dep_${dep}`, shipped(dep));
    await Promise.all([hub.run(), hub.run(hub.hub("two"))]);
    expect(sent).toHaveLength(6);
    expect(new Set(sent).size).toBe(6);
    expect(most).toBe(3);
    const ofOne = sent.filter((text) => text.startsWith("dep_1 "));
    expect(ofOne).toEqual(["dep_1 1", "dep_1 2", "dep_1 4"]);
  });
});

describe("the secret of an endpoint", () => {
  it("is followed by a new one with which all is signed too for a day", async () => {
    const { there, hub } = await start();
    const { id, secret: old } = await hub.endpoint({ url: there.url });
    const { secret: fresh = "" } = (await hub.desk.rotate(id)) ?? {};
    expect(fresh).not.toBe(old);
    await hub.log("release.deployed", "dep_1", shipped("One"));
    await hub.run();
    const [both = expect.unreachable()] = there.received;
    expect(both.headers["webhook-signature"]?.split(" ")).toHaveLength(2);
    expect(verified(old, both)).toEqual(verified(fresh, both));
    hub.pass(hours(24));
    vi.setSystemTime(hub.one.ports.clock.now());
    await hub.log("release.deployed", "dep_2", shipped("Two"));
    await hub.run();
    const [, later = expect.unreachable()] = there.received;
    expect(verified(fresh, later)).toMatchObject({ type: "release.deployed" });
    expect(() => verified(old, later)).toThrow("No matching signature");
  });

  it("stands nowhere in the table, and opens for no other endpoint and under no other key", async () => {
    const { there, hub } = await start();
    const [one, two] = [await hub.endpoint({ url: there.url }), await hub.endpoint({ url: there.url })];
    const rows = await Promise.all(
      [one, two].map(({ id }) => hub.table.get<{ secret: string }>(endpointKey(id).pk, "A")),
    );
    expect(JSON.stringify(rows)).not.toContain(one.secret.slice(6));
    const [mine = expect.unreachable(), other = expect.unreachable()] = rows;
    if (mine === undefined || other === undefined) return expect.unreachable();
    await hub.table.put({ ...mine, version: mine.version + 1, data: { ...mine.data, secret: other.data.secret } });
    await hub.log("release.deployed", "dep_1", shipped("One"));
    await hub.run();
    expect(there.received).toHaveLength(1);
    expect((await hub.deliveries(one.id))[0]?.attempts[0]?.reason).toContain("the secret cannot be opened");
    expect(JSON.stringify([hub.logged, await hub.desk.endpoints(undefined, 10)])).not.toContain("whsec_");
  });
});

it("knows endpoints that are paused or removed: nothing is sent, and what was logged meanwhile stays in the log", async () => {
  const { there, hub } = await start();
  const { id } = await hub.endpoint({ url: there.url });
  await hub.desk.change(id, { isPaused: true });
  await hub.log("release.deployed", "dep_1", shipped("Paused"));
  await hub.run();
  hub.pass(1);
  await hub.desk.change(id, { isPaused: false });
  await hub.run();
  expect(there.received).toEqual([]);
  await hub.log("release.deployed", "dep_2", shipped("On"));
  await hub.desk.remove(id);
  await hub.run();
  expect(there.received).toEqual([]);
  expect(await hub.desk.endpoint(id)).toBeUndefined();
  expect(await hub.desk.remove(id)).toBe(false);
  expect(await hub.desk.rotate(id)).toBeUndefined();
  expect((await hub.desk.endpoints(undefined, 10)).items).toEqual([]);
});

it("refuses filters that name no event that may go out", async () => {
  const { there, hub } = await start();
  await expect(hub.endpoint({ url: there.url, events: ["feature.stage.change"] })).rejects.toThrow(
    "'feature.stage.change' is no type of event; did you mean 'feature.stage.changed'?",
  );
  await expect(hub.endpoint({ url: there.url, events: ["link.created"] })).rejects.toThrow("never goes out");
});
