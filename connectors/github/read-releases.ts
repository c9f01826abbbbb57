import * as z from "zod";
import type { Page, ReadContext } from "../../shared/connector/contract.ts";
import { type Instant, maybeInstant } from "../../shared/domain/instant.ts";
import { type GitHub, openGitHub } from "./client.ts";
import { commitsBetween } from "./compare.ts";
import type { GitHubConfig } from "./config.ts";
import { releaseChangedAt } from "./normalise-plan.ts";
import { before, eightAtOnce, later, notAfter, pageGuard, rowsOf, toSecond } from "./paging.ts";
import { ownerAndName } from "./place.ts";
import { Release } from "./schema.ts";

/** Up to which change releases are read, and the tag of a list that fitted one page. */
export const ReleasesCursor = z.object({ updatedTo: z.string().nullable(), etag: z.string().optional() });
export type ReleasesCursor = z.output<typeof ReleasesCursor>;

/** Releases between two checkpoints: each may need a comparison. */
const CHUNK = 20;

/**
 * Releases that changed, oldest change first. Their list knows neither `since` nor an order by change, but it is short: it is
 * read whole, and only what changed is given on.
 */
export async function* readReleases(
  context: ReadContext<GitHubConfig>,
  cursor: ReleasesCursor,
  repository: string,
): AsyncGenerator<Page<ReleasesCursor>, void, undefined> {
  const { config } = context;
  const github = await openGitHub(context);
  const list = await allReleases(github, config, repository, cursor.etag);
  if (list === undefined) return;
  const floor = cursor.updatedTo === null ? "" : before(cursor.updatedTo, config.overlapSeconds);
  const changed = list.rows
    .map((row) => ({ row, at: changeOf(row) }))
    .filter(({ at }) => at === undefined || toSecond(at) >= floor)
    .sort((a, b) => (a.at ?? "").localeCompare(b.at ?? ""));
  let updatedTo = cursor.updatedTo ?? undefined;
  for (let from = 0; from === 0 || from < changed.length; from += CHUNK) {
    const chunk = changed.slice(from, from + CHUNK);
    for (const { at } of chunk) updatedTo = later(updatedTo, notAfter(at, list.at));
    const isLast = from + CHUNK >= changed.length;
    yield {
      records: await eightAtOnce(chunk, ({ row }) => withCommits(github, config, repository, row, list.rows)),
      cursor: { updatedTo: updatedTo ?? null, ...(isLast && list.etag !== undefined && { etag: list.etag }) },
    };
  }
}

interface ReleaseList {
  readonly rows: readonly unknown[];
  readonly etag?: string;
  readonly at?: Instant;
}

/** Every release of a repository, or undefined if the list still is what `etag` stands for. */
export const allReleases = async (
  github: GitHub,
  config: GitHubConfig,
  repository: string,
  etag?: string,
): Promise<ReleaseList | undefined> => {
  const guard = pageGuard(config.pagesAtMost, "releases");
  const route = "GET /repos/{owner}/{repo}/releases";
  let answer = await github.page(route, { ...ownerAndName(repository), per_page: config.pageSize }, etag);
  if (answer === undefined) return undefined;
  const { at } = answer;
  const tag = answer.next === undefined ? answer.etag : undefined;
  const rows = rowsOf(answer.body, "releases");
  while (answer?.next !== undefined) {
    guard(answer.next);
    answer = await github.page(answer.next);
    if (answer !== undefined) rows.push(...rowsOf(answer.body, "releases"));
  }
  return { rows, ...(tag !== undefined && { etag: tag }), ...(at !== undefined && { at }) };
};

const changeOf = (row: unknown): Instant | undefined => {
  const release = Release.safeParse(row).data;
  return release === undefined ? undefined : releaseChangedAt(release);
};

/** The release with the commits since the published release before it; drafts have no tag to compare yet. */
export const withCommits = async (
  github: GitHub,
  config: GitHubConfig,
  repository: string,
  row: unknown,
  list: readonly unknown[],
): Promise<unknown> => {
  const release = Release.safeParse(row).data;
  if (release === undefined || release.draft || !config.releaseCommits) return row;
  const publishedAt = maybeInstant(release.published_at) ?? "";
  const previous = list
    .flatMap((other) => Release.safeParse(other).data ?? [])
    .filter((other) => !other.draft && (maybeInstant(other.published_at) ?? "") < publishedAt)
    .reduce<Release | undefined>((latest, other) => newer(latest, other), undefined);
  if (!previous?.tag_name || !release.tag_name) return row;
  const shas = await commitsBetween(github, config, repository, previous.tag_name, release.tag_name);
  return { ...(row as object), commit_shas: shas };
};

const newer = (a: Release | undefined, b: Release): Release =>
  a === undefined || (maybeInstant(b.published_at) ?? "") > (maybeInstant(a.published_at) ?? "") ? b : a;
