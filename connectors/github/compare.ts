import * as z from "zod";
import type { GitHub } from "./client.ts";
import type { GitHubConfig } from "./config.ts";
import { pageGuard } from "./paging.ts";
import { ownerAndName } from "./place.ts";

/** https://docs.github.com/rest/commits/commits#compare-two-commits */
const Comparison = z.looseObject({ commits: z.array(z.looseObject({ sha: z.string() })).nullish() });

const PAGE = 100;

/** The commits that `head` has and `base` has not, oldest first; none if GitHub no longer knows one of the two. */
export const commitsBetween = async (
  github: GitHub,
  config: GitHubConfig,
  repository: string,
  base: string,
  head: string,
): Promise<string[]> => {
  const guard = pageGuard(Math.ceil(config.commitsAtMost / PAGE) + 1, "compare");
  const shas: string[] = [];
  let answer = await github.find("GET /repos/{owner}/{repo}/compare/{basehead}", {
    ...ownerAndName(repository),
    basehead: `${base}...${head}`,
    per_page: Math.min(PAGE, config.commitsAtMost),
  });
  while (answer !== undefined) {
    shas.push(...(Comparison.safeParse(answer.body).data?.commits ?? []).map(({ sha }) => sha));
    if (answer.next === undefined || shas.length >= config.commitsAtMost) break;
    guard(answer.next);
    answer = await github.page(answer.next);
  }
  return shas.slice(0, config.commitsAtMost);
};
