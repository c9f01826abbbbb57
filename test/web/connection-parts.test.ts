import { describe, expect, it } from "vitest";
import * as z from "zod";
import { HubError } from "../../shared/connector/errors.ts";
import { loadOf } from "../../shared/pipeline/connection-load.ts";
import { connectionDetail } from "../../shared/platform/connection-detail.ts";
import type { ConnectionView } from "../../shared/store/views.ts";
import { describe as describeAll, indicatorOf } from "../../shared/web/api/connection-status.ts";
import { freshnessOf } from "../../shared/web/freshness.ts";
import { bareTool, openPipeline } from "../pipeline/open-pipeline.ts";
import { NOTHING } from "./memory-views.ts";
import { sampleApp, sampleHub } from "./sample-hub.ts";

const shown = sampleHub(2);
const read = async (path: string, app = sampleApp(shown)) => (await app.request(path)).text();
const HOSTILE = `"}, </code><script>alert(1)</script>`;

describe("the parts of a connection", () => {
  it("say what each status means and why, unmapped ones first, with lines to paste that hold a hostile word as text", async () => {
    const words = [...shown.words, { id: "9", name: HOSTILE, type: "new", means: "unknown", by: "default" as const }];
    const html = await read("/connections/jira/mapping", sampleApp({ ...shown, words }));
    expect(html.indexOf("Waiting for Legal")).toBeLessThan(html.indexOf("To Do"));
    expect(html).toContain("the tool&#39;s own type");
    expect(html).toContain("&quot;Waiting for Legal&quot;: &quot;in_progress&quot;,");
    expect(html).toContain("&quot;\\&quot;}, &lt;/code&gt;&lt;script&gt;alert(1)");
    expect(html).not.toContain("<script>alert");
  });

  it("name the right that is missing and what is lost without it", async () => {
    const detail = {
      access: [
        {
          stream: "issues",
          kinds: ["workItem" as const],
          stages: ["development" as const],
          right: "read:jira-work",
          isSent: false,
          works: 1,
          untried: 0,
          broken: [
            { scope: "ACME", code: "vendor_forbidden", reason: "Jira says 403", at: "2026-11-22T09:00:00.000Z" },
          ],
        },
      ],
      settings: [],
      environments: [],
      stages: [],
    };
    const html = await read("/connections/jira/access", sampleApp({ ...shown, detail }));
    expect(html).toContain("cannot read issues of ACME: Jira says 403; without it no new work items");
    expect(html).toContain("give the credential the right &quot;read:jira-work&quot;");
  });

  it("show settings as they are in force, and no secret, wherever it was written", async () => {
    const connector = {
      ...bareTool,
      config: z.strictObject({
        site: z.string(),
        apiToken: z.string().meta({ secret: true }),
        oauth: z.strictObject({ clientSecret: z.string().meta({ secret: true }), clientId: z.string() }),
        pageSize: z.int().default(50),
      }),
    } as never;
    const config = {
      site: "https://ana:pass@acme.example/x",
      apiToken: "t0ken",
      oauth: { clientSecret: "s3cret", clientId: "c" },
    };
    using open = openPipeline({ connector, config: { ...config, pageSize: 50 } });
    const given = { ...config, oauth: { ...config.oauth, clientSecret: { secret: "JIRA_CLIENT" } } };
    const text =
      'defineHub({\n  connections: {\n    acme: jira({\n      site: "x",\n      apiToken: "t0ken",\n    }),\n  },\n})';
    const inForce = { connections: { acme: { connector: "tool", config: given } } };
    const hub = open.hub("one");
    const detail = await connectionDetail(
      hub,
      { config: inForce as never, source: { file: "hub.ts", text } },
      "con_acme",
    );
    const told = Object.fromEntries((detail?.settings ?? []).map(({ name, value, line }) => [name, [value, line]]));
    expect(told).toMatchObject({
      site: ["https://acme.example/x", 4],
      apiToken: ["set in the config itself", 5],
      "oauth.clientSecret": ["JIRA_CLIENT", 3],
      "oauth.clientId": ["c", 3],
      pageSize: ["50", undefined],
    });
    expect(JSON.stringify(detail)).not.toMatch(/t0ken|s3cret|ana:pass/);
  });
});

describe("what a connection has before it", () => {
  it("is what was never read, what failed within a day, the next poll, and what is left of requests", () => {
    const run = { stream: "issues", scope: "", pages: 1, records: 1, quarantined: 0 };
    const error = { code: "vendor_forbidden", message: "", fix: "" };
    const streams = [
      { ...run, state: "completed" as const, firstCompletedAt: "2026-11-01", startedAt: "2026-11-22T09:00:00.000Z" },
      { ...run, state: "failed" as const, error: { ...error, at: "2026-11-22T08:00:00.000Z" } },
      {
        ...run,
        state: "failed" as const,
        firstCompletedAt: "2026-11-01",
        error: { ...error, at: "2026-11-20T08:00:00.000Z" },
      },
    ];
    const quota = { remaining: 12, at: "2026-11-22T09:00:00.000Z" };
    const aside = [{ at: "2026-11-22T01:00:00.000Z" }, { at: "2026-11-20T01:00:00.000Z" }];
    expect(loadOf(streams, 300, aside, { quota }, new Date("2026-11-22T10:00:00.000Z"))).toEqual({
      unread: 1,
      failed24h: 1,
      setAside24h: 1,
      nextRunAt: "2026-11-22T09:05:00.000Z",
      quota,
    });
  });

  it("stands in the list, and a tool that only sends is no first sync", async () => {
    const load = {
      unread: 1,
      failed24h: 2,
      setAside24h: 0,
      quota: { remaining: 4812, at: "2026-11-22T09:00:00.000Z" },
    };
    const [jira] = shown.connections;
    if (jira === undefined) throw new HubError("internal_error", "no sample", { retry: "never" });
    const html = await read("/connections", sampleApp({ ...shown, connections: [{ ...jira, load }] }));
    for (const told of ["1 of 2 streams not read yet", "2 runs</a>", "4,812"]) expect(html).toContain(told);
    const segment = { ...jira, id: "con_s", name: "s", streams: [], state: "pending" as const, dataAsOf: undefined };
    expect(freshnessOf([jira, segment])).toMatchObject({ starting: [], stale: [], waiting: [segment] });
    const both = [{ ...jira, state: "healthy" as const, dataAsOf: "2026-11-22T09:00:00.000Z" }, segment].map((one) => ({
      ...one,
      streams: one.streams.map((run) => ({ ...run, firstCompletedAt: "2026-11-22T09:00:00.000Z" })),
    }));
    const page = await read("/connections", sampleApp({ ...shown, connections: both }));
    expect(page.replace(/\s+/g, " ")).toContain("1 of 2 connections fresh, 1 waits for first data");
    expect(freshnessOf([{ ...segment, state: "healthy", dataAsOf: "2026-11-22T09:00:00.000Z" }]).fresh).toHaveLength(1);
  });

  it("is called trouble and named by the same words, and a tool that waits for its first data is none", () => {
    const [jira] = shown.connections;
    if (jira === undefined) throw new HubError("internal_error", "no sample", { retry: "never" });
    const at = "2026-11-22T09:00:00.000Z";
    const streams = jira.streams.map((run) => ({ ...run, firstCompletedAt: at }));
    const fresh = { ...jira, title: "Jira", state: "healthy" as const, dataAsOf: at, streams };
    const segment = { ...jira, title: "Segment", streams: [], state: "pending" as const, dataAsOf: undefined };
    const told = (...all: ConnectionView[]) => [indicatorOf(all), describeAll(all, freshnessOf(all))];
    expect(told(fresh)).toEqual(["none", "All connections are fresh"]);
    expect(told(fresh, segment)).toEqual(["none", "1 of 2 connections are fresh; Segment waits for its first data"]);
    expect(told(segment)).toEqual(["none", "No data yet; Segment waits for its first data"]);
    const degraded = { ...fresh, title: "Linear", state: "degraded" as const };
    expect(told(fresh, degraded, segment)).toEqual(["minor", "Linear: degraded, data as of 2026-11-22T09:00Z"]);
  });

  it("is looked at again while something runs, and not any more then", async () => {
    const running = shown.connections.map((one) => ({
      ...one,
      streams: one.streams.map((run) => ({ ...run, state: "syncing" as const })),
    }));
    const app = sampleApp({ ...shown, connections: running });
    for (const path of ["/connections", "/connections/jira", "/connections/jira/runs"]) {
      expect(await read(path, app)).toContain(`hx-get="${path}" hx-trigger="every 5s"`);
      expect(await read(path)).not.toContain("hx-trigger");
    }
    expect(await read("/", sampleApp({ ...NOTHING, connections: running }))).not.toContain('id="live-strip"');
  });
});

describe("without scripts", () => {
  const RELOAD = '<noscript><meta http-equiv="refresh" content="15"/></noscript>';
  const running = (state: "pending" | "syncing") =>
    shown.connections.map((one) => ({
      ...one,
      streams: one.streams.map(({ stream, scope }) => ({ stream, scope, state, pages: 0, records: 0, quarantined: 0 })),
    }));
  const empty = sampleApp({ ...NOTHING, connections: running("pending") });
  const busy = sampleApp({ ...shown, connections: running("syncing") });
  const headOf = (html: string) => html.slice(0, html.indexOf("</head>"));

  it("pages on which something goes on are loaded again until it is over, and say how to end that", async () => {
    for (const [path, app] of [
      ["/", empty],
      ["/people", empty],
      ["/connections", busy],
      ["/connections/jira", busy],
      ["/connections/jira/runs", busy],
    ] as const) {
      const html = await read(path, app);
      expect(headOf(html)).toContain(RELOAD);
      expect(html).toContain(`<a href="${path}?still=1">Stop reloading</a>`);
      for (const ended of [await read(path), await read(`${path}?still=1`, app)])
        expect(ended).not.toContain("noscript");
    }
    expect(await read("/connections?b=%22%3E", busy)).toContain('<a href="/connections?b=%22%3E&amp;still=1">');
  });

  it("pages on which people type are not", async () => {
    for (const path of ["/features", "/?view=timeline", "/?q=none", "/pm"])
      expect(await read(path, empty)).not.toContain("noscript");
    for (const path of ["/", "/features/ACME-100", "/reports", "/settings/keys", "/connections/jira/mapping"])
      expect(await read(path, busy)).not.toContain("noscript");
  });
});

describe("other times", () => {
  it("are slid to by days back, and the address that answers holds the day itself", async () => {
    const app = sampleApp({ ...shown, before: shown });
    const moved = await app.request("/features?ago=14&health=off_track");
    expect([moved.status, moved.headers.get("location")]).toEqual([303, "/features?health=off_track&as_of=2026-11-08"]);
    expect((await app.request("/features?ago=0")).headers.get("location")).toBe("/features");
    expect((await app.request("/pm?ago=x&product=storefront")).headers.get("location")).toBe("/pm?product=storefront");
    const board = await read("/?health=off_track", app);
    expect(board).toContain('href="/?health=off_track&amp;compare=2026-11-15">a week ago</a>');
    expect(board).toContain(">the last report</a>");
    expect(board).toMatch(/<input type="range" name="ago" dir="rtl" min="0" max="90" value="0"/);
    expect(await read("/features/ACME-4?as_of=2026-11-08", app)).toMatch(/name="ago"[^>]*value="14"/);
  });

  it("before the hub began are told as such, with the first day that is known", async () => {
    const views = (app: ReturnType<typeof sampleApp>) => app;
    const unkept = new HubError("as_of_unavailable", "the hub kept no board of then", {
      retry: "never",
      details: { first: "2026-11-01T08:00:00.000Z" },
    });
    const { memoryViews } = await import("./memory-views.ts");
    const all = memoryViews(shown);
    const throwing = { ...all, counts: () => Promise.reject(unkept), healthCounts: () => Promise.reject(unkept) };
    const app = views(sampleApp(shown, { views: { ...all, asOf: () => throwing } }));
    const response = await app.request("/?as_of=2020-01-01");
    expect(response.status).toBe(200);
    expect(await response.text()).toMatch(
      /The earliest board on record is from <time datetime="2026-11-01T08:00:00.000Z">/,
    );
  });
});

describe("an objective", () => {
  const [objective] = shown.objectives;
  const served = shown.features.slice(0, 3);
  const entities = [
    {
      id: objective?.id,
      kind: "objective",
      fields: { title: "Sell abroad" },
      productIds: [],
      presence: { state: "present" },
    },
  ] as never;
  const app = sampleApp({ ...shown, entities });

  it("limits board, table and API to the features that serve it, by id or title", async () => {
    const json = async (named: string) =>
      ((await (await app.request(`/v1/features?objective=${named}`)).json()) as { data: { id: string }[] }).data;
    expect((await json("sell%20abroad")).map(({ id }) => id)).toEqual(served.map(({ id }) => id));
    const board = await read("/?objective=Sell%20abroad", app);
    expect(board).toContain('Features that serve <a href="/objectives">Sell abroad</a>');
    expect(board.match(/<article/g)).toHaveLength(served.length);
    expect((await read("/features.csv?objective=Sell%20abroad", app)).trim().split("\r\n")).toHaveLength(
      served.length + 1,
    );
  });

  it("that nobody knows is refused with the nearest", async () => {
    const response = await app.request("/v1/features?objective=Sell%20abraod");
    expect([response.status, await response.json()]).toMatchObject([
      400,
      { code: "invalid_parameter", detail: "'Sell abraod' is not an objective; did you mean 'Sell abroad'?" },
    ]);
  });
});
