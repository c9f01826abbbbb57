import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import figma from "../../connectors/figma/index.ts";
import notion from "../../connectors/notion/index.ts";
import slack from "../../connectors/slack/index.ts";
import { startSandbox } from "../../infra/sandbox/index.ts";
import type { Connector, Delivery } from "../../shared/connector/contract.ts";
import type { Entity, FieldedKind } from "../../shared/domain/entity.ts";
import type { Hub } from "../../shared/pipeline/hub.ts";
import { ingest } from "../../shared/pipeline/ingest.ts";
import { Job } from "../../shared/pipeline/messages.ts";
import { poll } from "../../shared/pipeline/poll.ts";
import { receive } from "../../shared/pipeline/receive.ts";
import { everyOf } from "../../shared/store/entities.ts";
import { openPipeline } from "../pipeline/open-pipeline.ts";
import { openSite } from "./open-site.ts";

const sandbox = await startSandbox({ size: 60 });
const came: Delivery[] = [];
/** Where the made-up tools send: keeps each delivery as it came. */
const address = createServer(async (request, response) => {
  const headers = new Headers(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
  came.push({
    headers,
    body: new Uint8Array(await new Response(request as never).arrayBuffer()),
    receivedAt: new Date(),
  });
  response.writeHead(202).end();
});
beforeAll(async () => {
  await new Promise<void>((resolve) => address.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(address.address() as AddressInfo).port}`;
  sandbox.setWebhooks({ figma: { url, secret: "s" }, notion: { url, secret: "s" }, slack: { url, secret: "s" } });
});
afterAll(async () => {
  address.closeAllConnections();
  address.close();
  await sandbox.stop();
});

const FRESH = "Fresh: it is out";

describe("what people do in a tool of the sandbox", () => {
  it.each<[string, Connector, object, FieldedKind, object]>([
    [
      "a dev status in Figma",
      figma as Connector,
      { do: "figma.mark", file: "Saved carts", status: "COMPLETED" },
      "design",
      { status: { category: "ready_for_dev", detail: "COMPLETED" } },
    ],
    [
      "a title in Notion",
      notion as Connector,
      { do: "notion.edit", page: "Sell everywhere", title: FRESH },
      "objective",
      { title: FRESH },
    ],
    [
      "a message in Slack",
      slack as Connector,
      { do: "slack.post", channel: "C0RELEASES0", text: FRESH },
      "announcement",
      { title: FRESH },
    ],
  ])("arrives by its webhook alone: %s", async (_, connector, change, kind, fields) => {
    const site = openSite(connector, sandbox);
    using pipeline = openPipeline({ connector, config: site.config });
    const plain = pipeline.hub("one");
    const connection = { ...(await plain.connection("acme")), http: () => site.context().http };
    const hub: Hub = { ...plain, connection: async () => connection };
    came.length = 0;
    await sandbox.control(change as Record<string, unknown>);
    expect(came).toHaveLength(1);
    for (const delivery of came) await receive(hub, "acme", delivery);
    for (const { message } of await pipeline.queued()) await ingest(hub, message);
    const jobs = await pipeline.consumers.jobs.receive(10, 60);
    expect(jobs.length).toBeGreaterThan(0);
    for (const { body } of jobs) await poll(hub, Job.parse(JSON.parse(body)), new AbortController().signal);
    for (const { message } of await pipeline.queued()) await ingest(hub, message);
    const held: Entity[] = await Array.fromAsync(everyOf(pipeline.real.table, kind));
    expect(held.map((one) => one.fields)).toContainEqual(expect.objectContaining(deep(fields)));
  });
});

/** Objects inside match in part as well. */
const deep = (value: object): object =>
  Object.fromEntries(
    Object.entries(value).map(([key, part]) => [key, typeof part === "object" ? expect.objectContaining(part) : part]),
  );
