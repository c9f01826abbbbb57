import { readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { main } from "../../infra/cli/main.ts";
import { type Sandbox, startSandbox } from "../../infra/sandbox/index.ts";
import { openDuck } from "../lake/duck.ts";
import { Checkout } from "./local-hub.ts";

const lines = (text: string): Record<string, unknown>[] =>
  text
    .trim()
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe("the command line", { timeout: 60_000 }, () => {
  let sandbox: Sandbox;
  let checkout: Checkout;
  beforeAll(async () => {
    sandbox = await startSandbox({ size: 120, seed: 3, until: new Date("2026-03-01T00:00:00.000Z") });
    checkout = await Checkout.make(undefined);
  });
  afterAll(async () => {
    await sandbox.stop();
    await checkout.remove();
  });
  const jira = async (path: string, body?: object) => {
    const { email, apiToken } = sandbox.credentials.jira;
    const response = await fetch(`${sandbox.urls.jira}${path}`, {
      method: body === undefined ? "GET" : "POST",
      headers: {
        authorization: `Basic ${Buffer.from(`${email}:${apiToken}`).toString("base64")}`,
        "content-type": "application/json",
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return response.text();
  };
  const github = async (path: string) => (await fetch(`${sandbox.urls.github}${path}`)).text();
  /** GitHub lists pull requests among the issues. */
  const firstIssue = async () =>
    (JSON.parse(await github("/repos/acme/devkit/issues?state=all&per_page=100")) as { pull_request?: unknown }[]).find(
      (row) => row.pull_request === undefined,
    );
  const linear = async (query: string) =>
    (
      await fetch(`${sandbox.urls.linear}/graphql`, {
        method: "POST",
        headers: { authorization: sandbox.credentials.linear.apiKey, "content-type": "application/json" },
        body: JSON.stringify({ query }),
      })
    ).text();

  describe("normalise", () => {
    it("turns a list response of each tracker into one entity or link per line, the same every time", async () => {
      const issues = await jira("/rest/api/3/search/jql", {
        jql: "project in (ACME) ORDER BY updated ASC, id ASC",
        maxResults: 20,
        fields: ["*all"],
      });
      const nodes = "id identifier title url createdAt updatedAt state { id name type } team { id key } priority";
      const inputs: readonly (readonly [readonly string[], string, string])[] = [
        [["jira", "issues"], issues, "work_item"],
        [["linear", "issues"], await linear(`{ issues(first: 20) { nodes { ${nodes} } } }`), "work_item"],
        [["github", "issues"], await github("/repos/acme/devkit/issues?state=all&per_page=30"), "work_item"],
        [["github", "pulls"], await github("/repos/acme/storefront/pulls?state=all&per_page=20"), "pull_request"],
      ];
      for (const [words, input, kind] of inputs) {
        const first = await checkout.run(["normalise", ...words], input);
        expect(first.code, `${words.join(" ")}: ${first.err}`).toBe(0);
        const found = lines(first.out);
        expect(found.filter((one) => one["kind"] === kind).length, words.join(" ")).toBeGreaterThan(5);
        expect(found.every(({ id, from }) => typeof id === "string" || typeof from === "string")).toBe(true);
        expect((await checkout.run(["normalise", ...words], input)).out).toBe(first.out);
        const asLines = (JSON.parse(input).issues ??
          JSON.parse(input).data?.issues?.nodes ??
          JSON.parse(input)) as unknown[];
        expect(
          (await checkout.run(["normalise", ...words], asLines.map((one) => JSON.stringify(one)).join("\n"))).out,
        ).toBe(first.out);
      }
    });

    it("tells the line of a record that it cannot read, goes on with the others and ends with 6", async () => {
      const good = await firstIssue();
      const result = await checkout.run(
        ["normalise", "github", "issues"],
        `${JSON.stringify(good)}\n{"title":"no identity"}\nnot json\n${JSON.stringify(good)}\n`,
      );
      expect(result.code).toBe(6);
      expect(lines(result.out).filter(({ kind }) => kind === "work_item")).toHaveLength(1);
      expect(result.err).toMatch(/^line 2: .*payload_unreadable/m);
      expect(result.err).toMatch(/^line 3: .*payload_unreadable/m);
    });

    it("reads a webhook body, and says where a hub would read again", async () => {
      const issue = await firstIssue();
      const body = JSON.stringify({
        action: "opened",
        issue,
        repository: { full_name: "acme/devkit" },
        sender: { login: "eli" },
      });
      const result = await checkout.run(
        ["normalise", "github", "issues", "--webhook", "--header", "X-GitHub-Event: issues"],
        body,
      );
      expect(result.code, result.err).toBe(0);
      expect(lines(result.out).some(({ kind }) => kind === "work_item")).toBe(true);
      const { issues } = JSON.parse(
        await jira("/rest/api/3/search/jql", { jql: "project in (ACME)", maxResults: 1, fields: ["*all"] }),
      );
      const told = await checkout.run(
        ["normalise", "jira", "issues", "--webhook"],
        JSON.stringify({ webhookEvent: "jira:issue_updated", timestamp: 1_772_000_000_000, issue: issues[0] }),
      );
      expect(told.err).toContain("a hub would read issues");
      expect(lines(told.out).length).toBeGreaterThan(0);
    });

    it.each([
      [["normalise", "jiar", "issues"], 2, 'Did you mean "jira"?'],
      [["normalise", "jira", "isues"], 2, 'Did you mean "issues"?'],
      [["normalise", "jira"], 2, "jira has the streams"],
      [["norm"], 2, "throughline help"],
      [["statsu"], 2, 'Did you mean "status"?'],
      [["features", "--stage", "tesing"], 1, "nothing was synced here yet"],
    ] as const)("answers %j with what is known", async (args, code, words) => {
      const result = await checkout.run(args);
      expect(result.err).toContain(words);
      if (args[0] !== "features") expect(result.code).toBe(code);
      expect(result.out).toBe("");
    });

    it("gives errors as an object to machines", async () => {
      const result = await checkout.run(["normalise", "jira", "isues", "--json"], "");
      expect(lines(result.out)).toMatchObject([{ code: "stream_unknown" }]);
    });
  });

  it("tells every problem of a config at once, with file, line, column and what was meant", async () => {
    const broken = await Checkout.make(undefined);
    const text = [
      'import { defineHub, github, jira, secret } from "throughline";',
      "",
      "export default defineHub({",
      '  products: { web: { name: "Web", sources: ["jra:ACME"] } },',
      "  connections: {",
      "    jira: jira({",
      '      site: "acme.atlassian.net",',
      '      email: "bot@acme.example",',
      '      apiToken: secret("NOBODY_SET_THIS"),',
      '      projets: ["ACME"],',
      "    }),",
      '    github: github({ token: "x", repos: ["acme"], baseUrl: "http://example.com" }),',
      "  },",
      '  statuses: { jira: { "In QA": "in_progres" } },',
      "});",
      "",
    ].join("\n");
    await writeFile(join(broken.root, "throughline.config.ts"), text);
    const shape = await broken.run(["start", "--port", "0"]);
    expect(shape.code).toBe(3);
    expect(shape.err).toContain('throughline.config.ts:14:23  statuses.jira.In QA: "in_progres" is none of');
    expect(shape.err).toContain('Did you mean "in_progress"?');
    await writeFile(
      join(broken.root, "throughline.config.ts"),
      (await readFile(join(broken.root, "throughline.config.ts"), "utf8")).replace("in_progres", "in_progress"),
    );
    const parts = await broken.run(["start", "--port", "0"]);
    expect(parts.code).toBe(3);
    expect(parts.err).toContain(
      'throughline.config.ts:10:7  connections.jira.projets: unknown key. Did you mean "projects"?',
    );
    expect(parts.err).toContain("throughline.config.ts:9:7  connections.jira.apiToken: NOBODY_SET_THIS is not set");
    expect(parts.err).toContain("connections.github.repos.0: owner/name");
    expect(parts.err).toContain(
      'throughline.config.ts:4:45  products.web.sources.0: no connection "jra". Did you mean "jira"?',
    );
    await broken.remove();
  });

  it("imports a public repository without a token in at most 20 requests, and can start from it", async () => {
    const fresh = await Checkout.make(undefined);
    const result = await fresh.run(["import", "github", "acme/devkit", "--base-url", sandbox.urls.github, "--json"]);
    expect(result.code, result.err).toBe(0);
    const [told] = lines(result.out);
    expect(told).toMatchObject({ repository: "acme/devkit", milestones: 20 });
    expect(told?.["requests"]).toBeLessThanOrEqual(20);
    expect(result.err).toMatch(/\d+ of \d+ hourly requests used, \d+ left until /);
    expect(await readFile(join(fresh.root, "throughline.config.ts"), "utf8")).toContain('repos: ["acme/devkit"]');
    const features = lines((await fresh.run(["features", "--json"])).out);
    expect(features).toHaveLength(20);
    expect(new Set(features.map(({ tool }) => tool))).toEqual(new Set(["github"]));
    expect(await fresh.run(["import", "github", "acme/nothing", "--base-url", sandbox.urls.github])).toMatchObject({
      code: 1,
    });
    const lake = await fresh.run(["export", "all", "--format", "parquet", "--out", "lake", "--json"]);
    expect(lake.code, lake.err).toBe(0);
    const rows = new Map(lines(lake.out).map((one) => [one["table"], one["rows"]]));
    expect(rows.get("feature")).toBe(20);
    const items = lines((await fresh.run(["export", "work_item"])).out);
    using duck = await openDuck();
    await duck.run((await fresh.run(["export", "ddl", "--target", "duckdb", "--out", "lake"])).out);
    expect(await duck.rows("SELECT count(*) AS n, max(recorded_at) IS NOT NULL AS told FROM work_item")).toEqual([
      { n: String(items.length), told: true },
    ]);
    expect(rows.get("work_item")).toBe(items.length);
    await fresh.remove();
  });

  it.each([
    [["export", "feture", "--format", "parquet", "--out", "lake"], 'no kind "feture". Did you mean "feature"?'],
    [["export", "feature", "--format", "parquet"], "name their place with --out"],
    [["export", "feature", "--format", "parquet", "--out", "lake", "--since", "2026-13-01"], "is not a day"],
    [["export", "feature", "--format", "parquet", "--out", "gs://x/y"], "neither a folder nor s3://"],
    [["export", "ddl", "--target", "athena", "--out", "lake"], "Athena reads from S3"],
    [["export", "ddl", "--target", "snowflake", "--out", "lake"], "none of athena, duckdb"],
    [["export", "feature", "--out", "lake"], "--out and --since go with --format parquet"],
  ] as const)("refuses %j and says why", async (args, words) => {
    const { code, told } = await inProcess(args);
    expect(code).toBe(2);
    expect(told).toContain(words);
  });
});

/** The command line in this process, for what needs no store. */
const inProcess = async (args: readonly string[]) => {
  let told = "";
  const terminal = {
    root: tmpdir(),
    environment: {},
    input: Readable.from([]),
    out: () => {},
    note: (words: string) => {
      told += words;
    },
  };
  return { code: await main(args, terminal), told };
};
