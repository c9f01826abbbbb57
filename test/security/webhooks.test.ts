import { gzipSync } from "node:zlib";
import type { SQSEvent } from "aws-lambda";
import { describe, expect, it } from "vitest";
import { handler as ingestRecord } from "../../functions/ingest-record.ts";
import { ingest } from "../../shared/pipeline/ingest.ts";
import { openHook, post, signed } from "./hook-door.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const BODY = bytes('{"id":"t1","name":"Payments"}');

describe("a webhook that comes again", () => {
  it("T02 writes nothing and so tells nothing: at once, in minutes, in days, and when its id is long forgotten", async () => {
    using hub = openHook();
    const arrive = async (headers: Readonly<Record<string, string>> = { "x-delivery": "d-1" }) => {
      expect(await post(BODY, { ...signed(BODY), ...headers })).toBe(202);
      for (const { message } of await hub.queued()) await ingest(hub.whole, message);
      return hub.written.length;
    };
    const once = await arrive();
    expect(once).toBeGreaterThan(0);
    const [minute, day] = [60, 86_400];
    for (const wait of [0, 5 * minute - 1, 6 * minute, 8 * day, 31 * day]) {
      hub.pass(wait);
      expect([wait, await arrive()]).toEqual([wait, once]);
    }
    // Under another id the bytes are read again, and say nothing that is not known.
    expect(await arrive({ "x-delivery": "d-2" })).toBe(once);
    expect(await arrive({})).toBe(once);
  });
});

describe("a request to the address of webhooks", () => {
  const right = signed(BODY);
  const small = gzipSync(BODY);
  const bomb = gzipSync(Buffer.alloc(50_000_000));

  it.each([
    ["packed", small],
    ["a bomb of zeros", bomb],
  ])("T07 is refused when its body is %s, though signed: no hub unpacks what a stranger sends", async (_, body) => {
    using hub = openHook();
    const before = process.memoryUsage().arrayBuffers;
    expect(await post(body, { ...signed(body), "content-encoding": "gzip" })).toBe(400);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(10_000_000);
    expect(await hub.queued()).toEqual([]);
  });

  it.each<[string, Parameters<typeof post>]>([
    ["content-length-mismatch", [BODY.subarray(0, -1), { ...right, "content-length": "2" }]],
    ["method-GET-with-body", [BODY, right, { method: "GET", rawPath: "/hooks/elsewhere" }]],
    ["method-PUT", [BODY, right, { method: "PUT" }]],
    ["path-case", [BODY, right, { rawPath: "/hooks/ACME" }]],
    ["path-traversal", [BODY, right, { rawPath: "/hooks/../hooks/acme/../x" }]],
    ["unknown-endpoint", [BODY, right, { rawPath: "/hooks/nobody" }]],
    ["unicode-path", [BODY, right, { rawPath: "/hooks/\u0430cme" }]],
    ["null-byte-path", [BODY, right, { rawPath: "/hooks/acme%00" }]],
    ["double-encoded-path", [BODY, right, { rawPath: "/hooks/%2561cme" }]],
    ["isBase64Encoded=true with invalid base64", [BODY, right, { body: "@@@@" }]],
    ["isBase64Encoded=true of valid body", [BODY, right, { body: new TextDecoder().decode(BODY) }]],
    ["id-1MB", [bytes(`{"id":"${"x".repeat(1_048_576)}"}`), right]],
  ])("T01 is refused when its envelope is bent: %s", async (name, asked) => {
    using hub = openHook();
    const status = await post(...asked);
    expect(status).toBeGreaterThanOrEqual(400);
    // API Gateway alone says what is base64: no sender reaches that, so that it may count as its failure.
    if (!name.startsWith("isBase64")) expect(status).toBeLessThan(500);
    expect(await hub.queued()).toEqual([]);
  });
});

describe("a message that somebody else put into the queue", () => {
  const event = (body: string) => ({ Records: [{ messageId: "m1", body }] }) as unknown as SQSEvent;
  const digest = "0".repeat(64);

  it.each([
    ["that is no JSON", "{"],
    ["of another shape", '{"connection":7}'],
    ["that leads out of the archive", `{"connection":"acme","rawRef":"../../../etc/passwd"}`],
    [
      "that leads out of the archive in the archive's own words",
      `{"connection":"acme","rawRef":"../2026-03-02/x-${digest}"}`,
    ],
    [
      "of a payload that was never received",
      `{"connection":"acme","rawRef":"acme/2026-03-02/20260302T100000.000Z-${digest}"}`,
    ],
    ["of a connection that there is not", `{"connection":"__proto__","rawRef":"acme/2026-03-02/x-${digest}"}`],
  ])("T22 becomes no entity: one %s", async (_, body) => {
    using hub = openHook();
    const { batchItemFailures } = await ingestRecord(event(body));
    const waiting = await hub.real.table.query({ pk: "M", limit: 1 });
    expect(hub.written).toEqual([]);
    expect(waiting).toEqual([]);
    // It goes to the dead letters by failing, or stands in quarantine: it is never taken for done in silence.
    expect(batchItemFailures.length + hub.logged.length).toBeGreaterThan(0);
  });
});
