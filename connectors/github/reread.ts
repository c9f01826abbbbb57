import * as z from "zod";
import type { ReadContext } from "../../shared/connector/contract.ts";
import { type GitHub, openGitHub } from "./client.ts";
import type { GitHubConfig } from "./config.ts";
import { type Located, located } from "./locate.ts";
import { allRows, eightAtOnce } from "./paging.ts";
import { ownerAndName } from "./place.ts";
import { completeDeployment } from "./read-deployments.ts";
import { withTimeline } from "./read-issues.ts";
import { ofPull } from "./read-pulls.ts";
import { allReleases, withCommits } from "./read-releases.ts";

type Finish = (github: GitHub, config: GitHubConfig, record: unknown, place: Located) => Promise<unknown>;

/** Reads records anew by the names that `nameOfRecord` and our webhooks give them; what is gone is left out. */
const rereading =
  (finish: Finish = async (_github, _config, record) => record) =>
  async (context: ReadContext<GitHubConfig>, names: readonly string[]): Promise<readonly unknown[]> => {
    const github = await openGitHub(context);
    const found = await eightAtOnce(located(context.config, names), async (place) => {
      const record = await one(github, place);
      return record === undefined ? [] : [await finish(github, context.config, record, place)];
    });
    return found.flat();
  };

const one = async (github: GitHub, { repository, path }: Located): Promise<unknown> =>
  (await github.find(`GET /repos/{owner}/{repo}/${path}`, ownerAndName(repository)))?.body;

const Pull = z.looseObject({ node_id: z.string(), number: z.int(), url: z.string() });

export const rereadPulls = rereading();
export const rereadMilestones = rereading();
export const rereadRuns = rereading();

export const rereadIssues = rereading(async (github, config, issue, { repository }) =>
  config.timeline ? withTimeline(github, config, repository, issue) : issue,
);

export const rereadReviews = rereading(async (github, _config, review, { repository, path }) => {
  const pull = Pull.safeParse(await one(github, { repository, path: path.replace(/\/reviews\/.*$/, "") })).data;
  return pull === undefined ? review : ofPull(review, pull);
});

/** A commit may be part of several pull requests: the first of them counts. */
export const rereadCommits = rereading(async (github, config, commit, { repository, path }) => {
  const route = `GET /repos/{owner}/{repo}/${path}/pulls`;
  const pulls = await allRows(github, route, ownerAndName(repository), config.pagesAtMost);
  const [first] = pulls.flatMap((pull) => Pull.safeParse(pull).data ?? []).sort((a, b) => a.number - b.number);
  return first === undefined ? commit : ofPull(commit, first);
});

export const rereadReleases = rereading(async (github, config, release, { repository }) => {
  const list = await allReleases(github, config, repository);
  return withCommits(github, config, repository, release, list?.rows ?? []);
});

export const rereadDeployments = rereading((github, config, deployment, { repository }) =>
  completeDeployment(github, config, repository, deployment),
);
