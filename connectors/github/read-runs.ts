import * as z from "zod";
import type { Page, ReadContext } from "../../shared/connector/contract.ts";
import { HubError } from "../../shared/connector/errors.ts";
import { type Instant, maybeInstant } from "../../shared/domain/instant.ts";
import { type Answer, type GitHub, openGitHub } from "./client.ts";
import type { GitHubConfig } from "./config.ts";
import { before, eightAtOnce, later, listed, notAfter, pageGuard, timeOf, toSecond } from "./paging.ts";
import { ownerAndName } from "./place.ts";
import { WorkflowRun } from "./schema.ts";

/** Up to which creation time and which change runs are read, and those that had not finished by then. */
export const RunsCursor = z.object({
  createdTo: z.string().nullable(),
  updatedTo: z.string().optional(),
  unfinished: z.array(z.number()),
});
export type RunsCursor = z.output<typeof RunsCursor>;

/** https://docs.github.com/rest/actions/workflow-runs#list-workflow-runs-for-a-repository */
const RunList = z.looseObject({ total_count: z.number(), workflow_runs: z.array(z.unknown()) });
/** The runs of a list answer, or of a plain list. */
export const listedRuns = (answer: unknown) => RunList.safeParse(answer).data?.workflow_runs ?? listed(answer);

const Repository = z.looseObject({ created_at: z.string() });

/** GitHub gives at most this many runs of one query. */
const QUERY_HOLDS = 1000;

interface Range {
  /** Seconds since the epoch, both inclusive. */
  readonly from: number;
  readonly to: number;
}

/**
 * Workflow runs by ranges of their creation time, oldest first, each range halved until no query reaches the 1,000 runs
 * that GitHub gives of one. Before them those that had not finished when they were last read; a finished run that was
 * started anew keeps its creation time, so the last hours are listed again and given on where something changed.
 */
export async function* readRuns(
  context: ReadContext<GitHubConfig>,
  cursor: RunsCursor,
  repository: string,
): AsyncGenerator<Page<RunsCursor>, void, undefined> {
  const { config } = context;
  const github = await openGitHub(context);
  const about = await github.page("GET /repos/{owner}/{repo}", ownerAndName(repository));
  const now = about?.at ?? cursor.createdTo;
  const born = Repository.safeParse(about?.body).data?.created_at;
  const start =
    cursor.createdTo === null
      ? born
      : before(cursor.createdTo, Math.max(config.overlapSeconds, config.recheckHours * 3600));
  if (now === null || now === undefined) return;

  const unfinished = new Set(cursor.unfinished);
  let { createdTo, updatedTo } = cursor;
  const give = (records: readonly unknown[]): Page<RunsCursor> => {
    for (const record of records) remember(unfinished, record);
    return {
      records,
      cursor: { createdTo, ...(updatedTo && { updatedTo }), unfinished: [...unfinished].slice(-config.watchedAtMost) },
    };
  };
  const reread = await rereadRuns(github, repository, unfinished);
  if (reread.length > 0) yield give(reread);

  const isNew = changedSince(cursor, config.overlapSeconds);
  let newest = updatedTo;
  for await (const { runs, endsRange, endsWalk } of pagesByRange(github, config, repository, {
    from: seconds(start ?? "2018-01-01T00:00:00Z"),
    to: seconds(now),
  })) {
    newest = runs.map((run) => timeOf(run, "updated_at")).reduce(later, newest);
    // Until its last page a range counts as not read: a resumed run begins it again. Changes count only after the walk.
    if (endsRange !== undefined) createdTo = later(createdTo ?? undefined, endsRange) ?? null;
    if (endsWalk) updatedTo = notAfter(newest, now);
    yield give(runs.filter(isNew));
  }
}

/** Asks anew for the runs that had not finished; those that are gone are forgotten. */
const rereadRuns = async (github: GitHub, repository: string, unfinished: Set<number>): Promise<unknown[]> => {
  const found = await eightAtOnce([...unfinished], async (id) => {
    const route = "GET /repos/{owner}/{repo}/actions/runs/{run_id}";
    const answer = await github.find(route, { ...ownerAndName(repository), run_id: id });
    if (answer === undefined) unfinished.delete(id);
    return answer === undefined ? [] : [answer.body];
  });
  return found.flat();
};

/** Whether a row is newer than the cursor, or changed after it. */
const changedSince = ({ createdTo, updatedTo }: RunsCursor, overlapSeconds: number) => {
  const made = createdTo === null ? "" : before(createdTo, overlapSeconds);
  const changed = updatedTo === undefined ? "" : before(updatedTo, overlapSeconds);
  return (row: unknown): boolean =>
    toSecond(timeOf(row, "created_at") ?? "9999") >= made || toSecond(timeOf(row, "updated_at") ?? "9999") >= changed;
};

interface RunPage {
  readonly runs: readonly unknown[];
  /** With a range's last page: the newest creation time in the range. */
  readonly endsRange?: Instant;
  readonly endsWalk: boolean;
}

async function* pagesByRange(
  github: GitHub,
  config: GitHubConfig,
  repository: string,
  whole: Range,
): AsyncGenerator<RunPage, void, undefined> {
  const ranges = [whole];
  for (let range = ranges.pop(); range !== undefined; range = ranges.pop()) {
    let answer = await rangePage(github, config, repository, range);
    if (listOf(answer).total_count >= QUERY_HOLDS && range.to > range.from) {
      const middle = Math.floor((range.from + range.to) / 2);
      ranges.push({ from: middle + 1, to: range.to }, { from: range.from, to: middle });
      continue;
    }
    const guard = pageGuard(config.pagesAtMost, "workflow runs");
    let newest: Instant | undefined;
    while (answer !== undefined) {
      const { workflow_runs: runs } = listOf(answer);
      newest = runs.map((run) => timeOf(run, "created_at")).reduce(later, newest);
      const { next } = answer;
      const isLast = next === undefined;
      yield {
        runs,
        ...(isLast && newest !== undefined && { endsRange: newest }),
        endsWalk: isLast && ranges.length === 0,
      };
      if (next === undefined) break;
      guard(next);
      answer = await github.page(next);
    }
  }
}

const listOf = (answer: Answer | undefined): z.output<typeof RunList> => {
  const list = RunList.safeParse(answer?.body);
  if (list.success) return list.data;
  throw new HubError("vendor_answer_unreadable", "actions/runs did not answer with runs", { retry: "later" });
};

const rangePage = (
  github: GitHub,
  config: GitHubConfig,
  repository: string,
  { from, to }: Range,
): Promise<Answer | undefined> =>
  github.page("GET /repos/{owner}/{repo}/actions/runs", {
    ...ownerAndName(repository),
    created: `${moment(from)}..${moment(to)}`,
    per_page: config.pageSize,
  });

const remember = (unfinished: Set<number>, record: unknown): void => {
  const run = WorkflowRun.safeParse(record).data;
  if (run === undefined) return;
  if (run.status === "completed") unfinished.delete(run.id);
  else unfinished.add(run.id);
};

const seconds = (at: string): number => Math.floor(Date.parse(maybeInstant(at) ?? at) / 1000);
const moment = (second: number): string => toSecond(new Date(second * 1000).toISOString());
