import * as z from "zod";
import { type GitHubConfig, inScope } from "./config.ts";
import { repositoryOf } from "./place.ts";

/** Where REST finds a record: GitHub has no route for the node ids by which we know it. */
export interface Located {
  readonly repository: string;
  /** The route below the repository, e.g. `issues/12`. */
  readonly path: string;
}

const PLACE =
  /^([\w.-]+\/[\w.-]+)\/((?:issues|pulls|milestones|releases|deployments|actions\/runs|commits|pulls\/\d+\/reviews)\/\w+)$/;

/** The name by which a record is read again: its repository and its route. */
export const placeName = (repository: string, path: string): string => `${repository}/${path}`;

/** The places among the given names that the connection may read. */
export const located = (config: GitHubConfig, names: readonly string[]): Located[] =>
  names.flatMap((name) => {
    const [, repository, path] = PLACE.exec(name) ?? [];
    return repository !== undefined && path !== undefined && inScope(config, repository) ? [{ repository, path }] : [];
  });

const Numbered = z.looseObject({
  id: z.number().nullish(),
  number: z.int().nullish(),
  sha: z.string().nullish(),
  url: z.string().nullish(),
  repository_url: z.string().nullish(),
  html_url: z.string().nullish(),
  pull_request_url: z.string().nullish(),
});

const namer =
  (path: (record: z.output<typeof Numbered>) => string | undefined) =>
  (record: unknown): string | undefined => {
    const { data } = Numbered.safeParse(record);
    const repository = data === undefined ? "" : repositoryOf(data);
    const found = data === undefined ? undefined : path(data);
    return repository === "" || found === undefined ? undefined : placeName(repository, found);
  };

const numbered = (what: string) => namer(({ number }) => (number ? `${what}/${number}` : undefined));
const identified = (what: string) => namer(({ id }) => (id ? `${what}/${id}` : undefined));

/** By stream, the name by which one of its records is read again. */
export const nameOfRecord = {
  issues: numbered("issues"),
  pulls: numbered("pulls"),
  milestones: numbered("milestones"),
  releases: identified("releases"),
  deployments: identified("deployments"),
  workflowRuns: identified("actions/runs"),
  commits: namer(({ sha }) => (sha ? `commits/${sha}` : undefined)),
  reviews: namer(({ id, pull_request_url }) => {
    const pull = /\/pulls\/(\d+)$/.exec(pull_request_url ?? "")?.[1];
    return id && pull !== undefined ? `pulls/${pull}/reviews/${id}` : undefined;
  }),
} as const;
