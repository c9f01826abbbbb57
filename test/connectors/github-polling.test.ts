import { setTimeout } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import github from "../../connectors/github/index.ts";
import { contextOf, poll, type Row, startGitHub } from "./github-vendor.ts";

const at = (minute: number): string => new Date(Date.UTC(2026, 9, 1, 0, minute)).toISOString().replace(".000Z", "Z");
const sha = (n: number): string => n.toString(16).padStart(40, "0");
const API = "https://api.github.com/repos/acme/web";
const issueRow = (number: number, minute: number, more: Row = {}): Row => ({
  node_id: `I_${number}`,
  number,
  title: `Issue ${number}`,
  state: "open",
  url: `${API}/issues/${number}`,
  repository_url: API,
  created_at: at(0),
  updated_at: at(minute),
  ...more,
});
const pullRow = (number: number, minute: number): Row => ({
  ...issueRow(number, minute),
  node_id: `PR_${number}`,
  url: `${API}/pulls/${number}`,
});
const deploymentRow = (id: number, minute: number, environment = "production"): Row => ({
  id,
  node_id: `DE_${id}`,
  sha: sha(id),
  environment,
  url: `${API}/deployments/${id}`,
  repository_url: API,
  created_at: at(minute),
  updated_at: at(minute),
});
const statusRow = (id: number, state: string, minute: number): Row => ({ id, state, created_at: at(minute) });
const runRow = (id: number, minute: number, more: Row = {}): Row => ({
  id,
  node_id: `WFR_${id}`,
  name: "CI",
  head_sha: sha(id),
  status: "completed",
  conclusion: "success",
  url: `${API}/actions/runs/${id}`,
  created_at: at(minute),
  updated_at: at(minute),
  ...more,
});
const numbers = (records: readonly Row[]) => records.map(({ number }) => number);
const ids = (records: readonly Row[]) => records.map(({ id }) => id);

let vendor: Awaited<ReturnType<typeof startGitHub>>;
beforeEach(async () => {
  vendor = await startGitHub();
});
afterEach(() => vendor.stop());
const context = (more: Row = {}) => contextOf({ baseUrl: vendor.origin, requestsPerMinute: 1_000_000, ...more });

/** Fills every stream with enough for several pages. */
const fill = (records = 25) => {
  const { holdings } = vendor;
  for (let n = 1; n <= records; n++) {
    holdings.issues.push(issueRow(n, n * 10));
    holdings.pulls.push(pullRow(n, n * 10));
    holdings.milestones.push({ node_id: `MI_${n}`, number: n, title: `M${n}`, state: "open", updated_at: at(n) });
    holdings.releases.unshift({
      id: n,
      node_id: `RE_${n}`,
      tag_name: `v${n}`,
      updated_at: at(n * 10),
      published_at: at(n * 10),
    });
    holdings.deployments.push(deploymentRow(n, n * 10));
    holdings.statuses.set(n, [statusRow(n, "success", n * 10 + 1)]);
    holdings.runs.push(runRow(n, n * 10));
  }
};
const POLLED = ["milestones", "issues", "pulls", "releases", "deployments", "workflowRuns"] as const;
const identity = (records: readonly Row[]) => [...new Set(records.map(({ node_id }) => String(node_id)))].sort();

describe("every stream", () => {
  it.each(POLLED)("is read whole, and resuming from any page loses nothing: %s", async (stream) => {
    fill(11);
    const config = { pageSize: 3 };
    const whole = await poll(context(config), stream);
    expect(identity(whole.records)).toHaveLength(11);
    for (const [at, { cursor }] of whole.pages.entries()) {
      const begun = whole.pages.slice(0, at + 1).flatMap(({ records }) => records as readonly Row[]);
      const rest = await poll(context(config), stream, { cursor });
      expect(identity([...begun, ...rest.records])).toEqual(identity(whole.records));
    }
  });

  it.each(POLLED)("gives nothing old when polled again: %s", async (stream) => {
    fill();
    const { cursor } = await poll(context(), stream);
    const again = await poll(context(), stream, { cursor });
    expect(identity(again.records).length).toBeLessThanOrEqual(1);
  });

  it.each(POLLED)(
    "reads each selected repository on its own, with the token and the API version: %s",
    async (stream) => {
      const scopes = github.streams[stream]?.poll?.scopes;
      expect(scopes?.(context({ repos: ["acme/web", "acme/api"] }).config)).toEqual(["acme/web", "acme/api"]);
      const { headers, credential } = github.http(context().config);
      expect(headers).toEqual({ "x-github-api-version": "2022-11-28" });
      expect(credential).toMatchObject({ kind: "api_token", authorization: "Bearer t" });
    },
  );

  it.each(POLLED)("fails without moving its cursor when the repository is hidden: %s", async (stream) => {
    await expect(poll(context(), stream, { scope: "acme/other" })).rejects.toMatchObject({ code: "vendor_not_found" });
  });

  it.each(POLLED)("keeps a record it cannot read, for the pipeline to judge: %s", async (stream) => {
    const broken = { id: 1, created_at: at(5), updated_at: at(5) };
    const { holdings } = vendor;
    for (const list of [holdings.issues, holdings.pulls, holdings.milestones, holdings.releases]) list.push(broken);
    holdings.deployments.push(broken);
    holdings.runs.push(broken);
    const { records } = await poll(context(), stream);
    expect(records.filter(({ id }) => id === 1)).toHaveLength(1);
    expect(github.streams[stream]?.record.safeParse(records[0]).success).toBe(false);
  });
});

describe("issues", () => {
  it("give only what changed since, with the overlap", async () => {
    fill();
    const { cursor } = await poll(context(), "issues");
    vendor.holdings.issues[2] = issueRow(3, 300);
    const changed = await poll(context(), "issues", { cursor });
    expect(numbers(changed.records)).toEqual([25, 3]);
  });

  it("cost nothing while nothing changes", async () => {
    fill();
    let { cursor } = await poll(context(), "issues");
    ({ cursor } = await poll(context(), "issues", { cursor }));
    vendor.asked.length = 0;
    const quiet = await poll(context(), "issues", { cursor });
    expect(quiet.pages).toEqual([]);
    expect(vendor.asked).toHaveLength(1);
  });

  it("are not skipped when earlier ones change while a run walks", async () => {
    fill();
    const declared = github.streams["issues"]?.poll;
    const seen: number[] = [];
    let minute = 400;
    for await (const page of declared?.read(context({ pageSize: 4 }), declared.start, "acme/web") ?? []) {
      seen.push(...numbers(page.records as Row[]).map(Number));
      const moved = seen.length < 40 ? seen.at(-1) : undefined;
      if (moved !== undefined) vendor.holdings.issues[moved - 1] = issueRow(moved, minute++);
    }
    expect(new Set(seen).size).toBe(25);
  });

  it("are all read when more than a page changed in the same second", async () => {
    for (let n = 1; n <= 11; n++) vendor.holdings.issues.push(issueRow(n, n < 10 ? 5 : 6));
    const bulk = await poll(context({ pageSize: 3 }), "issues");
    expect(new Set(numbers(bulk.records)).size).toBe(11);
    expect(bulk.cursor).toMatchObject({ updatedTo: at(6).replace("Z", ".000Z") });
  });

  it("leave pull requests to their own stream, and bring the events of their past", async () => {
    vendor.holdings.issues.push(issueRow(1, 1), issueRow(2, 2, { pull_request: { url: "x" } }));
    vendor.holdings.timelines.set(1, [
      { id: 1, event: "closed" },
      { id: 2, event: "subscribed" },
      { sha: "abc", event: "committed" },
    ]);
    const { records } = await poll(context(), "issues");
    expect(records).toEqual([{ ...issueRow(1, 1), timeline: [{ id: 1, event: "closed" }] }]);
    const bare = await poll(context({ timeline: false }), "issues");
    expect(bare.records).toEqual([issueRow(1, 1)]);
  });

  it("of a repository that has them switched off are none, without an error", async () => {
    vendor.control.fault = (_path, response) => {
      response.writeHead(410, { "content-type": "application/json" }).end('{"message":"Issues are disabled"}');
      return true;
    };
    expect((await poll(context(), "issues")).pages).toEqual([]);
    expect((await poll(context(), "milestones")).pages).toEqual([]);
  });

  it("dated in the future do not move the cursor past GitHub's own time", async () => {
    vendor.holdings.issues.push(issueRow(1, 1, { updated_at: "2031-01-01T00:00:00Z" }));
    expect((await poll(context(), "issues")).cursor).toEqual({ updatedTo: "2026-11-20T12:00:00.000Z" });
  });
});

describe("pull requests", () => {
  it("give only what changed since, and bring its reviews and commits", async () => {
    fill();
    const { cursor } = await poll(context(), "pulls");
    vendor.holdings.pulls[4] = pullRow(5, 500);
    vendor.holdings.reviews.set(5, [{ node_id: "PRR_1", state: "APPROVED" }]);
    vendor.holdings.commits.set(5, [{ sha: sha(9), node_id: "C_9" }]);
    const changed = await poll(context(), "pulls", { cursor });
    expect(numbers(changed.records)).toEqual([5, 25]);
    const of = { pull_request_url: `${API}/pulls/5`, pull_request: { node_id: "PR_5", number: 5 } };
    expect(changed.also("reviews")).toEqual([{ node_id: "PRR_1", state: "APPROVED", ...of }]);
    expect(changed.also("commits")).toEqual([{ sha: sha(9), node_id: "C_9", ...of }]);
    expect((await poll(context({ pullDetails: false }), "pulls", { cursor })).pages[0]?.also).toBeUndefined();
  });

  it("move the cursor only after the whole walk, though each page can be resumed", async () => {
    fill();
    const { pages } = await poll(context({ pageSize: 10 }), "pulls");
    const moved = pages.map(({ cursor }) => (cursor as { updatedTo: string | null }).updatedTo);
    expect(moved).toEqual([null, null, at(250).replace("Z", ".000Z")]);
  });

  it("that change between two halves of a walk are read by the next run", async () => {
    fill();
    const begun = await poll(context({ pageSize: 5 }), "pulls", { pages: 2 });
    vendor.holdings.pulls[0] = pullRow(1, 600);
    const rest = await poll(context({ pageSize: 5 }), "pulls", { cursor: begun.cursor });
    const next = await poll(context({ pageSize: 5 }), "pulls", { cursor: rest.cursor });
    expect(identity([...begun.records, ...rest.records, ...next.records])).toHaveLength(25);
    expect(next.records[0]).toMatchObject({ number: 1, updated_at: at(600) });
  });

  it("cost nothing while nothing changes", async () => {
    fill();
    const { cursor } = await poll(context(), "pulls");
    vendor.asked.length = 0;
    expect((await poll(context(), "pulls", { cursor })).pages).toEqual([]);
    expect(vendor.asked).toHaveLength(1);
  });
});

describe("releases", () => {
  it("carry the commits since the release before, and come again when edited", async () => {
    fill();
    vendor.holdings.comparisons.set("v24...v25", [sha(1), sha(2)]);
    const { cursor, records } = await poll(context(), "releases");
    expect(records.find(({ id }) => id === 25)).toMatchObject({ commit_shas: [sha(1), sha(2)] });
    expect(records.find(({ id }) => id === 1)).not.toHaveProperty("commit_shas");
    vendor.holdings.releases[20] = { ...vendor.holdings.releases[20], updated_at: at(700), body: "edited" };
    const edited = await poll(context(), "releases", { cursor });
    expect(ids(edited.records)).toEqual([25, 5]);
  });
});

describe("deployments", () => {
  beforeEach(() => {
    const { holdings } = vendor;
    holdings.deployments.push(
      deploymentRow(1, 10),
      deploymentRow(2, 20, "staging"),
      deploymentRow(3, 30),
      deploymentRow(4, 40),
    );
    holdings.statuses.set(1, [statusRow(1, "success", 11)]);
    holdings.statuses.set(3, [statusRow(2, "failure", 31)]);
    holdings.statuses.set(4, [statusRow(3, "in_progress", 41)]);
    holdings.comparisons.set(`${sha(1)}...${sha(3)}`, [sha(103), sha(3)]);
    holdings.comparisons.set(`${sha(1)}...${sha(4)}`, [sha(103), sha(3), sha(4)]);
    holdings.comparisons.set(`${sha(4)}...${sha(5)}`, [sha(105), sha(5)]);
  });
  const shas = (records: readonly Row[]) => Object.fromEntries(records.map(({ id, commit_shas }) => [id, commit_shas]));

  it("bring the commits since the last success of their environment", async () => {
    const { records } = await poll(context(), "deployments");
    expect(shas(records)).toEqual({
      1: [sha(1)],
      2: [sha(2)],
      3: [sha(103), sha(3)],
      4: [sha(103), sha(3), sha(4)],
    });
    expect(records[0]).toMatchObject({ statuses: [{ state: "success" }] });
  });

  it("have the commits of several compared at once, each with the success before it", async () => {
    const { holdings } = vendor;
    for (let n = 5; n < 25; n++) {
      holdings.deployments.push(deploymentRow(n, n * 10));
      holdings.statuses.set(n, [statusRow(n, "success", n * 10 + 1)]);
      holdings.comparisons.set(`${sha(n === 5 ? 1 : n - 1)}...${sha(n)}`, [sha(100 + n), sha(n)]);
    }
    let [inFlight, most] = [0, 0];
    const { http, ...rest } = context();
    const counted: typeof fetch = async (input, init) => {
      const isCompared = String(input).includes("/compare/");
      if (!isCompared) return http.fetch(input, init);
      most = Math.max(most, ++inFlight);
      await setTimeout(40);
      inFlight -= 1;
      return http.fetch(input, init);
    };
    const { records } = await poll({ ...rest, http: { ...http, fetch: counted } }, "deployments");
    expect(most).toBeGreaterThan(4);
    const brought = shas(records);
    for (let n = 5; n < 25; n++) expect(brought[n]).toEqual([sha(100 + n), sha(n)]);
  });

  it("are read again when a status comes later, and only then", async () => {
    let { cursor } = await poll(context(), "deployments");
    expect((await poll(context(), "deployments", { cursor })).records).toEqual([]);
    vendor.holdings.statuses.set(4, [statusRow(3, "in_progress", 41), statusRow(4, "success", 90)]);
    vendor.holdings.deployments.push(deploymentRow(5, 95));
    const changed = await poll(context(), "deployments", { cursor });
    expect(ids(changed.records)).toEqual([4, 5]);
    expect(shas(changed.records)[5]).toEqual([sha(105), sha(5)]);
    ({ cursor } = changed);
    vendor.holdings.statuses.set(1, [statusRow(1, "success", 11), statusRow(9, "inactive", 91)]);
    expect(ids((await poll(context(), "deployments", { cursor })).records)).toEqual([]);
  });

  it("are noticed as inactive when the next one takes over", async () => {
    const { cursor } = await poll(context(), "deployments");
    vendor.holdings.statuses.set(1, [statusRow(1, "success", 11), statusRow(9, "inactive", 91)]);
    expect(ids((await poll(context(), "deployments", { cursor })).records)).toEqual([1]);
  });

  it("are the same when one is read again on its own", async () => {
    const { records } = await poll(context(), "deployments");
    const reread = await github.streams["deployments"]?.reread?.(
      context(),
      [3, 4].map((id) => `acme/web/deployments/${id}`),
    );
    expect(reread).toEqual(records.filter(({ id }) => id === 3 || id === 4));
  });
});

describe("workflow runs", () => {
  it("are read in ranges, so that no query reaches the 1,000 that GitHub gives", async () => {
    for (let n = 1; n <= 3500; n++) vendor.holdings.runs.push(runRow(n, n));
    const { records } = await poll(context(), "workflowRuns");
    expect(new Set(ids(records)).size).toBe(3500);
  });

  it("that had not finished are read again, however old they are", async () => {
    vendor.holdings.runs.push(runRow(1, 1, { status: "queued", conclusion: null }), runRow(2, 60 * 24 * 20));
    const { cursor } = await poll(context(), "workflowRuns");
    expect(cursor).toMatchObject({ unfinished: [1] });
    vendor.holdings.runs[vendor.holdings.runs.findIndex(({ id }) => id === 1)] = runRow(1, 1);
    const next = await poll(context(), "workflowRuns", { cursor });
    expect(next.records[0]).toMatchObject({ id: 1, status: "completed" });
    expect(next.cursor).toMatchObject({ unfinished: [] });
  });
});

describe("reading again", () => {
  it("gives what is there as the poll gives it, leaves out what is gone and what is not ours", async () => {
    fill();
    for (const stream of ["issues", "pulls", "releases", "workflowRuns"] as const) {
      const { records } = await poll(context(), stream);
      const declared = github.streams[stream];
      const names = records.slice(0, 3).map((record) => declared?.rereadId?.({ url: `${API}/x`, ...record }) ?? "");
      const asked = [...names, "acme/web/issues/999", "other/repo/issues/1", "I_kwDO1", "../../user"];
      expect(await declared?.reread?.(context(), asked)).toEqual(records.slice(0, 3));
    }
  });
});
