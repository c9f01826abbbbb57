import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { ERRORS } from "../../shared/connector/errors.ts";
import { CONTENT_SECURITY_POLICY } from "../../shared/web/security-headers.ts";
import { NOTHING } from "./memory-views.ts";
import { HUB, sampleApp, sampleFeature, sampleHub } from "./sample-hub.ts";

const app = sampleApp(sampleHub(23));
const PAGES = [
  "/",
  "/?health=off_track",
  "/?q=zzz",
  "/features",
  "/features?stage=testing,none",
  "/features/ACME-100",
  "/connections",
  "/connections/zendesk",
  "/activity",
  "/activity?show=all",
  "/people",
  "/?view=timeline",
  "/features?sort=health",
  "/pm",
  "/po?product=storefront",
  "/me",
  "/status",
  "/settings/views?address=%2F%3Fhealth%3Doff_track",
  "/people?state=probable",
  "/objectives",
  "/objectives?product=storefront",
  "/initiatives/ini_1",
  "/releases",
  "/releases?status=completed&product=storefront",
  "/releases/v2.0.0",
  "/products/storefront",
  "/review",
  "/settings",
  "/settings/keys",
  "/settings/shares",
  "/settings/members",
  "/settings/audit",
  "/docs",
  "/docs/api",
  "/docs/api/features",
  "/docs/stages",
  "/docs/events",
  "/docs/events/feature.stage.changed",
  "/docs/errors",
];

const read = async (address: string, from = app) => {
  const response = await from.request(address);
  return { response, html: await response.text() };
};

describe("every page", () => {
  it.each(PAGES)("%s stands in the frame, without anything inline", async (address) => {
    const { response, html } = await read(address);
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toMatch(/^text\/html/);
    expect(response.headers.get("content-security-policy")).toBe(CONTENT_SECURITY_POLICY);
    expect(response.headers.get("x-content-type-options")).toBe("nosniff");
    expect(response.headers.get("referrer-policy")).toBe("same-origin");
    expect(html).toMatch(/^<!doctype html><html lang="en">/);
    expect(html).toMatch(/<title>[^<]+ · Throughline<\/title>/);
    expect(html.match(/<h1>/g)).toHaveLength(1);
    expect(html).toContain('<main id="main"');
    expect(html).toContain('href="#main"');
    expect(html).toMatch(
      /<link rel="expect" href="#end" blocking="render"\/>.*<span id="end" hidden=""><\/span><\/body>/is,
    );
    expect(html).toContain('aria-label="Data freshness"');
    expect(html).not.toMatch(
      / style=| on[a-z]+=|<script(?! src="\/assets\/[^"]+" defer="">)|<style|undefined|\[object/,
    );
  });

  it.each(PAGES)("%s is not sent again to who has it", async (address) => {
    const { response } = await read(address);
    const again = await app.request(address, { headers: { "If-None-Match": response.headers.get("etag") ?? "" } });
    expect(again.status).toBe(304);
  });

  it.each(PAGES)("%s leads only to addresses that exist", async (address) => {
    const { html } = await read(address);
    const paths = [...html.matchAll(/(?:href|action)="(\/[^"#]*)/g)].flatMap(
      ([, path]) => path?.replaceAll("&amp;", "&") ?? [],
    );
    for (const path of new Set(paths.slice(0, 40)))
      expect([path, (await app.request(path)).status]).toEqual([path, 200]);
  });

  it("T11 has the policy of the reference, to the letter", () => {
    expect(CONTENT_SECURITY_POLICY).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    );
  });

  it("carries the policy on answers of every kind", async () => {
    for (const path of [
      "/v1/status",
      "/v1/nope",
      "/nope",
      "/healthz",
      "/openapi.json",
      "/docs/errors/nope",
      "/?stage=x",
    ])
      expect((await app.request(path)).headers.get("content-security-policy")).toBe(CONTENT_SECURITY_POLICY);
    expect((await app.request("/", { method: "DELETE" })).headers.get("content-security-policy")).toBe(
      CONTENT_SECURITY_POLICY,
    );
  });
});

describe("the page of people", () => {
  it("shows what is to decide first, with the lines that decide it", async () => {
    const { html } = await read("/people");
    const text = html.replaceAll("&quot;", '"');
    expect(text).toContain('"eli-okafor": { name: "Eli Okafor", accounts: ["jira:eli", "github:eli"] },');
    expect(text).toContain(
      '"eli-okafor": { name: "Eli Okafor", accounts: ["jira:eli"], notAccounts: ["github:eli"] },',
    );
    expect(text).toContain('"mtanaka": { name: "mtanaka", accounts: ["github:mtanaka"] },');
    expect(text.indexOf("To decide</span>")).toBeLessThan(text.indexOf("Confirmed</span>"));
    expect((await read("/people?state=confirmed")).html).not.toContain("mtanaka");
    expect((await app.request("/people?state=nobody")).status).toBe(400);
  });
});

describe("the board", () => {
  it("stays below 100 KB with eight full columns, and below 20 KB on the wire", async () => {
    const { html } = await read("/");
    expect(html.match(/<article>/g)).toHaveLength(160);
    process.stdout.write(`board: ${html.length} bytes, ${gzipSync(html).length} with gzip\n`);
    expect(Buffer.byteLength(html)).toBeLessThan(100_000);
    expect(gzipSync(html).length).toBeLessThan(20_000);
  });

  it("is compressed for who takes that, and its tag stays weak", async () => {
    const response = await app.request("/", { headers: { "Accept-Encoding": "gzip" } });
    expect(response.headers.get("content-encoding")).toBe("gzip");
    expect(response.headers.get("etag")).toMatch(/^W\//);
    expect((await response.arrayBuffer()).byteLength).toBeLessThan(20_000);
  });

  it("offers the rest of a column as a table", async () => {
    const { html } = await read("/?product=storefront");
    expect(html).not.toContain("Show more");
    expect((await read("/")).html).toContain('href="/features?stage=testing"');
  });

  it("shows features without a stage only if there are some", async () => {
    expect((await read("/")).html).not.toContain("No stage yet");
    const some = sampleApp({ ...sampleHub(1), features: [sampleFeature(1, null)] });
    expect((await read("/", some)).html).toContain("No stage yet");
  });

  it("keeps filters in its links and counts what matches", async () => {
    const { html } = await read("/?health=off_track");
    expect(html.match(/class="h off_track">Off track/g)?.length).toBe(html.match(/<article>/g)?.length);
  });

  it("says how to take a filter back when nothing matches", async () => {
    const { html } = await read("/?q=zzz&health=at_risk");
    expect(html).toContain("No feature matches");
    expect(html).toContain('href="/?health=at_risk"');
  });

  it("speaks each strip", async () => {
    expect((await read("/")).html).toContain('aria-label="3 of 8 stages done, Testing active"');
  });

  it("tells a hub without connections how to begin", async () => {
    const { html } = await read("/", sampleApp(NOTHING, { demo: true }));
    expect(html).toContain("No tool is connected yet");
    expect(html).toContain("Demo workspace");
    expect((await read("/", sampleApp(NOTHING))).html).toContain("npx throughline demo");
  });

  it("tells that the first sync is running", async () => {
    const { connections } = sampleHub(0);
    const starting = connections.map((connection) => ({
      ...connection,
      state: "syncing" as const,
      dataAsOf: undefined,
      streams: connection.streams.map((run) => ({ ...run, state: "syncing" as const, firstCompletedAt: undefined })),
    }));
    const { html } = await read("/", sampleApp({ ...NOTHING, connections: starting }));
    expect(html).toContain("The first sync is running");
    expect(html).toContain("0 of 3 connections fresh");
  });
});

describe("the feature page", () => {
  it("says why, why not yet, who says otherwise and what cannot be seen", async () => {
    const { html } = await read("/features/ACME-100");
    for (const said of [
      "Deployed to staging 17 Nov",
      "flag checkout-v2 is at 0 %",
      "against R6",
      "Zendesk last synced",
      "key PAY-12 in the branch name",
    ])
      expect(html).toContain(said);
    expect(html).toContain('href="/docs/stages#r5"');
    expect(html.match(/aria-current="step"/g)).toHaveLength(1);
  });

  it("leads from another spelling of the key to its one address", async () => {
    const response = await app.request("/features/acme-100");
    expect([response.status, response.headers.get("location")]).toEqual([302, "/features/ACME-100"]);
  });

  it("pages its timeline", async () => {
    const { html } = await read("/features/ACME-100");
    const older = /href="(\/features\/ACME-100\?timeline=[^"#]+)/.exec(html)?.[1] ?? "";
    const next = await read(older);
    expect(next.response.status).toBe(200);
    expect(next.html).toContain("Newest");
    expect((await read(older.replace("100", "101"))).response.status).toBe(400);
  });

  it("uses the id where a key would not survive an address", async () => {
    const feature = sampleFeature(1, "design", { key: "acme/web#7" });
    const { html } = await read("/", sampleApp({ ...sampleHub(0), features: [feature] }));
    expect(html).toContain(`href="/features/${feature.id}"`);
  });

  it("answers 404 with a page for a feature that is not there", async () => {
    const { response, html } = await read("/features/NOPE-1");
    expect(response.status).toBe(404);
    expect(html).toContain("/docs/errors/feature_unknown");
    expect(html).toContain(response.headers.get("x-request-id"));
  });
});

describe("connections", () => {
  it("show errors with their fix, what was set aside with its command, and the webhook's address", async () => {
    const { html } = await read("/connections/zendesk");
    for (const said of [
      "Zendesk refuses the token",
      "Renew the credential",
      "npx throughline replay --quarantine",
      `${HUB}/hooks/zendesk`,
    ])
      expect(html).toContain(said);
  });
});

describe("errors", () => {
  it.each(Object.keys(ERRORS))("%s has its page", async (code) => {
    const { response, html } = await read(`/docs/errors/${code}`);
    expect(response.status).toBe(200);
    expect(html).toContain(`<code>${code}</code>`);
  });

  it("suggests the code that was meant", async () => {
    const { response, html } = await read("/docs/errors/unknown_paramter");
    expect(response.status).toBe(404);
    expect(html).toContain("unknown_parameter");
  });

  it("stand on a page for pages", async () => {
    for (const [path, status] of [
      ["/nope", 404],
      ["/?health=blue", 400],
      ["/features?cursor=x", 400],
      ["/activity?since=x", 400],
    ] as const) {
      const { response, html } = await read(path);
      expect([path, response.status]).toEqual([path, status]);
      expect(html).toContain("<h1>");
    }
  });
});

describe("assets", () => {
  it("may be kept for ever, under the hash of their content", async () => {
    const { html } = await read("/");
    for (const [, path] of html.matchAll(/"(\/assets\/[^"]+)"/g)) {
      const response = await app.request(path ?? "");
      expect(response.status).toBe(200);
      expect(response.headers.get("cache-control")).toContain("immutable");
    }
    expect((await app.request("/assets/0000000000000000/style.css")).status).toBe(404);
  });

  it("lead from a page's address with .json to its rows", async () => {
    for (const [path, target] of [
      ["/features.json?stage=testing", "/v1/features?stage=testing"],
      ["/features/ACME-8.json", "/v1/features/ACME-8"],
      ["/connections/jira.json", "/v1/connections/jira"],
    ] as const)
      expect((await app.request(path)).headers.get("location")).toBe(target);
  });
});
