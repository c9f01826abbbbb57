import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { contextOf, poll, startGitHub } from "./github-vendor.ts";

let vendor: Awaited<ReturnType<typeof startGitHub>>;
beforeEach(async () => {
  vendor = await startGitHub();
});
afterEach(() => vendor.stop());
const context = () => contextOf({ baseUrl: vendor.origin, requestsPerMinute: 1_000_000 });

describe("a vendor in trouble", () => {
  it.each([
    [401, {}, "vendor_auth_expired"],
    [403, {}, "vendor_forbidden"],
    [301, { location: "/elsewhere" }, "vendor_not_found"],
    [429, { "retry-after": "900" }, "vendor_rate_limited"],
    [403, { "retry-after": "900" }, "vendor_rate_limited"],
    [403, { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "9999999999" }, "vendor_rate_limited"],
    [502, {}, "vendor_unreachable"],
  ])("that answers %i with %j fails as %s", async (status, headers, code) => {
    vendor.control.fault = (_path, response) => {
      response.writeHead(status, { "content-type": "application/json", ...headers }).end('{"message":"no"}');
      return true;
    };
    await expect(poll(context(), "pulls")).rejects.toMatchObject({ code });
  });

  it("is not asked again and again by the client: what still fails goes back to the queue", async () => {
    vendor.control.fault = (_path, response) => {
      response.writeHead(403, { "retry-after": "900" }).end('{"message":"You have exceeded a secondary rate limit"}');
      return true;
    };
    const started = performance.now();
    await expect(poll(context(), "issues")).rejects.toMatchObject({ retry: { afterSeconds: 900 } });
    expect(performance.now() - started).toBeLessThan(3000);
    expect(vendor.asked).toHaveLength(1);
  });

  it.each([
    ["<html>", "vendor_answer_unreadable"],
    ['{"message":"odd"}', "vendor_answer_unreadable"],
    ["[{", "vendor_answer_unreadable"],
  ])("F27 that answers 200 with %s fails as %s", async (text, code) => {
    vendor.control.fault = (_path, response) => {
      response.writeHead(200, { "content-type": "application/json" }).end(text);
      return true;
    };
    await expect(poll(context(), "pulls")).rejects.toMatchObject({ code });
  });

  it.each(["milestones", "pulls", "releases", "deployments"])(
    "F29 that names the same next page twice ends the run: %s",
    async (stream) => {
      vendor.control.fault = (path, response) => {
        if (/compare|statuses|reviews|commits/.test(path)) return false;
        const link = `<${vendor.origin}${path}?page=2>; rel="next"`;
        response.writeHead(200, { "content-type": "application/json", link }).end("[]");
        return true;
      };
      await expect(poll(context(), stream)).rejects.toMatchObject({ code: "vendor_paging_broken" });
    },
  );

  it("that sends us to another host is not followed", async () => {
    vendor.control.fault = (_path, response) => {
      response
        .writeHead(200, { "content-type": "application/json", link: '<https://evil.example/x>; rel="next"' })
        .end("[]");
      return true;
    };
    await expect(poll(context(), "pulls")).rejects.toMatchObject({ code: "vendor_answer_unreadable", retry: "never" });
  });

  it("keeps numbers as they were sent", async () => {
    vendor.holdings.milestones.push({ node_id: "MI_1", number: 1, huge: 2 ** 60 });
    const { records } = await poll(context(), "milestones");
    expect(() => JSON.stringify(records)).not.toThrow();
    expect(typeof records[0]?.["huge"]).toBe("number");
  });
});
