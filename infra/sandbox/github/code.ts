import type { Commit, Deployment, Run } from "../company/delivery.ts";
import type { Product } from "../company/features.ts";
import { hash } from "../company/random.ts";
import { TREE } from "../company/repository.ts";
import type { Release } from "../company/shipping.ts";
import type { World } from "../company/world.ts";
import { githubTime, gitPerson, idOf, nodeId, repoApi, repoSite, SITE, userJson } from "./names.ts";
import { minimalRepository } from "./repo.ts";

/** A commit as lists tell it: without its files. */
export const commitJson = (world: World, product: Product, commit: Commit) => {
  const api = repoApi(product);
  const git = (sha: string) => ({ url: `${api}/commits/${sha}`, html_url: `${repoSite(product)}/commit/${sha}`, sha });
  const tree = world.company.codec.sha(TREE, hash(world.company.seed, 96, commit.time % 1_000_003, commit.author));
  const head = git(commit.sha);
  return {
    sha: commit.sha,
    node_id: nodeId("C", Number.parseInt(commit.sha.slice(0, 10), 16)),
    commit: {
      author: gitPerson(commit.author, commit.time),
      committer: { name: "GitHub", email: "noreply@github.com", date: githubTime(commit.time) },
      message: commit.message,
      tree: { sha: tree, url: `${api}/git/trees/${tree}` },
      url: `${api}/git/commits/${commit.sha}`,
      comment_count: 0,
      verification: { verified: false, reason: "unsigned", signature: null, payload: null, verified_at: null },
    },
    url: head.url,
    html_url: head.html_url,
    comments_url: `${head.url}/comments`,
    author: userJson(commit.author),
    committer: userJson(commit.author),
    parents: commit.parents.map(git),
  };
};

export const releaseJson = (product: Product, release: Release) => {
  const id = idOf("release", product.index, release.index);
  const url = `${repoApi(product)}/releases/${id}`;
  return {
    url,
    assets_url: `${url}/assets`,
    upload_url: `https://uploads.github.com/repos/acme/${product.repo}/releases/${id}/assets{?name,label}`,
    html_url: `${repoSite(product)}/releases/tag/${release.tag}`,
    id,
    author: userJson(release.author),
    node_id: nodeId("RE", id),
    tag_name: release.tag,
    target_commitish: "main",
    name: release.name,
    draft: false,
    immutable: false,
    prerelease: false,
    created_at: githubTime(release.created - 120_000),
    updated_at: githubTime(release.created),
    published_at: githubTime(release.created),
    assets: [],
    tarball_url: `${repoApi(product)}/tarball/${release.tag}`,
    zipball_url: `${repoApi(product)}/zipball/${release.tag}`,
    body: release.body,
  };
};

export const tagJson = (product: Product, release: Release) => ({
  name: release.tag,
  zipball_url: `${repoApi(product)}/zipball/refs/tags/${release.tag}`,
  tarball_url: `${repoApi(product)}/tarball/refs/tags/${release.tag}`,
  commit: { sha: release.sha, url: `${repoApi(product)}/commits/${release.sha}` },
  node_id: nodeId("REF", idOf("release", product.index, release.index)),
});

export const deploymentJson = (product: Product, deployment: Deployment) => {
  const id = idOf("deployment", product.index, deployment.code);
  const url = `${repoApi(product)}/deployments/${id}`;
  const last = deployment.statuses.at(-1)?.time ?? deployment.created;
  return {
    url,
    id,
    node_id: nodeId("DE", id),
    task: "deploy",
    original_environment: deployment.environment,
    environment: deployment.environment,
    description: null,
    created_at: githubTime(deployment.created),
    updated_at: githubTime(last),
    statuses_url: `${url}/statuses`,
    repository_url: repoApi(product),
    creator: userJson(deployment.by),
    sha: deployment.sha,
    ref: "main",
    payload: {},
    transient_environment: false,
    production_environment: deployment.environment === "production",
    performed_via_github_app: null,
  };
};

/** The statuses of a deployment, newest first. */
export const statusesJson = (product: Product, deployment: Deployment) =>
  deployment.statuses
    .map((status, index) => {
      const parent = `${repoApi(product)}/deployments/${idOf("deployment", product.index, deployment.code)}`;
      const id = idOf("status", product.index, deployment.code * 8 + index);
      return {
        url: `${parent}/statuses/${id}`,
        id,
        node_id: nodeId("DES", id),
        state: status.state,
        creator: userJson(deployment.by),
        description: "",
        environment: deployment.environment,
        target_url: "",
        created_at: githubTime(status.time),
        updated_at: githubTime(status.time),
        deployment_url: parent,
        repository_url: repoApi(product),
        environment_url: `https://${deployment.environment === "production" ? "www" : deployment.environment}.${product.repo}.acme.example`,
        log_url: "",
        performed_via_github_app: null,
      };
    })
    .reverse();

export const runJson = (world: World, product: Product, run: Run) => {
  const id = idOf("run", product.index, run.code);
  const suite = idOf("suite", product.index, run.code);
  const url = `${repoApi(product)}/actions/runs/${id}`;
  const { pull } = run;
  const repository = world.repository(product.index);
  const minimal = minimalRepository(product);
  const actor = userJson(pull.author);
  const number = repository.pullNumber(pull);
  const pulls = [
    {
      url: `${repoApi(product)}/pulls/${number}`,
      id: idOf("pull", product.index, pull.code),
      number,
      head: {
        ref: pull.branch,
        sha: repository.headSha(pull),
        repo: { id: minimal.id, url: minimal.url, name: minimal.name },
      },
      base: {
        ref: pull.base,
        sha: repository.baseSha(pull),
        repo: { id: minimal.id, url: minimal.url, name: minimal.name },
      },
    },
  ];
  return {
    id,
    name: "CI",
    node_id: nodeId("WFR", id),
    head_branch: run.event === "push" ? "main" : pull.branch,
    head_sha: run.sha,
    path: ".github/workflows/ci.yml",
    display_title: pull.title,
    run_number: run.code + 1,
    event: run.event,
    status: "completed",
    conclusion: run.conclusion,
    workflow_id: 9_100_001 + product.index,
    check_suite_id: suite,
    check_suite_node_id: nodeId("CS", suite),
    url,
    html_url: `${repoSite(product)}/actions/runs/${id}`,
    pull_requests: run.event === "push" ? [] : pulls,
    created_at: githubTime(run.created),
    updated_at: githubTime(run.updated),
    actor,
    run_attempt: 1,
    referenced_workflows: [],
    run_started_at: githubTime(run.created),
    triggering_actor: actor,
    jobs_url: `${url}/jobs`,
    logs_url: `${url}/logs`,
    check_suite_url: `${repoApi(product)}/check-suites/${suite}`,
    artifacts_url: `${url}/artifacts`,
    cancel_url: `${url}/cancel`,
    rerun_url: `${url}/rerun`,
    previous_attempt_url: null,
    workflow_url: `${repoApi(product)}/actions/workflows/${9_100_001 + product.index}`,
    head_commit: {
      id: run.sha,
      tree_id: world.company.codec.sha(TREE, run.code),
      message: pull.title,
      timestamp: githubTime(run.created - 60_000),
      author: { name: gitPerson(pull.author, 0).name, email: gitPerson(pull.author, 0).email },
      committer: { name: "GitHub", email: "noreply@github.com" },
    },
    repository: minimal,
    head_repository: minimal,
  };
};

export const compareSite = (product: Product, base: string, head: string): string =>
  `${SITE}/acme/${product.repo}/compare/${base}...${head}`;
