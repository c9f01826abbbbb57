import { expect, it } from "vitest";
import * as z from "zod";
import { type Connector, defineConnector, stream } from "../../shared/connector/contract.ts";
import { ingest } from "../../shared/pipeline/ingest.ts";
import { draftOf } from "./arriving.ts";
import { bareTool, openPipeline } from "./open-pipeline.ts";

const Team = z.looseObject({ id: z.string(), name: z.string() });
/** A tool whose webhooks only say which team to read again. */
const connector = defineConnector<unknown>({
  ...bareTool,
  category: "code",
  streams: {
    teams: stream({
      record: Team,
      kinds: ["team"],
      normalise: ({ id, name }) => [draftOf("team", id, { fields: { name } })],
      reread: async () => [],
    }),
  },
  webhook: {
    signature: { sign: () => ({}), verify: () => {} },
    deliveryId: ({ headers }) => headers.get("x-delivery") ?? "",
    keeps: ["x-delivery"],
    records: () => [{ stream: "teams", reread: "1" }],
  },
}) as Connector;

it("F01 a delivery that comes again asks the tool for nothing, and another one of the same words does", async () => {
  using open = openPipeline({ connector });
  const hub = open.hub("one");
  const asked: number[] = [];
  for (const [delivery, minute] of [
    ["d-1", 0],
    ["d-1", 5],
    ["d-2", 6],
  ] as const) {
    const receivedAt = new Date(Date.UTC(2026, 2, 2, 10, minute)).toISOString();
    const note = { connectionId: "acme", receivedAt, what: "webhook", headers: { "x-delivery": delivery } } as const;
    const rawRef = await hub.ports.archive.put(note, new TextEncoder().encode("{}"));
    await ingest(hub, { connection: "acme", rawRef });
    asked.push((await open.consumers.jobs.depth()).waiting);
  }
  expect(asked).toEqual([1, 1, 2]);
});
