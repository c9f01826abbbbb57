import { inspect } from "node:util";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { ANSWER_AT_MOST } from "../../shared/connector/bounded.ts";
import { HubError, safeReason } from "../../shared/connector/errors.ts";
import { jsonLog } from "../../shared/platform/log.ts";
import { type Answer, openHttp, told, vendorServer } from "../connector/vendor-server.ts";

const failureOf = async (work: Promise<unknown>): Promise<HubError> => {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof HubError) return error;
  throw new Error(`no HubError: ${inspect(error)}`);
};
const packed =
  (body: Buffer): Answer =>
  (_, response) =>
    response.writeHead(200, { "content-type": "application/json", "content-encoding": "gzip" }).end(body);

describe("an answer of a tool that grows without end", () => {
  // A few hundred kilobytes on the wire.
  const bomb = gzipSync(Buffer.alloc(ANSWER_AT_MOST + 100_000, 0x20), { level: 1 });

  it("T07 is unpacked to 64 MB and no further, whoever reads it", async () => {
    await using vendor = await vendorServer(packed(bomb));
    const { http } = openHttp({ baseUrl: vendor.baseUrl });
    const error = await failureOf(http.json(z.unknown(), "GET", "/issues"));
    expect(error).toMatchObject({ code: "vendor_answer_unreadable", retry: "later" });
    expect(error.message).toContain(`more than ${ANSWER_AT_MOST} bytes`);
    const streamed = (await http.fetch("/issues")).body ?? new ReadableStream<Uint8Array>();
    let size = 0;
    await failureOf(
      (async () => {
        for await (const chunk of streamed) size += chunk.byteLength;
      })(),
    );
    expect(size).toBeLessThanOrEqual(ANSWER_AT_MOST);
  });

  it("T07 is read whole when it is only packed, and says where it came from", async () => {
    await using vendor = await vendorServer(packed(gzipSync(JSON.stringify({ issues: ["é".repeat(100_000)] }))));
    const { http } = openHttp({ baseUrl: vendor.baseUrl });
    const response = await http.fetch("/issues?page=2");
    expect(response.url).toBe(`${vendor.baseUrl}/issues?page=2`);
    expect(await response.clone().json()).toEqual(await response.json());
    expect(await http.json(z.unknown(), "GET", "/issues")).toEqual({ issues: ["é".repeat(100_000)] });
  });
});

describe("a tool that repeats what it was sent", () => {
  const canary = `canary-${crypto.randomUUID()}`;
  const reflecting =
    (status: number): Answer =>
    (request, response) =>
      response
        .writeHead(status, { "x-echo": String(request.headers.authorization), "content-type": "application/json" })
        .end(JSON.stringify({ message: `bad token ${request.headers.authorization}`, headers: request.headers }));

  it.each([200, 302, 400, 401, 403, 404, 410, 422, 429, 500, 503])(
    "T19 with status %i puts no secret into an error, its causes or the log",
    async (status) => {
      await using vendor = await vendorServer(reflecting(status));
      const { http } = openHttp({ baseUrl: vendor.baseUrl, headers: { authorization: `Bearer ${canary}` } });
      const error = await failureOf(http.json(z.strictObject({ id: z.string() }), "GET", "/me"));
      const lines: string[] = [];
      jsonLog(
        () => new Date(0),
        (line) => lines.push(line),
      ).warn({ code: error.code, reason: safeReason(error) }, "poll failed");
      for (const text of [inspect(error, { depth: 10, showHidden: true }), JSON.stringify(error), ...lines])
        expect(text).not.toContain(canary);
      expect(vendor.asked[0]?.headers.authorization).toBe(`Bearer ${canary}`);
    },
  );

  it("T19 puts no secret into what is logged of an error that is not ours", () => {
    expect(safeReason(new Error(`fetch failed for Bearer ${canary}`))).not.toContain(canary);
    expect(safeReason(canary)).toBe("unknown failure");
  });
});

it("T10 a credential is never sent to where a plain answer leads: not by 302, not by 307, not to this machine", async () => {
  await using other = await vendorServer(told(200));
  for (const status of [301, 302, 303, 307, 308]) {
    for (const location of [`${other.baseUrl}/x`, "http://169.254.169.254/latest/meta-data/", "//127.0.0.1/x"]) {
      await using vendor = await vendorServer(told(status, {}, { location }));
      const { http } = openHttp({ baseUrl: vendor.baseUrl, headers: { authorization: "Bearer t" } });
      expect((await failureOf(http.json(z.unknown(), "GET", "/me"))).code).toBe("vendor_answer_unreadable");
      expect(vendor.asked).toHaveLength(1);
    }
  }
  expect(other.asked).toEqual([]);
});
