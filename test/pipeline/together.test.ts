import type { SQSEvent } from "aws-lambda";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { handler } from "../../functions/ingest-record.ts";
import { type Connector, defineConnector, stream } from "../../shared/connector/contract.ts";
import { useHub } from "../../shared/platform/current.ts";
import type { Ports } from "../../shared/ports/ports.ts";
import { bareTool, openPipeline } from "./open-pipeline.ts";

/** A tool whose webhooks only name what changed. */
const tool = defineConnector<unknown>({
  ...bareTool,
  streams: { teams: stream({ record: z.unknown(), kinds: ["team"], normalise: () => [], reread: async () => [] }) },
  webhook: {
    signature: { sign: () => ({}), verify: () => {} },
    deliveryId: ({ headers }) => headers.get("x-delivery") ?? "",
    keeps: ["x-delivery"],
    records: (body) => [{ stream: "teams", reread: String(body) }],
  },
}) as Connector;

const opened = (around?: (ports: Ports) => Ports) => {
  const open = openPipeline({ connector: tool, ...(around && { around }) });
  const hub = open.hub("one");
  useHub(hub);
  let deliveries = 0;
  return {
    ...open,
    /** Keeps a webhook of each of these records. @returns the batch that hands them out */
    async webhooks(...ids: readonly string[]): Promise<SQSEvent> {
      const bodies: string[] = [];
      for (const id of ids) {
        deliveries += 1;
        const receivedAt = hub.ports.clock.now().toISOString();
        const headers = { "x-delivery": String(deliveries) };
        const rawRef = await hub.ports.archive.put(
          { connectionId: "acme", receivedAt, what: "webhook", headers },
          new TextEncoder().encode(JSON.stringify(id)),
        );
        bodies.push(JSON.stringify({ connection: "acme", rawRef }));
      }
      return { Records: bodies.map((body, at) => ({ messageId: `m${at}`, body })) } as SQSEvent;
    },
    async jobs(): Promise<unknown[]> {
      const waiting = await open.consumers.jobs.receive(10, 60);
      return waiting.map(({ body }) => JSON.parse(body));
    },
    remembered: () => open.real.table.count({ pk: "D#acme" }),
  };
};

describe("webhooks that come in one batch", () => {
  it("ask the tool once for all records that they name", async () => {
    using open = opened();
    const batch = await open.webhooks("1", "2", "1", "3");
    expect(await handler(batch)).toEqual({ batchItemFailures: [] });
    expect(await open.jobs()).toEqual([{ connection: "acme", stream: "teams", ids: ["1", "2", "3"] }]);
    expect(await open.remembered()).toBe(4);
    await handler(batch);
    expect(await open.jobs()).toEqual([]);
  });

  it("come again, all of them, if the question could not be sent, and ask it then", async () => {
    let isDown: boolean = true;
    using open = opened((ports) => ({
      ...ports,
      jobs: {
        send: (bodies, delay) => (isDown ? Promise.reject(new Error("down")) : ports.jobs.send(bodies, delay)),
      },
    }));
    const batch = await open.webhooks("1", "2");
    expect((await handler(batch)).batchItemFailures).toHaveLength(2);
    expect(await open.remembered()).toBe(0);
    isDown = false;
    expect((await handler(batch)).batchItemFailures).toEqual([]);
    expect(await open.jobs()).toEqual([{ connection: "acme", stream: "teams", ids: ["1", "2"] }]);
  });
});
