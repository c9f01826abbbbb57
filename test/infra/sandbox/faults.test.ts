import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Sandbox, startSandbox } from "../../../infra/sandbox/index.ts";

const start = Date.UTC(2026, 10, 22, 9);
let now = start;
let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox({ size: 60, clock: () => now });
});
beforeEach(() => {
  now = start;
  sandbox.reset();
});
afterAll(() => sandbox.stop());

type Json = Readonly<Record<string, unknown>>;
type Vendor = "jira" | "linear" | "github";
interface Page {
  readonly status: number;
  readonly headers: Headers;
  readonly ids: readonly string[];
  /** What asks for the next page. */
  readonly next: string | undefined;
  readonly body: Json;
}

const JQL = "project in (ACME, IDEA) ORDER BY updated ASC, id ASC";
const QUERY = `query($after: String) { issues(first: 7, after: $after, includeArchived: true, sort: [{ updatedAt: { order: Ascending } }]) {
  nodes { id updatedAt assignee { id } team { key } } pageInfo { hasNextPage endCursor } } }`;
const LIST = "/repos/acme/devkit/issues?state=all&sort=updated&direction=asc&per_page=7";

/** Asks each vendor for a page of its issues, as its clients do. */
const send = (vendor: Vendor, next?: string, more: Json = {}): Promise<Response> => {
  const { jira, linear, github } = sandbox.credentials;
  if (vendor === "jira")
    return fetch(`${sandbox.urls.jira}/rest/api/3/search/jql`, {
      method: "POST",
      headers: { authorization: `Basic ${Buffer.from(`${jira.email}:${jira.apiToken}`).toString("base64")}` },
      body: JSON.stringify({ jql: JQL, fields: ["updated", "status"], maxResults: 7, nextPageToken: next, ...more }),
    });
  if (vendor === "linear")
    return fetch(`${sandbox.urls.linear}/graphql`, {
      method: "POST",
      headers: { authorization: linear.apiKey },
      body: JSON.stringify({ query: QUERY, variables: { after: next } }),
    });
  return fetch(next ?? sandbox.urls.github + LIST, { headers: { authorization: `Bearer ${github.token}` } });
};

const page = async (vendor: Vendor, next?: string, more: Json = {}): Promise<Page> => {
  const response = await send(vendor, next, more);
  const { status, headers } = response;
  const body = (await response.json()) as Json;
  const rows = (found: unknown): string[] => (found as { id: unknown }[]).map(({ id }) => String(id));
  if (status !== 200) return { status, headers, ids: [], next: undefined, body };
  if (vendor === "jira")
    return { status, headers, body, ids: rows(body["issues"]), next: body["nextPageToken"] as string | undefined };
  if (vendor === "github") {
    const link = /<([^>]+)>; rel="next"/.exec(headers.get("link") ?? "")?.[1];
    return { status, headers, body, ids: rows(body), next: link };
  }
  const { issues } = body["data"] as {
    issues: { nodes: Json[]; pageInfo: { hasNextPage: boolean; endCursor: string } };
  };
  const { hasNextPage, endCursor } = issues.pageInfo;
  return { status, headers, body, ids: rows(issues.nodes), next: hasNextPage ? endCursor : undefined };
};

const walk = async (vendor: Vendor): Promise<readonly (readonly string[])[]> => {
  const pages: (readonly string[])[] = [];
  let next: string | undefined;
  do {
    const found = await page(vendor, next);
    pages.push(found.ids);
    next = found.next;
  } while (next !== undefined && pages.length < 60);
  return pages;
};

const misbehave = (vendor: Vendor, how: string, more: Json = {}) =>
  sandbox.control({ do: "misbehave", vendor, how, ...more });
const VENDORS = ["jira", "linear", "github"] as const;

describe.each(VENDORS)("%s", (vendor) => {
  it("answers a page of HTML, or JSON that cannot be read", async () => {
    await misbehave(vendor, "html");
    const html = await send(vendor);
    expect([html.status, html.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
    expect(await html.text()).toContain("<!DOCTYPE html>");
    await misbehave(vendor, "invalid_json");
    const broken = await send(vendor);
    expect(broken.headers.get("content-type")).toContain("application/json");
    expect(broken.status).toBe(200);
    await expect(broken.json()).rejects.toThrow(SyntaxError);
    expect((await page(vendor)).ids).toHaveLength(7);
  });

  it("closes the socket in the middle of the body, or before it", async () => {
    const whole = Number((await send(vendor)).headers.get("content-length"));
    await misbehave(vendor, "truncated");
    const cut = await send(vendor);
    expect(cut.status).toBe(200);
    expect(Number(cut.headers.get("content-length"))).toBeGreaterThan(500);
    expect(whole === 0 || Number(cut.headers.get("content-length")) === whole).toBe(true);
    await expect(cut.text()).rejects.toThrow("terminated");
    await misbehave(vendor, "reset");
    await expect(send(vendor)).rejects.toThrow("fetch failed");
    expect((await page(vendor)).ids).toHaveLength(7);
  });

  it("gives half of a page and goes on after it, so that nothing is lost", async () => {
    const whole = (await walk(vendor)).flat();
    await misbehave(vendor, "half", { after: 1, times: 2 });
    const pages = await walk(vendor);
    expect(pages.slice(0, 3).map((ids) => ids.length)).toEqual([7, 4, 4]);
    expect(pages.flat()).toEqual(whole);
  });

  it("gives an empty page whose token goes on, also on the first page", async () => {
    const whole = (await walk(vendor)).flat();
    await misbehave(vendor, "empty_page");
    await misbehave(vendor, "empty_page", { after: 2, times: 2 });
    const pages = await walk(vendor);
    expect(pages.slice(0, 5).map((ids) => ids.length)).toEqual([0, 7, 7, 0, 0]);
    expect(pages.flat()).toEqual(whole);
  });

  it("gives the same token again and again", async () => {
    await misbehave(vendor, "repeat_cursor", { times: 3 });
    const one = await page(vendor);
    const two = await page(vendor, one.next);
    const three = await page(vendor, two.next);
    expect([two.next, three.next]).toEqual([one.next, one.next]);
    expect([two.ids, three.ids]).toEqual([one.ids, one.ids]);
    expect((await page(vendor, three.next)).next).not.toBe(one.next);
  });

  it("says 429 with a wait, 401, 410 and the errors of a server", async () => {
    await misbehave(vendor, "rate_limited", { seconds: 7 });
    const limited = await page(vendor);
    expect([limited.status, limited.headers.get("retry-after")]).toEqual([429, "7"]);
    await misbehave(vendor, "unauthorized");
    expect((await page(vendor)).status).toBe(401);
    await misbehave(vendor, "gone");
    expect((await page(vendor)).status).toBe(410);
    for (const status of [500, 502, 503, 504]) {
      await misbehave(vendor, "server_error", { status });
      expect((await page(vendor)).status).toBe(status);
    }
    expect((await page(vendor)).status).toBe(200);
  });

  it("lets its token expire until it behaves", async () => {
    await misbehave(vendor, "token_expired");
    for (let i = 0; i < 3; i += 1) expect((await page(vendor)).status).toBe(401);
    await sandbox.control({ do: "behave", vendor });
    expect((await page(vendor)).status).toBe(200);
  });

  it("is slow", async () => {
    await misbehave(vendor, "slow", { ms: 30 });
    const before = performance.now();
    expect((await page(vendor)).ids).toHaveLength(7);
    expect(performance.now() - before).toBeGreaterThan(28);
  });

  it("misbehaves only where it is told to, and only towards its own clients", async () => {
    await misbehave(vendor, "gone", { path: "nothing like it" });
    expect((await page(vendor)).status).toBe(200);
    for (const other of VENDORS) if (other !== vendor) expect((await page(other)).status).toBe(200);
    await misbehave(vendor, "gone", {
      path: { jira: "search/jql", linear: "includeArchived", github: "sort=updated" }[vendor],
    });
    expect((await page(vendor)).status).toBe(410);
  });
});

describe("what one vendor alone does", () => {
  it("GitHub's secondary limit is a 403 with the word and a wait", async () => {
    await misbehave("github", "secondary_limit", { seconds: 3 });
    const { status, headers, body } = await page("github");
    expect([status, headers.get("retry-after")]).toEqual([403, "3"]);
    expect(body["message"]).toContain("secondary rate limit");
    await expect(misbehave("jira", "secondary_limit")).rejects.toThrow("for github alone");
  });

  it("Linear's limit is a 400 with a code, and a reset in milliseconds", async () => {
    await misbehave("linear", "linear_limit", { seconds: 5 });
    const { status, headers, body } = await page("linear");
    expect(status).toBe(400);
    expect(body).toMatchObject({ errors: [{ extensions: { code: "RATELIMITED" } }] });
    expect(Number(headers.get("x-ratelimit-requests-reset"))).toBe(now + 5000);
  });

  it("Linear's errors can come with 200 and part of the data", async () => {
    await misbehave("linear", "graphql_errors");
    const { status, body, ids } = await page("linear");
    expect([status, ids.length]).toEqual([200, 7]);
    const path = ["issues", "nodes", 0, expect.any(String)];
    expect(body).toMatchObject({ errors: [{ path, extensions: { code: "INTERNAL_SERVER_ERROR" } }] });
    expect(Object.values((body["data"] as { issues: { nodes: Json[] } }).issues.nodes[0] ?? {})).toContain(null);
  });

  it.each([
    [{ vendor: "gitlab", how: "html" }, "vendor is one of jira"],
    [{ vendor: "jira", how: "explode" }, "how is one of"],
    [{ vendor: "jira", how: "server_error", status: 418 }, "status is one of"],
    [{ vendor: "jira", how: "html", times: "often" }, "are numbers"],
  ])("cannot be %j", async (request, why) => {
    await expect(sandbox.control({ do: "misbehave", ...request })).rejects.toThrow(why);
  });
});

const newest = async (vendor: Vendor): Promise<string | undefined> => (await walk(vendor)).flat().at(-1);
const someKey = (vendor: Vendor) => sandbox.truth().filter(({ tracker }) => tracker === vendor)[14];

describe.each(VENDORS)("the lists of %s", (vendor) => {
  it("lag behind changes for as long as they are told to, while reads by id do not", async () => {
    await sandbox.control({ do: "lag", vendor, seconds: 60 });
    const item = someKey(vendor);
    const last = await newest(vendor);
    const count = (await walk(vendor)).flat().length;
    await sandbox.control({ do: "rename", key: item?.key, title: "Unseen" });
    await sandbox.control({ do: "create", tracker: vendor, title: "Unseen too" });
    now = start + 59_000;
    expect(await newest(vendor)).toBe(last);
    expect((await walk(vendor)).flat()).toHaveLength(count);
    expect(sandbox.truth().find(({ id }) => id === item?.id)?.title).toBe("Unseen");
    now = start + 60_000;
    expect((await walk(vendor)).flat()).toHaveLength(count + 1);
    expect((await walk(vendor)).flat().slice(-2)).toContain(item?.id);
  });

  it("are shuffled while they are read", async () => {
    const before = (await walk(vendor)).flat();
    await sandbox.control({ do: "shuffle", vendor });
    const first = await page(vendor);
    expect(first.ids).toEqual(before.slice(0, 7));
    await sandbox.control({ do: "behave" });
    const after = (await walk(vendor)).flat();
    expect(after).not.toEqual(before);
    expect([...after].sort()).toEqual([...before].sort());
    expect(before.slice(7)).toContain(after.at(-1));
  });

  it("are dated by a clock of their own that can be off", async () => {
    await sandbox.control({ do: "skew", vendor, seconds: -600 });
    const item = someKey(vendor);
    await sandbox.control({ do: "rename", key: item?.key, title: "Early" });
    const truth = sandbox.truth().find(({ id }) => id === item?.id);
    expect(Date.parse(truth?.updated.replace("+0000", "Z") ?? "")).toBe(start - 600_000);
    expect(Date.parse((await page(vendor)).headers.get("date") ?? "")).toBe(start - 600_000);
    expect(await newest(vendor)).toBe(item?.id);
  });
});

it("Jira shows at once what it is asked to reconcile", async () => {
  await sandbox.control({ do: "lag", vendor: "jira", seconds: 60 });
  const { changed } = await sandbox.control({ do: "create", tracker: "jira", title: "Fresh" });
  const { id, key } = changed?.[0] ?? {};
  const jql = `key = ${key}`;
  expect((await page("jira", undefined, { jql })).status).toBe(200);
  expect((await page("jira", undefined, { jql })).ids).toEqual([]);
  expect((await page("jira", undefined, { jql, reconcileIssues: [Number(id)] })).ids).toEqual([id]);
});

it("Jira reads dates of a query in the zone of the account, which can be told", async () => {
  const key = someKey("jira")?.key;
  await sandbox.control({ do: "rename", key, title: "Just now" });
  const minute = (timeZone: string) =>
    new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short", timeStyle: "short" }).format(start);
  for (const zone of ["Pacific/Midway", "Etc/UTC", "Pacific/Kiritimati"]) {
    await sandbox.control({ do: "account_zone", zone });
    const { ids } = await page("jira", undefined, { jql: `key = ${key} AND updated >= "${minute(zone)}"` });
    const later = `key = ${key} AND updated >= "${minute(zone).slice(0, -2)}59"`;
    expect({ zone, ids: ids.length, later: (await page("jira", undefined, { jql: later })).ids }).toEqual({
      zone,
      ids: 1,
      later: [],
    });
  }
  await expect(sandbox.control({ do: "account_zone", zone: "Mars/Olympus" })).rejects.toThrow("zone is a name");
});

it("Jira and Linear call a status otherwise under the same id, and tell the past as it was", async () => {
  const key = someKey("jira")?.key ?? "";
  const get = async (path: string): Promise<Json> => {
    const { email, apiToken } = sandbox.credentials.jira;
    const authorization = `Basic ${Buffer.from(`${email}:${apiToken}`).toString("base64")}`;
    return (await (
      await fetch(`${sandbox.urls.jira}/rest/api/3/${path}`, { headers: { authorization } })
    ).json()) as Json;
  };
  await sandbox.control({ do: "move", key, to: "In Review" });
  now += 1000;
  await sandbox.control({ do: "rename_status", vendor: "jira", from: "In Review", to: "Being looked at" });
  await sandbox.control({ do: "move", key, to: "In Progress" });
  expect(JSON.stringify(await get("status"))).toContain('"name":"Being looked at","id":"10002"');
  const log = (await get(`issue/${key}/changelog`))["values"] as { items: Json[] }[];
  expect(log.at(-2)?.items.at(-1)).toMatchObject({ to: "10002", toString: "In Review" });
  expect(log.at(-1)?.items.at(-1)).toMatchObject({ from: "10002", fromString: "Being looked at" });
  await sandbox.control({ do: "rename_status", vendor: "linear", from: "Done", to: "Shipped" });
  await sandbox.control({ do: "close", key: "INS-1" });
  expect(sandbox.truth().find((item) => item.key === "INS-1")?.status).toBe("Shipped");
});

it("Jira's fields come and go", async () => {
  const [points, added] = ["customfield_10016", "customfield_10900"];
  await sandbox.control({ do: "remove_field", field: points });
  await sandbox.control({ do: "add_field", field: added, name: "Risk", value: "high" });
  const { body } = await page("jira", undefined, { fields: ["*all"] });
  const [issue] = body["issues"] as { fields: Json }[];
  expect(Object.keys(issue?.fields ?? {})).not.toContain(points);
  expect(issue?.fields[added]).toBe("high");
  await sandbox.control({ do: "add_field", field: points, name: "Story point estimate", type: "number", value: 3 });
  const again = await page("jira", undefined, { fields: [points] });
  expect((again.body["issues"] as { fields: Json }[])[0]?.fields).toEqual({ [points]: 3 });
});
