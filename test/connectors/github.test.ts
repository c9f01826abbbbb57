import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import github from "../../connectors/github/index.ts";
import type { NormaliseContext } from "../../shared/connector/contract.ts";
import { plainText } from "../../shared/connector/markdown.ts";
import type { Draft } from "../../shared/domain/entity.ts";

type Row = Record<string, unknown>;

const FIXTURES = new URL("../fixtures/github/", import.meta.url);
const fixtures = readdirSync(FIXTURES).map((file) => ({
  stream: file.replace(".json", ""),
  ...(JSON.parse(readFileSync(new URL(file, FIXTURES), "utf8")) as { source: string; record: Row; drafts: Draft[] }),
}));
const recordOf = (stream: string): Row => fixtures.find((one) => one.stream === stream)?.record ?? {};

const CONTEXT: NormaliseContext = { connectionId: "con_test", statuses: new Map() };
const draftsOf = (stream: string, record: unknown, context = CONTEXT): readonly Draft[] => {
  const declared = github.streams[stream];
  if (declared === undefined) throw new Error(`no stream ${stream}`);
  return JSON.parse(JSON.stringify(declared.normalise(declared.record.parse(record), context)));
};
const issue = (changes: Row, context?: NormaliseContext) =>
  draftsOf("issues", { ...recordOf("issues"), ...changes }, context)[0] as Draft<"workItem">;
const deployment = (changes: Row, context?: NormaliseContext) =>
  draftsOf("deployments", { ...recordOf("deployments"), ...changes }, context)[0] as Draft<"deployment">;

describe("a GitHub record", () => {
  it.each(fixtures)("becomes its golden drafts: $stream", ({ stream, record, drafts }) => {
    expect(draftsOf(stream, record)).toEqual(drafts);
  });

  it.each(fixtures)("passes with unknown fields and reads the same: $stream", ({ stream, record, drafts }) => {
    expect(draftsOf(stream, { ...record, brand_new: { deep: [1] } })).toEqual(drafts);
  });

  it.each(fixtures)("is refused without its identity, and passes with little else: $stream", ({ stream, record }) => {
    const { node_id, id, number, sha, pull_request_url, submitted_at } = record;
    const identity = stream === "commits" ? { sha: undefined } : { node_id: undefined };
    expect(github.streams[stream]?.record.safeParse({ ...record, ...identity }).success).toBe(false);
    expect(github.streams[stream]?.record.safeParse("not a record").success).toBe(false);
    const bare = draftsOf(stream, { node_id, id, number, sha, pull_request_url, submitted_at });
    expect(bare.filter(({ kind }) => kind !== "vocabulary")).toHaveLength(1);
  });

  it.each(fixtures)("is recognised in GitHub's own list answers: $stream", ({ stream, record }) => {
    const listed = github.streams[stream]?.listed;
    expect(listed?.([record])).toEqual([record]);
    expect(listed?.(record)).toBeUndefined();
    if (stream === "workflowRuns") expect(listed?.({ total_count: 1, workflow_runs: [record] })).toEqual([record]);
  });

  it.each(fixtures)("has a name by which it is read again: $stream", ({ stream, record }) => {
    expect(github.streams[stream]?.rereadId?.(record)).toMatch(/^acme\/web\/[a-z/0-9]+\/\w+$/);
    expect(github.streams[stream]?.rereadId?.({})).toBeUndefined();
  });

  it("names an account alike wherever it appears", () => {
    const accounts = fixtures.flatMap(({ stream, record }) =>
      draftsOf(stream, record).filter(({ kind }) => kind === "account"),
    );
    const byId = Map.groupBy(accounts, ({ external }) => external.id);
    for (const same of byId.values()) for (const one of same) expect(one).toEqual(same[0]);
    expect(byId.size).toBe(3);
  });
});

describe("an issue", () => {
  const milestone = recordOf("milestones");

  it.each([
    ["open", null, null, "backlog", "open"],
    ["open", "reopened", null, "backlog", "open"],
    ["open", null, milestone, "todo", "open:milestone"],
    ["closed", "completed", milestone, "done", "closed:completed"],
    ["closed", null, null, "done", "closed"],
    ["closed", "not_planned", null, "cancelled", "closed:not_planned"],
    ["closed", "duplicate", null, "cancelled", "closed:duplicate"],
    ["closed", "given_to_the_cat", null, "unknown", "closed:given_to_the_cat"],
    ["archived", null, null, "unknown", "archived"],
    ["constructor", null, null, "unknown", "constructor"],
  ])("that is %s (%s) maps to %s", (state, state_reason, inMilestone, category, id) => {
    const { status } = issue({ state, state_reason, milestone: inMilestone }).fields;
    expect(status).toMatchObject({ category, id });
  });

  it("takes the hub's own mapping by id and by name", () => {
    const statuses = new Map([
      ["open", "triage"],
      ["closed: duplicate", "done"],
    ] as const);
    expect(issue({ state: "open", milestone: null }, { ...CONTEXT, statuses }).fields.status).toMatchObject({
      category: "triage",
      mappedBy: "user",
    });
    const closed = issue({ state_reason: "duplicate" }, { ...CONTEXT, statuses });
    expect(closed.fields).toMatchObject({ status: { category: "done" }, completedAt: "2026-10-05T12:00:00.000Z" });
  });

  it("tells when it was done or cancelled, never both", () => {
    expect(issue({ state_reason: "not_planned" }).fields).toMatchObject({ cancelledAt: "2026-10-05T12:00:00.000Z" });
    expect(issue({ state_reason: "not_planned" }).fields.completedAt).toBeUndefined();
  });

  it("has the same content with and without its timeline, and adds no second closing", () => {
    const { history: full, ...whole } = issue({});
    const { history: short, ...bare } = issue({ timeline: undefined });
    expect(bare).toEqual(whole);
    expect(short).toHaveLength(1);
    expect(full?.filter(({ id }) => id === short?.[0]?.id)).toEqual(short);
  });

  describe("that was closed and reopened within one second", () => {
    const at = "2026-10-05T12:00:00Z";
    const event = (id: number, what: string, reason?: string) => ({
      node_id: `EV_${id}`,
      event: what,
      created_at: at,
      state_reason: reason ?? null,
    });
    const timeline = [
      event(1, "closed", "completed"),
      event(2, "reopened"),
      event(3, "closed", "not_planned"),
      event(4, "reopened"),
      event(5, "closed", "completed"),
    ];
    const past = (changes: Row) =>
      (issue({ milestone: null, closed_at: at, ...changes }).history ?? []).map(({ id, changes }) => [
        id,
        changes.map(({ from, to }) => `${from?.id} > ${to?.id}`).join(),
      ]);
    const first = ["open>closed:completed@2026-10-05T12:00:00.000Z", "open > closed:completed"];

    it("has each of its closings, the first as the record alone tells it", () => {
      expect(past({ timeline })).toEqual([
        first,
        ["EV_2", "closed:completed > open"],
        ["open>closed:not_planned@2026-10-05T12:00:00.000Z", "open > closed:not_planned"],
        ["EV_4", "closed:not_planned > open"],
        ["open>closed:completed@2026-10-05T12:00:00.000Z#2", "open > closed:completed"],
      ]);
      expect(past({ timeline: undefined })).toEqual([first]);
    });

    it("names them alike at each look, open or closed, and where pages overlap", () => {
      const all = past({ timeline });
      expect(past({ timeline: [...timeline, ...timeline.slice(1)] })).toEqual(all);
      for (let told = 0; told <= timeline.length; told++) {
        const isClosed = told % 2 === 1;
        const state = { state: isClosed ? "closed" : "open", closed_at: isClosed ? at : null };
        expect(past({ ...state, timeline: timeline.slice(0, told) })).toEqual(all.slice(0, told));
      }
    });

    it("is told by its timeline where the record is older", () => {
      const later = timeline.slice(2).map((one) => ({ ...one, created_at: "2026-10-05T12:00:02Z" }));
      const whole = [...timeline.slice(0, 2), ...later];
      const { history } = issue({ milestone: null, closed_at: "2026-10-05T12:00:02Z", timeline: whole });
      expect(issue({ milestone: null, closed_at: at, timeline: whole }).history).toEqual(history);
    });
  });

  it("has every status of its past in the vocabulary", () => {
    const drafts = draftsOf("issues", recordOf("issues"));
    const words = new Set(drafts.filter(({ kind }) => kind === "vocabulary").map(({ external }) => external.id));
    for (const { changes } of drafts[0]?.history ?? [])
      for (const { field, from, to } of changes)
        if (field === "status") for (const side of [from, to]) expect(words).toContain(side?.id);
  });

  it("is nothing if it is a pull request", () => {
    expect(draftsOf("issues", { ...recordOf("issues"), pull_request: { url: "x" } })).toEqual([]);
  });

  it.each([
    [["kind/feature"], "story"],
    [["spike"], "spike"],
    [["good first issue"], "task"],
    [["enhancement", "bug"], "bug"],
  ])("with labels %j is a %s", (labels, category) => {
    expect(issue({ labels: labels.map((name) => ({ name })) }).fields.type.category).toBe(category);
  });

  it("goes by its issue type before its labels, and keeps a type that it does not know", () => {
    expect(issue({ type: { name: "Feature" } }).fields.type).toMatchObject({ category: "story", detail: "Feature" });
    expect(issue({ type: { name: "Saga" } }).fields.type).toMatchObject({ category: "unknown", detail: "Saga" });
  });

  it.each([
    ["priority: high", "high"],
    ["Priority/Critical", "urgent"],
    ["low priority", "low"],
    ["p0", "urgent"],
    ["priority: whenever", "unknown"],
  ])("with label %s has priority %s", (name, category) => {
    expect(issue({ labels: [{ name }] }).fields.priority?.category).toBe(category);
  });

  it("reads the same whatever the order of its lists", () => {
    const { labels, assignees } = recordOf("issues") as { labels: unknown[]; assignees: unknown[] };
    const more = [...assignees, (recordOf("issues") as { user: unknown }).user];
    expect(issue({ labels: labels.toReversed(), assignees: more.toReversed() })).toEqual(issue({ assignees: more }));
  });
});

describe("a pull request", () => {
  const pull = (changes: Row) => draftsOf("pulls", { ...recordOf("pulls"), ...changes })[0] as Draft<"pullRequest">;

  it("has a merge commit only once it is merged: before, GitHub names a trial merge", () => {
    const open = pull({ state: "open", merged_at: null, closed_at: null });
    expect(open.fields.mergeCommitSha).toBeUndefined();
    expect(open.aliases).toEqual(["acme/web#14", `sha:${"b".repeat(40)}`]);
    expect(open.fields.state).toMatchObject({ category: "open" });
    expect(pull({ merged_at: null }).fields.state).toMatchObject({ category: "closed" });
  });

  it("points to what it reverts", () => {
    const revert = pull({ title: 'Revert "fix guest total"', body: "Reverts acme/web#14", head: { ref: "revert-14" } });
    expect(revert.references).toContainEqual({ alias: "acme/web#14", place: "body" });
  });

  it("survives a ghost author and a deleted fork", () => {
    const lost = pull({ user: null, head: { ref: "patch-1", sha: "d".repeat(40), repo: null }, assignees: [] });
    expect(lost.fields).toMatchObject({ head: "patch-1", headSha: "d".repeat(40) });
    expect(lost.fields.authorId).toBeUndefined();
  });
});

describe("a review", () => {
  it("reads GitHub's upper and lower case words alike", () => {
    const upper = draftsOf("reviews", { ...recordOf("reviews"), state: "CHANGES_REQUESTED" });
    expect(upper).toEqual(draftsOf("reviews", { ...recordOf("reviews"), state: "changes_requested" }));
    expect(upper[0]?.fields).toMatchObject({ state: { category: "changes_requested" } });
  });

  it("is nothing before it is submitted", () => {
    expect(draftsOf("reviews", { ...recordOf("reviews"), state: "PENDING", submitted_at: null })).toEqual([]);
  });
});

describe("a milestone and a release", () => {
  it.each([
    [{ state: "open", open_issues: 0, closed_issues: 0 }, "proposed"],
    [{ state: "open", open_issues: 0, closed_issues: 3 }, "active"],
    [{ state: "closed", closed_at: "2026-11-01T08:00:00Z" }, "completed"],
    [{ state: "frozen" }, "unknown"],
  ])("milestone %j is %s", (changes, category) => {
    const [feature] = draftsOf("milestones", { ...recordOf("milestones"), ...changes });
    expect(feature?.fields).toMatchObject({ declaredStatus: { category } });
  });

  it.each([
    [{ draft: true }, "planned"],
    [{ prerelease: true }, "started"],
    [{}, "completed"],
  ])("release %j is %s", (changes, category) => {
    const [release] = draftsOf("releases", { ...recordOf("releases"), ...changes });
    expect(release?.fields).toMatchObject({ status: { category } });
  });
});

describe("a deployment", () => {
  const status = (id: number, state: string) => ({ id, state, created_at: `2026-10-06T07:1${id}:00Z` });

  it.each([
    [[], "in_progress", "pending"],
    [[status(1, "queued")], "in_progress", "queued"],
    [[status(1, "in_progress"), status(2, "success")], "success", "success"],
    [[status(2, "error"), status(1, "in_progress")], "failure", "error"],
    [[status(1, "success"), status(2, "inactive")], "success", "success"],
    [[status(1, "queued"), status(2, "inactive")], "cancelled", "inactive"],
    [[status(1, "teleporting")], "unknown", "teleporting"],
    [undefined, "unknown", "not read"],
  ])("with statuses %j ends as %s", (statuses, category, detail) => {
    expect(deployment({ statuses }).fields.result).toMatchObject({ category, detail });
  });

  it("keeps when it became inactive, and is as new as its last status", () => {
    const { fields, updatedAt } = deployment({ statuses: [status(1, "success"), status(5, "inactive")] });
    expect(fields.inactiveAt).toBe("2026-10-06T07:15:00.000Z");
    expect(updatedAt).toBe("2026-10-06T07:15:00.000Z");
    expect(deployment({ statuses: [status(1, "success")] }).fields.inactiveAt).toBeUndefined();
  });

  it.each([
    ["production", false, "production"],
    ["Production – web", false, "production"],
    ["prod-eu", false, "production"],
    ["product-docs", false, "other"],
    ["Preview", false, "staging"],
    ["staging", true, "staging"],
    ["qa", false, "test"],
    ["live", true, "production"],
    ["github-pages", false, "other"],
  ])("to %s (flag %s) goes to %s", (environment, production_environment, category) => {
    expect(deployment({ environment, production_environment }).fields.environment.category).toBe(category);
  });

  it("takes the hub's own environments first", () => {
    const environments = new Map([["github-pages", "production"]] as const);
    expect(deployment({ environment: "github-pages" }, { ...CONTEXT, environments }).fields.environment).toMatchObject({
      category: "production",
      mappedBy: "user",
    });
  });
});

describe("a workflow run", () => {
  it.each([
    ["completed", "success", "success"],
    ["completed", "failure", "failure"],
    ["completed", "cancelled", "cancelled"],
    ["completed", "skipped", "cancelled"],
    ["queued", null, "in_progress"],
    ["completed", "exploded", "unknown"],
  ])("%s with conclusion %s ends as %s", (status, conclusion, category) => {
    const [run] = draftsOf("workflowRuns", { ...recordOf("workflowRuns"), status, conclusion });
    expect(run?.fields).toMatchObject({ result: { category } });
  });
});

describe("markdown", () => {
  it("becomes plain text", () => {
    expect(plainText("# Title\r\n<!-- no -->\n* [x] **done** `code` ![i](u) [w](u)\n```ts\nx\n```")).toBe(
      "Title\n\n- done code  w\n\nx",
    );
    expect(plainText("<!-- never closed")).toBeUndefined();
    expect(plainText(null)).toBeUndefined();
  });

  it.each([["["], ["*a"], ["`"], ["![a]("], ["<a"], ["<!--"], ["__"], ["> "], ["\t"]])(
    "full of %j takes no time",
    (part) => {
      const started = performance.now();
      plainText(part.repeat(60_000));
      expect(performance.now() - started).toBeLessThan(1500);
    },
  );
});
