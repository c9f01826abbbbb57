import { setTimeout } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Config } from "../../connectors/linear/config.ts";
import linear from "../../connectors/linear/index.ts";
import type { Page } from "../../shared/connector/contract.ts";
import { HubError } from "../../shared/connector/errors.ts";
import { vendorHttp } from "../../shared/connector/http.ts";
import type { Draft } from "../../shared/domain/entity.ts";
import { type LinearVendor, linearVendor } from "./linear-vendor.ts";

type Row = Record<string, unknown>;
type Cursor = Record<string, unknown>;

const STREAMS = Object.keys(linear.streams);
const LISTS: Readonly<Record<string, string>> = { states: "workflowStates" };
const at = (minute: number): string => new Date(Date.UTC(2026, 2, 1, 8, minute)).toISOString();
const team = (key: string) => ({ id: `team-${key}`, key, organization: { urlKey: "acme" } });

const row = (id: string, minute: number, more: Row = {}): Row => ({
  id,
  name: id,
  title: id,
  identifier: id.toUpperCase(),
  url: `https://linear.app/acme/issue/${id.toUpperCase()}/x`,
  createdAt: at(0),
  updatedAt: at(minute),
  archivedAt: null,
  team: team("ENG"),
  teams: [team("ENG")],
  state: { id: "s1", name: "Todo", type: "unstarted" },
  labels: [],
  attachments: [],
  relations: [],
  stateHistory: [],
  history: [],
  initiatives: [],
  externalLinks: [],
  ...more,
});
/** Ten rows, four of which share one update time. */
const tenRows = (more: Row = {}): Row[] =>
  [1, 10, 20, 30, 30, 30, 30, 40, 50, 60].map((minute, index) => row(`eng-${index + 1}`, minute, more));

let vendor: LinearVendor;
beforeEach(async () => {
  const names = STREAMS.map((name) => LISTS[name] ?? name);
  vendor = await linearVendor(Object.fromEntries(names.map((name) => [name, tenRows({ key: "ENG" })])));
});
afterEach(() => vendor.stop());

const rowsOf = (stream: string): Row[] => vendor.rows[LISTS[stream] ?? stream] ?? [];
const contextOf = (more: Row = {}) => {
  const config = Config.parse({ apiKey: "key", baseUrl: vendor.url, pageSize: 3, listPageSize: 3, ...more });
  const signal = new AbortController().signal;
  const around = { fetch, now: Date.now, sleep: () => setTimeout(0), random: () => 0 };
  return { config, signal, http: vendorHttp({ ...linear.http(config), requestsPerMinute: 1e6 }, around, signal) };
};

const read = async (name: string, cursor?: Cursor, more: Row = {}): Promise<Page<Cursor>[]> => {
  const poll = linear.streams[name]?.poll;
  if (poll === undefined) throw new Error(`no stream ${name}`);
  const context = contextOf(more);
  const from = poll.cursor.parse(cursor ?? poll.start);
  return Array.fromAsync(poll.read(context, from, poll.scopes?.(context.config)[0] ?? ""));
};
const idsOf = (pages: readonly Page<Cursor>[]): string[] =>
  pages.flatMap(({ records }) => records.map((record) => (record as { id: string }).id));
const sorted = (ids: readonly string[]): string[] => [...new Set(ids)].toSorted();
const all = tenRows().map(({ id }) => String(id));
const end = (pages: readonly Page<Cursor>[]): Cursor => pages.at(-1)?.cursor ?? {};
const codeOf = (reading: Promise<unknown>): Promise<string> =>
  reading.then(
    () => "nothing failed",
    (error: unknown) => (error instanceof HubError ? error.code : String(error)),
  );

describe.each(STREAMS)("the stream %s", (name) => {
  it("is read whole, then only what changed since and the overlap", async () => {
    const full = await read(name);
    expect(sorted(idsOf(full))).toEqual(sorted(all));
    Object.assign(rowsOf(name)[1] ?? {}, { updatedAt: at(90), title: "changed" });
    const next = await read(name, end(full));
    expect(sorted(idsOf(next))).toEqual(["eng-10", "eng-2"]);
    expect(idsOf(await read(name, end(next)))).toEqual(["eng-2"]);
  });

  it("loses nothing when it resumes at any page's cursor", async () => {
    const full = await read(name);
    expect(full.length).toBeGreaterThan(3);
    for (const [index, { cursor }] of full.entries()) {
      const stored = JSON.parse(JSON.stringify(cursor)) as Cursor;
      const rest = await read(name, stored);
      expect(sorted([...idsOf(full.slice(0, index + 1)), ...idsOf(rest)])).toEqual(sorted(all));
      expect(end(rest)).toEqual(end(full));
    }
  });

  it("finds what changed between two pages", async () => {
    const [first] = await read(name);
    const changed = rowsOf(name).find(({ id }) => idsOf(first ? [first] : []).includes(String(id)));
    Object.assign(changed ?? {}, { updatedAt: at(95) });
    const rest = await read(name, first?.cursor);
    const next = await read(name, end(rest));
    expect([...idsOf(rest), ...idsOf(next)]).toContain(changed?.["id"]);
  });

  it("begins anew where Linear no longer knows the page token", async () => {
    const [first] = await read(name);
    vendor.asked.length = 0;
    vendor.trick = ({ count, variables }) =>
      count === 1 && variables["after"] !== undefined
        ? { status: 400, body: { errors: [{ message: "no", extensions: { code: "INPUT_ERROR" } }] } }
        : undefined;
    expect(sorted(idsOf(await read(name, first?.cursor)))).toEqual(sorted(all));
  });

  it("is read again by id, and what is gone is left out", async () => {
    const records = await linear.streams[name]?.reread?.(contextOf(), ["eng-1", "gone", "eng-7", "eng-8", "eng-9"]);
    expect(sorted((records ?? []).map((record) => (record as { id: string }).id))).toEqual([
      "eng-1",
      "eng-7",
      "eng-8",
      "eng-9",
    ]);
  });

  it("gives the same drafts by poll and by the re-read that a webhook asks for", async () => {
    const stream = linear.streams[name];
    const drafts = (records: readonly unknown[]): readonly Draft[] =>
      records.flatMap(
        (record) =>
          stream?.normalise(stream.record.parse(record), { connectionId: "con_t", statuses: new Map() }) ?? [],
      );
    const polled = drafts((await read(name)).flatMap(({ records }) => [...records]));
    const asked = drafts((await stream?.reread?.(contextOf(), ["eng-4"])) ?? []);
    expect(asked).toEqual(polled.filter(({ external }) => external.id === "eng-4"));
  });
});

describe("the selector", () => {
  it.each(["teams", "states", "cycles", "issues", "projects"])("keeps other teams out of %s", async (name) => {
    const web = { key: "WEB", team: team("WEB"), teams: [team("WEB")] };
    rowsOf(name).push(row("web-1", 70, web));
    expect(idsOf(await read(name))).toContain("web-1");
    expect(sorted(idsOf(await read(name, undefined, { teams: ["ENG"] })))).toEqual(sorted(all));
    expect(await linear.streams[name]?.reread?.(contextOf({ teams: ["ENG"] }), ["web-1"])).toEqual([]);
  });

  it("is part of the scope, so that a wider one is read from the beginning", () => {
    const scopes = linear.streams["issues"]?.poll?.scopes;
    expect(scopes?.(contextOf().config)).toEqual(["all"]);
    expect(scopes?.(contextOf({ teams: ["WEB", "ENG"] }).config)).toEqual(["ENG,WEB"]);
  });
});

describe.each(["issues", "projects", "initiatives"])("archiving in %s", (name) => {
  it("is found though the update time did not move", async () => {
    const full = await read(name);
    Object.assign(rowsOf(name)[0] ?? {}, { archivedAt: at(80) });
    const next = await read(name, end(full));
    expect(idsOf(next)).toContain("eng-1");
    const record = next.flatMap(({ records }) => [...records]).find((one) => (one as Row)["id"] === "eng-1");
    const [draft] =
      linear.streams[name]?.normalise(linear.streams[name]?.record.parse(record), {
        connectionId: "con_t",
        statuses: new Map(),
      }) ?? [];
    expect(draft?.archivedAt).toBe(at(80));
    const last = await read(name, end(next));
    Object.assign(rowsOf(name)[1] ?? {}, { archivedAt: at(85) });
    expect(idsOf(await read(name, end(last)))).toEqual(expect.arrayContaining(["eng-10", "eng-2"]));
  });
});

describe("a nested list", () => {
  it("is read to its end, not cut", async () => {
    const history = Array.from({ length: 260 }, (_, index) => ({
      id: `h${index}`,
      createdAt: at(index),
      updatedAt: at(index),
      toEstimate: index,
    }));
    Object.assign(rowsOf("issues")[0] ?? {}, { history });
    const [first] = await read("issues");
    const issue = linear.streams["issues"]?.record.parse(first?.records[0]) as { history: unknown[] };
    expect(issue.history).toHaveLength(260);
    expect(vendor.asked.filter(({ operation }) => operation === "issueRest")).toHaveLength(3);
  });
});

describe("an answer of Linear's that is no whole answer", () => {
  const errors = (code: string, type?: string) => ({ errors: [{ message: "no", extensions: { code, type } }] });

  it("fails the page where data came beside errors, with status 200 too", async () => {
    vendor.trick = () => ({
      body: { data: { issues: { nodes: [], pageInfo: { hasNextPage: false } } }, ...errors("INTERNAL_SERVER_ERROR") },
    });
    expect(await codeOf(read("issues"))).toBe("vendor_unreachable");
  });

  it.each([
    [401, errors("AUTHENTICATION_ERROR", "authentication error"), "vendor_auth_expired"],
    [400, errors("AUTHENTICATION_ERROR", "authentication error"), "vendor_auth_expired"],
    [200, errors("AUTHENTICATION_ERROR"), "vendor_auth_expired"],
    [401, "unauthorised", "vendor_auth_expired"],
    [403, errors("FORBIDDEN", "forbidden"), "vendor_forbidden"],
    [200, errors("WHATEVER", "feature not accessible"), "vendor_forbidden"],
    [200, errors("RATELIMITED", "ratelimited"), "vendor_rate_limited"],
    [400, errors("GRAPHQL_VALIDATION_FAILED", "graphql error"), "vendor_answer_unreadable"],
    [400, "<html>proxy</html>", "vendor_answer_unreadable"],
    [200, '{"data":{"issues":{"nodes":[', "vendor_answer_unreadable"],
    [200, { data: { issues: null } }, "vendor_answer_unreadable"],
  ])("is named: %s %o", async (status, body, code) => {
    vendor.trick = () => ({ status, body });
    expect(await codeOf(read("issues"))).toBe(code);
  });

  it("says how long to wait, by the later of both buckets", async () => {
    const reset = (seconds: number) => String(Date.now() + seconds * 1000);
    vendor.trick = () => ({
      body: errors("RATELIMITED"),
      headers: { "x-ratelimit-requests-reset": reset(10), "x-ratelimit-complexity-reset": reset(900) },
    });
    const error = await read("issues").catch((failure: unknown) => failure);
    const { retry } = error as HubError;
    expect((retry as { afterSeconds: number }).afterSeconds).toBeGreaterThan(890);
    expect((retry as { afterSeconds: number }).afterSeconds).toBeLessThanOrEqual(901);
  });

  it("is waited for and tried again where it is a limit with status 400", async () => {
    vendor.trick = ({ count }) =>
      count === 1 ? { status: 400, body: errors("RATELIMITED"), headers: { "retry-after": "1" } } : undefined;
    expect(sorted(idsOf(await read("issues")))).toEqual(sorted(all));
  });

  it("F29 ends the run where a page token comes again or is missing", async () => {
    const page = (endCursor: string | null) => ({
      body: { data: { issues: { nodes: [{ id: "1" }], pageInfo: { hasNextPage: true, endCursor } } } },
    });
    vendor.trick = () => page("same");
    expect(await codeOf(read("issues"))).toBe("vendor_paging_broken");
    vendor.trick = () => page(null);
    expect(await codeOf(read("issues"))).toBe("vendor_paging_broken");
  });

  it("goes on after an empty page that has a token", async () => {
    vendor.trick = ({ count }) =>
      count === 1
        ? { body: { data: { issues: { nodes: [], pageInfo: { hasNextPage: true, endCursor: "eng-3" } } } } }
        : undefined;
    expect(idsOf(await read("issues"))).toHaveLength(7);
  });
});

it("sends the credential with every request", async () => {
  await read("issues");
  expect(new Set(vendor.asked.map(({ authorization }) => authorization))).toEqual(new Set(["key"]));
});
