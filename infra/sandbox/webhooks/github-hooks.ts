import type { Commit, Deployment, Run } from "../company/delivery.ts";
import type { Product } from "../company/features.ts";
import type { PullRequest, Review } from "../company/pull-request.ts";
import type { Release } from "../company/shipping.ts";
import type { WorkItem } from "../company/work-item.ts";
import type { World } from "../company/world.ts";
import { deploymentJson, releaseJson, runJson, statusesJson } from "../github/code.ts";
import { issueJson } from "../github/issue.ts";
import { milestoneJson } from "../github/milestone.ts";
import { githubTime, gitPerson, nodeId, ownerJson, repoApi, repoSite, userJson } from "../github/names.ts";
import { pullFull, reviewJson } from "../github/pull.ts";
import { fullRepository } from "../github/repo.ts";
import type { Hook } from "./delivery.ts";

type Body = Readonly<Record<string, unknown>>;

const hook = (world: World, product: Product, event: string, by: number, body: Body): Hook => {
  const { login, id, node_id, url, repos_url, events_url, avatar_url } = ownerJson();
  const organization = {
    login,
    id,
    node_id,
    url,
    repos_url,
    events_url,
    avatar_url,
    description: "",
    hooks_url: `${url}/hooks`,
    issues_url: `${url}/issues`,
    members_url: `${url}/members{/member}`,
    public_members_url: `${url}/public_members{/member}`,
  };
  return {
    vendor: "github",
    event,
    body: { ...body, repository: fullRepository(world, product), organization, sender: userJson(by) },
  };
};

export const githubIssueHook = (
  world: World,
  product: Product,
  item: WorkItem,
  action: string,
  by: number,
  extra: Body = {},
): Hook => hook(world, product, "issues", by, { action, issue: issueJson(world, product, item), ...extra });

export const githubPullHook = (
  world: World,
  product: Product,
  pull: PullRequest,
  action: string,
  by: number,
  extra: Body = {},
): Hook =>
  hook(world, product, "pull_request", by, {
    action,
    number: world.repository(product.index).pullNumber(pull),
    pull_request: pullFull(world, product, pull),
    ...extra,
  });

export const githubReviewHook = (world: World, product: Product, pull: PullRequest, review: Review): Hook => {
  const { mergeable: _, merged: __, merged_by: ___, ...simple } = pullFull(world, product, pull);
  const json = reviewJson(world, product, pull, review);
  return hook(world, product, "pull_request_review", review.by, {
    action: "submitted",
    review: { ...json, state: json.state.toLowerCase() },
    pull_request: simple,
  });
};

/** A push of one commit to the main branch. */
export const githubPushHook = (world: World, product: Product, commit: Commit): Hook => {
  const [before] = commit.parents;
  const author = gitPerson(commit.author, commit.time);
  const line = {
    id: commit.sha,
    tree_id: world.company.codec.sha(4, commit.time % 1_000_003),
    distinct: true,
    message: commit.message,
    timestamp: githubTime(commit.time),
    url: `${repoSite(product)}/commit/${commit.sha}`,
    author: { name: author.name, email: author.email, username: userJson(commit.author).login },
    committer: { name: "GitHub", email: "noreply@github.com", username: "web-flow" },
    added: [],
    removed: [],
    modified: ["README.md"],
  };
  const push = hook(world, product, "push", commit.author, {
    ref: "refs/heads/main",
    before: before ?? "0".repeat(40),
    after: commit.sha,
    pusher: { name: userJson(commit.author).login, email: author.email },
    created: false,
    deleted: false,
    forced: false,
    base_ref: null,
    compare: `${repoSite(product)}/compare/${(before ?? "").slice(0, 12)}...${commit.sha.slice(0, 12)}`,
    commits: [line],
    head_commit: line,
  });
  const repository = { ...fullRepository(world, product), stargazers: 41, master_branch: "main" };
  return { ...push, body: { ...(push.body as object), repository } };
};

export const githubRunHook = (world: World, product: Product, run: Run): Hook =>
  hook(world, product, "workflow_run", run.pull.author, {
    action: "completed",
    workflow_run: runJson(world, product, run),
    workflow: workflow(product),
  });

const workflow = (product: Product) => {
  const id = 9_100_001 + product.index;
  const url = `${repoApi(product)}/actions/workflows/${id}`;
  const site = `${repoSite(product)}/blob/main/.github/workflows/ci.yml`;
  const since = "2025-01-01T00:00:00.000Z";
  return {
    id,
    node_id: nodeId("W", id),
    name: "CI",
    path: ".github/workflows/ci.yml",
    state: "active",
    created_at: since,
    updated_at: since,
    url,
    html_url: site,
    badge_url: `${repoSite(product)}/workflows/CI/badge.svg`,
  };
};

/** A deployment and, once it has one, its latest status. */
export const githubDeploymentHooks = (world: World, product: Product, deployment: Deployment): readonly Hook[] => {
  const json = deploymentJson(product, deployment);
  const [status] = statusesJson(product, deployment);
  const common = { deployment: json, workflow: null, workflow_run: null };
  const created = hook(world, product, "deployment", deployment.by, { action: "created", ...common });
  if (status === undefined) return [created];
  return [
    created,
    hook(world, product, "deployment_status", deployment.by, {
      action: "created",
      deployment_status: status,
      check_run: null,
      ...common,
    }),
  ];
};

export const githubReleaseHook = (world: World, product: Product, release: Release): Hook =>
  hook(world, product, "release", release.author, { action: "published", release: releaseJson(product, release) });

export const githubMilestoneHook = (
  world: World,
  product: Product,
  index: number,
  action: string,
  by: number,
  changes: Body,
): Hook =>
  hook(world, product, "milestone", by, {
    action,
    milestone: milestoneJson(world, product, index),
    ...(action === "edited" ? { changes } : {}),
  });

/** What GitHub sends when a webhook is set up. */
export const githubPingHook = (world: World, product: Product, url: string): Hook =>
  hook(world, product, "ping", 0, {
    zen: "Keep it logically awesome.",
    hook_id: 480_000_001,
    hook: {
      type: "Repository",
      id: 480_000_001,
      name: "web",
      active: true,
      events: ["*"],
      config: { content_type: "json", insecure_ssl: "0", url },
      updated_at: "2025-01-01T00:00:00Z",
      created_at: "2025-01-01T00:00:00Z",
      url: `${repoApi(product)}/hooks/480000001`,
      test_url: `${repoApi(product)}/hooks/480000001/test`,
      ping_url: `${repoApi(product)}/hooks/480000001/pings`,
      deliveries_url: `${repoApi(product)}/hooks/480000001/deliveries`,
      last_response: { code: null, status: "unused", message: null },
    },
  });
