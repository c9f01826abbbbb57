import { spawn } from "node:child_process";
import { createHmac } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { Agent, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, expect, it } from "vitest";
import { openEmbedded } from "../../shared/adapters/sqlite/index.ts";
import { everyOf } from "../../shared/store/entities.ts";

const room = mkdtempSync(join(tmpdir(), "throughline-descriptors-"));
afterAll(() => rmSync(room, { recursive: true }));

/** @returns the status, or the code of what broke the connection */
const ask = (url: string, agent: Agent | undefined, body?: object): Promise<number | string> =>
  new Promise((resolve) => {
    const text = JSON.stringify(body);
    const sent = request(url, {
      method: body === undefined ? "GET" : "POST",
      ...(agent && { agent }),
      headers: body && {
        "content-type": "application/json",
        accept: "application/json, text/event-stream",
        "x-signature": createHmac("sha1", "a secret of this test").update(text).digest("hex"),
      },
    });
    sent.once("response", (response) => response.resume().once("end", () => resolve(response.statusCode ?? 0)));
    sent.once("error", (error) => resolve("code" in error ? String(error.code) : error.name));
    sent.end(body && text);
  });

const opened = (id: string) => ({
  type: "track",
  event: "Opened",
  messageId: id,
  userId: id,
  timestamp: "2026-03-02T08:00:00.000Z",
  receivedAt: "2026-03-02T08:00:01.000Z",
});

it("F41 a whole hub without a free file descriptor acknowledges nothing, and goes on without a restart once there are some", async () => {
  const worker = fileURLToPath(new URL("few-descriptors-hub.ts", import.meta.url));
  const command = `ulimit -n 128 && exec "$0" "$1" "$2"`;
  const hub = spawn("bash", ["-c", command, process.execPath, worker, room], { stdio: ["pipe", "pipe", "pipe"] });
  let log = "";
  hub.stderr.setEncoding("utf8").on("data", (text: string) => {
    log += text;
  });
  const ended = once(hub, "exit");
  const lines = createInterface({ input: hub.stdout })[Symbol.asyncIterator]();
  const said = async (line?: string) => {
    if (line !== undefined) hub.stdin.write(`${line}\n`);
    return (await lines.next()).value ?? `it ended: ${log}`;
  };
  const kept = new Agent({ keepAlive: true, maxSockets: 1 });
  try {
    const url = await said();
    const hook = `${url}/hooks/shop`;
    const ping = { jsonrpc: "2.0", id: 1, method: "ping" };
    expect(await ask(hook, kept, opened("one"))).toBe(202);
    expect(await said("take")).toBe("take");
    // What stands already is asked on its connection; assistants' tools and pages are not loaded yet. No new one comes up.
    expect(await ask(hook, kept, opened("two"))).toBe(503);
    expect(await ask(`${url}/mcp`, kept, ping)).toBe(503);
    expect(await ask(`${url}/v1/features`, kept)).toBe(503);
    expect(["ECONNRESET", "EPIPE"]).toContain(await ask(hook, new Agent(), opened("three")));
    expect(await said("give")).toBe("give");
    expect(await ask(hook, kept, opened("two"))).toBe(202);
    expect(await ask(hook, new Agent(), opened("three"))).toBe(202);
    expect(await ask(`${url}/mcp`, kept, ping)).toBe(200);
    expect(await ask(`${url}/v1/features`, new Agent())).toBe(200);
    expect(log).toMatch(/webhook not kept .*EMFILE/);
    hub.stdin.end();
    expect(await ended).toEqual([0, null]);
  } finally {
    kept.destroy();
    hub.kill("SIGKILL");
  }
  const environment = { HOOK: "a secret of this test" };
  const store = openEmbedded({
    folder: room,
    exclusive: true,
    environment,
    envFile: join(room, ".env"),
    url: "http://hub",
  });
  try {
    let counted = 0;
    for await (const metric of everyOf(store.ports.table, "metric"))
      for (const { value } of metric.fields.points ?? []) counted += value;
    const { waiting, inFlight, dead } = await store.consumers.inbox.depth();
    // Each that was acknowledged is counted or still to be read, once; what was refused left nothing.
    expect([counted + waiting + inFlight, dead]).toEqual([3, 0]);
    expect(await Array.fromAsync(store.ports.archive.list("shop"))).toHaveLength(3);
  } finally {
    store.close();
  }
});
