import * as z from "zod";
import type { Page, ReadContext } from "../../shared/connector/contract.ts";
import { type GitHub, openGitHub } from "./client.ts";
import type { GitHubConfig } from "./config.ts";
import { allRows, before, eightAtOnce, later, notAfter, pageGuard, rowsOf, timeOf, toSecond } from "./paging.ts";
import { ownerAndName } from "./place.ts";

/** Up to where all is read, and the walk from newest to oldest that is under way. */
export const PullsCursor = z.object({
  updatedTo: z.string().nullable(),
  etag: z.string().optional(),
  walk: z.object({ newest: z.string().optional(), next: z.string(), etag: z.string().optional() }).optional(),
});
export type PullsCursor = z.output<typeof PullsCursor>;

const Row = z.looseObject({ node_id: z.string(), number: z.int(), url: z.string().optional() });

/**
 * Pull requests from the latest change backwards, since GitHub offers no `since` for them. What changes meanwhile moves to
 * the front, so a walk is safely taken up at the page it had reached; `updatedTo` moves only when the walk has arrived.
 */
export async function* readPulls(
  context: ReadContext<GitHubConfig>,
  cursor: PullsCursor,
  repository: string,
): AsyncGenerator<Page<PullsCursor>, void, undefined> {
  const { config, http } = context;
  const github = await openGitHub(context);
  const guard = pageGuard(config.pagesAtMost, "pulls");
  const floor = cursor.updatedTo === null ? "" : before(cursor.updatedTo, config.overlapSeconds);
  let walk = cursor.walk?.next.startsWith(http.baseUrl) ? cursor.walk : undefined;
  for (;;) {
    const answer =
      walk === undefined
        ? await github.page(
            "GET /repos/{owner}/{repo}/pulls",
            {
              ...ownerAndName(repository),
              state: "all",
              sort: "updated",
              direction: "desc",
              per_page: config.pageSize,
            },
            cursor.etag,
          )
        : await github.page(walk.next);
    if (answer === undefined) return;
    const rows = rowsOf(answer.body, "pulls");
    const changed = rows.filter((row) => toSecond(timeOf(row, "updated_at") ?? "9999") >= floor);
    const top = rows.reduce<string | undefined>((latest, row) => later(latest, timeOf(row, "updated_at")), undefined);
    const newest: string | undefined = walk === undefined ? notAfter(top, answer.at) : walk.newest;
    const etag: string | undefined = walk === undefined ? answer.etag : walk.etag;
    const kept = { ...(etag !== undefined && { etag }) };
    const next = changed.length < rows.length ? undefined : answer.next;
    if (next !== undefined) guard(next);
    walk = next === undefined ? undefined : { next, ...kept, ...(newest !== undefined && { newest }) };
    const details = config.pullDetails ? await detailsOf(github, config, repository, changed) : undefined;
    yield {
      records: changed,
      ...(details && { also: details }),
      cursor:
        walk === undefined
          ? { updatedTo: later(cursor.updatedTo ?? undefined, newest) ?? null, ...kept }
          : { updatedTo: cursor.updatedTo, walk },
    };
    if (walk === undefined) return;
  }
}

const detailsOf = async (github: GitHub, config: GitHubConfig, repository: string, pulls: readonly unknown[]) => {
  const found = await eightAtOnce(pulls, async (pull) => ({
    reviews: await detail(github, config, repository, pull, "reviews"),
    commits: await detail(github, config, repository, pull, "commits"),
  }));
  return {
    reviews: found.flatMap(({ reviews }) => reviews),
    commits: found.flatMap(({ commits }) => commits),
  };
};

const detail = async (
  github: GitHub,
  config: GitHubConfig,
  repository: string,
  pull: unknown,
  what: "reviews" | "commits",
): Promise<unknown[]> => {
  const row = Row.safeParse(pull).data;
  if (row === undefined) return [];
  const rows = await allRows(
    github,
    `GET /repos/{owner}/{repo}/pulls/{pull_number}/${what}`,
    { ...ownerAndName(repository), pull_number: row.number },
    config.pagesAtMost,
  );
  return rows.map((found) => ofPull(found, row));
};

/** A review or commit with the pull request it belongs to, in GitHub's own names. */
export const ofPull = (
  row: unknown,
  { node_id, number, url }: { node_id?: string | undefined; number: number; url?: string | undefined },
): unknown =>
  typeof row === "object" && row !== null
    ? { ...row, ...(url !== undefined && { pull_request_url: url }), pull_request: { node_id, number } }
    : row;
