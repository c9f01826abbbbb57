import type { PullRequest } from "./pull-request.ts";

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
