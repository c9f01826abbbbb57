import { Octokit } from "@octokit/rest";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Sandbox, startSandbox } from "../../../infra/sandbox/index.ts";
import { SchemaCheck } from "./schema-check.ts";
import { hasSpec, specText } from "./vendor-spec.ts";

let sandbox: Sandbox;
let octokit: Octokit;
beforeAll(async () => {
  sandbox = await startSandbox({ until: new Date("2026-11-22T00:00:00Z") });
  octokit = new Octokit({ baseUrl: sandbox.urls.github, auth: sandbox.credentials.github.token });
});
afterAll(() => sandbox.stop());

const devkit = { owner: "acme", repo: "devkit" };
const storefront = { owner: "acme", repo: "storefront" };
const get = (path: string, headers: Record<string, string> = {}) =>
  fetch(sandbox.urls.github + path, {
    headers: { authorization: `Bearer ${sandbox.credentials.github.token}`, ...headers },
  });
const control = (request: object) => fetch(sandbox.urls.control, { method: "POST", body: JSON.stringify(request) });

describe("octokit against the sandbox", () => {
  it("pages through issues and pull requests by update, on the sandbox's own host", async () => {
    const rows = await octokit.paginate(octokit.rest.issues.listForRepo, {
      ...devkit,
      state: "all",
      sort: "updated",
      direction: "asc",
      since: "2020-01-01T00:00:00Z",
      per_page: 50,
    });
    const numbers = rows.map(({ number }) => number);
    expect(new Set(numbers).size).toBe(numbers.length);
    expect(rows.map(({ updated_at }) => updated_at)).toEqual(rows.map(({ updated_at }) => updated_at).sort());
    expect(rows.filter(({ pull_request }) => pull_request === undefined)).toHaveLength(336);
    const open = await octokit.paginate(octokit.rest.issues.listForRepo, { ...devkit, state: "open", per_page: 100 });
    expect(open.map(({ number }) => number).sort()).toEqual(
      rows
        .filter(({ state }) => state === "open")
        .map(({ number }) => number)
        .sort(),
    );
  });

  it("starts at since, inclusively", async () => {
    const all = await octokit.rest.issues.listForRepo({
      ...devkit,
      state: "all",
      sort: "updated",
      direction: "asc",
      per_page: 100,
    });
    const since = all.data[50]?.updated_at ?? "";
    const later = await octokit.rest.issues.listForRepo({
      ...devkit,
      state: "all",
      sort: "updated",
      direction: "asc",
      since,
      per_page: 1,
    });
    expect(later.data[0]?.updated_at).toBe(since);
  });

  it("gives pull requests newest first, with merges that are commits of main", async () => {
    const pulls = await octokit.paginate(octokit.rest.pulls.list, {
      ...storefront,
      state: "all",
      sort: "updated",
      direction: "desc",
      per_page: 100,
    });
    expect(pulls.map(({ updated_at }) => updated_at)).toEqual(
      pulls
        .map(({ updated_at }) => updated_at)
        .sort()
        .reverse(),
    );
    const commits = await octokit.paginate(octokit.rest.repos.listCommits, { ...storefront, per_page: 100 });
    const shas = new Set(commits.map(({ sha }) => sha));
    const merged = pulls.filter(({ merged_at, base }) => merged_at !== null && base.ref === "main");
    expect(merged.length).toBeGreaterThan(100);
    expect(merged.every(({ merge_commit_sha }) => shas.has(merge_commit_sha ?? ""))).toBe(true);
    expect(commits).toHaveLength(merged.length + 1);
    for (const [index, commit] of commits.slice(0, 20).entries())
      expect(commit.parents[0]?.sha).toBe(commits[index + 1]?.sha);
    expect(pulls.filter(({ title, head }) => /ACME-\d+/.test(title + head.ref)).length).toBeGreaterThan(150);
  });

  it("compares two deployed commits over several pages", async () => {
    const { data } = await octokit.rest.repos.listDeployments({
      ...storefront,
      environment: "production",
      per_page: 100,
    });
    const [head, base] = [data[0]?.sha, data[10]?.sha];
    const basehead = `${base}...${head}`;
    const first = await octokit.rest.repos.compareCommitsWithBasehead({ ...storefront, basehead, per_page: 10 });
    const pages = await octokit.paginate(
      "GET /repos/{owner}/{repo}/compare/{basehead}",
      { ...storefront, basehead, per_page: 10 },
      ({ data: page }) => (page as unknown as typeof first.data).commits,
    );
    expect(first.data.status).toBe("ahead");
    expect(pages).toHaveLength(first.data.total_commits);
    expect(pages.at(-1)?.sha).toBe(head);
    const back = await octokit.rest.repos.compareCommitsWithBasehead({ ...storefront, basehead: `${head}...${base}` });
    expect(back.data).toMatchObject({ status: "behind", ahead_by: 0, behind_by: first.data.ahead_by });
  });

  it("counts runs of a time range, and never shows more than a thousand", async () => {
    const all = await octokit.rest.actions.listWorkflowRunsForRepo({ ...storefront, per_page: 1 });
    const early = await octokit.rest.actions.listWorkflowRunsForRepo({
      ...storefront,
      created: "<2026-09-01",
      per_page: 100,
    });
    const late = await octokit.rest.actions.listWorkflowRunsForRepo({
      ...storefront,
      created: ">=2026-09-01",
      per_page: 100,
    });
    expect(early.data.total_count + late.data.total_count).toBe(all.data.total_count);
    expect(late.data.workflow_runs.every(({ created_at }) => created_at >= "2026-09-01")).toBe(true);
    const large = await startSandbox({
      size: 6000,
      until: new Date("2026-11-22T00:00:00Z"),
      limits: { github: 9000 },
    });
    const many = await fetch(`${large.urls.github}/repos/acme/storefront/actions/runs?per_page=100`);
    expect(((await many.json()) as { total_count: number }).total_count).toBeGreaterThan(1000);
    const { token } = large.credentials.github;
    const signedIn = await fetch(`${large.urls.github}/user`, { headers: { authorization: `Bearer ${token}` } });
    expect(signedIn.headers.get("x-ratelimit-limit")).toBe("9000");
    expect(many.headers.get("link")).toContain('page=10>; rel="last"');
    await large.stop();
  });
});

describe("the protocol around it", () => {
  it("answers 304 for what has not changed, at no cost", async () => {
    const first = await get("/repos/acme/devkit/milestones?state=all");
    const again = await get("/repos/acme/devkit/milestones?state=all", {
      "if-none-match": first.headers.get("etag") ?? "",
    });
    expect(again.status).toBe(304);
    expect(again.headers.get("x-ratelimit-remaining")).toBe(first.headers.get("x-ratelimit-remaining"));
  });

  it("has 60 requests an hour without a token, refuses a wrong one, and says what it does not know", async () => {
    expect((await fetch(`${sandbox.urls.github}/repos/acme/devkit`)).headers.get("x-ratelimit-limit")).toBe("60");
    expect((await get("/repos/acme/devkit")).headers.get("x-ratelimit-limit")).toBe("5000");
    expect((await fetch(`${sandbox.urls.github}/user`, { headers: { authorization: "Bearer nope" } })).status).toBe(
      401,
    );
    expect((await get("/repos/acme/nothing")).status).toBe(404);
    expect((await get("/repos/acme/devkit/issues?state=maybe")).status).toBe(422);
  });

  it("tells the primary from the secondary limit", async () => {
    await control({ do: "limit", budget: "github_burst", to: 0 });
    const secondary = await get("/repos/acme/devkit");
    expect([secondary.status, secondary.headers.get("retry-after")]).toEqual([403, "60"]);
    expect(await secondary.text()).toContain("secondary rate limit");
    await control({ do: "limit", budget: "github_burst", to: 100_000 });
    await control({ do: "limit", budget: "github", to: 0 });
    const primary = await get("/repos/acme/devkit");
    expect([primary.status, primary.headers.get("x-ratelimit-remaining")]).toEqual([403, "0"]);
    await control({ do: "limit", budget: "github", to: 5000 });
  });
});

describe.skipIf(!hasSpec("github/api.github.com.json.gz"))("GitHub's own description", () => {
  it("fits every answer", async () => {
    const check = new SchemaCheck(specText("github/api.github.com.json.gz"));
    const deployments = await octokit.rest.repos.listDeployments({ ...storefront, per_page: 1 });
    const merged = (await octokit.rest.pulls.list({ ...storefront, state: "closed", per_page: 1 })).data[0]?.number;
    const paths: readonly [string, string][] = [
      ["", ""],
      ["/issues?state=all&per_page=100&page=2", "/issues"],
      ["/issues/1", "/issues/{issue_number}"],
      ["/issues/1/timeline", "/issues/{issue_number}/timeline"],
      ["/pulls?state=all&per_page=50", "/pulls"],
      [`/pulls/${merged}`, "/pulls/{pull_number}"],
      [`/pulls/${merged}/reviews`, "/pulls/{pull_number}/reviews"],
      [`/pulls/${merged}/commits`, "/pulls/{pull_number}/commits"],
      ["/milestones?state=all", "/milestones"],
      ["/labels", "/labels"],
      ["/releases", "/releases"],
      ["/tags", "/tags"],
      ["/commits?per_page=100", "/commits"],
      ["/commits/main", "/commits/{ref}"],
      ["/compare/v1.9.0...v1.10.0", "/compare/{basehead}"],
      ["/deployments?per_page=100", "/deployments"],
      [`/deployments/${deployments.data[0]?.id}`, "/deployments/{deployment_id}"],
      [`/deployments/${deployments.data[0]?.id}/statuses`, "/deployments/{deployment_id}/statuses"],
      ["/actions/runs?per_page=100", "/actions/runs"],
      ["/environments", "/environments"],
    ];
    for (const repo of ["storefront", "devkit"]) {
      for (const [path, template] of paths) {
        if (repo === "devkit" && /^\/(pulls|deployments)\/\d/.test(path)) continue;
        const response = await get(`/repos/acme/${repo}${path}`);
        expect(response.status, path).toBe(200);
        expect(
          check.answer("GET", `/repos/{owner}/{repo}${template}`, 200, await response.json()).slice(0, 5),
          `${repo}${path}`,
        ).toEqual([]);
      }
    }
    expect(check.answer("GET", "/rate_limit", 200, await (await get("/rate_limit")).json())).toEqual([]);
  });
});
