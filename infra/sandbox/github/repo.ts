import type { Product } from "../company/features.ts";
import type { World } from "../company/world.ts";
import { githubTime, nodeId, ownerJson, repoApi, repoSite } from "./names.ts";

const TEMPLATES = {
  archive_url: "/{archive_format}{/ref}",
  assignees_url: "/assignees{/user}",
  blobs_url: "/git/blobs{/sha}",
  branches_url: "/branches{/branch}",
  collaborators_url: "/collaborators{/collaborator}",
  comments_url: "/comments{/number}",
  commits_url: "/commits{/sha}",
  compare_url: "/compare/{base}...{head}",
  contents_url: "/contents/{+path}",
  contributors_url: "/contributors",
  deployments_url: "/deployments",
  downloads_url: "/downloads",
  events_url: "/events",
  forks_url: "/forks",
  git_commits_url: "/git/commits{/sha}",
  git_refs_url: "/git/refs{/sha}",
  git_tags_url: "/git/tags{/sha}",
  hooks_url: "/hooks",
  issue_comment_url: "/issues/comments{/number}",
  issue_events_url: "/issues/events{/number}",
  issues_url: "/issues{/number}",
  keys_url: "/keys{/key_id}",
  labels_url: "/labels{/name}",
  languages_url: "/languages",
  merges_url: "/merges",
  milestones_url: "/milestones{/number}",
  notifications_url: "/notifications{?since,all,participating}",
  pulls_url: "/pulls{/number}",
  releases_url: "/releases{/id}",
  stargazers_url: "/stargazers",
  statuses_url: "/statuses/{sha}",
  subscribers_url: "/subscribers",
  subscription_url: "/subscription",
  tags_url: "/tags",
  teams_url: "/teams",
  trees_url: "/git/trees{/sha}",
} as const;

export const repositoryId = (product: number): number => 700_100_001 + product;

/** A repository as it stands inside other records. */
export const minimalRepository = (product: Product) => {
  const api = repoApi(product);
  const urls = Object.fromEntries(Object.entries(TEMPLATES).map(([name, path]) => [name, api + path]));
  return {
    id: repositoryId(product.index),
    node_id: nodeId("R", repositoryId(product.index)),
    name: product.repo,
    full_name: `${product.owner}/${product.repo}`,
    private: false,
    owner: ownerJson(),
    html_url: repoSite(product),
    description: `The code of ${product.name}.`,
    fork: false,
    url: api,
    ...urls,
  };
};

/** A repository in full, without what only a signed-in owner sees. */
export const fullRepository = (world: World, product: Product) => {
  const repository = world.repository(product.index);
  const last = repository.mainCommit(repository.mainLength - 1);
  const site = repoSite(product);
  return {
    ...minimalRepository(product),
    clone_url: `${site}.git`,
    git_url: site.replace("https", "git"),
    ssh_url: `git@github.com:${product.owner}/${product.repo}.git`,
    svn_url: site,
    mirror_url: null,
    homepage: null,
    language: product.language,
    license: null,
    default_branch: "main",
    visibility: "public",
    archived: false,
    disabled: false,
    is_template: false,
    allow_forking: true,
    web_commit_signoff_required: false,
    topics: [],
    custom_properties: {},
    has_issues: repository.hasIssues,
    has_projects: false,
    has_wiki: false,
    has_pages: false,
    has_discussions: false,
    has_downloads: true,
    forks: 2,
    forks_count: 2,
    stargazers_count: 41,
    watchers: 41,
    watchers_count: 41,
    network_count: 2,
    subscribers_count: 12,
    open_issues: 0,
    open_issues_count: 0,
    size: 4_210,
    pushed_at: githubTime(last.time),
    created_at: githubTime(world.company.calendar.at(0) - 86_400_000),
    updated_at: githubTime(last.time),
    organization: ownerJson(),
  };
};
