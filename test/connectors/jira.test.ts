import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { plainText } from "../../connectors/jira/adf.ts";
import jira from "../../connectors/jira/index.ts";
import { formattedIn } from "../../connectors/jira/jql.ts";
import { startSandbox } from "../../infra/sandbox/index.ts";
import type { Draft } from "../../shared/domain/entity.ts";
import { draftsOf, openJira, pagesOf, scriptedJira } from "../fixtures/jira/open-jira.ts";

interface Fixture {
  readonly source: string;
  readonly stream: string;
  readonly record: Record<string, unknown>;
  readonly drafts: readonly Draft[];
}
const fixtures = new URL("../fixtures/jira/", import.meta.url);
const names = readdirSync(fixtures).filter((name) => name.endsWith(".json"));
const fixture = (name: string): Fixture => JSON.parse(readFileSync(new URL(name, fixtures), "utf8")) as Fixture;

describe("a Jira record", () => {
  it.each(names)("%s becomes the drafts beside it", (name) => {
    const { stream, record, drafts } = fixture(name);
    expect(draftsOf(stream, record)).toEqual(drafts);
  });

  it.each(names)("%s passes with unknown fields, and is refused without its id", (name) => {
    const { stream, record, drafts } = fixture(name);
    expect(draftsOf(stream, { ...record, somethingNew: { deep: [1] } })).toEqual(drafts);
    const { id: _, ...nameless } = record;
    expect(jira.streams[stream]?.record.safeParse(nameless).success).toBe(false);
  });

  it("is kept with values that nobody has seen before", () => {
    const { record } = fixture("story.json");
    const status = { id: "9", name: "Marinating", statusCategory: { id: 9, key: "limbo" } };
    const fields = { ...(record["fields"] as object), status, priority: { id: "7", name: "P0" }, labels: "none" };
    const [item] = draftsOf("issues", { ...record, fields });
    expect(item?.fields).toMatchObject({
      status: { category: "unknown", detail: "Marinating", mappedBy: "default" },
      priority: { category: "unknown", detail: "P0" },
      labels: [],
    });
  });

  it("maps a status by the hub's own table first, and never a cancelled issue as done", () => {
    const { record } = fixture("story.json");
    const stream = jira.streams["issues"];
    const own = new Map([["10002", "in_review" as const]]);
    const [item] = stream?.normalise(stream.record.parse(record), { connectionId: "c", statuses: own }) ?? [];
    expect(item?.fields).toMatchObject({ status: { category: "in_review", mappedBy: "user" } });
    const closed = new Map([["6", "done" as const]]);
    const bug = stream?.record.parse(fixture("server-bug.json").record);
    expect(stream?.normalise(bug, { connectionId: "c", statuses: closed })[0]?.fields).toMatchObject({
      status: { category: "cancelled" },
    });
  });

  it("tells a link alike from both of its ends", () => {
    const link = (name: string, other: string) => {
      const [draft] = fixture(name).drafts;
      return draft?.relations
        ?.filter(({ to }) => to.id === other)
        .map(({ type, to, reverse }) => {
          const own = `${draft.kind}/${draft.external.id}`;
          const far = `${to.kind}/${to.id}`;
          return reverse === true ? `${far} ${type} ${own}` : `${own} ${type} ${far}`;
        });
    };
    expect(link("story.json", "30001")).toEqual(["workItem/20012 implements feature/30001"]);
    expect(link("idea.json", "20012")).toEqual(link("story.json", "30001"));
    expect(link("epic.json", "30001")).toEqual(["feature/20003 relates_to feature/30001"]);
    expect(link("idea.json", "20003")).toEqual(link("epic.json", "30001"));
  });

  it("tells a sprint alike in its own record and in an issue", () => {
    const inIssue = fixture("story.json").drafts.find(({ kind }) => kind === "cycle");
    expect(inIssue).toEqual(fixture("sprint.json").drafts[0]);
  });

  it("knows an old epic and a parent without levels by what they are", () => {
    const story = { id: "1", key: "A-1", fields: { issuetype: { name: "Story" }, parent: { id: "2", key: "A-2" } } };
    expect(draftsOf("issues", story)[0]?.fields).toMatchObject({ parentId: { kind: "feature", id: "2" } });
    const subtask = { id: "3", fields: { issuetype: { name: "Teilaufgabe", subtask: true }, parent: { id: "1" } } };
    expect(draftsOf("issues", subtask)[0]?.fields).toMatchObject({
      type: { category: "subtask", detail: "Teilaufgabe" },
      parentId: { kind: "workItem", id: "1" },
    });
    expect(draftsOf("issues", { id: "2", fields: { issuetype: { name: "Epic" } } })[0]?.kind).toBe("feature");
  });

  it("names an old epic by its key where no parent is told", () => {
    const schema = { customfield_10014: { type: "any", custom: "com.pyxis.greenhopper.jira:gh-epic-link" } };
    const story = { id: "1", key: "A-1", schema, fields: { customfield_10014: "a-2" } };
    expect(draftsOf("issues", story)[0]).toMatchObject({ references: [{ alias: "A-2", place: "parent" }] });
    const both = { ...story, fields: { ...story.fields, parent: { id: "2", key: "A-2" } } };
    expect(draftsOf("issues", both)[0]?.references).toEqual([]);
    const hostile = { ...story, fields: { customfield_10014: "A-2 and A-3" } };
    expect(draftsOf("issues", hostile)[0]?.references).toEqual([]);
  });

  it("estimates in points, of the configured field where one is named, else in hours", () => {
    const names = { customfield_1: "Story Points", customfield_2: "Effort" };
    const estimateOf = (record: object) => draftsOf("issues", { id: "1", names, ...record })[0]?.fields;
    const fields = { customfield_1: 3, customfield_2: 5, timeoriginalestimate: 5400 };
    expect(estimateOf({ fields })).toMatchObject({ estimate: { value: 3, unit: "points" } });
    expect(estimateOf({ fields, pointsField: "customfield_2" })).toMatchObject({
      estimate: { value: 5, unit: "points" },
    });
    expect(estimateOf({ fields: { ...fields, customfield_1: null } })).toMatchObject({
      estimate: { value: 1.5, unit: "hours" },
    });
    const moved = (fieldId: string, field: string) => ({ fieldId, field, fromString: "1", toString: "2" });
    const items = [
      moved("customfield_1", "Story Points"),
      moved("customfield_2", "Effort"),
      moved("x", "timeoriginalestimate"),
    ];
    const changelog = { histories: [{ id: "1", created: 1_767_225_600_000, items }] };
    const fieldsOf = (record: object) =>
      draftsOf("issues", { id: "1", changelog, ...record })[0]?.history?.[0]?.changes.map(({ field }) => field);
    expect(fieldsOf({})).toEqual(["estimate", "Effort", "hours"]);
    expect(fieldsOf({ pointsField: "customfield_2" })).toEqual(["Story Points", "estimate", "hours"]);
    const [item] = draftsOf("issues", { id: "1", names, fields, pointsField: "customfield_2" });
    expect(item?.customFields).toEqual([{ fieldId: "customfield_1", name: "Story Points", type: "unknown", value: 3 }]);
  });

  it("keeps two custom fields of one name apart", () => {
    const names = { customfield_1: "Team", customfield_2: "Team" };
    const [item] = draftsOf("issues", { id: "1", names, fields: { customfield_1: "a", customfield_2: "b" } });
    expect(item?.customFields?.map(({ fieldId, value }) => [fieldId, value])).toEqual([
      ["customfield_1", "a"],
      ["customfield_2", "b"],
    ]);
  });

  it("tells sprints that came and went, not those that stayed, by id where names have commas", () => {
    const sprint = (from: string, fromString: string, to: string, toName: string) => ({
      id: "1",
      created: "2026-01-01T00:00:00.000Z",
      items: [{ field: "Sprint", from, fromString, to, toString: toName }],
    });
    const changesOf = (history: object) =>
      draftsOf("issues", { id: "1", changelog: { histories: [history] } })[0]?.history?.[0]?.changes.map(
        ({ from, to }) => [from && [from.id, from.name], to && [to.id, to.name]],
      );
    expect(changesOf(sprint("1, 2", "One, Two", "1, 2, 3", "One, Two, Three"))).toEqual([[null, ["3", "Three"]]]);
    expect(changesOf(sprint("1, 2", "One, Two", "1, 3", "One, Three"))).toEqual([
      [
        ["2", "Two"],
        ["3", "Three"],
      ],
    ]);
    expect(changesOf(sprint("1", "Run, fast", "", ""))).toEqual([[["1", undefined], null]]);
    expect(changesOf(sprint("", "", "1", "One"))).toEqual([[null, ["1", "One"]]]);
  });

  it("reads every kind of node of a description, and the addresses behind cards, media and links", () => {
    const node = (type: string, attrs: object = {}, ...content: object[]) => ({ type, attrs, content });
    const words = (text: string, marks: object[] = []) => ({ type: "text", text, marks });
    const document = node(
      "doc",
      {},
      node("panel", { panelType: "info" }, node("paragraph", {}, words("Careful"))),
      node("mediaSingle", {}, node("media", { alt: "a chart" }), node("caption", {}, words("last week"))),
      node("taskList", {}, node("taskItem", { state: "DONE" }, words("shipped")), node("taskItem", {}, words("told"))),
      node("decisionList", {}, node("decisionItem", {}, words("we go"))),
      node("table", {}, node("tableRow", {}, node("tableCell", {}, words("a")), node("tableCell", {}, words("b")))),
      node("blockCard", { url: "https://acme.example/1" }),
      node("blockCard", { data: { name: "Plan", url: "https://acme.example/2" } }),
      node("embedCard", { url: "https://acme.example/3" }),
      node("paragraph", {}, node("mention", { text: "@Ada" }), node("emoji", { shortName: ":tada:" })),
      node("codeBlock", {}, words("<script>alert(1)</script>")),
      node("paragraph", {}, words("here", [{ type: "link", attrs: { href: "https://acme.example/4" } }])),
    );
    expect(plainText(document)?.split(/\n+/)).toEqual([
      "Careful",
      "a chart",
      "last week",
      "- [x] shipped",
      "- [ ] told",
      "- we go",
      "a | b",
      "https://acme.example/1",
      "Plan (https://acme.example/2)",
      "https://acme.example/3",
      "@Ada:tada:",
      "<script>alert(1)</script>",
      "here (https://acme.example/4)",
    ]);
  });

  it("is found in each of Jira's list answers", () => {
    const { issues, versions } = jira.streams;
    expect(issues?.listed?.({ issues: [{ id: "1" }], names: { a: "b" } })).toEqual([{ id: "1", names: { a: "b" } }]);
    expect(issues?.listed?.({ id: "1", key: "A-1" })).toBeUndefined();
    expect(versions?.listed?.({ values: [{ id: "1" }], isLast: true })).toEqual([{ id: "1" }]);
    expect(versions?.listed?.({ id: "1" })).toBeUndefined();
  });
});

describe("polling a Jira site", () => {
  let sandbox: Awaited<ReturnType<typeof startSandbox>>;
  const open = (settings: Record<string, unknown> = {}) =>
    openJira({ baseUrl: sandbox.urls.jira, ...sandbox.credentials.jira, pageSize: 50, ...settings });
  beforeAll(async () => {
    sandbox = await startSandbox({ size: 900, seed: 11, until: new Date("2026-06-01T00:00:00Z") });
  });
  afterAll(async () => await sandbox.stop());

  type Issue = { id: string; key: string; fields: { updated: string }; changelog: { histories: unknown[] } };
  const issuesOf = (pages: readonly { records: readonly unknown[] }[]) =>
    pages.flatMap(({ records }) => records as Issue[]);
  const idsOf = (pages: readonly { records: readonly unknown[] }[]) => new Set(issuesOf(pages).map(({ id }) => id));

  it("reads every issue with its whole history, each of which becomes drafts", async () => {
    const pages = await pagesOf(open(), "issues");
    const issues = issuesOf(pages);
    expect(pages.length).toBeGreaterThan(3);
    expect(new Set(issues.map(({ id }) => id)).size).toBe(issues.length);
    expect(issues.some(({ changelog }) => changelog.histories.length > 2)).toBe(true);
    const drafts = issues.flatMap((issue) => draftsOf("issues", issue));
    expect(new Set(drafts.map(({ kind }) => kind))).toEqual(
      new Set(["initiative", "feature", "workItem", "supportTicket", "account", "cycle", "customer"]),
    );
    const items = drafts.filter(({ kind }) => kind === "workItem") as Draft<"workItem">[];
    expect(items.filter(({ fields }) => fields.status.category === "unknown")).toEqual([]);
    expect(items.some(({ fields }) => fields.status.category === "cancelled")).toBe(true);
    expect(items.some(({ fields }) => fields.estimate !== undefined)).toBe(true);
    for (const { fields } of items) if (fields.status.category === "done") expect(fields.completedAt).toBeDefined();
  });

  it("reads points from the configured field alone", async () => {
    const POINTS = "customfield_10016";
    const pages = await pagesOf(open({ storyPointsField: POINTS }), "issues");
    const told = issuesOf(pages).flatMap((issue) => draftsOf("issues", issue)) as Draft<"workItem">[];
    expect(told.some(({ fields }) => fields.estimate?.unit === "points")).toBe(true);
    const other = await pagesOf(open({ storyPointsField: "customfield_1" }), "issues");
    const without = issuesOf(other).flatMap((issue) => draftsOf("issues", issue)) as Draft<"workItem">[];
    expect(without.filter(({ fields }) => fields.estimate !== undefined)).toEqual([]);
  });

  it("tells an account and a sprint alike in every issue, and a sprint as its own stream does", async () => {
    const drafts = issuesOf(await pagesOf(open(), "issues")).flatMap((issue) => draftsOf("issues", issue));
    const sprints = (await pagesOf(open(), "sprints")).flatMap(({ records }) =>
      records.flatMap((record) => draftsOf("sprints", record)),
    );
    const forms = new Map<string, Set<string>>();
    for (const draft of [...drafts, ...sprints]) {
      if (draft.kind !== "account" && draft.kind !== "cycle") continue;
      const form = forms.get(`${draft.kind} ${draft.external.id}`) ?? new Set();
      forms.set(`${draft.kind} ${draft.external.id}`, form.add(JSON.stringify(draft)));
    }
    expect(sprints.length).toBeGreaterThan(3);
    expect(Math.max(...[...forms.values()].map(({ size }) => size))).toBe(1);
  });

  it("resumes at every page without losing an issue, by token or, once that expired, by time", async () => {
    const pages = await pagesOf(open(), "issues");
    const all = idsOf(pages);
    for (const [index, { cursor }] of pages.entries()) {
      const before = idsOf(pages.slice(0, index + 1));
      const token = await pagesOf(open(), "issues", cursor);
      expect(new Set([...before, ...idsOf(token)])).toEqual(all);
      const { updated } = cursor as { updated: string };
      const expired = { updated, walk: { since: 0, token: "gone" } };
      expect(new Set([...before, ...idsOf(await pagesOf(open(), "issues", expired))])).toEqual(all);
    }
  });

  it("reads only what changed since, and the overlap before it, whichever way times are written", async () => {
    const issues = issuesOf(await pagesOf(open(), "issues"));
    const middle = Date.parse(issues[Math.floor(issues.length / 2)]?.fields.updated ?? "");
    const cursor = { updated: new Date(middle).toISOString() };
    const since = (from: number) =>
      new Set(issues.filter(({ fields }) => Date.parse(fields.updated) >= from).map(({ id }) => id));
    expect(idsOf(await pagesOf(open(), "issues", cursor))).toEqual(since(middle - 300_000));
    expect(idsOf(await pagesOf(open({ overlapSeconds: 0 }), "issues", cursor))).toEqual(since(middle));
    const formatted = idsOf(await pagesOf(open({ overlapSeconds: 0, jqlTime: "formatted" }), "issues", cursor));
    expect([...since(middle)].filter((id) => !formatted.has(id))).toEqual([]);
    expect(formatted.size).toBeLessThan(issues.length);
  });

  it("reads one project only where that is selected, and names a project that Jira does not know", async () => {
    const ideas = issuesOf(await pagesOf(open({ projects: ["idea"] }), "issues", undefined, "IDEA"));
    expect(ideas.length).toBeGreaterThan(0);
    expect(ideas.filter(({ key }) => !key.startsWith("IDEA-"))).toEqual([]);
    expect(jira.streams["issues"]?.poll?.scopes?.(open({ projects: ["idea", "ACME"] }).config)).toEqual([
      "IDEA",
      "ACME",
    ]);
    const projects = await pagesOf(open({ projects: ["ACME"] }), "projects", undefined, "ACME");
    expect(projects.flatMap(({ records }) => records)).toMatchObject([{ key: "ACME" }]);
  });

  it("reads projects, statuses, versions and sprints, page by page and resumable", async () => {
    for (const name of ["projects", "statuses", "versions", "sprints"]) {
      const pages = await pagesOf(open({ listPageSize: 1 }), name);
      const all = pages.flatMap(({ records }) => records);
      expect(all.length, name).toBeGreaterThan(1);
      expect(all.flatMap((record) => draftsOf(name, record)).length, name).toBe(all.length);
      expect(pages.at(-1)?.cursor, name).toEqual({});
      for (const [index, { cursor }] of pages.slice(0, -1).entries()) {
        const rest = (await pagesOf(open({ listPageSize: 1 }), name, cursor)).flatMap(({ records }) => records);
        expect([...pages.slice(0, index + 1).flatMap(({ records }) => records), ...rest], name).toEqual(all);
      }
    }
  });

  it("reads issues anew by id, as the poll tells them, and leaves out what is gone or not selected", async () => {
    const issues = issuesOf(await pagesOf(open(), "issues"));
    const [story] = issues.filter(({ key }) => key.startsWith("ACME-"));
    const [idea] = issues.filter(({ key }) => key.startsWith("IDEA-"));
    const reread = jira.streams["issues"]?.reread;
    expect(await reread?.(open(), [story?.id ?? "", "99999999", "1) OR (1=1"])).toEqual([story]);
    expect(await reread?.(open({ projects: ["ACME"] }), [story?.id ?? "", idea?.id ?? ""])).toEqual([story]);
  });
});

describe("a Jira that misbehaves", () => {
  const fields = [{ id: "summary", name: "Summary" }];
  const idsIn = (pages: readonly { records: readonly unknown[] }[]) =>
    pages.flatMap(({ records }) => (records as { id: string }[]).map(({ id }) => id));
  const issue = (id: string) => ({ id, key: `ACME-${id}`, fields: { updated: "2026-01-01T00:00:00.000+0000" } });

  it("ends the run when a page token comes twice, and goes on after an empty page", async () => {
    await using site = await scriptedJira((_, { pathname }, { nextPageToken }) => {
      if (pathname.endsWith("/field")) return [200, fields];
      if (pathname.endsWith("/changelog/bulkfetch")) return [200, { issueChangeLogs: [] }];
      return nextPageToken === undefined
        ? [200, { issues: [], nextPageToken: "a", isLast: true }]
        : [200, { issues: [issue("1")], nextPageToken: "a", isLast: false }];
    });
    await expect(pagesOf(openJira({ baseUrl: site.baseUrl }), "issues")).rejects.toMatchObject({
      code: "vendor_paging_broken",
    });
    expect(site.asked.filter(({ path }) => path.endsWith("/search/jql"))).toHaveLength(2);
  });

  it("has one issue's changelog put together from several pages", async () => {
    const history = (id: string) => ({
      id,
      created: 1_700_000_000 + Number(id),
      items: [{ field: "status", to: "3" }],
    });
    await using site = await scriptedJira((_, { pathname }, { nextPageToken }) => {
      if (pathname.endsWith("/field")) return [200, fields];
      if (pathname.endsWith("/search/jql")) return [200, { issues: [issue("1"), issue("2")] }];
      const issueChangeLogs = [{ issueId: "1", changeHistories: [history(nextPageToken === undefined ? "1" : "2")] }];
      return [200, { issueChangeLogs, ...(nextPageToken === undefined && { nextPageToken: "b" }) }];
    });
    const [page] = await pagesOf(openJira({ baseUrl: site.baseUrl }), "issues");
    const [first, second] = (page?.records ?? []).map((record) => draftsOf("issues", record)[0]);
    expect(first?.history?.map(({ at }) => at)).toEqual(["2023-11-14T22:13:21.000Z", "2023-11-14T22:13:22.000Z"]);
    expect(second?.history).toEqual([]);
  });

  it("is asked only for the search where every issue of the overlap was looked at twice", async () => {
    const at = (minute: number) => `2026-01-01T00:0${minute}:00.000+0000`;
    const issues = [1, 2].map((n) => ({ ...issue(String(n)), fields: { updated: at(n) } }));
    const custom = [{ id: "customfield_10400", name: "Team", schema: { custom: "x:team" } }];
    let known: unknown[] = fields;
    await using site = await scriptedJira((_, { pathname }) => {
      if (pathname.endsWith("/field")) return [200, known];
      return [200, pathname.endsWith("/search/jql") ? { issues } : { issueChangeLogs: [] }];
    });
    let cursor: unknown;
    const look = async () => {
      site.asked.length = 0;
      const pages = await pagesOf(openJira({ baseUrl: site.baseUrl, customFields: ["team"] }), "issues", cursor);
      cursor = pages.at(-1)?.cursor;
      return { ids: idsIn(pages), asked: site.asked.map(({ path }) => path.replace(/.*\/api\/3\//, "")) };
    };
    const whole = ["field", "search/jql", "changelog/bulkfetch"];
    expect(await look()).toEqual({ ids: ["1", "2"], asked: whole });
    expect(await look()).toEqual({ ids: ["1", "2"], asked: ["search/jql", "field", "changelog/bulkfetch"] });
    expect(await look()).toEqual({ ids: [], asked: ["search/jql"] });
    expect(await look()).toEqual({ ids: [], asked: ["search/jql"] });
    issues[0] = { ...issue("1"), fields: { updated: at(3) } };
    known = custom;
    expect(await look()).toEqual({ ids: ["1"], asked: ["search/jql", "field", "search/jql", "changelog/bulkfetch"] });
    expect(site.asked[2]?.body["fields"]).toContain("customfield_10400");
    expect(await look()).toMatchObject({ ids: ["1"] });
    expect(await look()).toEqual({ ids: [], asked: ["search/jql"] });
  });

  it.each([
    ["by the clock that it tells", (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toUTCString(), 300],
    ["never, where it tells no time", () => "soon", Number.POSITIVE_INFINITY],
  ])("has an issue passed over only when the overlap went by since its update, %s", async (_, clock, settledAt) => {
    let second = 0;
    const issues = [{ ...issue("1"), fields: { updated: "2026-01-01T00:00:00.000+0000" } }];
    await using site = await scriptedJira((_, { pathname }) => {
      if (pathname.endsWith("/field")) return [200, fields];
      return [200, pathname.endsWith("/search/jql") ? { issues } : { issueChangeLogs: [] }, { date: clock(second) }];
    });
    let cursor: unknown;
    for (const now of [1, 2, 3, 299, 300, 301, 900]) {
      second = now;
      const pages = await pagesOf(openJira({ baseUrl: site.baseUrl }), "issues", cursor);
      cursor = pages.at(-1)?.cursor;
      expect(idsIn(pages), `second ${now}`).toEqual(now > settledAt ? [] : ["1"]);
    }
  });

  it("is asked for bounded queries with every field that is read", async () => {
    await using site = await scriptedJira((_, { pathname }) => {
      if (pathname.endsWith("/field"))
        return [200, [{ id: "customfield_10400", name: "Team", schema: { custom: "x:team" } }]];
      return [200, pathname.endsWith("/search/jql") ? { issues: [] } : {}];
    });
    const { baseUrl } = site;
    await pagesOf(openJira({ baseUrl, customFields: ["team"] }), "issues", { updated: "2026-01-01T00:10:00.000Z" });
    await pagesOf(openJira({ baseUrl }), "issues", undefined, "ACME");
    const [all, one] = site.asked.filter(({ path }) => path.endsWith("/search/jql")).map(({ body }) => body);
    expect(all?.["jql"]).toBe(`updated >= ${Date.UTC(2026, 0, 1, 0, 5)} ORDER BY updated ASC, id ASC`);
    expect(all?.["fields"]).toEqual(expect.arrayContaining(["updated", "issuelinks", "customfield_10400"]));
    expect(one?.["jql"]).toBe('project in ("ACME") AND updated >= 978307200000 ORDER BY updated ASC, id ASC');
  });

  it("has its refusals told by what they mean", async () => {
    let status = 400;
    await using site = await scriptedJira((_, { pathname }) =>
      pathname.endsWith("/field") ? [200, fields] : [status, { errorMessages: ["no"] }],
    );
    const context = openJira({ baseUrl: site.baseUrl });
    await expect(pagesOf(context, "issues", undefined, "NOPE")).rejects.toMatchObject({ code: "vendor_not_found" });
    await expect(pagesOf(context, "issues")).rejects.toMatchObject({ code: "vendor_answer_unreadable" });
    status = 403;
    await expect(pagesOf(context, "issues")).rejects.toMatchObject({ code: "vendor_forbidden" });
    await expect(pagesOf(context, "versions", undefined, "ACME")).rejects.toMatchObject({ code: "vendor_forbidden" });
    status = 401;
    await expect(pagesOf(context, "sprints")).rejects.toMatchObject({ code: "vendor_auth_expired" });
  });

  it("has single issues found where JQL refuses the whole list for one that is gone", async () => {
    const project = (key: string) => ({ fields: { updated: "2026-01-01T00:00:00.000+0000", project: { key } } });
    await using site = await scriptedJira((_, { pathname }) => {
      if (pathname.endsWith("/field")) return [200, fields];
      if (pathname.endsWith("/search/jql")) return [400, { errorMessages: ["Issue does not exist"] }];
      if (pathname.endsWith("/changelog/bulkfetch")) return [200, { issueChangeLogs: [] }];
      const issues = [
        { id: "1", key: "ACME-1", ...project("ACME") },
        { id: "3", key: "OTHER-3", ...project("OTHER") },
      ];
      return [200, { issues, issueErrors: [{ id: "2" }] }];
    });
    const context = openJira({ baseUrl: site.baseUrl, projects: ["ACME"] });
    expect(await jira.streams["issues"]?.reread?.(context, ["1", "2", "3"])).toMatchObject([{ id: "1" }]);
    const [asked] = site.asked.filter(({ path }) => path.endsWith("/search/jql")).map(({ body }) => body);
    expect(asked).toMatchObject({
      jql: 'project in ("ACME") AND id in (1, 2, 3)',
      reconcileIssues: [1, 2, 3],
    });
  });

  it("has an answer that is no JSON, or another shape, tried again later", async () => {
    for (const answer of ["<html>", { things: [] }]) {
      await using site = await scriptedJira((_, { pathname }) => [200, pathname.endsWith("/field") ? fields : answer]);
      await expect(pagesOf(openJira({ baseUrl: site.baseUrl }), "issues")).rejects.toMatchObject({
        code: "vendor_answer_unreadable",
        retry: "later",
      });
    }
  });

  it.each([403, 404, 410])("gives no sprints where the agile API answers %i", async (status) => {
    await using site = await scriptedJira(() => [status, {}]);
    expect(await pagesOf(openJira({ baseUrl: site.baseUrl }), "sprints")).toEqual([{ records: [], cursor: {} }]);
  });

  it("has versions and sprints read anew, within the selector", async () => {
    await using site = await scriptedJira((_, { pathname }) => {
      if (pathname.endsWith("/version/1")) return [200, { id: "1", name: "1.0", projectId: 10_000 }];
      if (pathname.endsWith("/project/10000")) return [200, { id: "10000", key: "ACME" }];
      if (pathname.endsWith("/sprint/5")) return [200, { id: 5, name: "Sprint 5", originBoardId: 21 }];
      if (pathname.endsWith("/board/21")) return [200, { id: 21, location: { projectKey: "ACME" } }];
      return [404, {}];
    });
    const { baseUrl } = site;
    const { versions, sprints } = jira.streams;
    const acme = openJira({ baseUrl, projects: ["ACME"] });
    expect(await versions?.reread?.(acme, ["1", "2"])).toEqual([
      { id: "1", name: "1.0", projectId: 10_000, projectKey: "ACME" },
    ]);
    expect(await sprints?.reread?.(acme, ["5", "6"])).toMatchObject([{ id: 5 }]);
    const other = openJira({ baseUrl, projects: ["OTHER"] });
    expect(await versions?.reread?.(other, ["1"])).toEqual([]);
    expect(await sprints?.reread?.(other, ["5"])).toEqual([]);
  });
});

describe("a Jira webhook", () => {
  const secret = "It's a Secret to Everybody";
  const config = (settings: Record<string, unknown> = {}) =>
    jira.config.parse({ site: "acme", email: "a@acme.example", apiToken: "t", webhookSecret: secret, ...settings });
  const { signature, records, deliveryId } = jira.webhook ?? {};
  const bytes = (body: unknown) => new TextEncoder().encode(JSON.stringify(body));
  const delivery = (body: Uint8Array, headers: Record<string, string>) => ({
    body,
    headers: new Headers(headers),
    receivedAt: new Date(),
  });
  const event = {
    timestamp: 1_772_700_000_000,
    webhookEvent: "jira:issue_updated",
    issue: fixture("story.json").record,
  };
  const told = (body: unknown, settings: Record<string, unknown> = {}) =>
    records?.(body, new Headers(), config(settings));

  it("is accepted as Jira signs it, by the new secret and by the one before", () => {
    const body = new TextEncoder().encode("Hello World!");
    const published = "sha256=a4771c39fbe90f317c7824e83ddef3caae9cb3d976c214ace1f2937e133263c9";
    expect(signature?.sign(body, config(), new Date())).toEqual({ "x-hub-signature": published });
    signature?.verify(delivery(body, { "X-Hub-Signature": published }), config());
    const changed = config({ webhookSecret: "new", previousWebhookSecret: secret });
    signature?.verify(delivery(body, { "X-Hub-Signature": published }), changed);
  });

  it("is refused with any one bit of body or signature changed", () => {
    const body = bytes(event);
    const headers = signature?.sign(body, config(), new Date()) ?? {};
    const { "x-hub-signature": digest = "" } = headers;
    fc.assert(
      fc.property(fc.nat(body.length - 1), fc.nat(7), (at, bit) => {
        const forged = body.slice();
        forged[at] = (forged[at] ?? 0) ^ (1 << bit);
        expect(() => signature?.verify(delivery(forged, headers), config())).toThrow("signature rejected");
      }),
    );
    fc.assert(
      fc.property(fc.nat(digest.length - 1), fc.nat(6), (at, bit) => {
        const code = digest.charCodeAt(at) ^ (1 << bit);
        fc.pre(code > 32 && code < 127);
        const forged = digest.slice(0, at) + String.fromCharCode(code) + digest.slice(at + 1);
        expect(() => signature?.verify(delivery(body, { "x-hub-signature": forged }), config())).toThrow(
          "signature rejected",
        );
      }),
    );
  });

  it("is refused unsigned, and where no secret is configured", () => {
    const body = bytes(event);
    expect(() => signature?.verify(delivery(body, {}), config())).toThrow("no x-hub-signature header");
    const headers = signature?.sign(body, config(), new Date()) ?? {};
    const open = config({ webhookSecret: undefined });
    expect(() => signature?.verify(delivery(body, headers), open)).toThrow("no webhook secret");
  });

  it("has the id that Jira repeats on a retry", () => {
    const headers = { "X-Atlassian-Webhook-Identifier": "abc", "X-Atlassian-Webhook-Retry": "1" };
    expect(deliveryId?.(delivery(new Uint8Array(), headers))).toBe("abc");
    expect(deliveryId?.(delivery(new Uint8Array(), {}))).toBe("");
  });

  it("asks for the issue to be read again, whatever it says of it", () => {
    const expected = [{ stream: "issues", reread: "20012" }];
    expect(told(event)).toMatchObject(expected);
    expect(told({ ...event, webhookEvent: "jira:issue_created" })).toMatchObject(expected);
    expect(told({ ...event, webhookEvent: "comment_updated" })).toMatchObject(expected);
    expect(told({ webhookEvent: "worklog_created", worklog: { issueId: "20012" } })).toMatchObject(expected);
    const self = "https://acme.atlassian.net/rest/api/2/issue/20012/comment/1";
    expect(told({ webhookEvent: "comment_created", comment: { self } })).toMatchObject(expected);
  });

  it("takes a deletion as told, at Jira's time, and tells nobody else as gone", () => {
    const [deletion] = told({ ...event, webhookEvent: "jira:issue_deleted" }) ?? [];
    expect(deletion).toMatchObject({ stream: "issues", presence: "deleted", at: "2026-03-05T08:40:00.000Z" });
    const drafts = deletion !== undefined && "record" in deletion ? draftsOf("issues", deletion.record) : [];
    expect(drafts).toHaveLength(1);
    expect(drafts[0]).toMatchObject({ kind: "workItem", external: { id: "20012" } });
  });

  it("tells sprints and versions by their ids, and their deletion whole", () => {
    const { record: sprint } = fixture("sprint.json");
    const { record: version } = fixture("version.json");
    expect(told({ webhookEvent: "sprint_started", sprint })).toEqual([
      { stream: "sprints", reread: "55", hint: expect.objectContaining({ id: "55" }) },
    ]);
    expect(told({ webhookEvent: "jira:version_released", version })).toEqual([
      { stream: "versions", reread: "10100", hint: expect.objectContaining({ id: "10100" }) },
    ]);
    const [gone] = told({ webhookEvent: "sprint_deleted", timestamp: event.timestamp, sprint }) ?? [];
    expect(gone).toMatchObject({ stream: "sprints", presence: "deleted", at: "2026-03-05T08:40:00.000Z" });
    expect(told({ webhookEvent: "jira:version_deleted", version })).toMatchObject([{ presence: "deleted" }]);
  });

  it("is dropped for a project that is not selected", () => {
    expect(told(event, { projects: ["OTHER"] })).toEqual([]);
    expect(told(event, { projects: ["acme"] })).toHaveLength(1);
    expect(
      told({ webhookEvent: "jira:issue_updated", issue: { id: "1", key: "OTHER-1" } }, { projects: ["ACME"] }),
    ).toEqual([]);
  });

  it("says nothing where it is about nothing we hold, and fails where it is no Jira event", () => {
    expect(told({ webhookEvent: "board_created", board: { id: 1 } })).toEqual([]);
    expect(() => told({ username: "somebody" })).toThrow();
  });
});

describe("a JQL time", () => {
  it.each(["Pacific/Pago_Pago", "UTC", "Pacific/Kiritimati", "Europe/Berlin", "America/New_York"])(
    "in the zone %s is never after the moment, not even where clocks go back",
    (timeZone) => {
      const literal = formattedIn(timeZone);
      const clock = new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short", timeStyle: "short" });
      for (let at = Date.UTC(2026, 9, 24, 20); at < Date.UTC(2026, 10, 1, 12); at += 1_234_567) {
        const text = literal(at).slice(1, -1);
        const shows = (minutes: number) => clock.format(at + minutes * 60_000) === text;
        expect([...Array(180).keys()].some((minutes) => shows(minutes + 1))).toBe(false);
        expect([...Array(181).keys()].some((minutes) => shows(-minutes))).toBe(true);
      }
    },
  );
});

describe("a description", () => {
  it("survives anything that is no document", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
        const text = plainText(value);
        expect(text === undefined || typeof text === "string").toBe(true);
      }),
    );
    let deep: unknown = { type: "text", text: "x" };
    for (let depth = 0; depth < 5_000; depth++) deep = { type: "panel", content: [deep] };
    expect(plainText(deep)).toBeUndefined();
  });
});

describe("the configuration of a Jira connection", () => {
  const good = { site: "acme", email: "a@acme.example", apiToken: "t" };
  it("leads to the site, the gateway or the given address", () => {
    const base = (settings: Record<string, unknown>) => jira.http(jira.config.parse({ ...good, ...settings })).baseUrl;
    expect(base({})).toBe("https://acme.atlassian.net");
    expect(base({ site: "acme.atlassian.net" })).toBe("https://acme.atlassian.net");
    expect(base({ cloudId: "07779958-e747" })).toBe("https://api.atlassian.com/ex/jira/07779958-e747");
    expect(base({ baseUrl: "http://127.0.0.1:4101/jira" })).toBe("http://127.0.0.1:4101/jira");
  });

  it("is refused without an address, with two credentials, or with a project key that is none", () => {
    const accepts = (settings: unknown) => jira.config.safeParse(settings).success;
    expect(accepts(good)).toBe(true);
    expect(accepts({ site: "acme", accessToken: "b" })).toBe(true);
    expect(accepts({ ...good, site: undefined })).toBe(false);
    expect(accepts({ ...good, accessToken: "b" })).toBe(false);
    expect(accepts({ site: "acme", email: "a@acme.example" })).toBe(false);
    expect(accepts({ ...good, projects: ['X") OR (project = "Y'] })).toBe(false);
    expect(accepts({ ...good, project: ["ACME"] })).toBe(false);
  });
});
