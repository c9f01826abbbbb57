import { describe, expect, it } from "vitest";
import * as z from "zod";
import { type Connector, stream } from "../../shared/connector/contract.ts";
import { hmac } from "../../shared/connector/signature.ts";
import { cloudEvent, type HubEvent } from "../../shared/domain/event.ts";
import { traceOf } from "../../shared/domain/trace.ts";
import { eventsOf } from "../../shared/pipeline/events-of.ts";
import type { Hub } from "../../shared/pipeline/hub.ts";
import { ingest } from "../../shared/pipeline/ingest.ts";
import { poll } from "../../shared/pipeline/poll.ts";
import { project } from "../../shared/pipeline/project.ts";
import { publish } from "../../shared/pipeline/publish.ts";
import { receive } from "../../shared/pipeline/receive.ts";
import { traced } from "../../shared/pipeline/traced.ts";
import { registry } from "../../shared/platform/metrics.ts";
import { openMetrics } from "../platform/open-metrics.ts";
import { bareTool, openPipeline } from "./open-pipeline.ts";

const Idea = z.strictObject({ id: z.string(), title: z.string(), at: z.string() });
const signature = hmac<unknown>({ header: "x-signature", prefix: "", secrets: () => ["s3cret"] });
const ideas: z.output<typeof Idea>[] = [];
const connector = {
  ...bareTool,
  webhook: {
    signature,
    deliveryId: ({ headers }) => headers.get("x-delivery") ?? "",
    records: (body) => [{ stream: "ideas", record: body }],
  },
  streams: {
    ideas: stream({
      record: Idea,
      kinds: ["feature"],
      normalise: ({ id, title, at }) => [
        {
          kind: "feature",
          external: { noun: "idea", id, key: `IDEA-${id}`, url: `https://tool.example/${id}` },
          scopes: [],
          updatedAt: at,
          fields: {
            title,
            type: "Idea",
            problem: "",
            declaredStatus: { category: "todo", detail: "New", mappedBy: "default" },
            labels: [],
          },
        },
      ],
      poll: {
        cursor: z.strictObject({}),
        start: {},
        read: async function* () {
          yield { records: ideas, cursor: {} };
        },
      },
    }),
  },
} as Connector;

const opened = () => {
  const open = openPipeline({ connector });
  const meter = registry();
  const hub: Hub = { ...open.hub("one"), meter };
  let place = 0;
  return {
    ...open,
    hub,
    counts: (name: string) =>
      (openMetrics(meter.text([])).get(`throughline_${name}`)?.samples ?? []).map(({ labels, value }) => [
        Object.values(labels).join(" "),
        value,
      ]),
    /** Everything that waits: payloads into records, records into features, changes into events. */
    async work(): Promise<HubEvent[]> {
      for (const { message } of await open.queued()) await ingest(hub, message);
      const events: HubEvent[] = [];
      for (;;) {
        const found = open.feed.read(place, 1000);
        place = found.at(-1)?.seq ?? place;
        if (found.length === 0) return events;
        const records = found.map(({ record }) => record);
        await project(hub, records);
        await publish(hub, records);
        events.push(...records.flatMap((record) => eventsOf(hub, record)));
      }
    },
  };
};

const send = (hub: Hub, idea: z.output<typeof Idea>, delivery: string) => {
  const body = new TextEncoder().encode(JSON.stringify(idea));
  const receivedAt = hub.ports.clock.now();
  const headers = new Headers({ ...signature.sign(body, {}, receivedAt), "x-delivery": delivery });
  return receive(hub, "acme", { headers, body, url: "http://localhost:4100/hooks/acme", receivedAt });
};

describe("the trace of a payload", () => {
  it("leads from a webhook through the log, its records and its feature to what is told on the bus", async () => {
    using open = opened();
    await send(open.hub, { id: "1", title: "Search", at: "2026-03-02T09:00:00.000Z" }, "d-1");
    const events = await open.work();
    const trace = open.logged.find(({ verb }) => verb === "received")?.trace;
    expect(trace).toMatch(/^[0-9a-f]{32}$/);
    for (const verb of ["ingested", "projected", "published"])
      expect([verb, open.logged.filter((line) => line.verb === verb).map((line) => line.trace)]).toEqual([
        verb,
        verb === "ingested" ? [trace] : expect.arrayContaining([trace]),
      ]);
    const created = events.find(({ name }) => name === "feature.created");
    expect(created?.trace).toBe(trace);
    expect(events.find(({ name }) => name === "record.upserted")?.trace).toBe(trace);
    const sent = cloudEvent(created as HubEvent, { url: "https://hub.example.com", typePrefix: "dev.throughline" });
    expect(sent.traceparent).toMatch(new RegExp(`^00-${trace}-(?!0{16})[0-9a-f]{16}-01$`));
    const told = events.flatMap((event) => (event.trace === trace ? [event.id] : [])).toSorted();
    for (const id of [trace ?? "", created?.id ?? "", created?.subject ?? ""]) {
      const found = await traced(open.hub, id);
      expect(found.payload).toMatchObject({ connectionId: "acme", what: "webhook" });
      expect(found.events.map((event) => event.id).toSorted()).toEqual(told);
    }
    await expect(traced(open.hub, "evt_none")).rejects.toMatchObject({ code: "not_found" });
    const [archived] = await Array.fromAsync(open.real.archive.list("acme"));
    expect(archived).toContain(`-${trace}`);
  });

  it("is each page's own, and a feature's events name the page that changed it", async () => {
    using open = opened();
    const run = () => poll(open.hub, { connection: "acme" }, new AbortController().signal);
    ideas.splice(0, 2, { id: "1", title: "Search", at: "2026-03-01T09:00:00.000Z" });
    await run();
    const first = await open.work();
    open.pass(60);
    ideas.splice(0, 1, { id: "1", title: "Search, faster", at: "2026-03-02T09:30:00.000Z" });
    await run();
    const second = await open.work();
    const pages = open.logged.filter(({ verb }) => verb === "page kept").map(({ trace }) => trace);
    expect(new Set(pages).size).toBe(2);
    expect(first.find(({ name }) => name === "feature.created")?.trace).toBe(pages[0]);
    expect(second.find(({ name }) => name === "feature.updated")?.trace).toBe(pages[1]);
    expect(
      open.logged.filter(({ verb }) => verb === "polled").map(({ records, run: began }) => [records, began]),
    ).toEqual([
      [1, "2026-03-02T10:00:00.000Z"],
      [1, "2026-03-02T10:01:00.000Z"],
    ]);
  });

  it("is none where an address is no archive's", () => {
    expect(traceOf("config")).toBeUndefined();
    expect(traceOf(undefined)).toBeUndefined();
  });
});

describe("what is counted on the way", () => {
  it("is what came, what became of it, and what was told", async () => {
    using open = opened();
    await send(open.hub, { id: "1", title: "Search", at: "2026-03-02T09:00:00.000Z" }, "d-1");
    await open.work();
    await send(open.hub, { id: "1", title: "Search", at: "2026-03-02T09:00:00.000Z" }, "d-2");
    await send(open.hub, { id: "1", title: "Find", at: "2026-03-02T09:10:00.000Z" }, "d-3");
    await send(open.hub, { id: "2" } as never, "d-4");
    await open.work();
    expect(open.counts("webhooks_received")).toEqual([["acme", 4]]);
    expect(open.counts("records_kept")).toEqual([
      ["acme new", 1],
      ["acme same", 1],
      ["acme changed", 1],
      ["acme set_aside", 1],
    ]);
    expect(open.counts("quarantined")).toEqual([["acme payload_unreadable", 1]]);
    const published = Object.fromEntries(open.counts("events_published"));
    expect(published).toMatchObject({ "feature.created": 1, "feature.updated": 1 });
    const told = Object.values(published).reduce((sum, count) => Number(sum) + Number(count), 0);
    expect(open.counts("event_age_seconds").find(([label]) => label === "")).toEqual(["", told]);
    expect(Number(open.counts("features_derived")[0]?.[1])).toBeGreaterThanOrEqual(2);
  });
});
