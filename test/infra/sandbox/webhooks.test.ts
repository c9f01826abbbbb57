import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { LinearWebhookClient } from "@linear/sdk/webhooks";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Sandbox, startSandbox } from "../../../infra/sandbox/index.ts";

interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly raw: Buffer;
  readonly body: Readonly<Record<string, unknown>>;
}

let receiver: Server;
let received: Received[] = [];
let now = Date.now();
let sandbox: Sandbox;
beforeAll(async () => {
  receiver = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const raw = Buffer.concat(chunks);
      received.push({ headers: request.headers, raw, body: JSON.parse(raw.toString("utf8")) });
      response.writeHead(202).end();
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
  const target = { url: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`, secret: "secret" };
  sandbox = await startSandbox({
    size: 20,
    clock: () => now,
    webhooks: { jira: target, linear: target, github: target },
  });
});
beforeEach(async () => {
  sandbox.reset();
  received = [];
  await sandbox.control({ do: "webhooks", mode: "hold" });
});
afterAll(async () => {
  await sandbox.stop();
  receiver.close();
});

const rename = (key: string, title: string) => sandbox.control({ do: "rename", key, title });

describe("held webhooks", () => {
  it("wait, and go out in any order and as often as they are asked for", async () => {
    await rename("INS-1", "One");
    await rename("INS-1", "Two");
    await rename("ACME-15", "Three");
    expect(received).toEqual([]);
    const [first, second, third] = sandbox.held();
    expect([first?.vendor, second?.vendor, third?.event]).toEqual(["linear", "linear", "jira:issue_updated"]);
    for (const id of [second?.id, first?.id, first?.id]) await sandbox.control({ do: "deliver", id });
    expect(received.map(({ headers }) => headers["linear-delivery"])).toEqual([second?.id, first?.id, first?.id]);
    expect(received.map(({ body }) => (body["data"] as { title: string }).title)).toEqual(["Two", "One", "One"]);
    expect(sandbox.held()).toEqual([third]);
  });

  it("carry the time of their delivery where the vendor signs one, and of the change where it does not", async () => {
    now = Date.now() - 3_600_000;
    const changed = now;
    await rename("INS-1", "Late");
    await rename("ACME-15", "Late");
    now = Date.now();
    for (const { id } of sandbox.held()) await sandbox.control({ do: "deliver", id });
    const [linear, jira] = received;
    expect(linear?.body["webhookTimestamp"]).toBe(now);
    expect(linear?.body["createdAt"]).toBe(new Date(changed).toISOString());
    expect(jira?.body["timestamp"]).toBe(changed);
    const client = new LinearWebhookClient("secret");
    expect(client.verify(linear?.raw ?? Buffer.alloc(0), String(linear?.headers["linear-signature"]), now)).toBe(true);
  });

  it("are never sent once dropped", async () => {
    await rename("INS-1", "Lost");
    const [held] = sandbox.held();
    await sandbox.control({ do: "drop", id: held?.id });
    expect(sandbox.held()).toEqual([]);
    await expect(sandbox.control({ do: "deliver", id: held?.id })).rejects.toThrow("No such delivery");
    expect(received).toEqual([]);
  });

  it("are not even made while webhooks are off, and go out at once when they are sent", async () => {
    await sandbox.control({ do: "webhooks", mode: "off" });
    expect((await rename("INS-1", "Unheard")).webhooks).toEqual([]);
    await sandbox.control({ do: "webhooks", mode: "send" });
    expect((await rename("INS-1", "Heard")).webhooks).toMatchObject([{ vendor: "linear", status: 202 }]);
    expect(received.map(({ body }) => (body["data"] as { title: string }).title)).toEqual(["Heard"]);
    await expect(sandbox.control({ do: "webhooks", mode: "loud" })).rejects.toThrow("send, hold or off");
  });
});
