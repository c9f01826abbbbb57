import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Sandbox, startSandbox } from "../../../infra/sandbox/index.ts";

const start = Date.UTC(2026, 10, 22, 9);
let now = start;
let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox({ size: 40, clock: () => now });
});
beforeEach(() => {
  now = start;
  sandbox.reset();
});
afterAll(() => sandbox.stop());

type Json = Readonly<Record<string, unknown>>;
const jira = async (path: string, body?: object) => {
  const { email, apiToken } = sandbox.credentials.jira;
  const authorization = `Basic ${Buffer.from(`${email}:${apiToken}`).toString("base64")}`;
  const response = await fetch(sandbox.urls.jira + path, {
    headers: { authorization },
    ...(body === undefined ? {} : { method: "POST", body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as Json };
};
const search = async (jql: string) => {
  const { status, body } = await jira("/rest/api/3/search/jql", { jql, fields: ["project"], maxResults: 100 });
  return { status, errors: body["errorMessages"], issues: (body["issues"] ?? []) as { id: string; key: string }[] };
};
const linear = async (query: string): Promise<Json> => {
  const response = await fetch(`${sandbox.urls.linear}/graphql`, {
    method: "POST",
    headers: { authorization: sandbox.credentials.linear.apiKey },
    body: JSON.stringify({ query }),
  });
  const { data, errors } = (await response.json()) as { data?: Json; errors?: readonly { message: string }[] };
  return data ?? { errors: errors?.map(({ message }) => message) };
};
const nodes = async (field: string, selection: string): Promise<readonly Json[]> =>
  ((await linear(`{ ${field} { nodes { ${selection} } } }`))[field.split("(")[0] ?? ""] as { nodes: Json[] }).nodes;
const github = async (path: string) => {
  const headers = { authorization: `Bearer ${sandbox.credentials.github.token}` };
  const response = await fetch(sandbox.urls.github + path, { headers, redirect: "manual" });
  return { status: response.status, location: response.headers.get("location"), body: (await response.json()) as Json };
};
const truthOf = (key: string) => sandbox.truth().find((item) => item.key === key);

describe("in Jira", () => {
  it("an issue moves to another project: another key, the same id, and the old key still resolves", async () => {
    const { id } = truthOf("ACME-15") ?? {};
    const { changed } = await sandbox.control({ do: "move", key: "ACME-15", project: "IDEA" });
    const key = String(changed?.[0]?.["key"]);
    expect(key).toMatch(/^IDEA-\d+$/);
    for (const name of ["ACME-15", key, String(id)])
      expect((await jira(`/rest/api/3/issue/${name}?fields=project`)).body).toMatchObject({
        id,
        key,
        fields: { project: { key: "IDEA" } },
      });
    expect((await search("project = ACME")).issues.map((issue) => issue.id)).not.toContain(id);
    const log = (await jira(`/rest/api/3/issue/${id}/changelog`)).body["values"] as { items: Json[] }[];
    expect(log.at(-1)?.items).toEqual([
      {
        field: "project",
        fieldtype: "jira",
        fieldId: "project",
        from: "10000",
        fromString: "Storefront",
        to: "10001",
        toString: "Storefront ideas",
      },
      {
        field: "Key",
        fieldtype: "jira",
        fieldId: "issuekey",
        from: null,
        fromString: "ACME-15",
        to: null,
        toString: key,
      },
    ]);
    const created = await sandbox.control({ do: "create", tracker: "jira", type: "idea" });
    expect(created.changed?.[0]?.["key"]).not.toBe(key);
    expect(new Set(sandbox.truth().map((item) => item.key)).size).toBe(sandbox.truth().length);
  });

  it("a project that is taken away is nowhere, and comes back", async () => {
    const before = await search("project in (ACME, IDEA)");
    await sandbox.control({ do: "revoke", vendor: "jira", scope: "IDEA" });
    expect((await jira("/rest/api/3/project/IDEA")).status).toBe(404);
    expect((await jira("/rest/api/3/project/search")).body).toMatchObject({
      total: 2,
      values: [{ key: "ACME" }, { key: "SUP" }],
    });
    expect(await search("project in (ACME, IDEA)")).toEqual({
      status: 400,
      errors: ["The value 'IDEA' does not exist for the field 'project'."],
      issues: [],
    });
    expect((await search("updated >= 0")).issues.some(({ key }) => key.startsWith("IDEA"))).toBe(false);
    expect((await jira("/rest/api/3/issue/IDEA-1")).status).toBe(404);
    expect((await jira("/rest/api/3/issue/bulkfetch", { issueIdsOrKeys: ["IDEA-1"] })).body["issues"]).toEqual([]);
    await sandbox.control({ do: "grant", vendor: "jira", scope: "IDEA" });
    expect(await search("project in (ACME, IDEA)")).toEqual(before);
  });

  it("projects and versions can be archived", async () => {
    await sandbox.control({ do: "archive", project: "IDEA" });
    await sandbox.control({ do: "archive", version: "Storefront 1.3" });
    expect((await jira("/rest/api/3/project/search")).body["total"]).toBe(2);
    expect((await jira("/rest/api/3/project/search?status=archived")).body).toMatchObject({
      values: [{ key: "IDEA" }],
    });
    expect((await jira("/rest/api/3/version/10103")).body["archived"]).toBe(true);
    await sandbox.control({ do: "unarchive", project: "IDEA" });
    await sandbox.control({ do: "unarchive", version: "Storefront 1.3" });
    expect((await jira("/rest/api/3/project/search")).body["total"]).toBe(3);
    expect((await jira("/rest/api/3/version/10103")).body["archived"]).toBe(false);
  });
});

describe("in Linear", () => {
  it("issues and projects go to the archive or the trash and come back, and their update time stays", async () => {
    for (const [there, back, trashed] of [
      ["archive", "unarchive", null],
      ["trash", "restore", true],
    ] as const) {
      const [before] = await nodes("issues(first: 1)", "identifier updatedAt");
      const key = String(before?.["identifier"]);
      const project = "Funnel builder";
      await sandbox.control({ do: there, key });
      await sandbox.control({ do: there, project });
      const listed = await nodes("issues(first: 250)", "identifier");
      expect(listed.map(({ identifier }) => identifier)).not.toContain(key);
      expect(await linear(`{ issue(id: "${key}") { trashed archivedAt updatedAt } }`)).toEqual({
        issue: { trashed, archivedAt: new Date(now).toISOString(), updatedAt: before?.["updatedAt"] },
      });
      expect((await nodes("projects(first: 50)", "name")).map(({ name }) => name)).not.toContain(project);
      const all = await nodes("projects(first: 50, includeArchived: true)", "name trashed archivedAt");
      expect(all.find(({ name }) => name === project)).toMatchObject({ archivedAt: new Date(now).toISOString() });
      await sandbox.control({ do: back, key });
      await sandbox.control({ do: back, project });
      expect((await nodes("issues(first: 1)", "identifier updatedAt"))[0]).toEqual(before);
      expect((await nodes("projects(first: 50)", "name")).map(({ name }) => name)).toContain(project);
    }
  });

  it("an issue moves to the second team: another identifier and state, the same id", async () => {
    await sandbox.control({ do: "add_team" });
    const { id } = truthOf("INS-3") ?? {};
    await sandbox.control({ do: "move", key: "INS-3", team: "LAB" });
    const selection = "id identifier number previousIdentifiers team { key } state { team { key } } cycle { id }";
    const moved = {
      id,
      identifier: "LAB-1",
      number: 1,
      previousIdentifiers: ["INS-3"],
      team: { key: "LAB" },
      state: { team: { key: "LAB" } },
      cycle: null,
    };
    for (const name of ["INS-3", "LAB-1", id])
      expect(await linear(`{ issue(id: "${name}") { ${selection} } }`)).toEqual({ issue: moved });
    expect(
      await nodes('issues(first: 9, includeArchived: true, filter: { team: { key: { eq: "LAB" } } })', selection),
    ).toEqual([moved]);
    expect((await nodes("workflowStates", "name")).length).toBe(14);
  });

  it("a team that is taken away is nowhere, and comes back", async () => {
    await sandbox.control({ do: "revoke", vendor: "linear", scope: "INS" });
    for (const field of ["teams", "issues", "projects", "cycles", "workflowStates", "attachments"])
      expect(await nodes(field, "id"), field).toEqual([]);
    expect(await linear('{ issue(id: "INS-3") { id } }')).toEqual({ errors: ["Entity not found: Issue"] });
    await sandbox.control({ do: "grant", vendor: "linear", scope: "INS" });
    for (const field of ["teams", "issues", "projects"]) expect(await nodes(field, "id"), field).not.toEqual([]);
  });
});

describe("in GitHub", () => {
  it("an issue that was transferred answers 301 to its new number, where it is another record", async () => {
    const old = sandbox.truth().find(({ tracker }) => tracker === "github");
    const number = Number(old?.key.split("#")[1]);
    const { changed } = await sandbox.control({ do: "transfer", key: old?.key, repo: "acme/insights" });
    const key = String(changed?.[0]?.["key"]);
    const there = Number(key.split("#")[1]);
    const answer = await github(`/repos/acme/devkit/issues/${number}`);
    expect(answer).toMatchObject({ status: 301, body: { message: "Moved Permanently" } });
    const followed = await fetch(answer.location ?? "");
    expect(await followed.json()).toMatchObject({
      number: there,
      url: expect.stringContaining("/repos/acme/insights/"),
    });
    const list = "issues?state=all&sort=updated&direction=desc&per_page=100";
    const [here, gone] = [await github(`/repos/acme/insights/${list}`), await github(`/repos/acme/devkit/${list}`)];
    expect((here.body as unknown as Json[])[0]).toMatchObject({ number: there, title: old?.title });
    expect((gone.body as unknown as Json[]).map((row) => row["number"])).not.toContain(number);
    expect((await github("/repos/acme/insights")).body["has_issues"]).toBe(true);
    await sandbox.control({ do: "close", key });
    expect((await github(`/repos/acme/insights/issues/${there}`)).body["state"]).toBe("closed");
  });

  it("a repository that is taken away answers 404, or 403", async () => {
    await sandbox.control({ do: "revoke", vendor: "github", scope: "acme/devkit" });
    expect((await github("/repos/acme/devkit/issues")).status).toBe(404);
    await sandbox.control({ do: "revoke", vendor: "github", scope: "acme/devkit", mode: "forbidden" });
    expect((await github("/repos/acme/devkit/issues")).status).toBe(403);
    expect((await github("/repos/acme/insights/pulls")).status).toBe(200);
    await sandbox.control({ do: "grant", vendor: "github", scope: "acme/devkit" });
    expect((await github("/repos/acme/devkit/issues")).status).toBe(200);
  });
});

describe("the truth", () => {
  it("says what became of an item, and what it was called before", async () => {
    await sandbox.control({ do: "add_team" });
    await sandbox.control({ do: "unarchive", key: "INS-3" });
    await sandbox.control({ do: "move", key: "INS-3", team: "LAB" });
    await sandbox.control({ do: "move", key: "ACME-15", project: "IDEA" });
    await sandbox.control({ do: "archive", key: "INS-5" });
    await sandbox.control({ do: "delete", key: "INS-6" });
    const old = sandbox.truth().find(({ tracker }) => tracker === "github");
    await sandbox.control({ do: "transfer", key: old?.key, repo: "acme/insights" });
    const named = (title: string | undefined) => sandbox.truth().filter((item) => item.title === title);
    expect(truthOf("LAB-1")).toMatchObject({ presence: "present", previous_keys: ["INS-3"] });
    expect(sandbox.truth().find(({ previous_keys }) => previous_keys.includes("ACME-15"))?.key).toMatch(/^IDEA-/);
    expect([truthOf("INS-5")?.presence, truthOf("INS-6")?.presence]).toEqual(["archived", "deleted"]);
    expect(named(old?.title).map(({ presence, id }) => [presence, id === old?.id])).toEqual([
      ["moved", true],
      ["present", false],
    ]);
    await sandbox.control({ do: "revoke", vendor: "jira", scope: "ACME" });
    expect(truthOf("ACME-16")?.presence).toBe("lost_access");
  });

  it("tells intervals from the creation on, as each tool does", async () => {
    const { changed } = await sandbox.control({ do: "create", tracker: "jira", title: "New" });
    const key = String(changed?.[0]?.["key"]);
    const times = [start, start + 1000, start + 2000].map((time) => new Date(time).toISOString());
    now += 1000;
    await sandbox.control({ do: "assign", key, to: "priyar" });
    await sandbox.control({ do: "move", key, to: "In Progress" });
    now += 1000;
    await sandbox.control({ do: "assign", key, to: "mchen" });
    await sandbox.control({ do: "estimate", key, points: 5 });
    const { intervals, assignee, estimate } = truthOf(key) ?? {};
    expect(intervals).toMatchObject({
      status: [
        { id: "10000", name: "Backlog", from: times[0], to: times[1] },
        { id: "3", name: "In Progress", from: times[1] },
      ],
      assignee: [
        { name: "Priya Raman", from: times[1], to: times[2] },
        { name: "Marcus Chen", from: times[2] },
      ],
      cycle: [],
    });
    expect([assignee, estimate]).toEqual([intervals?.assignee.at(-1)?.id, 5]);
  });

  it("agrees with Linear's own spans and Jira's own fields, item by item", async () => {
    const selection = "id assignee { id } cycle { id } stateHistory(first: 20) { nodes { stateId startedAt endedAt } }";
    const issues = await nodes("issues(first: 100, includeArchived: true)", selection);
    const spans = new Map(issues.map((issue) => [issue["id"], issue]));
    for (const item of sandbox.truth().filter(({ tracker }) => tracker === "linear")) {
      const issue = spans.get(item.id);
      expect((issue?.["stateHistory"] as { nodes: Json[] } | undefined)?.nodes).toEqual(
        item.intervals.status.map(({ id, from, to }) => ({ stateId: id, startedAt: from, endedAt: to ?? null })),
      );
      expect((issue?.["assignee"] as { id: string } | null)?.id ?? null).toBe(item.assignee);
      expect((issue?.["cycle"] as { id: string } | null)?.id).toBe(
        item.intervals.cycle.find(({ to }) => to === undefined)?.id,
      );
    }
    const { body } = await jira("/rest/api/3/search/jql", {
      jql: "project in (ACME, IDEA)",
      fields: ["status", "assignee", "parent", "customfield_10016", "customfield_10020"],
      maxResults: 100,
    });
    for (const { id, fields } of body["issues"] as { id: string; fields: Record<string, never> }[]) {
      const item = sandbox.truth().find((one) => one.tracker === "jira" && one.id === id);
      const {
        status,
        assignee,
        parent,
        customfield_10016: points,
        customfield_10020: sprints,
      } = fields as unknown as Record<
        string,
        ({ id: string; accountId: string } & { id: number }[]) | null | undefined
      >;
      expect(item?.intervals.status.at(-1)?.id).toBe(status?.id);
      expect(item?.assignee).toBe(assignee?.accountId ?? null);
      expect(item?.intervals.assignee.find(({ to }) => to === undefined)?.id ?? null).toBe(item?.assignee);
      expect(item?.parent).toBe(parent?.id ?? null);
      expect(item?.estimate).toBe(points);
      expect(item?.cycles).toEqual((sprints ?? []).map((sprint) => String(sprint.id)));
    }
  });
});

describe("a census", () => {
  it("reads ids alone, without what was deleted, and with what is archived as each tool has it", async () => {
    const all = () => sandbox.truth().filter(({ presence }) => presence === "present" || presence === "archived");
    const idsOf = (tracker: string) =>
      all()
        .filter((item) => item.tracker === tracker)
        .map(({ id }) => id)
        .sort();
    for (const tracker of ["jira", "linear", "github"]) {
      const found = all().filter((item) => item.tracker === tracker && item.presence === "present");
      await sandbox.control({ do: "delete", key: found.at(-1)?.key });
      if (tracker === "linear") await sandbox.control({ do: "archive", key: found.at(-2)?.key });
    }
    const { body } = await jira("/rest/api/3/search/jql", {
      jql: "project in (ACME, IDEA)",
      fields: ["id"],
      maxResults: 5000,
    });
    expect((body["issues"] as { id: string }[]).map(({ id }) => id).sort()).toEqual(idsOf("jira"));
    const lean = await nodes("issues(first: 250, includeArchived: true)", "id");
    expect(lean.map(({ id }) => String(id)).sort()).toEqual(idsOf("linear"));
    for (const list of ["projects", "initiatives", "cycles"])
      expect((await nodes(`${list}(first: 250, includeArchived: true)`, "id")).length, list).toBeGreaterThan(2);
    for (const sort of ["created", "updated"]) {
      const rows = (await github(`/repos/acme/devkit/issues?state=all&sort=${sort}&per_page=100`))
        .body as unknown as Json[];
      const issues = rows.filter((row) => row["pull_request"] === undefined).map(({ id }) => String(id));
      expect(issues.sort(), sort).toEqual(idsOf("github"));
    }
  });
});
