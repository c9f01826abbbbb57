import * as z from "zod";
import { maybeInstant } from "../../shared/domain/instant.ts";

/** The GitHub fields we read. Everything else passes; a record is refused only without its identity. */

const Moment = z.union([z.string(), z.number()]).refine((told) => maybeInstant(told) !== undefined, "not a moment");
const Text = z.string().nullish();

/** https://docs.github.com/rest/users/users#get-a-user */
export const User = z.looseObject({ login: Text, node_id: Text, html_url: Text, type: Text });
export type User = z.output<typeof User>;
const Somebody = User.nullish();

/** Strings in answers to writes and in other tools' copies, objects elsewhere: https://docs.github.com/rest/issues/labels */
const Labels = z.array(z.union([z.string(), z.looseObject({ name: Text })])).nullish();
const People = z.array(z.unknown()).nullish();

/** https://docs.github.com/rest/issues/milestones#list-milestones */
export const Milestone = z.looseObject({
  node_id: z.string().min(1),
  number: z.int(),
  title: Text,
  description: Text,
  html_url: Text,
  url: Text,
  state: Text,
  open_issues: z.number().nullish(),
  closed_issues: z.number().nullish(),
  due_on: Text,
  created_at: Moment.nullish(),
  updated_at: Moment.nullish(),
  closed_at: Moment.nullish(),
  creator: Somebody,
});
export type Milestone = z.output<typeof Milestone>;

const MilestoneOfRecord = z.looseObject({ node_id: Text, title: Text }).nullish();

/** https://docs.github.com/rest/issues/timeline#list-timeline-events-for-an-issue */
export const TimelineEvent = z.looseObject({
  id: z.union([z.string(), z.number()]).nullish(),
  node_id: Text,
  event: Text,
  created_at: Moment.nullish(),
  actor: Somebody,
  assignee: Somebody,
  milestone: z.looseObject({ title: Text }).nullish(),
  rename: z.looseObject({ from: Text, to: Text }).nullish(),
  state_reason: Text,
});
export type TimelineEvent = z.output<typeof TimelineEvent>;

/** https://docs.github.com/rest/issues/issues#list-repository-issues ; `timeline` is attached by our reader */
export const Issue = z.looseObject({
  node_id: z.string().min(1),
  number: z.int(),
  title: Text,
  body: Text,
  html_url: Text,
  url: Text,
  repository_url: Text,
  state: Text,
  state_reason: Text,
  user: Somebody,
  assignees: People,
  labels: Labels,
  milestone: MilestoneOfRecord,
  type: z.union([z.string(), z.looseObject({ name: Text })]).nullish(),
  pull_request: z.unknown().optional(),
  created_at: Moment.nullish(),
  updated_at: Moment.nullish(),
  closed_at: Moment.nullish(),
  timeline: z.array(TimelineEvent).nullish(),
});
export type Issue = z.output<typeof Issue>;

const Branch = z.looseObject({ ref: Text, sha: Text, repo: z.looseObject({ full_name: Text }).nullish() }).nullish();

/** https://docs.github.com/rest/pulls/pulls#list-pull-requests : only fields that list rows and webhooks share */
export const PullRequest = z.looseObject({
  node_id: z.string().min(1),
  number: z.int(),
  title: Text,
  body: Text,
  html_url: Text,
  url: Text,
  state: Text,
  draft: z.boolean().nullish(),
  user: Somebody,
  assignees: People,
  labels: Labels,
  milestone: MilestoneOfRecord,
  head: Branch,
  base: Branch,
  merge_commit_sha: Text,
  created_at: Moment.nullish(),
  updated_at: Moment.nullish(),
  closed_at: Moment.nullish(),
  merged_at: Moment.nullish(),
});
export type PullRequest = z.output<typeof PullRequest>;

/** The pull request that a review or commit was read along with, attached by our reader and by webhooks alike. */
const PullRequestOfRecord = z.looseObject({ node_id: Text, number: z.int().nullish() }).nullish();

/** https://docs.github.com/rest/pulls/reviews#list-reviews-for-a-pull-request */
export const Review = z.looseObject({
  node_id: z.string().min(1),
  state: Text,
  user: Somebody,
  html_url: Text,
  pull_request_url: Text,
  pull_request: PullRequestOfRecord,
  submitted_at: Moment.nullish(),
});
export type Review = z.output<typeof Review>;

/** Some copies keep only the name. */
const Signature = z.union([z.string(), z.looseObject({ date: Moment.nullish() })]).nullish();

/** https://docs.github.com/rest/pulls/pulls#list-commits-on-a-pull-request */
export const Commit = z.looseObject({
  sha: z.string().min(1),
  node_id: Text,
  html_url: Text,
  url: Text,
  commit: z.looseObject({ message: Text, author: Signature, committer: Signature }).nullish(),
  author: Somebody,
  pull_request_url: Text,
  pull_request: PullRequestOfRecord,
});
export type Commit = z.output<typeof Commit>;

/** https://docs.github.com/rest/releases/releases#list-releases ; `commit_shas` is attached by our reader */
export const Release = z.looseObject({
  node_id: z.string().min(1),
  tag_name: Text,
  name: Text,
  body: Text,
  html_url: Text,
  url: Text,
  draft: z.boolean().nullish(),
  prerelease: z.boolean().nullish(),
  author: Somebody,
  created_at: Moment.nullish(),
  updated_at: Moment.nullish(),
  published_at: Moment.nullish(),
  commit_shas: z.array(z.string()).nullish(),
});
export type Release = z.output<typeof Release>;

/** https://docs.github.com/rest/deployments/statuses#list-deployment-statuses */
export const DeploymentStatus = z.looseObject({
  id: z.number().nullish(),
  state: Text,
  created_at: Moment.nullish(),
  updated_at: Moment.nullish(),
});
export type DeploymentStatus = z.output<typeof DeploymentStatus>;

/** https://docs.github.com/rest/deployments/deployments#list-deployments ; `statuses`, `commit_shas` are attached by our reader */
export const Deployment = z.looseObject({
  id: z.number(),
  node_id: z.string().min(1),
  sha: Text,
  ref: Text,
  url: Text,
  repository_url: Text,
  environment: Text,
  production_environment: z.boolean().nullish(),
  creator: Somebody,
  created_at: Moment.nullish(),
  updated_at: Moment.nullish(),
  statuses: z.array(DeploymentStatus).nullish(),
  commit_shas: z.array(z.string()).nullish(),
});
export type Deployment = z.output<typeof Deployment>;

/** https://docs.github.com/rest/actions/workflow-runs#list-workflow-runs-for-a-repository */
export const WorkflowRun = z.looseObject({
  id: z.number(),
  node_id: z.string().min(1),
  name: Text,
  head_branch: Text,
  head_sha: Text,
  status: Text,
  conclusion: Text,
  html_url: Text,
  url: Text,
  created_at: Moment.nullish(),
  updated_at: Moment.nullish(),
  run_started_at: Moment.nullish(),
  actor: Somebody,
});
export type WorkflowRun = z.output<typeof WorkflowRun>;
