import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import github from "../../connectors/github/index.ts";
import { type PublicPage, publicHttp, readPublicRepository } from "../../connectors/github/public.ts";
import { vendorHttp } from "../../shared/connector/http.ts";

const API = "https://api.github.com/repos/acme/web";
const RESET = 1_795_176_000;

/** A public repository with more of everything than an import reads. */
const startLarge = async () => {
  const asked: { path: string; token: boolean }[] = [];
  const state: { remaining: number; pages: number; missing: boolean } = { remaining: 60, pages: 100, missing: false };
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://host");
    const isFree = url.pathname === "/rate_limit";
    asked.push({ path: url.pathname, token: request.headers.authorization !== undefined });
    if (!isFree) state.remaining--;
    const headers = {
      "x-ratelimit-remaining": String(Math.max(0, state.remaining)),
      "x-ratelimit-reset": String(RESET),
    };
    const send = (status: number, json: unknown, more: Record<string, string> = {}) =>
      response.writeHead(status, { "content-type": "application/json", ...headers, ...more }).end(JSON.stringify(json));
    if (isFree) return send(200, { resources: { core: { limit: 60, remaining: state.remaining, reset: RESET } } });
    if (state.missing) return send(404, { message: "Not Found" });
    if (state.remaining < 0) return send(403, { message: "API rate limit exceeded" });
    if (url.pathname === "/repos/acme/web")
      return send(200, {
        full_name: "acme/web",
        name: "web",
        description: "The shop",
        html_url: "https://github.com/acme/web",
      });
    const page = Number(url.searchParams.get("page") ?? 1);
    const stream = url.pathname.split("/").at(-1) ?? "";
    const rows = Array.from({ length: 100 }, (_, at) => {
      const number = page * 1000 + at;
      return {
        node_id: `${stream}_${number}`,
        id: number,
        number,
        name: `label ${number}`,
        sha: "a".repeat(40),
        tag_name: `v${number}`,
        url: `${API}/${stream}/${number}`,
        created_at: "2026-01-01T00:00:00Z",
        updated_at: "2026-01-02T00:00:00Z",
        ...(stream === "issues" && at % 2 === 0 && { pull_request: { url: "x" } }),
      };
    });
    url.searchParams.set("page", String(page + 1));
    const link = `<http://${request.headers.host}${url.pathname}${url.search}>; rel="next"`;
    return send(200, rows, page < state.pages ? { link } : {});
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    state,
    asked,
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
};

let vendor: Awaited<ReturnType<typeof startLarge>>;
beforeEach(async () => {
  vendor = await startLarge();
});
afterEach(() => vendor.stop());

const open = () => {
  const { signal } = new AbortController();
  const around = { fetch, now: () => Date.now(), sleep: async () => {}, random: () => 0.5 };
  return readPublicRepository({ http: vendorHttp(publicHttp(vendor.origin), around, signal), signal }, "acme/web");
};
const all = async () => {
  const read = await open();
  const pages: PublicPage[] = [];
  for await (const page of read.pages) pages.push(page);
  return { ...read, read: pages };
};

describe("importing a public repository", () => {
  it("takes at most 20 requests, without a token, however large the repository is", async () => {
    const { read, usage } = await all();
    const counted = vendor.asked.filter(({ path }) => path !== "/rate_limit");
    expect(counted.length).toBeLessThanOrEqual(20);
    expect(vendor.asked.some(({ token }) => token)).toBe(false);
    expect(usage()).toMatchObject({ used: counted.length, remaining: 60 - counted.length });
    expect(read.at(-1)).toMatchObject({ used: counted.length, remaining: 60 - counted.length, complete: false });
    const pages = Map.groupBy(read, ({ stream }) => stream);
    expect(pages.get("issues")).toHaveLength(8);
    expect(pages.get("pulls")).toHaveLength(4);
  });

  it("gives records in the shapes of the connector's streams, pull requests only once", async () => {
    const { read, repository } = await all();
    expect(repository).toMatchObject({ fullName: "acme/web", description: "The shop" });
    expect(repository.labels).toHaveLength(100);
    for (const { stream, records } of read) {
      const declared = github.streams[stream];
      for (const record of records)
        expect(
          declared?.normalise(declared.record.parse(record), { connectionId: "con_test", statuses: new Map() }),
        ).not.toEqual([]);
    }
    expect(read.filter(({ stream }) => stream === "issues").flatMap(({ records }) => records)).toHaveLength(400);
  });

  it("stops where a list ends", async () => {
    vendor.state.pages = 1;
    const { read } = await all();
    expect(read).toHaveLength(5);
    expect(read.every(({ complete }) => complete)).toBe(true);
  });

  it("says when the quota returns if nothing is left of it", async () => {
    vendor.state.remaining = 0;
    await expect(open()).rejects.toMatchObject({
      code: "quota_exhausted",
      details: { resetsAt: new Date(RESET * 1000).toISOString() },
    });
    expect(vendor.asked).toHaveLength(1);
  });

  it("says the same if the quota ends on the way", async () => {
    vendor.state.remaining = 5;
    const { pages } = await open();
    await expect(Array.fromAsync(pages)).rejects.toMatchObject({ code: "quota_exhausted" });
    expect(vendor.asked).toHaveLength(6);
  });

  it("says so if there is no such public repository", async () => {
    vendor.state.missing = true;
    await expect(open()).rejects.toMatchObject({ code: "vendor_not_found" });
  });
});
