import { LinearClient, RatelimitedLinearError } from "@linear/sdk";
import {
  buildSchema,
  type GraphQLNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
} from "graphql";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Sandbox, startSandbox } from "../../../infra/sandbox/index.ts";
import { linearSchema } from "../../../infra/sandbox/linear/sdk-schema.ts";
import { hasSpec, specText } from "./vendor-spec.ts";

let sandbox: Sandbox;
let client: LinearClient;
beforeAll(async () => {
  sandbox = await startSandbox({ until: new Date("2026-11-22T00:00:00Z") });
  client = new LinearClient({ apiKey: sandbox.credentials.linear.apiKey, apiUrl: `${sandbox.urls.linear}/graphql` });
});
afterAll(() => sandbox.stop());

interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly body: {
    readonly data?: Record<string, unknown> | null;
    readonly errors?: readonly { message: string; extensions: Record<string, unknown> }[];
  };
}

const ask = async (
  query: string,
  variables: object = {},
  key: string = sandbox.credentials.linear.apiKey,
): Promise<Answered> => {
  const response = await fetch(`${sandbox.urls.linear}/graphql`, {
    method: "POST",
    headers: { authorization: key },
    body: JSON.stringify({ query, variables }),
  });
  return { status: response.status, headers: response.headers, body: (await response.json()) as Answered["body"] };
};

const walk = `query($after: String, $first: Int!, $filter: IssueFilter) {
  issues(first: $first, after: $after, sort: [{ updatedAt: { order: Ascending } }], includeArchived: true, filter: $filter) {
    nodes { id identifier updatedAt archivedAt state { type } stateHistory(first: 20) { nodes { stateId startedAt endedAt } } }
    pageInfo { hasNextPage endCursor }
  }
}`;
interface Issues {
  readonly issues: {
    readonly nodes: readonly {
      id: string;
      identifier: string;
      updatedAt: string;
      archivedAt: string | null;
      state: { type: string };
      stateHistory: { nodes: { startedAt: string; endedAt: string | null }[] };
    }[];
    readonly pageInfo: { hasNextPage: boolean; endCursor: string };
  };
}
const walkAll = async (first: number, filter: object = {}) => {
  const nodes: Issues["issues"]["nodes"][number][] = [];
  let after: string | undefined;
  do {
    const { issues } = (await ask(walk, { first, after, filter })).body.data as unknown as Issues;
    nodes.push(...issues.nodes);
    after = issues.pageInfo.hasNextPage ? issues.pageInfo.endCursor : undefined;
  } while (after !== undefined);
  return nodes;
};

describe("Linear's own client against the sandbox", () => {
  it("reads models with the package's own heavy documents", async () => {
    expect((await client.viewer).email).toBe("eli.marsh@acme.example");
    expect((await client.organization).urlKey).toBe("acme");
    expect((await client.teams()).nodes.map(({ key }) => key)).toEqual(["INS"]);
    expect((await client.workflowStates()).nodes).toHaveLength(7);
    expect((await client.projects({ first: 50 })).nodes).toHaveLength(20);
    expect((await client.initiatives()).nodes).toHaveLength(3);
    expect((await client.cycles()).nodes).toHaveLength(14);
    expect((await client.users()).nodes).toHaveLength(12);
    const issue = await client.issue("INS-12");
    expect(issue.identifier).toBe("INS-12");
    expect((await issue.team)?.key).toBe("INS");
    expect((await issue.history()).nodes.length).toBeGreaterThan(0);
  });

  it("finds an issue by the address of its pull request", async () => {
    const { nodes } = await client.attachments({ first: 1 });
    expect(nodes[0]?.sourceType).toBe("github");
    const found = await client.attachmentsForURL(nodes[0]?.url ?? "");
    expect(found.nodes.map(({ id }) => id)).toEqual([nodes[0]?.id]);
  });

  it("says when too much was asked for", async () => {
    const limit = (budget: string, to: number) =>
      fetch(sandbox.urls.control, { method: "POST", body: JSON.stringify({ do: "limit", budget, to }) });
    await limit("linear", 0);
    await expect(client.viewer).rejects.toBeInstanceOf(RatelimitedLinearError);
    const { status, body, headers } = await ask("{ viewer { id } }");
    expect([status, body.errors?.[0]?.extensions["code"]]).toEqual([400, "RATELIMITED"]);
    expect(Number(headers.get("x-ratelimit-requests-reset"))).toBeGreaterThan(Date.now());
    await limit("linear", 50_000);
    await limit("linear_complexity", 1);
    expect((await ask(walk, { first: 50 })).body.errors?.[0]?.extensions["code"]).toBe("RATELIMITED");
    await limit("linear_complexity", 30_000_000);
  });
});

describe("issues", () => {
  it("come once each, in order, whatever the page size", async () => {
    for (const size of [9, 200]) {
      const nodes = await walkAll(size);
      expect(new Set(nodes.map(({ id }) => id)).size).toBe(384);
      expect(nodes.map(({ updatedAt }) => updatedAt)).toEqual(nodes.map(({ updatedAt }) => updatedAt).sort());
    }
  });

  it("keep to filters, also by when they were archived", async () => {
    const all = await walkAll(200);
    const since = all[200]?.updatedAt ?? "";
    expect(await walkAll(100, { updatedAt: { gte: since }, team: { key: { in: ["INS"] } } })).toEqual(
      all.filter(({ updatedAt }) => updatedAt >= since),
    );
    const archived = all.filter(({ archivedAt }) => archivedAt !== null);
    expect(archived.length).toBeGreaterThan(5);
    expect(archived.every(({ archivedAt, updatedAt }) => (archivedAt ?? "") > updatedAt)).toBe(true);
    expect(await walkAll(100, { archivedAt: { gte: "2020-01-01" } })).toEqual(archived);
    expect(await walkAll(100, { team: { key: { eq: "NOPE" } } })).toEqual([]);
    const started = await walkAll(100, { state: { type: { eq: "started" } } });
    expect(started).toEqual(all.filter(({ state }) => state.type === "started"));
    expect(await walkAll(100, { id: { in: [all[3]?.id, all[9]?.id] } })).toHaveLength(2);
  });

  it("can be paged from the end, and so can plans", async () => {
    for (const field of ["issues", "projects"]) {
      const ids: string[] = [];
      const list = `${field}(last: 7, before: $before`;
      const query = `query($before: String) { ${list}) { nodes { id } pageInfo { hasPreviousPage hasNextPage startCursor } } }`;
      let before: string | undefined;
      do {
        const { data } = (await ask(query, { before })).body;
        const { nodes, pageInfo } = (data as Record<string, unknown>)[field] as {
          nodes: { id: string }[];
          pageInfo: { hasPreviousPage: boolean; hasNextPage: boolean; startCursor: string };
        };
        expect(pageInfo.hasNextPage).toBe(before !== undefined);
        ids.unshift(...nodes.map(({ id }) => id));
        before = pageInfo.hasPreviousPage ? pageInfo.startCursor : undefined;
      } while (before !== undefined);
      const forth: string[] = [];
      let after: string | undefined;
      do {
        const { data } = (
          await ask(
            `query($after: String) { ${field}(first: 250, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } } }`,
            { after },
          )
        ).body;
        const { nodes, pageInfo } = (data as Record<string, unknown>)[field] as {
          nodes: { id: string }[];
          pageInfo: { hasNextPage: boolean; endCursor: string };
        };
        forth.push(...nodes.map(({ id }) => id));
        after = pageInfo.hasNextPage ? pageInfo.endCursor : undefined;
      } while (after !== undefined);
      expect(ids).toEqual(forth);
    }
    expect((await ask("{ issues(first: 2, last: 2) { nodes { id } } }")).status).toBe(400);
  });

  it("have spans that follow each other and end open", async () => {
    for (const { stateHistory } of await walkAll(200)) {
      const { nodes } = stateHistory;
      for (const [index, span] of nodes.entries()) expect(span.endedAt).toBe(nodes[index + 1]?.startedAt ?? null);
    }
  });

  it("are without the archived ones unless asked", async () => {
    const { body } = await ask("{ issues(first: 250) { nodes { archivedAt } } }");
    expect((body.data as unknown as Issues).issues.nodes.every(({ archivedAt }) => archivedAt === null)).toBe(true);
  });
});

describe("refusals", () => {
  it.each([
    ["{ issues { nodes { colour } } }", 400, "GRAPHQL_VALIDATION_FAILED"],
    ['{ issues(first: "ten") { nodes { id } } }', 400, "GRAPHQL_VALIDATION_FAILED"],
    ["{ issues {", 400, "GRAPHQL_PARSE_FAILED"],
    ["{ issues(first: 251) { nodes { id } } }", 400, "INPUT_ERROR"],
    ["{ issues(first: 250) { nodes { attachments { nodes { id } } } } }", 400, "INPUT_ERROR"],
    ['{ issue(id: "INS-99999") { id } }', 400, "INPUT_ERROR"],
  ])("of %s", async (query, status, code) => {
    const answer = await ask(query);
    expect([answer.status, answer.body.errors?.[0]?.extensions["code"]]).toEqual([status, code]);
  });

  it("asks for a key", async () => {
    expect((await ask("{ viewer { id } }", {}, "wrong")).status).toBe(401);
  });

  it("counts complexity from first, or fifty without it", async () => {
    const points = async (query: string) => Number((await ask(query)).headers.get("x-complexity"));
    expect(await points("{ viewer { id name } }")).toBe(2);
    expect(await points("{ issues(first: 10) { nodes { id } } }")).toBe(12);
    expect(await points("{ issues { nodes { id } } }")).toBe(56);
    expect(await points("{ issues(first: 10) { nodes { id labels(first: 2) { nodes { name } } } } }")).toBe(44);
  });
});

describe.skipIf(!hasSpec("linear/schema.graphql.gz"))("the schema read from the package", () => {
  const served = [
    "Issue",
    "IssueConnection",
    "IssueHistory",
    "IssueStateSpan",
    "Project",
    "ProjectStatus",
    "ProjectMilestone",
    "Initiative",
    "Cycle",
    "Team",
    "User",
    "WorkflowState",
    "IssueLabel",
    "Attachment",
    "Organization",
    "PageInfo",
    "IssueFilter",
    "IssueSortInput",
    "DateComparator",
    "NullableDateComparator",
    "TeamFilter",
    "IDComparator",
    "PaginationOrderBy",
    "PaginationSortOrder",
    "ProjectStatusType",
    "Node",
  ];
  const shape = (type: GraphQLNamedType | undefined): Record<string, string> => {
    if (isEnumType(type)) return Object.fromEntries(type.getValues().map(({ name }) => [name, "value"]));
    if (isInputObjectType(type))
      return Object.fromEntries(Object.values(type.getFields()).map((field) => [field.name, String(field.type)]));
    if (!isObjectType(type) && !isInterfaceType(type)) return {};
    const fields = Object.values(type.getFields()).map((field) => {
      const args = field.args.map((argument) => `${argument.name}: ${argument.type}`).sort();
      return [field.name, `(${args.join(", ")}): ${field.type}`];
    });
    return Object.fromEntries(fields);
  };

  it("has every served type of Linear's own schema, field by field, with its arguments", () => {
    const real = buildSchema(specText("linear/schema.graphql.gz"));
    for (const name of served) {
      const [ours, theirs] = [shape(linearSchema().getType(name)), shape(real.getType(name))];
      expect(Object.keys(theirs).length, name).toBeGreaterThan(0);
      // The package is newer than the text at hand, so it may know more, but nothing otherwise.
      expect(ours, name).toMatchObject(theirs);
    }
    const queries = [
      "issues",
      "issue",
      "projects",
      "project",
      "initiatives",
      "cycles",
      "attachments",
      "attachmentsForURL",
      "teams",
      "users",
      "workflowStates",
      "viewer",
      "organization",
      "issueLabels",
    ];
    const [ours, theirs] = [shape(linearSchema().getQueryType() ?? undefined), shape(real.getQueryType() ?? undefined)];
    for (const name of queries) expect(ours[name], name).toBe(theirs[name]);
  });
});
