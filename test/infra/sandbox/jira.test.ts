import { createAgileClient, createCloudClient } from "jira.js";
import { createClient } from "jira.js/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Sandbox, startSandbox } from "../../../infra/sandbox/index.ts";
import { SchemaCheck } from "./schema-check.ts";
import { hasSpec, specText } from "./vendor-spec.ts";

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox({ until: new Date("2026-11-22T00:00:00Z") });
});
afterAll(() => sandbox.stop());

const everything = "project in (ACME, IDEA) AND updated >= 1500000000000 ORDER BY updated ASC, id ASC";

interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

const ask = async (method: string, path: string, body?: unknown, authorised = true): Promise<Answered> => {
  const { email, apiToken } = sandbox.credentials.jira;
  const response = await fetch(sandbox.urls.jira + path, {
    method,
    headers: authorised ? { authorization: `Basic ${Buffer.from(`${email}:${apiToken}`).toString("base64")}` } : {},
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as Record<string, unknown>,
  };
};

const search = (body: object) => ask("POST", "/rest/api/3/search/jql", body);
const issuesOf = ({ body }: Answered) =>
  body["issues"] as readonly { id: string; key: string; fields: Record<string, unknown> }[];

describe("jira.js against the sandbox, with no tolerance for a mismatch", () => {
  const clients = () => {
    const client = createClient({
      host: sandbox.urls.jira,
      auth: { type: "basic", ...sandbox.credentials.jira },
      onSchemaMismatch: "throw",
    });
    return { cloud: createCloudClient(client), agile: createAgileClient(client) };
  };

  it("reads every list", async () => {
    const { cloud, agile } = clients();
    expect((await cloud.myself.getCurrentUser()).emailAddress).toBe(sandbox.credentials.jira.email);
    expect((await cloud.issueFields.getFields()).some(({ schema }) => schema?.custom?.endsWith("gh-sprint"))).toBe(
      true,
    );
    expect((await cloud.projects.searchProjects()).values?.map(({ key }) => key)).toEqual(["ACME", "IDEA", "SUP"]);
    expect((await cloud.status.search()).total).toBe(13);
    expect(await cloud.workflowStatuses.getStatuses()).toHaveLength(13);
    expect((await cloud.issueTypes.getIssueAllTypes()).length).toBe(8);
    expect((await cloud.issuePriorities.searchPriorities()).total).toBe(4);
    expect((await cloud.projectVersions.getProjectVersionsPaginated({ projectIdOrKey: "ACME" })).total).toBe(14);
    expect((await agile.board.getAllBoards()).values).toHaveLength(1);
    expect((await agile.board.getAllSprints({ boardId: 1 })).values?.length).toBe(14);
  });

  it("reads issues, changelogs and remote links", async () => {
    const { cloud } = clients();
    const page = await cloud.issueSearch.searchAndReconsileIssuesUsingJqlPost({
      jql: everything,
      fields: ["*all"],
      maxResults: 100,
      expand: "changelog",
    });
    expect(page.issues).toHaveLength(100);
    const ids = (page.issues ?? []).map(({ id }) => id ?? "");
    expect(
      (await cloud.issues.bulkFetchIssues({ issueIdsOrKeys: [...ids, "ACME-99999"].slice(1), fields: ["summary"] }))
        .issueErrors,
    ).toHaveLength(1);
    expect((await cloud.issues.getBulkChangelogs({ issueIdsOrKeys: ids })).issueChangeLogs?.length).toBeGreaterThan(50);
    expect((await cloud.issues.getIssue({ issueIdOrKey: "ACME-12" })).key).toBe("ACME-12");
    expect((await cloud.issues.getChangeLogs({ issueIdOrKey: "ACME-12" })).total).toBeGreaterThan(0);
    expect((await cloud.issueSearch.countIssues({ jql: "project = IDEA" })).count).toBe(6);
    const linked = await Promise.all(
      ids.slice(0, 40).map((id) => cloud.issueRemoteLinks.getRemoteIssueLinks({ issueIdOrKey: id })),
    );
    expect(linked.flat().length).toBeGreaterThan(0);
  });
});

describe("search", () => {
  it("gives every issue once, in order, whatever the page size", async () => {
    for (const size of [7, 100]) {
      const seen: string[] = [];
      let last = "";
      let nextPageToken: unknown;
      do {
        const page = await search({ jql: everything, fields: ["updated"], maxResults: size, nextPageToken });
        for (const { id, fields } of issuesOf(page)) {
          seen.push(id);
          expect(String(fields["updated"]) >= last).toBe(true);
          last = String(fields["updated"]);
        }
        nextPageToken = page.body["nextPageToken"];
        expect(page.body["isLast"]).toBe(nextPageToken === undefined);
      } while (nextPageToken !== undefined);
      expect(new Set(seen).size).toBe(seen.length);
      expect(seen).toHaveLength(480);
    }
  });

  it("gives ids alone when no fields are asked for, up to 5000 of them", async () => {
    const page = await search({ jql: "project = ACME ORDER BY id ASC", maxResults: 5000 });
    expect(issuesOf(page)).toHaveLength(474);
    expect(Object.keys(issuesOf(page)[0] ?? {})).toEqual(["id"]);
  });

  it("keeps to the bound of updated in milliseconds, and to the user's zone in a date", async () => {
    const all = issuesOf(await search({ jql: everything, fields: ["updated"], maxResults: 100 }));
    const [from, to] = [all[40], all[60]].map((issue) => Date.parse(String(issue?.fields["updated"])));
    const within = issuesOf(
      await search({
        jql: `project = ACME AND updated >= ${from} AND updated <= ${to} ORDER BY updated, id`,
        fields: ["key", "updated"],
      }),
    );
    const wanted = all.filter(
      ({ fields }) =>
        Date.parse(String(fields["updated"])) >= (from ?? 0) && Date.parse(String(fields["updated"])) <= (to ?? 0),
    );
    expect(within.map(({ id }) => id)).toEqual(wanted.map(({ id }) => id));
    // Eli lives in London: summer time is an hour ahead of UTC.
    const summer = Date.UTC(2026, 6, 1, 9, 0);
    const [byDate, byTime] = await Promise.all([
      search({ jql: 'project = ACME AND updated >= "2026-07-01 10:00" ORDER BY updated', fields: ["key"] }),
      search({ jql: `project = ACME AND updated >= ${summer} ORDER BY updated`, fields: ["key"] }),
    ]);
    expect(issuesOf(byDate)).toEqual(issuesOf(byTime));
  });

  it("reads lists of ids, keys and types, and negations", async () => {
    const some = issuesOf(
      await search({ jql: 'key in (ACME-30, "acme-31") AND issuetype not in (Epic)', fields: ["issuetype"] }),
    );
    expect(some.map(({ key }) => key)).toEqual(["ACME-30", "ACME-31"]);
    const epics = issuesOf(
      await search({ jql: "project = ACME AND (issuetype = Epic OR issuetype = Initiative)", fields: ["issuetype"] }),
    );
    expect(epics).toHaveLength(21);
  });

  it.each([
    ["", 400],
    ["ORDER BY updated", 400],
    ["colour = red", 400],
    ["project = NOPE", 400],
    ["project = ACME AND", 400],
    ["project = ACME AND updated >= yesterday", 400],
    ["project ~ ACME", 400],
  ])("refuses %j", async (jql, status) => {
    const answer = await search({ jql });
    expect(answer.status).toBe(status);
    expect(answer.body["errorMessages"]).toHaveLength(1);
  });

  it("refuses a token of another query", async () => {
    const page = await search({ jql: everything, fields: ["key"], maxResults: 2 });
    const answer = await search({ jql: "project = ACME", nextPageToken: page.body["nextPageToken"] });
    expect(answer.status).toBe(400);
  });
});

describe("changelog/bulkfetch", () => {
  it("may split an issue over pages, and loses nothing", async () => {
    const ids = issuesOf(await search({ jql: everything, maxResults: 60 })).map(({ id }) => id);
    const gather = async (maxResults: number) => {
      const entries: string[] = [];
      let nextPageToken: unknown;
      let pages = 0;
      do {
        const { body } = await ask("POST", "/rest/api/3/changelog/bulkfetch", {
          issueIdsOrKeys: ids,
          maxResults,
          nextPageToken,
        });
        for (const log of body["issueChangeLogs"] as readonly {
          issueId: string;
          changeHistories: { id: string }[];
        }[]) {
          for (const { id } of log.changeHistories) entries.push(`${log.issueId}/${id}`);
        }
        nextPageToken = body["nextPageToken"];
        pages += 1;
      } while (nextPageToken !== undefined);
      return { entries, pages };
    };
    const [whole, split] = [await gather(1000), await gather(3)];
    expect(whole.pages).toBe(1);
    expect(split.pages).toBeGreaterThan(10);
    expect(split.entries).toEqual(whole.entries);
  });
});

describe("refusals", () => {
  it("asks for a log-in, has removed the old search, and knows what it does not have", async () => {
    expect((await ask("GET", "/rest/api/3/myself", undefined, false)).status).toBe(401);
    expect((await ask("GET", "/rest/api/3/search")).status).toBe(410);
    expect((await ask("POST", "/rest/api/3/search", { jql: everything })).status).toBe(410);
    expect((await ask("GET", "/rest/api/3/issue/ACME-99999")).body).toEqual({
      errorMessages: ["Issue does not exist or you do not have permission to see it."],
      errors: {},
    });
  });

  it("answers 429 with a wait when the budget is spent", async () => {
    const limit = (to: number) =>
      fetch(sandbox.urls.control, { method: "POST", body: JSON.stringify({ do: "limit", budget: "jira", to }) });
    await limit(1);
    expect((await ask("GET", "/rest/api/3/field")).headers.get("x-ratelimit-remaining")).toBe("0");
    const refused = await ask("GET", "/rest/api/3/field");
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(refused.headers.get("ratelimit-reason")).toBe("jira-burst-based");
    await limit(100_000);
  });
});

describe.skipIf(!hasSpec("jira/platform.swagger-v3.v3.json.gz"))("Jira's own description", () => {
  it("fits every answer", async () => {
    const check = new SchemaCheck(specText("jira/platform.swagger-v3.v3.json.gz"));
    const api = "/rest/api/3";
    const requests: readonly [string, string, string, unknown?][] = [
      ["GET", `${api}/myself`, `${api}/myself`],
      ["GET", `${api}/field`, `${api}/field`],
      ["GET", `${api}/project/search`, `${api}/project/search`],
      ["GET", `${api}/statuses/search`, `${api}/statuses/search`],
      ["GET", `${api}/status`, `${api}/status`],
      ["GET", `${api}/issuetype`, `${api}/issuetype`],
      ["GET", `${api}/priority/search`, `${api}/priority/search`],
      ["GET", `${api}/project/ACME/version`, `${api}/project/{projectIdOrKey}/version`],
      [
        "POST",
        `${api}/search/jql`,
        `${api}/search/jql`,
        { jql: everything, fields: ["*all"], maxResults: 100, expand: "changelog" },
      ],
      ["POST", `${api}/search/approximate-count`, `${api}/search/approximate-count`, { jql: everything }],
      ["POST", `${api}/issue/bulkfetch`, `${api}/issue/bulkfetch`, { issueIdsOrKeys: ["ACME-12", "ACME-99999"] }],
      ["POST", `${api}/changelog/bulkfetch`, `${api}/changelog/bulkfetch`, { issueIdsOrKeys: ["ACME-12", "ACME-50"] }],
      ["GET", `${api}/issue/ACME-50`, `${api}/issue/{issueIdOrKey}`],
      ["GET", `${api}/issue/ACME-50/changelog`, `${api}/issue/{issueIdOrKey}/changelog`],
    ];
    for (const [method, path, template, body] of requests) {
      const answer = await ask(method, path, body);
      expect(answer.status, path).toBe(200);
      // Two things that Jira itself gives and its description does not know: the type of Product Discovery's projects,
      // and null on the empty side of a changed field.
      const complaints = check
        .answer(method, template, 200, answer.body)
        .filter((line) => !/"product_discovery" is not one of|\.items\[\d+\]\.(from|to)\w*: null$/.test(line));
      expect(complaints, path).toEqual([]);
    }
  });
});
