import * as z from "zod";
import type { Page, ReadContext } from "../../shared/connector/contract.ts";
import { type Answer, type GitHub, isSwitchedOff, openGitHub } from "./client.ts";
import type { GitHubConfig } from "./config.ts";
import { allRows, before, eightAtOnce, later, notAfter, pageGuard, rowsOf, timeOf, toSecond } from "./paging.ts";
import { ownerAndName } from "./place.ts";

/** Up to where the issues are read; the tag spares the request of a poll that finds nothing. */
export const IssuesCursor = z.object({ updatedTo: z.string().nullable(), etag: z.string().optional() });
export type IssuesCursor = z.output<typeof IssuesCursor>;

const ROUTE = "GET /repos/{owner}/{repo}/issues";
/** The events of a timeline that change something of ours. */
const EVENTS = new Set([
  "closed",
  "reopened",
  "assigned",
  "unassigned",
  "milestoned",
  "demilestoned",
  "renamed",
  "transferred",
]);
const Row = z.looseObject({ number: z.int(), pull_request: z.unknown().optional() });
const Event = z.looseObject({ event: z.string() });

/**
 * Issues by ascending change time. Each page starts anew at the last page's latest change instead of counting on: rows that
 * change while we walk leave their place, and page numbers would then skip others. Only inside one second that fills a
 * whole page are page links followed.
 */
export async function* readIssues(
  context: ReadContext<GitHubConfig>,
  cursor: IssuesCursor,
  repository: string,
): AsyncGenerator<Page<IssuesCursor>, void, undefined> {
  const { config } = context;
  const github = await openGitHub(context);
  const guard = pageGuard(config.pagesAtMost, "issues");
  const start = cursor.updatedTo === null ? undefined : before(cursor.updatedTo, config.overlapSeconds);
  let since = start;
  let next: string | undefined;
  let updatedTo = cursor.updatedTo ?? undefined;
  let pages = 0;
  for (;;) {
    const isFirst = pages++ === 0;
    const answer = await pageOf(github, config, repository, since, next, isFirst ? cursor.etag : undefined);
    if (answer === undefined) return;
    const rows = rowsOf(answer.body, "issues");
    const newest = rows.reduce<string | undefined>(
      (latest, row) => later(latest, timeOf(row, "updated_at")),
      undefined,
    );
    const reached = later(updatedTo, notAfter(newest, answer.at));
    const isQuiet = isFirst && answer.next === undefined && reached === (cursor.updatedTo ?? undefined);
    updatedTo = reached;
    yield {
      records: await withTimelines(github, config, repository, rows),
      cursor: {
        updatedTo: updatedTo ?? null,
        ...(isQuiet && answer.etag !== undefined && { etag: answer.etag }),
      },
    };
    if (answer.next === undefined) return;
    guard(`${answer.next} ${since}`);
    const upTo = newest === undefined ? undefined : toSecond(newest);
    next = upTo === undefined || (since !== undefined && upTo <= since) ? answer.next : undefined;
    if (next === undefined) since = upTo;
  }
}

const pageOf = async (
  github: GitHub,
  config: GitHubConfig,
  repository: string,
  since: string | undefined,
  next: string | undefined,
  etag: string | undefined,
): Promise<Answer | undefined> => {
  if (next !== undefined) return github.page(next);
  const parameters = {
    ...ownerAndName(repository),
    state: "all",
    sort: "updated",
    direction: "asc",
    per_page: config.pageSize,
    ...(since !== undefined && { since }),
  };
  try {
    return await github.page(ROUTE, parameters, etag);
  } catch (error) {
    if (isSwitchedOff(error)) return undefined;
    throw error;
  }
};

/** Pull requests are rows of this list too; they have a stream of their own. */
const withTimelines = async (
  github: GitHub,
  config: GitHubConfig,
  repository: string,
  rows: readonly unknown[],
): Promise<unknown[]> => {
  const issues = rows.filter((row) => !Row.safeParse(row).data?.pull_request);
  return config.timeline ? eightAtOnce(issues, (issue) => withTimeline(github, config, repository, issue)) : issues;
};

/** The issue with the events of its past that we keep. */
export const withTimeline = async (
  github: GitHub,
  config: GitHubConfig,
  repository: string,
  issue: unknown,
): Promise<unknown> => {
  const row = Row.safeParse(issue).data;
  if (row === undefined) return issue;
  const parameters = { ...ownerAndName(repository), issue_number: row.number };
  const events = await allRows(
    github,
    "GET /repos/{owner}/{repo}/issues/{issue_number}/timeline",
    parameters,
    config.pagesAtMost,
  );
  return { ...row, timeline: events.filter((event) => EVENTS.has(Event.safeParse(event).data?.event ?? "")) };
};
