import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { reportProblems, reportSecrets } from "../../shared/platform/report-problems.ts";
import { ReportShape } from "../../shared/platform/report-shape.ts";
import { reportWarnings } from "../../shared/platform/report-warnings.ts";
import { webReports } from "../../shared/platform/web-reports.ts";
import type { Identity } from "../../shared/web/access/identity.ts";
import { openReports } from "../report/reports-hub.ts";
import { sampleApp, sampleHub } from "./sample-hub.ts";

const RUN = "2026-02-23_2026-03-01";
const hub = openReports({
  timezone: "Europe/Berlin",
  mail: { from: "hub@acme.example" },
  reports: { weekly: { kind: "product", schedule: "0 9 * * 1", to: ["email:ana@acme.example", "archive"] } },
});
const app = sampleApp(sampleHub(1), { reports: webReports(hub.one, { config: hub.config }), now: hub.now });
const get = async (path: string) => {
  const response = await app.request(path);
  return { response, text: await response.text() };
};

beforeAll(async () => {
  await hub.feature(
    1,
    [
      { headline: "testing", at: "2026-02-01T00:00:00.000Z" },
      { headline: "production", at: "2026-02-25T00:00:00.000Z" },
    ],
    { name: "Saved <b>carts</b>", key: undefined },
  );
  await hub.tick();
  hub.pass(16 * 60);
  await hub.tick();
});
afterAll(() => hub[Symbol.dispose]());

describe("reports over HTTP", () => {
  it("are listed with their schedule in words, their next time in UTC and what became of each delivery", async () => {
    const { text } = await get("/reports");
    expect(text).toContain("Mondays 09:00 Europe/Berlin");
    expect(text).toContain("9 Mar 2026 08:00 UTC");
    expect(text).toContain(`href="/reports/weekly/runs/${RUN}"`);
    expect(text).toContain("email:a…@acme.example: skipped");
    expect(text).not.toContain("ana@");
    const { text: api } = await get("/v1/reports");
    expect(JSON.parse(api)).toMatchObject({
      data: [{ id: "weekly", next_at: "2026-03-09T08:00:00.000Z", last_run: RUN, time_zone: "Europe/Berlin" }],
    });
  });

  it("are kept by run: as an object, a page and files with the same facts", async () => {
    const { text: runs } = await get("/v1/reports/weekly/runs");
    expect(JSON.parse(runs)).toMatchObject({
      data: [{ id: RUN, is_news: true, deliveries: [{ state: "skipped" }, {}] }],
    });
    const { text: object } = await get(`/v1/reports/weekly/runs/${RUN}`);
    const { text: file, response } = await get(`/v1/reports/weekly/runs/${RUN}.json`);
    expect(response.headers.get("content-type")).toBe("application/json");
    expect(JSON.parse(file)).toEqual(JSON.parse(object));
    expect(JSON.parse(file)).toMatchObject({
      schema: "report.v1",
      changed: { rows: [{ name: "Saved <b>carts</b>" }] },
    });
    for (const [ending, type] of [
      ["md", "text/markdown"],
      ["csv", "text/csv"],
      ["txt", "text/plain"],
      ["html", "text/html"],
    ]) {
      const { response: answer, text } = await get(`/reports/weekly/runs/${RUN}.${ending}`);
      expect(answer.headers.get("content-type")).toContain(type);
      expect(text).toContain("carts");
    }
    const marked = await (await app.request(`/reports/weekly/runs/${RUN}.csv?bom=1`)).arrayBuffer();
    expect([...new Uint8Array(marked).slice(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
    const { text: page } = await get(`/reports/weekly/runs/${RUN}`);
    expect(page).toContain("Saved &lt;b&gt;carts&lt;/b&gt;");
    expect(page).not.toMatch(/style="/);
  });

  it("have a mail preview in a frame of its own policy, and no other document has inline styles", async () => {
    const { response: page, text } = await get("/reports/weekly/preview?as_of=2026-03-02");
    expect(page.headers.get("content-security-policy")).toContain("frame-src 'self'");
    expect(page.headers.get("content-security-policy")).not.toContain("unsafe");
    expect(text).toMatch(/<iframe[^>]+sandbox=""[^>]*src="\/reports\/weekly\/preview\/mail.html\?as_of=2026-03-02"/);
    const { response: mail } = await get("/reports/weekly/preview/mail.html?as_of=2026-03-02");
    expect(mail.headers.get("content-security-policy")).toMatch(
      /^sandbox; default-src 'none'; style-src 'unsafe-inline'/,
    );
    expect(mail.headers.get("x-frame-options")).toBe("SAMEORIGIN");
    for (const path of ["/reports", "/reports/weekly", `/reports/weekly/runs/${RUN}`, "/"])
      expect((await get(path)).response.headers.get("content-security-policy")).not.toMatch(/unsafe|frame-src/);
    for (const format of ["slack", "teams", "md", "csv", "json", "txt"])
      expect((await get(`/reports/weekly/preview?format=${format}`)).text).toContain("carts");
    expect((await hub.runs("weekly")).map(({ run }) => run)).toEqual([RUN]);
  });

  it("that are not there say so", async () => {
    expect((await get("/v1/reports/monthly/runs")).response.status).toBe(404);
    expect((await get("/v1/reports/weekly/runs/2020-01-01_2020-01-07")).response.status).toBe(404);
    expect((await get("/reports/weekly/runs/2020-01-01_2020-01-07.csv")).response.status).toBe(404);
    expect((await get("/reports/monthly")).text).toContain("report_unknown");
    expect((await get("/reports/weekly/preview?as_of=tomorrow")).response.status).toBe(400);
  });
});

describe("who may read reports", () => {
  const as = (identity: Identity) =>
    sampleApp(sampleHub(1), {
      reports: webReports(hub.one, { config: hub.config }),
      now: hub.now,
      identify: async () => identity,
    });
  const PATHS = [
    "/reports/weekly",
    `/reports/weekly/runs/${RUN}`,
    `/reports/weekly/runs/${RUN}.csv`,
    "/reports/weekly/preview",
    "/reports/weekly/preview/mail.html",
    "/v1/reports/weekly/runs",
    `/v1/reports/weekly/runs/${RUN}`,
  ];

  it.each(PATHS)("is asked on %s: for the scope, and for every product that it tells of", async (path) => {
    const somebody = { id: "key_1", name: "a key", scopes: ["features:read" as const], products: "all" as const };
    expect((await as(somebody).request(path)).status).toBe(403);
    const reader = { ...somebody, scopes: ["reports:read" as const], products: ["prd_1"] };
    expect((await as(reader).request(path)).status).toBe(404);
    expect((await as({ ...reader, products: "all" }).request(path)).status).toBe(200);
  });

  it("leaves out of lists what somebody may not read", async () => {
    const reader = { id: "key_1", name: "a key", scopes: ["reports:read" as const], products: ["prd_1"] };
    expect(await (await as(reader).request("/v1/reports")).json()).toMatchObject({ data: [] });
    expect(await (await as(reader).request("/reports")).text()).not.toContain("Product weekly");
  });
});

describe("the configuration of reports", () => {
  const weekly = { kind: "product" as const, schedule: "0 9 * * 1", to: ["archive"] };

  it.each([
    [{ ...weekly, schedule: "every monday" }, /[Mm]inute, hour/],
    [{ ...weekly, schedule: "0 9 * * 9" }, /[Mm]inute, hour/],
    [{ ...weekly, to: ["ana@acme.example"] }, /slack:<output>/],
    [{ ...weekly, to: ["email:a@b.example,c@d.example"] }, /email:<address>/],
    [{ ...weekly, to: [] }, /./],
  ])("refuses %j", (given, why) => {
    const parsed = ReportShape.safeParse(given);
    expect(parsed.error?.issues.map(({ message }) => message).join()).toMatch(why);
  });

  it("names every product, output, sender and secret that is not there", async () => {
    const problems = await reportProblems(
      {
        connections: {},
        products: { storefront: { name: "Storefront", sources: [] } },
        outputs: { launches: { connector: "teams", webhookUrl: { secret: "TEAMS_URL" } } },
        reports: {
          weekly: {
            ...weekly,
            products: ["storefrnt"],
            to: ["slack:launches", "teams:lunches", "email:ana@acme.example", "webhook:NOT_SET"],
          },
          own: { ...weekly, kind: "own" },
        },
      },
      { get: async () => undefined },
    );
    expect(problems.map(({ path, message }) => `${path.join(".")}: ${message}`)).toEqual([
      'reports.weekly.products.0: no product "storefrnt". Did you mean "storefront"?',
      'reports.weekly.to.0: no output "launches" to slack',
      'reports.weekly.to.1: no output "lunches" to teams. Did you mean "launches"?',
      "reports.weekly.to.2: email:ana@acme.example needs mail.from",
      "reports.own.sections: a report of its own kind names its sections",
      "reports.weekly.to: NOT_SET is not set: put it into .env or the environment",
    ]);
  });

  it("warns of a time that the clocks skip in spring", () => {
    const warnings = (schedule: string) =>
      reportWarnings(
        { connections: {}, timezone: "Europe/Berlin", reports: { weekly: { ...weekly, schedule } } },
        new Date("2026-11-23T00:00:00Z"),
      );
    expect(warnings("30 2 * * 0")).toEqual([expect.stringContaining("on 2027-03-28 the clocks of Europe/Berlin skip")]);
    expect(warnings("0 9 * * 1")).toEqual([]);
  });

  it("tells the function that sends them which secrets it may read, and no others", () => {
    const secret = (name: string) => ({ secret: name });
    const secrets = reportSecrets({
      connections: {},
      mail: { from: "hub@acme.example", smtp: secret("SMTP_URL") },
      outputs: {
        team: { connector: "slack", channel: "C1", token: secret("SLACK_TOKEN") },
        other: { connector: "teams", webhookUrl: secret("TEAMS_URL") },
      },
      reports: { weekly: { ...weekly, to: ["slack:team", "webhook:HOOK"], signWith: secret("HOOK_KEY") } },
    });
    expect(secrets.toSorted()).toEqual(["HOOK", "HOOK_KEY", "SLACK_TOKEN", "SMTP_URL"]);
  });
});
