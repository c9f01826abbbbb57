import type { Company } from "./company.ts";
import { ACTIONS, engineers } from "./people.ts";
import type { PullRequest } from "./pull-request.ts";
import { hash, pick } from "./random.ts";
import type { Shipping } from "./shipping.ts";

/** One commit, on the main branch or on the branch of a pull request. */
export interface Commit {
  readonly sha: string;
  readonly parents: readonly string[];
  readonly message: string;
  readonly author: number;
  readonly time: number;
  readonly pull?: PullRequest;
}

/** One deployment with its statuses, oldest first. */
export interface Deployment {
  readonly code: number;
  readonly environment: string;
  readonly sha: string;
  readonly by: number;
  readonly created: number;
  readonly statuses: readonly { readonly state: string; readonly time: number }[];
}

/** One run of the build. */
export interface Run {
  readonly code: number;
  readonly pull: PullRequest;
  readonly event: "push" | "pull_request";
  readonly sha: string;
  readonly created: number;
  readonly updated: number;
  readonly conclusion: "success" | "failure";
}

/** A deployment as it was generated. @param shaAt the tip of main at a time */
export const generatedDeployment = (
  company: Company,
  product: number,
  shipping: Shipping,
  code: number,
  shaAt: (time: number) => string,
): Deployment => {
  const [j, production] = [Math.floor(code / 2), code % 2 === 1];
  const created = shipping.time(j, production);
  const h = hash(company.seed, 91, product, code);
  const last = (production ? shipping.production : shipping.staging) - 1;
  const failed = j !== last && h % (production ? 13 : 29) === 0;
  const statuses = [
    { state: "queued", time: created + 2000 },
    { state: "in_progress", time: created + 9000 },
    { state: failed ? "failure" : "success", time: created + 240_000 },
  ];
  // GitHub itself marks older deployments inactive, outside production only.
  if (!production && !failed && j < last)
    statuses.push({ state: "inactive", time: shipping.time(j + 1, false) + 241_000 });
  const environment = production ? "production" : "staging";
  const by = production ? pick(engineers, h >>> 8) : ACTIONS;
  return { code, environment, sha: shaAt(created), by, created, statuses };
};
