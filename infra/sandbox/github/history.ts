import type { Commit } from "../company/delivery.ts";
import type { Product } from "../company/features.ts";
import type { Repository } from "../company/repository.ts";
import type { World } from "../company/world.ts";
import { ok } from "../http/route.ts";
import type { Answer, Asked } from "../http/server.ts";
import { notFound, unprocessable } from "./answers.ts";
import { commitJson, compareSite, runJson } from "./code.ts";
import { repoApi } from "./names.ts";
import { pageOf, walkPage, windowOf } from "./paging.ts";

type Resolved = NonNullable<ReturnType<Repository["resolve"]>>;

/** `GET /commits`: newest first, from a branch, tag or commit. */
export const listCommits = (world: World, product: Product, asked: Asked): Answer => {
  const repository = world.repository(product.index);
  const start = repository.resolve(asked.query.get("sha") ?? "main");
  if (start === undefined) return notFound;
  const [since, until] = [timeOf(asked.query.get("since")), timeOf(asked.query.get("until"))];
  if ("main" in start) {
    // On main the times grow with the position, so both bounds are positions.
    const last = until === undefined ? start.main : Math.min(start.main, repository.merges.position(until + 1));
    const first = since === undefined ? 0 : repository.merges.position(since) + 1;
    const { rows, headers } = pageOf(asked, Math.max(0, last - first + 1), (index) =>
      repository.mainCommit(last - index),
    );
    return ok(
      rows.map((commit) => commitJson(world, product, commit)),
      headers,
    );
  }
  const { rows, headers } = walkPage(asked, branchHistory(repository, start.commit));
  const kept = rows.filter(
    ({ time }) => (since === undefined || time >= since) && (until === undefined || time <= until),
  );
  return ok(
    kept.map((commit) => commitJson(world, product, commit)),
    headers,
  );
};

const branchHistory = function* (repository: Repository, tip: Commit): Iterable<Commit> {
  const { branch, forkedAt } = place(repository, { commit: tip });
  yield* [...branch].reverse();
  for (let position = forkedAt; position >= 0; position -= 1) yield repository.mainCommit(position);
};

/** `GET /commits/{ref}`. */
export const showCommit = (world: World, product: Product, ref: string): Answer => {
  const repository = world.repository(product.index);
  const found = repository.resolve(ref);
  if (found === undefined)
    return {
      ...notFound,
      status: 422,
      json: {
        message: `No commit found for SHA: ${ref}`,
        documentation_url: "https://docs.github.com/rest/commits/commits#get-a-commit",
        status: "422",
      },
    };
  const commit = "main" in found ? repository.mainCommit(found.main) : found.commit;
  return ok({ ...commitJson(world, product, commit), stats: { total: 12, additions: 9, deletions: 3 }, files: [] });
};

/** Where a commit is: its branch's commits up to it, and the position on main they start from. */
const place = (
  repository: Repository,
  found: Resolved,
): { readonly branch: readonly Commit[]; readonly forkedAt: number } => {
  if ("main" in found) return { branch: [], forkedAt: found.main };
  const { commit } = found;
  if (commit.pull === undefined) return { branch: [commit], forkedAt: 0 };
  const forkedAt = repository.merges.position(commit.pull.opened);
  const all = repository.branchCommits(commit.pull);
  const index = all.findIndex((candidate) => candidate.sha === commit.sha);
  return { branch: index < 0 ? [commit] : all.slice(0, index + 1), forkedAt };
};

/** `GET /compare/{base}...{head}`: the commits that head has and base has not, oldest first. */
export const compareCommits = (world: World, product: Product, basehead: string, asked: Asked): Answer => {
  const repository = world.repository(product.index);
  const [baseRef = "", headRef = ""] = basehead.split("...", 2);
  const [base, head] = [repository.resolve(baseRef), repository.resolve(headRef)];
  if (base === undefined || head === undefined) return notFound;
  const [from, to] = [place(repository, base), place(repository, head)];
  const fork = Math.min(from.forkedAt, to.forkedAt);
  const onMain = to.forkedAt - fork;
  const ahead = onMain + to.branch.length;
  const behind = from.forkedAt - fork + from.branch.length;
  const { page } = windowOf(asked, 100);
  const { rows, headers } = pageOf(
    asked,
    ahead,
    (index) => {
      if (index < onMain) return repository.mainCommit(fork + 1 + index);
      return to.branch[index - onMain] ?? repository.mainCommit(0);
    },
    100,
  );
  const site = compareSite(product, baseRef, headRef);
  const commitAt = (found: Resolved): Commit => ("main" in found ? repository.mainCommit(found.main) : found.commit);
  return ok(
    {
      url: `${repoApi(product)}/compare/${baseRef}...${headRef}`,
      html_url: site,
      permalink_url: site,
      diff_url: `${site}.diff`,
      patch_url: `${site}.patch`,
      base_commit: commitJson(world, product, commitAt(base)),
      merge_base_commit: commitJson(world, product, repository.mainCommit(fork)),
      status: ahead === 0 ? (behind === 0 ? "identical" : "behind") : behind === 0 ? "ahead" : "diverged",
      ahead_by: ahead,
      behind_by: behind,
      total_commits: ahead,
      commits: rows.map((commit) => commitJson(world, product, commit)),
      ...(page === 1 ? { files: [] } : {}),
    },
    headers,
  );
};

/** A search never shows more runs than this, however many it counts. */
const MOST_RUNS = 1000;

/** `GET /actions/runs`: newest first, at most a thousand per query. */
export const listRuns = (world: World, product: Product, asked: Asked): Answer => {
  const repository = world.repository(product.index);
  const order = repository.runs;
  const created = rangeOf(asked.query.get("created"));
  if (created === undefined) return unprocessable("WorkflowRun", "created");
  const first = order.position(created.from);
  const end = Number.isFinite(created.to) ? order.position(created.to + 1) : order.length;
  const filters = ["branch", "event", "status", "head_sha"].filter((name) => asked.query.has(name));
  const all = function* (): Iterable<number> {
    for (let position = end - 1; position >= first; position -= 1) {
      const { code } = order.at(position);
      if (filters.length > 0 && !passes(repository, code, asked)) continue;
      yield code;
    }
  };
  if (filters.length === 0) {
    const total = Math.max(0, end - first);
    const { rows, headers } = pageOf(asked, Math.min(total, MOST_RUNS), (index) => order.at(end - 1 - index).code);
    return ok(
      { total_count: total, workflow_runs: rows.map((code) => runJson(world, product, repository.run(code))) },
      headers,
    );
  }
  const codes = [...all()];
  const { rows, headers } = pageOf(asked, Math.min(codes.length, MOST_RUNS), (index) => codes[index] ?? 0);
  return ok(
    { total_count: codes.length, workflow_runs: rows.map((code) => runJson(world, product, repository.run(code))) },
    headers,
  );
};

const passes = (repository: Repository, code: number, asked: Asked): boolean => {
  const run = repository.run(code);
  const is = (name: string, value: string): boolean => (asked.query.get(name) ?? value) === value;
  const status = asked.query.get("status");
  return (
    is("branch", run.event === "push" ? "main" : run.pull.branch) &&
    is("event", run.event) &&
    is("head_sha", run.sha) &&
    (status === null || status === "completed" || status === run.conclusion)
  );
};

/** `>=2026-01-01`, `2026-01-01..2026-02-01`, `<2026-01-01T10:00:00Z`, a single day; nothing means all. */
const rangeOf = (text: string | null): { from: number; to: number } | undefined => {
  if (text === null || text === "") return { from: 0, to: Number.POSITIVE_INFINITY };
  const [low, high] = text.includes("..") ? text.split("..", 2) : [undefined, undefined];
  if (low !== undefined && high !== undefined)
    return bounds(low === "*" ? 0 : startOf(low), high === "*" ? Number.POSITIVE_INFINITY : endOf(high));
  const found = /^(>=|<=|>|<)?(.+)$/.exec(text);
  const value = found?.[2] ?? "";
  switch (found?.[1]) {
    case ">=":
      return bounds(startOf(value), Number.POSITIVE_INFINITY);
    case ">":
      return bounds(endOf(value) + 1, Number.POSITIVE_INFINITY);
    case "<=":
      return bounds(0, endOf(value));
    case "<":
      return bounds(0, startOf(value) - 1);
    default:
      return bounds(startOf(value), endOf(value));
  }
};

const bounds = (from: number, to: number): { from: number; to: number } | undefined =>
  Number.isNaN(from) || Number.isNaN(to) ? undefined : { from, to };
const startOf = (text: string): number => Date.parse(text);
const endOf = (text: string): number => Date.parse(text) + (/^\d{4}-\d{2}-\d{2}$/.test(text) ? 86_399_999 : 0);
const timeOf = (text: string | null): number | undefined => {
  const time = text === null ? Number.NaN : Date.parse(text);
  return Number.isFinite(time) ? time : undefined;
};
