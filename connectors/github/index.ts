import { defineConnector, stream } from "../../shared/connector/contract.ts";
import { census } from "./census.ts";
import { GitHubConfig } from "./config.ts";
import { credentialOf, HEADERS } from "./credential.ts";
import { DeploymentsCursor, NO_DEPLOYMENTS } from "./deployment-ledger.ts";
import { mapStatus } from "./issue-status.ts";
import { nameOfRecord } from "./locate.ts";
import { normaliseDeployment } from "./normalise-deployment.ts";
import { normaliseIssue } from "./normalise-issue.ts";
import { normaliseMilestone, normaliseRelease } from "./normalise-plan.ts";
import { normaliseCommit, normalisePull, normaliseReview } from "./normalise-pull.ts";
import { normaliseRun } from "./normalise-run.ts";
import { listed } from "./paging.ts";
import { readDeployments } from "./read-deployments.ts";
import { IssuesCursor, readIssues } from "./read-issues.ts";
import { MilestonesCursor, readMilestones } from "./read-milestones.ts";
import { PullsCursor, readPulls } from "./read-pulls.ts";
import { ReleasesCursor, readReleases } from "./read-releases.ts";
import { listedRuns, RunsCursor, readRuns } from "./read-runs.ts";
import * as reread from "./reread.ts";
import { Commit, Deployment, Issue, Milestone, PullRequest, Release, Review, WorkflowRun } from "./schema.ts";
import { setup } from "./setup.ts";
import { webhook } from "./webhook.ts";

const scopes = (config: GitHubConfig) => config.repos;
export default defineConnector<GitHubConfig>({
  id: "github",
  title: "GitHub",
  category: "code",
  docs: "https://docs.github.com/rest",
  config: GitHubConfig,
  http: (config) => ({
    baseUrl: config.baseUrl,
    headers: HEADERS,
    credential: credentialOf(config),
    requestsPerMinute: config.requestsPerMinute,
  }),
  status: mapStatus,
  streams: {
    milestones: stream({
      record: Milestone,
      kinds: ["feature", "account"],
      normalise: normaliseMilestone,
      listed,
      poll: { cursor: MilestonesCursor, start: {}, scopes, read: readMilestones },
      rereadId: nameOfRecord.milestones,
      reread: reread.rereadMilestones,
      census: census("milestones", "milestone", "feature"),
    }),
    issues: stream({
      record: Issue,
      kinds: ["workItem", "account", "vocabulary"],
      normalise: normaliseIssue,
      listed,
      poll: { cursor: IssuesCursor, start: { updatedTo: null }, scopes, read: readIssues },
      rereadId: nameOfRecord.issues,
      reread: reread.rereadIssues,
      census: census("issues", "issue", "workItem"),
    }),
    pulls: stream({
      record: PullRequest,
      kinds: ["pullRequest", "account"],
      normalise: normalisePull,
      listed,
      poll: { cursor: PullsCursor, start: { updatedTo: null }, scopes, read: readPulls },
      rereadId: nameOfRecord.pulls,
      reread: reread.rereadPulls,
      census: census("pulls", "pull_request", "pullRequest"),
    }),
    reviews: stream({
      record: Review,
      kinds: ["review", "account"],
      normalise: normaliseReview,
      listed,
      rereadId: nameOfRecord.reviews,
      reread: reread.rereadReviews,
    }),
    commits: stream({
      record: Commit,
      kinds: ["commit", "account"],
      normalise: normaliseCommit,
      listed,
      rereadId: nameOfRecord.commits,
      reread: reread.rereadCommits,
    }),
    releases: stream({
      record: Release,
      kinds: ["release", "account"],
      normalise: normaliseRelease,
      listed,
      poll: { cursor: ReleasesCursor, start: { updatedTo: null }, scopes, read: readReleases },
      rereadId: nameOfRecord.releases,
      reread: reread.rereadReleases,
    }),
    deployments: stream({
      record: Deployment,
      kinds: ["deployment", "account"],
      normalise: normaliseDeployment,
      listed,
      poll: { cursor: DeploymentsCursor, start: NO_DEPLOYMENTS, scopes, read: readDeployments },
      rereadId: nameOfRecord.deployments,
      reread: reread.rereadDeployments,
    }),
    workflowRuns: stream({
      record: WorkflowRun,
      kinds: ["testRun", "account"],
      normalise: normaliseRun,
      listed: listedRuns,
      poll: { cursor: RunsCursor, start: { createdTo: null, unfinished: [] }, scopes, read: readRuns },
      rereadId: nameOfRecord.workflowRuns,
      reread: reread.rereadRuns,
    }),
  },
  setup,
  webhook,
});
