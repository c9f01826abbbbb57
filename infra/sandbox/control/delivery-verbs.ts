import type { Deployment } from "../company/delivery.ts";
import type { Product } from "../company/features.ts";
import { slugOf } from "../company/features.ts";
import { personAt } from "../company/people.ts";
import type { PullRequest, Review } from "../company/pull-request.ts";
import { at } from "../company/random.ts";
import type { Release } from "../company/shipping.ts";
import type { World } from "../company/world.ts";
import { idOf, repoSite } from "../github/names.ts";
import { VERSION_COUNT } from "../jira/vocabulary.ts";
import {
  githubDeploymentHooks,
  githubPullHook,
  githubPushHook,
  githubReleaseHook,
  githubReviewHook,
  githubRunHook,
} from "../webhooks/github-hooks.ts";
import { jiraVersionHook } from "../webhooks/jira-hooks.ts";
import { moveItem } from "./items.ts";
import { type Outcome, together, type Verb } from "./outcome.ts";
import { ControlError, itemOfKey, productOfRepo, pullOfNumber, truthOf } from "./records.ts";

const told = (world: World, product: Product, pull: PullRequest) => {
  const number = world.repository(product.index).pullNumber(pull);
  const state = pull.merged !== undefined ? "merged" : pull.closed !== undefined ? "closed" : "open";
  return {
    tracker: "github",
    kind: "pull_request",
    key: `acme/${product.repo}#${number}`,
    url: `${repoSite(product)}/pull/${number}`,
    title: pull.title,
    state,
    branch: pull.branch,
  };
};

const openPull: Verb = (occasion, request) => {
  const { world, time, by } = occasion;
  const item = request["key"] === undefined ? undefined : itemOfKey(world, request["key"]);
  const product = item === undefined ? productOfRepo(world, request["repo"]) : at(world.company.products, item.product);
  const repository = world.repository(product.index);
  const key = item === undefined ? undefined : truthOf(world, item).key;
  const title =
    typeof request["title"] === "string"
      ? request["title"]
      : item === undefined
        ? "A small change"
        : product.tracker === "github"
          ? item.title
          : `${key} ${item.title}`;
  const code = repository.newPullCode();
  const slug = slugOf(item?.title ?? title).slice(0, 40);
  const prefix =
    key === undefined || product.tracker === "github"
      ? ""
      : `${product.tracker === "linear" ? key.toLowerCase() : key}-`;
  const body =
    typeof request["body"] === "string"
      ? request["body"]
      : key === undefined
        ? null
        : product.tracker === "github"
          ? `Closes #${key.split("#")[1]}`
          : `For ${key}`;
  const opened = repository.opening(world.vendorTime("github", time));
  const pull: PullRequest = {
    repo: product.index,
    code,
    title,
    body,
    branch: typeof request["branch"] === "string" ? request["branch"] : `${personAt(by).login}/${prefix}${slug}`,
    base: typeof request["base"] === "string" ? request["base"] : "main",
    author: by,
    draft: request["draft"] === true,
    commits: 1,
    messages: [title],
    opened,
    updated: world.stamp("github", time),
    reviews: [],
    ...(item === undefined ? {} : { item: item.n }),
  };
  repository.putPull(pull);
  const hooks = [
    githubPullHook(world, product, pull, "opened", by),
    githubRunHook(world, product, repository.run(code * 2)),
  ];
  const opens: Outcome = { changed: [told(world, product, pull)], hooks };
  // Linear's GitHub integration starts an issue when its pull request is opened.
  const starts =
    product.tracker === "linear" && item !== undefined && ["triage", "backlog", "todo"].includes(item.stage);
  return starts ? together(opens, moveItem(occasion, item, "in_progress")) : opens;
};

const review: Verb = ({ world, time, by }, request) => {
  const product = productOfRepo(world, request["repo"]);
  const pull = pullOfNumber(world, product, request["number"]);
  const state = (["APPROVED", "CHANGES_REQUESTED", "COMMENTED"] as const).find(
    (name) => name === (request["state"] ?? "APPROVED"),
  );
  if (state === undefined) throw new ControlError("state is APPROVED, CHANGES_REQUESTED or COMMENTED.");
  const updated = world.stamp("github", time, pull.updated);
  const entry: Review = { index: pull.reviews.length, by: request["by"] === undefined ? 1 : by, state, time: updated };
  const changed: PullRequest = { ...pull, updated, reviews: [...pull.reviews, entry] };
  world.repository(product.index).putPull(changed);
  return { changed: [told(world, product, changed)], hooks: [githubReviewHook(world, product, changed, entry)] };
};

const merge: Verb = (occasion, request) => {
  const { world, time, by } = occasion;
  const product = productOfRepo(world, request["repo"]);
  const pull = pullOfNumber(world, product, request["number"]);
  if (pull.closed !== undefined) throw new ControlError("That pull request is closed already.");
  const repository = world.repository(product.index);
  // After the last commit too: the order of the main branch is the order of merges.
  const last = Math.max(pull.updated, repository.mainCommit(repository.mainLength - 1).time);
  const merged = repository.merging(world.stamp("github", time, last));
  const updated = world.stamp("github", merged);
  const changed: PullRequest = { ...pull, draft: false, merged, mergedBy: by, closed: merged, updated };
  repository.putPull(changed);
  const hooks = [githubPullHook(world, product, changed, "closed", by)];
  if (changed.base === "main") {
    const found = repository.resolve(repository.mergeSha(changed));
    if (found !== undefined && "main" in found)
      hooks.push(githubPushHook(world, product, repository.mainCommit(found.main)));
    hooks.push(githubRunHook(world, product, repository.run(changed.code * 2 + 1)));
  }
  const merges: Outcome = {
    changed: [{ ...told(world, product, changed), mergeCommitSha: repository.mergeSha(changed) }],
    hooks,
  };
  // GitHub closes what a merged body names, and Linear finishes what its pull request carried; Jira leaves it to people.
  const item = pull.item === undefined || product.tracker === "jira" ? undefined : world.item(product.index, pull.item);
  const finishes = item !== undefined && item.deleted === undefined && item.stage !== "done" && changed.base === "main";
  return finishes ? together(merges, moveItem(occasion, item, "done")) : merges;
};

const closePull: Verb = ({ world, time, by }, request) => {
  const product = productOfRepo(world, request["repo"]);
  const pull = pullOfNumber(world, product, request["number"]);
  if (pull.closed !== undefined) throw new ControlError("That pull request is closed already.");
  const closed = world.stamp("github", time, pull.updated);
  const changed: PullRequest = { ...pull, closed, updated: closed };
  world.repository(product.index).putPull(changed);
  return { changed: [told(world, product, changed)], hooks: [githubPullHook(world, product, changed, "closed", by)] };
};

const deploy: Verb = ({ world, time, by }, request) => {
  const product = productOfRepo(world, request["repo"]);
  const repository = world.repository(product.index);
  const environment = typeof request["environment"] === "string" ? request["environment"] : "staging";
  const merges = Array.isArray(request["merges"])
    ? request["merges"].map((number) => pullOfNumber(world, product, number))
    : [];
  let position = repository.mainLength - 1;
  if (merges.length > 0) {
    // A deployment is a commit of main, so it carries the latest of the named merges and all that came before it.
    position = Math.max(
      ...merges.map((pull) =>
        pull.merged === undefined || pull.base !== "main" ? -1 : repository.merges.find(pull.merged, pull.code) + 1,
      ),
    );
    if (position < 1) throw new ControlError("merges must name pull requests that are merged into main.");
  }
  const sha = typeof request["sha"] === "string" ? request["sha"] : repository.mainCommit(position).sha;
  const state = typeof request["state"] === "string" ? request["state"] : "success";
  const deployment: Deployment = {
    code: repository.newDeploymentCode(),
    environment,
    sha,
    by,
    created: world.vendorTime("github", time),
    statuses: [
      { state: "in_progress", time },
      { state, time: world.stamp("github", time, time) },
    ],
  };
  repository.putDeployment(deployment);
  const id = idOf("deployment", product.index, deployment.code);
  const url = `https://api.github.com/repos/acme/${product.repo}/deployments/${id}`;
  const changed = { tracker: "github", kind: "deployment", id, url, environment, sha, state };
  return { changed: [changed], hooks: githubDeploymentHooks(world, product, deployment) };
};

const release: Verb = ({ world, time, by }, request) => {
  const product = productOfRepo(world, request["repo"]);
  const repository = world.repository(product.index);
  const index = repository.releases.length;
  const tag = typeof request["tag"] === "string" ? request["tag"] : `v1.${index}.0`;
  if (repository.releases.some((entry) => entry.tag === tag))
    throw new ControlError(`There is a release ${tag} already.`);
  const entry: Release = {
    index,
    tag,
    name: typeof request["name"] === "string" ? request["name"] : `${product.name} ${tag.replace(/^v/, "")}`,
    body: typeof request["body"] === "string" ? request["body"] : "Fixes and small improvements.",
    sha: repository.mainCommit(repository.mainLength - 1).sha,
    author: by,
    created: time,
  };
  repository.releases.push(entry);
  const changed: object[] = [
    { tracker: "github", kind: "release", tag, url: `${repoSite(product)}/releases/tag/${tag}`, sha: entry.sha },
  ];
  const hooks = [githubReleaseHook(world, product, entry)];
  if (product.tracker === "jira" && index < VERSION_COUNT && !world.releasedVersions.has(index)) {
    world.releasedVersions.set(index, new Date(time).toISOString().slice(0, 10));
    changed.push({ tracker: "jira", kind: "version", name: `Storefront 1.${index}`, released: true });
    hooks.push(jiraVersionHook(world, index, time, "released"));
  }
  return { changed, hooks };
};

/** Verbs on code: pull requests, deployments, releases. */
export const deliveryVerbs: Readonly<Record<string, readonly [string, Verb]>> = {
  open_pull_request: ["key or repo, title?, body?, branch?, base?, draft?: a pull request with its build", openPull],
  review: ["repo, number, state?: APPROVED, CHANGES_REQUESTED or COMMENTED", review],
  merge: ["repo, number: merges, pushes, builds; closes the GitHub or Linear issue", merge],
  close_pull_request: ["repo, number: closes without a merge", closePull],
  deploy: ["repo, environment, merges?: numbers, or sha?; state?: success or failure", deploy],
  release: ["repo, tag?, name?, body?: a GitHub release; in storefront the Jira version too", release],
};
