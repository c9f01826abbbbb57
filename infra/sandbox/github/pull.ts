import type { Product } from "../company/features.ts";
import type { PullRequest, Review } from "../company/pull-request.ts";
import { hash } from "../company/random.ts";
import type { World } from "../company/world.ts";
import { pullLabels } from "./issue.ts";
import { githubTime, idOf, nodeId, ownerJson, repoApi, repoSite, userJson } from "./names.ts";
import { fullRepository } from "./repo.ts";

/** A pull request as `/pulls` lists it. */
export const pullSimple = (world: World, product: Product, pull: PullRequest) => {
  const repository = world.repository(product.index);
  const number = repository.pullNumber(pull);
  const url = `${repoApi(product)}/pulls/${number}`;
  const issue = `${repoApi(product)}/issues/${number}`;
  const site = `${repoSite(product)}/pull/${number}`;
  const id = idOf("pull", product.index, pull.code);
  const head = repository.headSha(pull);
  const repo = fullRepository(world, product);
  const statuses = `${repoApi(product)}/statuses/${head}`;
  const review = `${repoApi(product)}/pulls/comments{/number}`;
  return {
    url,
    id,
    node_id: nodeId("PR", id),
    html_url: site,
    diff_url: `${site}.diff`,
    patch_url: `${site}.patch`,
    issue_url: issue,
    number,
    state: pull.closed === undefined ? "open" : "closed",
    locked: false,
    title: pull.title,
    user: userJson(pull.author),
    body: pull.body,
    created_at: githubTime(pull.opened),
    updated_at: githubTime(pull.updated),
    closed_at: pull.closed === undefined ? null : githubTime(pull.closed),
    merged_at: pull.merged === undefined ? null : githubTime(pull.merged),
    merge_commit_sha: pull.merged === undefined ? null : repository.mergeSha(pull),
    assignee: null,
    assignees: [],
    requested_reviewers: [],
    requested_teams: [],
    labels: pullLabels(product, pull),
    milestone: null,
    draft: pull.draft,
    commits_url: `${url}/commits`,
    review_comments_url: `${url}/comments`,
    review_comment_url: review,
    comments_url: `${issue}/comments`,
    statuses_url: statuses,
    head: { label: `acme:${pull.branch}`, ref: pull.branch, sha: head, user: ownerJson(), repo },
    base: { label: `acme:${pull.base}`, ref: pull.base, sha: repository.baseSha(pull), user: ownerJson(), repo },
    _links: {
      self: { href: url },
      html: { href: site },
      issue: { href: issue },
      comments: { href: `${issue}/comments` },
      review_comments: { href: `${url}/comments` },
      review_comment: { href: review },
      commits: { href: `${url}/commits` },
      statuses: { href: statuses },
    },
    author_association: "MEMBER",
    auto_merge: null,
    active_lock_reason: null,
  };
};

/** A pull request as `/pulls/{number}` tells it. */
export const pullFull = (world: World, product: Product, pull: PullRequest) => {
  const h = hash(world.company.seed, 95, product.index, pull.code);
  return {
    ...pullSimple(world, product, pull),
    merged: pull.merged !== undefined,
    mergeable: pull.closed === undefined ? true : null,
    rebaseable: pull.closed === undefined ? true : null,
    mergeable_state: pull.closed === undefined ? (pull.draft ? "draft" : "clean") : "unknown",
    merged_by: pull.merged === undefined ? null : userJson(pull.mergedBy ?? pull.author),
    comments: 0,
    review_comments: 0,
    maintainer_can_modify: false,
    commits: pull.commits,
    additions: 3 + (h % 240),
    deletions: (h >>> 8) % 90,
    changed_files: 1 + ((h >>> 16) % 12),
  };
};

export const reviewJson = (world: World, product: Product, pull: PullRequest, review: Review) => {
  const repository = world.repository(product.index);
  const number = repository.pullNumber(pull);
  const id = idOf("review", product.index, pull.code * 8 + review.index);
  const url = `${repoApi(product)}/pulls/${number}`;
  const site = `${repoSite(product)}/pull/${number}#pullrequestreview-${id}`;
  return {
    id,
    node_id: nodeId("PRR", id),
    user: userJson(review.by),
    body: review.state === "CHANGES_REQUESTED" ? "Please add a test." : "",
    state: review.state,
    html_url: site,
    pull_request_url: url,
    _links: { html: { href: site }, pull_request: { href: url } },
    submitted_at: githubTime(review.time),
    commit_id: repository.headSha(pull),
    author_association: "MEMBER",
  };
};
