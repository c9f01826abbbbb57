import { createHmac } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import segment from "../../connectors/segment/index.ts";
import { startSandbox } from "../../infra/sandbox/index.ts";
import type { Connector, Delivery } from "../../shared/connector/contract.ts";
import type { FieldedKind } from "../../shared/domain/entity.ts";
import { connectionViews } from "../../shared/pipeline/connection-views.ts";
import { ingest } from "../../shared/pipeline/ingest.ts";
import { tellLate } from "../../shared/pipeline/late.ts";
import { poll } from "../../shared/pipeline/poll.ts";
import { noteReceipt, receive } from "../../shared/pipeline/receive.ts";
import { EXACT_TO } from "../../shared/pipeline/tally.ts";
import type { Ports } from "../../shared/ports/ports.ts";
import { everyOf, type StoredEntity } from "../../shared/store/entities.ts";
import { testConnector } from "../contract/connector.ts";
import { Crash, crashing, openPipeline } from "../pipeline/open-pipeline.ts";

const SETTINGS = {
  webhookSecret: "whsec-fixture",
  events: { "Saved Cart Opened": { feature: "ACME-12" }, "Viewed Pricing Page": { type: "engagement" } },
  feedback: { "Feedback Submitted": { text: "comment", feature: "about" } },
};
const receivedAt = new Date("2026-03-02T10:00:00.000Z");
const opened = (id: string, day: string, who: string) => ({
  type: "track",
  event: "Saved Cart Opened",
  messageId: id,
  userId: who,
  timestamp: `${day}T08:00:00.000Z`,
  receivedAt: `${day}T08:00:01.000Z`,
});

testConnector(segment, {
  settings: SETTINGS,
  identity: (stream) => (stream === "groups" ? "groupId" : "messageId"),
  webhook: { body: opened("m-1", "2026-03-02", "user-1"), receivedAt },
});

type Parts = Partial<Parameters<typeof openPipeline>[0]>;
const open = (settings: object = SETTINGS, parts: Parts = {}) =>
  openPipeline({ connector: segment as Connector, config: segment.config.parse(settings), ...parts });
type Pipeline = ReturnType<typeof open>;

const bytesOf = (body: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(body));
const signed = (body: unknown, by = body): Delivery => ({
  headers: new Headers({
    "x-signature": createHmac("sha1", SETTINGS.webhookSecret).update(bytesOf(by)).digest("hex"),
  }),
  body: bytesOf(body),
  receivedAt,
});

const work = async (pipeline: Pipeline): Promise<void> => {
  for (const { message } of await pipeline.queued()) await ingest(pipeline.hub("one"), message);
};
const send = async (pipeline: Pipeline, ...bodies: readonly unknown[]): Promise<void> => {
  for (const body of bodies) await receive(pipeline.hub("one"), "acme", signed(body));
  await work(pipeline);
};
const held = async <K extends FieldedKind>(pipeline: Pipeline, kind: K): Promise<StoredEntity<K>[]> =>
  Array.fromAsync(everyOf(pipeline.real.table, kind));
const pointsOf = async (pipeline: Pipeline) => (await held(pipeline, "metric")).flatMap(({ fields }) => fields.points);

describe("events of Segment", () => {
  const messages = [
    opened("a", "2026-03-01", "user-1"),
    opened("b", "2026-03-02", "user-1"),
    opened("c", "2026-03-02", "user-1"),
    opened("d", "2026-03-02", "user-2"),
  ];
  const COUNTED = [
    { at: "2026-03-01", value: 1, n: 1 },
    { at: "2026-03-02", value: 3, n: 2 },
  ];

  it("are counted by day, once each, however often, in whatever order and parts they come", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray([...messages, ...messages], { minLength: 8, maxLength: 8 }),
        fc.nat(7),
        async (order, cut) => {
          using pipeline = open();
          await send(pipeline, ...order.slice(0, cut), order.slice(cut), messages);
          expect(await pointsOf(pipeline)).toEqual(COUNTED);
        },
      ),
      { numRuns: 8 },
    );
  });

  it("F09, F10 are counted the same when a process dies at any of its steps and the payload comes again", async () => {
    let reached = true;
    for (let nth = 1; reached; nth += 1) {
      for (const when of ["before", "after"] as const) {
        const dying = crashing(nth, when);
        using pipeline = open(SETTINGS, { around: (ports) => dying.around(ports) });
        await receive({ ...pipeline.hub("one"), ports: pipeline.real }, "acme", signed(messages));
        const queued = await pipeline.queued();
        const read = async (ports: Ports) => {
          for (const { message } of queued) await ingest({ ...pipeline.hub("one"), ports }, message);
        };
        await read(pipeline.hub("one").ports).catch((error: unknown) => expect(error).toBeInstanceOf(Crash));
        await read(pipeline.real);
        expect({ nth, when, points: await pointsOf(pipeline) }).toEqual({ nth, when, points: COUNTED });
        reached = dying.reached();
      }
    }
  });

  it("are counted again under the words of a changed config, by a replay of what came", async () => {
    using pipeline = open({ ...SETTINGS, events: {} });
    await receive(pipeline.hub("one"), "acme", signed(messages));
    const [{ message } = { message: undefined }] = await pipeline.queued();
    if (message === undefined) throw new Error("nothing was queued");
    await ingest(pipeline.hub("one"), message);
    expect(await held(pipeline, "metric")).toEqual([]);
    const hub = pipeline.hub("one");
    const connection = { ...(await hub.connection("acme")), config: segment.config.parse(SETTINGS) };
    await ingest({ ...hub, connection: async () => connection }, message, { replay: true });
    expect(await pointsOf(pipeline)).toEqual(COUNTED);
    expect((await held(pipeline, "metric"))[0]?.references).toEqual([{ alias: "ACME-12", place: "declared" }]);
  });

  it("are counted to within two per cent where a day has too many to tell each one", async () => {
    using pipeline = open();
    const many = Array.from({ length: EXACT_TO + 100 }, (_, at) => opened(`m-${at}`, "2026-03-02", `user-${at % 50}`));
    await send(pipeline, many, many.slice(0, 100));
    const [point] = await pointsOf(pipeline);
    expect(Math.abs((point?.value ?? 0) - many.length) / many.length).toBeLessThan(0.02);
    expect(Math.abs((point?.n ?? 0) - 50)).toBeLessThan(3);
  });

  it("leave nothing of the person who sent them, and events that nobody named leave nothing at all", async () => {
    using pipeline = open();
    const mail = "jo@customer.example";
    await send(pipeline, { ...opened("a", "2026-03-02", mail), properties: { mail } }, [
      { ...opened("b", "2026-03-02", mail), event: "Something Else" },
      { type: "identify", messageId: "i-1", userId: mail, traits: { email: mail }, timestamp: "2026-03-02T08:00:00Z" },
      { ...opened("c", "2026-03-02", mail), event: "__proto__" },
    ]);
    expect(await held(pipeline, "account")).toEqual([]);
    const [metric, ...others] = await held(pipeline, "metric");
    expect(others).toEqual([]);
    const rows = [metric, ...(await pipeline.real.table.query({ pk: `O#${metric?.id}` }))];
    expect(JSON.stringify(rows)).not.toContain(mail);
    expect(rows).toHaveLength(2);
  });

  it("that cannot be read are set aside one by one, and the others of their batch count", async () => {
    using pipeline = open();
    const { messageId: _, ...nameless } = opened("x", "2026-03-02", "user-1");
    await receive(pipeline.hub("one"), "acme", signed([nameless, null, opened("a", "2026-03-02", "user-1")]));
    const [{ message } = { message: undefined }] = await pipeline.queued();
    if (message === undefined) throw new Error("nothing was queued");
    expect(await ingest(pipeline.hub("one"), message)).toMatchObject({ records: 3, setAside: 2 });
    expect(await pointsOf(pipeline)).toEqual([{ at: "2026-03-02", value: 1, n: 1 }]);
  });
});

describe("a connection that is only sent to", () => {
  it("waits for its first webhook, and is healthy from then on, as of the last one", async () => {
    using pipeline = open();
    const hub = pipeline.hub("one");
    expect(await connectionViews(hub)).toMatchObject([
      { state: "pending", reason: "this tool only sends, and nothing came yet", streams: [] },
    ]);
    await noteReceipt(hub, "acme", { lastReceivedAt: receivedAt.toISOString(), rejected: 0 });
    const healthy = { state: "healthy", dataAsOf: receivedAt.toISOString() };
    expect(await connectionViews(hub)).toMatchObject([healthy]);
    pipeline.pass(3 * 86_400);
    await tellLate(hub);
    expect(await connectionViews(hub)).toMatchObject([healthy]);
    expect(pipeline.logged).toEqual([]);
  });

  it("is polled without a single request", async () => {
    using pipeline = open();
    await poll(pipeline.hub("one"), { connection: "acme" }, new AbortController().signal);
    expect(pipeline.logged.filter(({ code }) => code !== undefined)).toEqual([]);
  });
});

describe("a batch of which Segment signed the first message", () => {
  const batch = [opened('a"]},[', "2026-03-02", "user-1"), opened("b", "2026-03-02", "user-2")];
  const verify = (delivery: Delivery, settings: object) =>
    segment.webhook?.signature.verify(delivery, segment.config.parse({ ...SETTINGS, ...settings }));

  it("is refused with what to do about it, and taken where the config trusts batches", () => {
    expect(() => verify(signed(batch, batch[0]), {})).toThrow("turn batching off, or set trustBatches");
    expect(() => verify(signed(batch, batch[0]), { trustBatches: true })).not.toThrow();
  });

  it("is refused in spite of that trust when another message stands first, or nothing is signed", () => {
    for (const wrong of [batch.toReversed(), [{ batch }, batch[0]], [], [[]]])
      expect(() => verify(signed(wrong, batch[0]), { trustBatches: true })).toThrow("digest differs");
    expect(() => verify({ ...signed(batch), headers: new Headers() }, { trustBatches: true })).toThrow(
      "no x-signature",
    );
  });
});

describe("the sandbox's Segment", async () => {
  const pipelines: Pipeline[] = [];
  const server = createServer(async (request, response) => {
    const headers = new Headers(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
    const [pipeline] = pipelines;
    const delivery = { headers, body: new Uint8Array(await buffer(request)), receivedAt };
    const taken = pipeline && (await receive(pipeline.hub("one"), "acme", delivery).catch((error: unknown) => error));
    response.writeHead(taken === undefined ? 202 : 401).end();
  });
  const url = await new Promise<string>((resolve) =>
    server.listen(0, "127.0.0.1", () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)),
  );
  const sandbox = await startSandbox({
    size: 60,
    clock: () => receivedAt.getTime(),
    webhooks: { segment: { url, secret: SETTINGS.webhookSecret } },
  });
  const sites: Readonly<Record<string, (typeof sandbox.sites)[string] | undefined>> = sandbox.sites;
  const site = sites["segment"];
  pipelines.push(open({ ...site?.settings, webhookSecret: SETTINGS.webhookSecret }));
  const [pipeline] = pipelines as [Pipeline];
  afterAll(async () => {
    await sandbox.stop();
    server.close();
    pipeline[Symbol.dispose]();
  });

  it("sends what people do, one by one and in batches, and a repeat counts once", async () => {
    const one = await sandbox.control({ do: "segment.track", product: "Storefront", feature: "Saved carts", times: 3 });
    expect(one.webhooks?.map(({ status }) => status)).toEqual([202, 202, 202]);
    await sandbox.control({ do: "segment.track", product: "Storefront", feature: 0, times: 4, batch: true });
    const again = await sandbox.control({ do: "redeliver" });
    expect(again).toMatchObject({ webhooks: [{ vendor: "segment", status: 202 }] });
    await work(pipeline);
    const [metric] = await held(pipeline, "metric");
    expect(metric?.fields).toMatchObject({
      name: "Saved carts Used",
      unit: "events",
      points: [{ at: "2026-03-02", value: 7 }],
    });
    expect(metric?.references).toMatchObject([{ alias: expect.stringMatching(/^ACME-\d+$/), place: "declared" }]);
  });

  it("sends organisations and what they say, which belong together", async () => {
    const { webhooks } = await sandbox.control({
      do: "segment.feedback",
      product: "Storefront",
      feature: 0,
      text: "More!",
    });
    expect(webhooks).toMatchObject([{ status: 202 }]);
    for (let at = 0; at < 8; at += 1) await sandbox.control({ do: "segment.group", id: `group-${at}`, plan: "pro" });
    await work(pipeline);
    const [said] = await held(pipeline, "feedback");
    expect(said?.fields).toMatchObject({ title: "More!", channel: "Feedback Submitted" });
    const customers = await held(pipeline, "customer");
    expect(customers.map(({ id }) => id)).toContain(said?.fields.customerId);
    expect(customers[0]?.fields).toMatchObject({ tier: "pro", size: 40 });
  });

  it("is never asked for anything, and refuses verbs without what they need", async () => {
    expect((await fetch(site?.baseUrl ?? "")).status).toBe(404);
    await expect(sandbox.control({ do: "segment.track", feature: "No such" })).rejects.toThrow("feature is a title");
    await expect(sandbox.control({ do: "segment.track", feature: 0, times: 0 })).rejects.toThrow("times is a whole");
  });
});
