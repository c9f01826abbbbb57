import type { Product } from "../company/features.ts";
import { DEPENDABOT, personAt } from "../company/people.ts";
import { hash } from "../company/random.ts";

/** Where GitHub says it lives, whatever address it is asked at: bodies must not depend on a port. */
const API = "https://api.github.com";
export const SITE = "https://github.com";

/** GitHub's times have no fraction. */
export const githubTime = (time: number): string => `${new Date(time).toISOString().slice(0, 19)}Z`;

/** Ids of one kind in one repository; no two kinds or repositories share a number. */
const SPAN = 1_000_000_000;
const KINDS = [
  "issue",
  "pull",
  "review",
  "deployment",
  "status",
  "run",
  "release",
  "milestone",
  "event",
  "suite",
  "hook",
] as const;
type Kind = (typeof KINDS)[number];

export const idOf = (kind: Kind, product: number, index: number): number =>
  (KINDS.indexOf(kind) * 4 + product + 1) * SPAN + index;
/** The index in an id; absent if the id is of another kind or repository. */
export const indexOfId = (kind: Kind, product: number, id: number): number | undefined => {
  const index = id - idOf(kind, product, 0);
  return index >= 0 && index < SPAN ? index : undefined;
};

export const nodeId = (prefix: string, id: number): string =>
  `${prefix}_kwDO${Buffer.from(String(id)).toString("base64url")}`;

/** The path of a repository below the API. */
export const repoApi = (product: Product): string => `${API}/repos/${product.owner}/${product.repo}`;
export const repoSite = (product: Product): string => `${SITE}/${product.owner}/${product.repo}`;

export const userJson = (index: number) => {
  const person = personAt(index);
  const id = person.bot ? 49_699_333 + index : 58_000_000 + index;
  const api = `${API}/users/${encodeURIComponent(person.login)}`;
  const html = person.bot ? `${SITE}/apps/${person.login.replace("[bot]", "")}` : `${SITE}/${person.login}`;
  return account(person.login, id, person.bot ? "BOT" : "U", api, html, person.bot ? "Bot" : "User");
};

export const ownerJson = () => account("acme", 9_001, "O", `${API}/users/acme`, `${SITE}/acme`, "Organization");

const account = (login: string, id: number, prefix: string, api: string, html: string, type: string) => ({
  login,
  id,
  node_id: nodeId(prefix, id),
  avatar_url: `https://avatars.githubusercontent.com/u/${id}?v=4`,
  gravatar_id: "",
  url: api,
  html_url: html,
  followers_url: `${api}/followers`,
  following_url: `${api}/following{/other_user}`,
  gists_url: `${api}/gists{/gist_id}`,
  starred_url: `${api}/starred{/owner}{/repo}`,
  subscriptions_url: `${api}/subscriptions`,
  organizations_url: `${api}/orgs`,
  repos_url: `${api}/repos`,
  events_url: `${api}/events{/privacy}`,
  received_events_url: `${api}/received_events`,
  type,
  user_view_type: "public",
  site_admin: false,
});

/** The labels of every repository. */
export const labels = [
  { name: "bug", color: "d73a4a", description: "Something is not working" },
  { name: "enhancement", color: "a2eeef", description: "New feature or request" },
  { name: "chore", color: "ededed", description: "Work that users do not see" },
  { name: "design", color: "c5def5", description: "Needs a design" },
  { name: "blocked", color: "b60205", description: "Waits for something else" },
  { name: "triage", color: "fbca04", description: "Not looked at yet" },
  { name: "in progress", color: "0e8a16", description: "Someone is on it" },
  { name: "in review", color: "5319e7", description: "Waits for a review" },
  { name: "dependencies", color: "0366d6", description: "Updates a dependency" },
] as const;

export const labelJson = (product: Product, name: string) => {
  const place = labels.findIndex((label) => label.name === name);
  const label = labels[place] ?? { name, color: "ededed", description: "" };
  const id =
    4_100_000_000 + product.index * 1000 + (place < 0 ? 500 + (hash(0, name.length, name.charCodeAt(0)) % 400) : place);
  return {
    id,
    node_id: nodeId("LA", id),
    url: `${repoApi(product)}/labels/${encodeURIComponent(label.name)}`,
    name: label.name,
    color: label.color,
    default: place >= 0 && place < 2,
    description: label.description,
  };
};

/** An author of a commit, as git knows people. */
export const gitPerson = (index: number, time: number) => {
  const person = personAt(index);
  const email =
    index === DEPENDABOT || index % 4 === 2
      ? `${58_000_000 + index}+${person.login}@users.noreply.github.com`
      : person.email;
  return { name: person.name, email, date: githubTime(time) };
};

export const reactions = (url: string) => ({
  url: `${url}/reactions`,
  total_count: 0,
  "+1": 0,
  "-1": 0,
  laugh: 0,
  hooray: 0,
  confused: 0,
  heart: 0,
  rocket: 0,
  eyes: 0,
});
