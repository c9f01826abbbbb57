/*
 * Of the twelve acceptance invariants these are 9 to 11. 1 to 4 stand in invariants-sync.test.ts, 5 to 7 in
 * invariants-presence.test.ts, 8 in invariants-mapping.test.ts, 12 in test/lifecycle/properties.test.ts (what holds for
 * any facts). Each document of Linear is also counted alone, at its largest page, in test/connectors/linear.test.ts.
 */
import { createHmac } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connectors } from "../../connectors/index.ts";
import { complexityOf } from "../connectors/linear-complexity.ts";
import { type Company, openCompany, type Vendor } from "./company.ts";
import { type Known, known, streams } from "./knowledge.ts";

const VENDORS = ["jira", "linear", "github"] as const satisfies readonly Vendor[];

interface Badly {
  readonly how: string;
  readonly only?: Vendor;
  readonly seconds?: number;
}

/** Long enough that no patience of one run outlasts it. */
const ENDLESS = 1000;
const WAYS: readonly Badly[] = [
  { how: "repeat_cursor" },
  { how: "empty_page" },
  { how: "gone" },
  { how: "rate_limited", seconds: 30 },
  { how: "truncated" },
  { how: "html" },
  { how: "invalid_json" },
  { how: "graphql_errors", only: "linear" },
];
/**
 * A page without rows that goes on is no mistake, and lists of one page have no token to repeat. 410 is how GitHub says
 * that a repository has a feature switched off, and how Jira says that a project has no versions or boards.
 */
const MAY_SUCCEED = new Set(["repeat_cursor", "empty_page", "gone"]);
const REQUESTS_AT_MOST = 60;

describe.each(VENDORS)("with %s", (vendor) => {
  let company: Company;
  let expected: Map<string, Known>;
  const polled: string[] = [];
  beforeAll(async () => {
    company = await openCompany(vendor, { settings: { pageSize: 10 } });
    const { streams = {} } = (await connectors[vendor]?.()) ?? {};
    polled.push(...Object.keys(streams).filter((name) => streams[name]?.poll !== undefined));
    const hub = await company.begin();
    expected = known(hub);
    hub.close();
  });
  afterAll(() => company.close());

  const rows = WAYS.filter(({ only = vendor }) => only === vendor);
  it.each(rows)("F26, F27 bad answers are survived and reported on every stream: $how", async ({ how, seconds }) => {
    const hub = await company.begin();
    const before = streams(hub);
    const marked = { failed: 0, completed: 0 };
    for (const stream of polled) {
      // Not from the second page on, nor what the cursor already had: all of it, and it is bad from the first answer.
      await company.sandbox.control({
        do: "misbehave",
        vendor,
        how,
        times: how === "empty_page" ? 3 : ENDLESS,
        ...(seconds && { seconds }),
      });
      const asked = hub.requests;
      await hub.ask({ connection: vendor, stream });
      await hub.step("jobs");
      expect(hub.requests - asked, stream).toBeLessThan(REQUESTS_AT_MOST);
      for (const [name, { run, cursor, lease }] of streams(hub)) {
        if (!name.startsWith(`${stream}#`)) continue;
        expect(lease).toBeUndefined();
        marked[run.state === "failed" ? "failed" : "completed"] += 1;
        if (run.state !== "failed") continue;
        expect(run.error?.code, name).toMatch(/^vendor_/);
        if (run.pages === 0) expect(cursor, name).toEqual(before.get(name)?.cursor);
      }
      await company.sandbox.control({ do: "behave", vendor });
    }
    if (!MAY_SUCCEED.has(how)) expect(marked.completed).toBe(0);
    if (how !== "empty_page") expect(marked.failed).toBeGreaterThan(0);
    company.time.now += 1000;
    await hub.ask({ connection: vendor });
    await hub.drain();
    for (const [name, { run }] of streams(hub)) expect([name, run.state]).toEqual([name, "completed"]);
    expect(known(hub)).toEqual(expected);
    hub.close();
  });

  it("11: forged and absent signatures are refused, and all where no secret is configured", async () => {
    const SIGNED = { jira: "x-hub-signature", linear: "linear-signature", github: "x-hub-signature-256" } as const;
    const prefix = vendor === "linear" ? "" : "sha256=";
    const body = JSON.stringify({ webhookTimestamp: company.time.now, action: "update", type: "Issue", data: {} });
    const signed = (secret: string) => prefix + createHmac("sha256", secret).update(body).digest("hex");
    const good = signed("e2e-webhook-secret");
    const forged: readonly (string | undefined)[] = [
      undefined,
      "",
      prefix,
      "null",
      signed(""),
      signed("another secret"),
      good.slice(0, -1),
      good.slice(0, -1) + (good.endsWith("0") ? "1" : "0"),
      good.replace("sha256=", "sha1="),
      `${good}\u00e9`,
      "x".repeat(5000),
    ].filter((one) => one !== good);
    const hub = await company.begin();
    const post = async (signature: string | undefined) => {
      const headers = {
        "content-type": "application/json",
        "x-github-event": "issues",
        "x-github-delivery": "d1",
        ...(signature !== undefined && { [SIGNED[vendor]]: signature }),
      };
      return (await fetch(`${company.door}/hooks/${vendor}`, { method: "POST", headers, body })).status;
    };
    const queued = (of: typeof hub) => Number(of.db.prepare("SELECT count(*) AS n FROM message").get()?.["n"]);
    for (const signature of forged) expect([signature, await post(signature)]).toEqual([signature, 401]);
    expect(queued(hub)).toBe(0);
    const archived = hub.archived;
    expect(archived).toBe(0);
    expect(await post(good)).toBe(202);
    expect([queued(hub), hub.archived]).toEqual([1, 1]);
    hub.close();
    const open = await company.open(company.file("before.db"), company.config({}, { webhookSecret: undefined }));
    for (const signature of [...forged, good]) expect([signature, await post(signature)]).toEqual([signature, 401]);
    expect([queued(open), open.archived]).toEqual([0, 0]);
    open.close();
  });
});

it("10: no query that Linear is sent counts more than 8,000 points, not at the largest pages that can be configured", async () => {
  const company = await openCompany("linear", { settings: { pageSize: 23, listPageSize: 250 } });
  try {
    await company.sandbox.control({ do: "webhooks", mode: "off" });
    const hub = await company.open();
    const points = new Map<string, number>();
    hub.beforeRequest = async (body) => {
      const { query, variables } = JSON.parse(String(body)) as { query: string; variables: Record<string, unknown> };
      const name = /(?:query|mutation) (\w+)/.exec(query)?.[1] ?? query;
      points.set(name, Math.max(points.get(name) ?? 0, complexityOf(query, variables)));
    };
    await hub.ask({ connection: "linear" });
    await hub.drain();
    const gone = company.sandbox.truth().find(({ tracker }) => tracker === "linear");
    await company.sandbox.control({ do: "delete", key: gone?.key });
    await hub.ask({ connection: "linear", census: "now" });
    await hub.drain();
    expect([...points].filter(([, cost]) => cost >= 8000)).toEqual([]);
    expect([...points.keys()]).toEqual(
      expect.arrayContaining(["issuesPage", "issuesIds", "projectsPage", "teamsPage"]),
    );
    expect(Math.max(...points.values())).toBeGreaterThan(5000);
    hub.close();
  } finally {
    await company.close();
  }
});
