import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { HubError } from "../../shared/connector/errors.ts";
import { vendorHttp } from "../../shared/connector/http.ts";
import { budget } from "../../shared/connector/limits.ts";
import { type Answer, inTurn, openHttp, stillClock, told, vendorServer } from "./vendor-server.ts";

const Any = z.looseObject({});
const Named = z.object({ name: z.string() });

/** The failure of a call that must fail. */
const failureOf = async (call: Promise<unknown>): Promise<HubError> => {
  const outcome = await call.then(
    () => "succeeded",
    (error: unknown) => error,
  );
  if (outcome instanceof HubError) return outcome;
  throw new Error(`not a HubError: ${inspect(outcome)}`);
};

const hangUp: Answer = (request) => request.socket.destroy();
const never: Answer = () => {};
/** Promises more than it sends. */
const halfABody =
  (status: number): Answer =>
  (request, response) => {
    response.writeHead(status, { "content-type": "application/json", "content-length": "4000" });
    response.write('{"name": "a');
    setTimeout(() => request.socket.destroy(), 20);
  };

describe("an answer that may be another one soon", () => {
  it.each<[string, Answer, number]>([
    ["429 with seconds", told(429, {}, { "retry-after": "7" }), 7000],
    ["429 with a date", told(429, {}, { "retry-after": "Mon, 02 Mar 2026 10:00:09 GMT" }), 9000],
    ["429 with a date that is over", told(429, {}, { "retry-after": "Mon, 02 Mar 2026 09:00:00 GMT" }), 0],
    ["429 without a time", told(429), 60_000],
    ["429 with a time in words", told(429, {}, { "retry-after": "in May 2027" }), 60_000],
    ["429 with a negative time", told(429, {}, { "retry-after": "-5" }), 60_000],
    ["429 with GitHub's reset", told(429, {}, { "x-ratelimit-reset": "1772445612" }), 12_000],
    ["429 with Jira's reset", told(429, {}, { "x-ratelimit-reset": "2026-03-02T10:00:30Z" }), 30_000],
    ["GitHub's secondary limit", told(403, { message: "You have exceeded a secondary rate limit" }), 60_000],
    ["403 with Retry-After", told(403, {}, { "retry-after": "3" }), 3000],
    ["403 with nothing left", told(403, {}, { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "1772445605" }), 5000],
    [
      "Linear's 400",
      told(
        400,
        { errors: [{ extensions: { code: "RATELIMITED" } }] },
        { "x-ratelimit-requests-reset": "1772445608000" },
      ),
      8000,
    ],
    ["500", told(500), 1000],
    ["502 in HTML", told(502, "<html>", { "content-type": "text/html" }), 1000],
    ["503", told(503), 1000],
    ["503 with Retry-After", told(503, {}, { "retry-after": "20" }), 20_000],
    ["504", told(504), 1000],
    ["529", told(529), 1000],
    ["a connection that breaks", hangUp, 1000],
    ["a refusal of which half came", halfABody(403), 1000],
  ])("is asked for again after the time it names: %s", async (_, answer, waits) => {
    await using vendor = await vendorServer(inTurn(answer, told(200, { name: "Ann" })));
    const { http, slept } = openHttp(vendor);
    expect(await http.json(Named, "GET", "/me")).toEqual({ name: "Ann" });
    expect(vendor.asked).toHaveLength(2);
    expect(slept).toEqual(waits === 0 ? [] : [waits]);
  });

  it("F25 is given up after five attempts, each wait twice the one before", async () => {
    await using vendor = await vendorServer(told(503));
    const { http, slept } = openHttp(vendor);
    const error = await failureOf(http.json(Any, "GET", "/me"));
    expect(error).toMatchObject({ code: "vendor_unreachable", retry: "later", details: { status: 503 } });
    expect(vendor.asked).toHaveLength(5);
    expect(slept).toEqual([1000, 2000, 4000, 8000]);
  });

  it("F25 is not waited for inside a run when it asks for more than a minute", async () => {
    await using vendor = await vendorServer(told(429, {}, { "retry-after": "61" }));
    const { http, slept } = openHttp(vendor);
    const error = await failureOf(http.json(Any, "GET", "/me"));
    expect(error).toMatchObject({ code: "vendor_rate_limited", retry: { afterSeconds: 61 } });
    expect([vendor.asked.length, slept.length]).toEqual([1, 0]);
  });

  it("holds the next call back too, which is not waited for either when it takes too long", async () => {
    const spent = { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "1772449200" };
    await using vendor = await vendorServer(told(200, {}, spent));
    const { http, slept } = openHttp(vendor);
    await http.json(Any, "GET", "/first");
    const error = await failureOf(http.json(Any, "GET", "/second"));
    expect(error).toMatchObject({ code: "vendor_rate_limited", retry: { afterSeconds: 3600 } });
    expect([vendor.asked.length, slept.length]).toEqual([1, 0]);
  });

  it("holds all calls of the connection back, whatever answers tell that were on their way", async () => {
    const left = { "x-ratelimit-remaining": "4000", "x-ratelimit-reset": "1772449200" };
    const allowance = budget(1_000_000, () => Date.parse("2026-03-02T10:00:00.000Z"));
    await using vendor = await vendorServer(inTurn(told(429, {}, { "retry-after": "61" }), told(200, {}, left)));
    const { http, slept } = openHttp(vendor, { allowance });
    await failureOf(http.json(Any, "GET", "/first"));
    await allowance.learn({ remaining: 4000, resetAt: Date.parse("2026-03-02T11:00:00.000Z") });
    const error = await failureOf(http.json(Any, "GET", "/second"));
    expect(error).toMatchObject({ code: "vendor_rate_limited", retry: { afterSeconds: 61 } });
    expect([vendor.asked.length, slept.length]).toEqual([1, 0]);
  });

  it("holds back a call too that had its place before and waited for it", async () => {
    await using vendor = await vendorServer(told(200));
    const clock = stillClock("2026-03-02T10:00:00.000Z");
    const allowance = budget(60, clock.around.now);
    for (let call = 0; call < 21; call++) await allowance.waitMs();
    // The other call's 429 comes while this one waits for its place.
    const sleep: typeof clock.around.sleep = async (milliseconds, signal) => {
      if (clock.slept.length === 0) await allowance.holdBack(clock.around.now() + 7000);
      return clock.around.sleep(milliseconds, signal);
    };
    const run = new AbortController().signal;
    const settings = { baseUrl: vendor.baseUrl, headers: {}, requestsPerMinute: 60 };
    await vendorHttp(settings, { ...clock.around, sleep }, run, allowance).json(Any, "GET", "/me");
    expect(clock.slept).toEqual([2000, 5000]);
  });

  it("is unreachable, to be tried later, where nobody listens", async () => {
    const vendor = await vendorServer(told(200));
    await vendor[Symbol.asyncDispose]();
    const { http, slept } = openHttp(vendor);
    expect(await failureOf(http.json(Any, "GET", "/me"))).toMatchObject({ code: "vendor_unreachable", retry: "later" });
    expect(slept).toHaveLength(4);
  });
});

describe("an answer that is final", () => {
  it.each([
    [401, "vendor_auth_expired", "never"],
    [403, "vendor_forbidden", "never"],
    [404, "vendor_not_found", "never"],
    [410, "vendor_not_found", "never"],
    [400, "vendor_answer_unreadable", "later"],
    [418, "vendor_answer_unreadable", "later"],
    [302, "vendor_answer_unreadable", "later"],
  ])("%i is %s and asked for once", async (status, code, retry) => {
    await using vendor = await vendorServer(told(status, { message: "no" }, { location: "/elsewhere" }));
    const { http } = openHttp(vendor);
    expect(await failureOf(http.json(Any, "GET", "/me?token=x"))).toMatchObject({
      code,
      retry,
      message: `/me answered ${status}`,
    });
    expect(vendor.asked).toHaveLength(1);
  });

  it("is given to an SDK as it is", async () => {
    await using vendor = await vendorServer(told(404, { message: "no" }));
    const { http } = openHttp(vendor);
    const response = await http.fetch("/me");
    expect([response.status, await response.json()]).toEqual([404, { message: "no" }]);
  });
});

describe("a body", () => {
  it.each<[string, Answer]>([
    ["HTML with status 200", told(200, "<html>Log in</html>", { "content-type": "text/html" })],
    ["nothing", told(200, "")],
    ["half of one", told(200, '{"name": "An')],
    ["one that breaks off", halfABody(200)],
    ["another shape", told(200, { name: 7 })],
  ])("of %s is unreadable, to be tried later", async (_, answer) => {
    await using vendor = await vendorServer(answer);
    const { http } = openHttp(vendor);
    const error = await failureOf(http.json(Named, "GET", "/people"));
    expect(error).toMatchObject({ code: "vendor_answer_unreadable", retry: "later" });
    expect(error.message).toMatch(/^\/people /);
  });

  it("F27 cut at any sixteenth of it is unreadable, and never a shorter list", async () => {
    const page = JSON.stringify({ name: "Ann", items: Array.from({ length: 40 }, (_, at) => ({ id: at })) });
    let cut = 0;
    await using vendor = await vendorServer((_, response) => void response.end(page.slice(0, cut)));
    for (let part = 0; part < 16; part++) {
      cut = Math.floor((page.length * part) / 16);
      const { http } = openHttp(vendor);
      expect(await failureOf(http.json(Named, "GET", "/people"))).toMatchObject({ code: "vendor_answer_unreadable" });
    }
  });

  it("is sent as JSON, and only when there is one", async () => {
    const bodies: string[] = [];
    await using vendor = await vendorServer((request, response) => {
      let text = "";
      request.on("data", (chunk) => {
        text += String(chunk);
      });
      request.on("end", () => {
        bodies.push(text);
        response.end("{}");
      });
    });
    const { http } = openHttp(vendor);
    await http.json(Any, "POST", "/search", { jql: "é" });
    await http.json(Any, "GET", "/me");
    expect(bodies).toEqual(['{"jql":"é"}', ""]);
    expect(vendor.asked.map(({ headers }) => headers["content-type"])).toEqual(["application/json", undefined]);
  });
});

describe("a call", () => {
  it("F26 ends at its deadline, and counts as not answered", async () => {
    await using vendor = await vendorServer(inTurn(never, told(200, { name: "Ann" })));
    const { http } = openHttp({ baseUrl: vendor.baseUrl, timeoutMs: 60 });
    expect(await http.json(Named, "GET", "/me")).toEqual({ name: "Ann" });
    expect(vendor.asked).toHaveLength(2);
  });

  it("F26 ends at its deadline while the body trickles in", async () => {
    await using vendor = await vendorServer((_, response) => {
      response.writeHead(200, { "content-type": "application/json" }).write('{"name":');
    });
    const { http } = openHttp({ baseUrl: vendor.baseUrl, timeoutMs: 60 });
    expect(await failureOf(http.json(Named, "GET", "/me"))).toMatchObject({ code: "vendor_answer_unreadable" });
  });

  it("ends with the run, without another attempt", async () => {
    const run = new AbortController();
    await using vendor = await vendorServer(() => run.abort(new Error("time is up")));
    const { http } = openHttp(vendor, { run: run.signal });
    await expect(http.json(Any, "GET", "/me")).rejects.toThrow("time is up");
    expect(vendor.asked).toHaveLength(1);
  });

  it("does not begin when the run is over", async () => {
    await using vendor = await vendorServer(told(200));
    const { http } = openHttp(vendor, { run: AbortSignal.abort(new Error("time is up")) });
    await expect(http.json(Any, "GET", "/me")).rejects.toThrow("time is up");
    expect(vendor.asked).toHaveLength(0);
  });

  it("stays below the path of the base URL", async () => {
    await using vendor = await vendorServer(told(200));
    const { http } = openHttp({ baseUrl: `${vendor.baseUrl}/ex/jira/7/` });
    await http.json(Any, "GET", "/rest/api/3/myself?expand=groups");
    expect(vendor.asked[0]?.path).toBe("/ex/jira/7/rest/api/3/myself?expand=groups");
  });
});

describe("T10 a credential", () => {
  const canary = `canary-${crypto.randomUUID()}`;
  const headers = { authorization: `Bearer ${canary}` };

  it("goes to the vendor's own host with every call", async () => {
    await using vendor = await vendorServer(told(200));
    const { http } = openHttp({ baseUrl: vendor.baseUrl, headers });
    await http.json(Any, "GET", `${vendor.baseUrl}/next?page=2`);
    expect(vendor.asked[0]?.headers.authorization).toBe(`Bearer ${canary}`);
  });

  it.each([
    "https://evil.example/next",
    "http://127.0.0.1:1/next",
    "///evil.example/next",
    "\\\\evil.example/next",
    "http://user@evil.example/",
    "file:///etc/hostname",
  ])("stays at home when the vendor names %s as the next page", async (next) => {
    await using vendor = await vendorServer(told(200));
    await using other = await vendorServer(told(200));
    const { http } = openHttp({ baseUrl: vendor.baseUrl, headers });
    const error = await failureOf(http.json(Any, "GET", next));
    expect(error).toMatchObject({ code: "vendor_answer_unreadable", retry: "never" });
    expect(vendor.asked.length + other.asked.length).toBe(0);
  });

  it("stays at home when the vendor redirects to another host", async () => {
    await using other = await vendorServer(told(200));
    await using vendor = await vendorServer(told(302, {}, { location: `${other.baseUrl}/stolen` }));
    const { http } = openHttp({ baseUrl: vendor.baseUrl, headers });
    await failureOf(http.json(Any, "GET", "/me"));
    expect((await http.fetch("/me")).status).toBe(302);
    expect(other.asked).toEqual([]);
  });

  it.each<[string, Answer, string]>([
    ["refused", told(401, "no"), canary],
    ["limited", told(429, {}, { "retry-after": "900" }), canary],
    ["cut off", hangUp, canary],
    ["unreadable", told(200, "<html>"), canary],
    ["of another shape", told(200, []), canary],
    ["never asked, since the credential has a line break in it", told(200), `${canary}\r\nx: y`],
    ["never asked, since the credential has a letter that no header may have", told(200), `${canary}…`],
  ])("stands in no error of a call that is %s", async (_, answer, token) => {
    await using vendor = await vendorServer(answer);
    const { http } = openHttp({ baseUrl: vendor.baseUrl, headers: { authorization: `Bearer ${token}` } });
    const error = await failureOf(http.json(Any, "GET", `/me?access_token=${canary}`));
    expect(inspect(error, { depth: 10, showHidden: true })).not.toContain(canary);
    expect(JSON.stringify(error)).not.toContain(canary);
  });
});

describe("a run over many calls", () => {
  it("may burst, then keeps the pace that is configured", async () => {
    await using vendor = await vendorServer(told(200));
    const { http, slept } = openHttp({ baseUrl: vendor.baseUrl, requestsPerMinute: 60 });
    for (let call = 0; call < 25; call++) await http.json(Any, "GET", "/me");
    expect(slept).toEqual([1000, 1000, 1000, 1000, 1000]);
  });

  it("stops until the reset when the vendor says that nothing is left", async () => {
    const left = (remaining: string): Answer =>
      told(200, {}, { "x-ratelimit-remaining": remaining, "x-ratelimit-reset": "1772445640" });
    await using vendor = await vendorServer(inTurn(left("1"), left("0"), told(200)));
    const { http, slept } = openHttp(vendor);
    for (let call = 0; call < 4; call++) await http.json(Any, "GET", "/me");
    expect(slept).toEqual([40_000]);
  });

  it("goes by what the connector reads in the headers, where it reads something", async () => {
    const left = (text: string): Answer => told(200, {}, { "x-budget-left": text });
    await using vendor = await vendorServer(inTurn(left("3"), left("0"), told(200)));
    const limits = (headers: Headers, now: number) => {
      const text = headers.get("x-budget-left");
      return text === null ? undefined : { remaining: Number(text), resetAt: now + 40_000 };
    };
    const { http, slept } = openHttp({ ...vendor, limits });
    for (let call = 0; call < 4; call++) await http.json(Any, "GET", "/me");
    expect(slept).toEqual([40_000]);
  });
});

it("moves its clock only by waiting", async () => {
  const { around, slept } = stillClock("2026-03-02T10:00:00.000Z");
  await around.sleep(500, new AbortController().signal);
  expect([around.now() - Date.parse("2026-03-02T10:00:00.000Z"), slept]).toEqual([500, [500]]);
});
