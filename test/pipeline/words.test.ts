import { expect, it } from "vitest";
import * as z from "zod";
import { type Connector, stream } from "../../shared/connector/contract.ts";
import { TIMELESS } from "../../shared/domain/instant.ts";
import { ingest } from "../../shared/pipeline/ingest.ts";
import { poll } from "../../shared/pipeline/poll.ts";
import type { Ports } from "../../shared/ports/ports.ts";
import { arriving, draftOf, idIn } from "./arriving.ts";
import { bareTool, openPipeline } from "./open-pipeline.ts";

const Word = z.looseObject({ id: z.string(), name: z.string() });
const none = z.strictObject({});

/** A tool with status words and work items; reading the items can be made to wait. */
const tool = (words: () => readonly unknown[], wait: () => Promise<void>): Connector =>
  ({
    ...bareTool,
    streams: {
      statuses: stream({
        record: Word,
        kinds: ["vocabulary"],
        timeless: true,
        normalise: ({ id, name }) => [
          {
            kind: "vocabulary",
            external: { noun: "status", id, url: "https://tool.example" },
            scopes: [],
            updatedAt: TIMELESS,
            fields: { field: "status", name, type: "todo" },
          },
        ],
        poll: {
          cursor: none,
          start: {},
          read: async function* () {
            yield { records: words(), cursor: {} };
          },
        },
      }),
      items: stream({
        record: Word,
        kinds: ["workItem"],
        normalise: () => [],
        poll: {
          cursor: none,
          start: {},
          read: async function* () {
            await wait();
            yield { records: [], cursor: {} };
          },
        },
      }),
    },
  }) as Connector;

it("a renamed word is asked about though the first try to ask failed", async () => {
  let name = "Doing";
  const refusals: Error[] = [];
  const around = (ports: Ports): Ports => ({
    ...ports,
    jobs: {
      send: async (...args) => {
        const refusal = refusals.pop();
        if (refusal !== undefined) throw refusal;
        return ports.jobs.send(...args);
      },
    },
  });
  using open = openPipeline({
    connector: tool(
      () => [{ id: "1", name }],
      async () => {},
    ),
    around,
  });
  const hub = open.hub("one");
  const signal = new AbortController().signal;
  const read = async () => {
    await poll(hub, { connection: "acme", stream: "statuses" }, signal);
    open.pass(1);
    return open.queued();
  };
  for (const { message } of await read()) await ingest(hub, message);
  name = "Building";
  const [page] = await read();
  if (page === undefined) throw new Error("nothing was read");
  refusals.push(new Error("the queue is gone"));
  await expect(ingest(hub, page.message)).rejects.toThrow("the queue is gone");
  await ingest(hub, page.message);
  const jobs = await open.consumers.jobs.receive(10, 60);
  expect(jobs.map(({ body }) => JSON.parse(body))).toEqual([{ connection: "acme", stream: "items", full: true }]);
});

it("a full read that is asked for while another run is at work comes again after it", async () => {
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  using open = openPipeline({
    connector: tool(
      () => [],
      () => held,
    ),
  });
  const hub = open.hub("one");
  const signal = new AbortController().signal;
  const running = poll(hub, { connection: "acme", stream: "items" }, signal);
  await new Promise((resolve) => setTimeout(resolve, 20));
  const full = () => poll(hub, { connection: "acme", stream: "items", full: true }, signal);
  await expect(full()).rejects.toMatchObject({ code: "lease_held", retry: { afterSeconds: 30 } });
  release();
  await running;
  await full();
});

it("a feature shows its status by the name of today, whichever of the two is read first", async () => {
  const epic = (detail: string) =>
    [
      "jira",
      draftOf("feature", "ACME-1", {
        fields: { title: "Checkout", declaredStatus: { category: "active", detail, id: "10", mappedBy: "tool" } },
      }),
    ] as const;
  const called = (name: string) =>
    [
      "jira",
      draftOf("vocabulary", "10", {
        fields: { field: "status", name, type: "active" },
        updatedAt: name === "Doing" ? "2026-03-01T10:00:00.000Z" : "2026-03-02T09:00:00.000Z",
      }),
    ] as const;
  const status = { category: "active", detail: "Building", id: "10", mappedBy: "tool" };
  for (const order of [
    [called("Doing"), epic("Doing"), called("Building")],
    [epic("Doing"), called("Building")],
    [called("Building"), epic("Doing")],
  ]) {
    using hub = arriving({ jira: "planning" });
    await hub.arrive(...order);
    expect((await hub.view(idIn("jira", "feature", "ACME-1")))?.status).toEqual(status);
  }
});
