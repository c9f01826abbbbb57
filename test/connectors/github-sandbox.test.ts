import { afterAll, beforeAll, describe, expect, it } from "vitest";
import github from "../../connectors/github/index.ts";
import { publicHttp, readPublicRepository } from "../../connectors/github/public.ts";
import { startSandbox } from "../../infra/sandbox/index.ts";
import { vendorHttp } from "../../shared/connector/http.ts";
import type { Draft } from "../../shared/domain/entity.ts";
import { entityId, type Ref } from "../../shared/domain/kind.ts";
import { type AnyPage, contextOf, poll, type Row } from "./github-vendor.ts";

let sandbox: Awaited<ReturnType<typeof startSandbox>>;
let repository: string;
beforeAll(async () => {
  sandbox = await startSandbox({ size: 400 });
  repository = sandbox.company.products.find(({ tracker }) => tracker === "github")?.repo ?? "";
});
afterAll(() => sandbox.stop());

const context = (more: Row = {}) =>
  contextOf({
    baseUrl: sandbox.urls.github,
    token: sandbox.credentials.github.token,
    repos: [repository],
    requestsPerMinute: 1_000_000,
    ...more,
  });
const identity = (records: readonly Row[]) => [...new Set(records.map(({ node_id }) => String(node_id)))].sort();
const firstOf = ({ pages }: { pages: readonly AnyPage[] }): Row[] => [...(pages[0]?.records ?? [])] as Row[];
const CONTEXT = { connectionId: "con_test", statuses: new Map() };
const draftsOf = (stream: string, records: readonly Row[]) => {
  const declared = github.streams[stream];
  return records.flatMap((record) => declared?.normalise(declared.record.parse(record), CONTEXT) ?? []);
};
const read = new Map<string, ReturnType<typeof poll>>();
/** One whole read of a stream, shared by the tests that only look at it. */
const whole = (stream: string) => {
  const known = read.get(stream) ?? poll(context({ pageSize: 20 }), stream, { scope: repository });
  read.set(stream, known);
  return known;
};
const POLLED = ["milestones", "issues", "pulls", "releases", "deployments", "workflowRuns"] as const;

describe("the made-up company's repository", () => {
  it.each(POLLED)("is read whole, then only what is new, and becomes drafts: %s", async (stream) => {
    const first = await whole(stream);
    expect(first.records.length).toBeGreaterThan(0);
    expect(draftsOf(stream, first.records).length).toBeGreaterThanOrEqual(identity(first.records).length);
    const again = await poll(context({ pageSize: 20 }), stream, { scope: repository, cursor: first.cursor });
    expect(again.records.length).toBeLessThan(Math.max(3, first.records.length / 4));
    const rest = await poll(context({ pageSize: 20 }), stream, { scope: repository, cursor: first.pages[0]?.cursor });
    expect(identity([...firstOf(first), ...rest.records])).toEqual(identity(first.records));
  });

  it("has links that lead somewhere: what records point to is among what was read", async () => {
    const pulls = await whole("pulls");
    const issues = await whole("issues");
    const milestones = await whole("milestones");
    const drafts = [
      ...draftsOf("pulls", pulls.records),
      ...draftsOf("reviews", pulls.also("reviews")),
      ...draftsOf("commits", pulls.also("commits")),
      ...draftsOf("issues", issues.records),
      ...draftsOf("milestones", milestones.records),
    ];
    const known = new Set(drafts.map(({ kind, external }) => entityId("con_test", { kind, ...external })));
    const lost = drafts.flatMap(({ fields }) =>
      Object.entries(fields).flatMap(([name, value]) =>
        /Ids?$/.test(name)
          ? ([value].flat() as (Ref | undefined)[]).filter((ref) => ref && !known.has(entityId("con_test", ref)))
          : [],
      ),
    );
    expect(lost).toEqual([]);
    const kinds = new Set(drafts.map(({ kind }) => kind));
    expect([...kinds].sort()).toEqual([
      "account",
      "commit",
      "feature",
      "pullRequest",
      "review",
      "vocabulary",
      "workItem",
    ]);
  });

  it("brings deployments with their commits and releases with theirs", async () => {
    const most = (drafts: readonly Draft[]) =>
      Math.max(...drafts.map(({ fields }) => ((fields as { commitShas?: string[] }).commitShas ?? []).length));
    const deployments = await whole("deployments");
    expect(most(draftsOf("deployments", deployments.records))).toBeGreaterThan(1);
    const releases = await whole("releases");
    expect(most(draftsOf("releases", releases.records))).toBeGreaterThan(0);
  });

  it("is imported without a token in at most 20 requests", async () => {
    const { signal } = new AbortController();
    const around = { fetch, now: () => Date.now(), sleep: async () => {}, random: () => 0.5 };
    const http = vendorHttp(publicHttp(sandbox.urls.github), around, signal);
    const read = await readPublicRepository({ http, signal }, repository);
    const before = read.usage().remaining + read.usage().used;
    const pages = await Array.fromAsync(read.pages);
    for (const { stream, records } of pages) draftsOf(stream, records as Row[]);
    const limit = await fetch(`${sandbox.urls.github}/rate_limit`);
    const { rate } = (await limit.json()) as { rate: { remaining: number } };
    expect(read.usage().used).toBeLessThanOrEqual(20);
    expect(before - rate.remaining).toBe(read.usage().used);
  });
});
