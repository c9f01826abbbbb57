import { createHash } from "node:crypto";
import type { Product } from "../company/features.ts";
import type { World } from "../company/world.ts";
import { Budget, type Spent } from "../http/budget.ts";
import { match, ok, type Route, route } from "../http/route.ts";
import type { Answer, Asked, Vendor } from "../http/server.ts";
import { badCredentials, forbidden, notFound, primaryLimit, secondaryLimit } from "./answers.ts";
import { deploymentJson, releaseJson, statusesJson, tagJson } from "./code.ts";
import { compareCommits, listCommits, listRuns, showCommit } from "./history.ts";
import { milestoneJson } from "./milestone.ts";
import { indexOfId, labelJson, labels, userJson } from "./names.ts";
import { listAnswer, pageOf, walkPage } from "./paging.ts";
import { fullRepository, repositoryId } from "./repo.ts";
import { listIssues, listPulls, showIssue, showPull, showTimeline } from "./threads.ts";

/** GitHub's REST interface over the made-up company. */
export interface GithubSite {
  readonly vendor: Vendor;
  /** Requests an hour with the token. */
  readonly budget: Budget;
  /** Points a minute, above which GitHub calls it abuse. */
  readonly burst: Budget;
}

export const githubSite = (world: World, token: string): GithubSite => {
  const budget = new Budget(5000, 3_600_000, () => world.clock);
  const anonymous = new Budget(60, 3_600_000, () => world.clock);
  const burst = new Budget(100_000, 60_000, () => world.clock);
  const routes = routesOf(world);

  const vendor: Vendor = async (asked) => {
    const given = asked.headers.authorization?.replace(/^(Bearer|token) /i, "");
    if (given !== undefined && given !== token) return badCredentials;
    const pocket = given === undefined ? anonymous : budget;
    if (asked.path === "/rate_limit") return rateLimit(pocket.spend(0));
    if (!burst.spend(1).allowed) return withLimits(secondaryLimit, pocket.spend(0));
    const answer = (await match(routes, asked)?.answer()) ?? notFound;
    const etag =
      answer.json === undefined
        ? undefined
        : `W/"${createHash("sha256").update(JSON.stringify(answer.json)).digest("hex")}"`;
    // What has not changed costs nothing.
    if (answer.status === 200 && etag !== undefined && asked.headers["if-none-match"] === etag) {
      return withLimits({ status: 304, headers: { etag, ...answer.headers } }, pocket.spend(0));
    }
    const spent = pocket.spend(1);
    if (!spent.allowed) return withLimits(primaryLimit, spent);
    return withLimits(
      etag === undefined || answer.status !== 200 ? answer : { ...answer, headers: { etag, ...answer.headers } },
      spent,
    );
  };
  return { vendor, budget, burst };
};

const withLimits = (answer: Answer, spent: Spent): Answer => ({
  ...answer,
  headers: {
    "x-ratelimit-limit": String(spent.limit),
    "x-ratelimit-remaining": String(spent.remaining),
    "x-ratelimit-used": String(spent.used),
    "x-ratelimit-reset": String(Math.ceil(spent.resetAt / 1000)),
    "x-ratelimit-resource": "core",
    "x-github-api-version-selected": "2022-11-28",
    "x-github-media-type": "github.v3; format=json",
    ...answer.headers,
  },
});

const rateLimit = (spent: Spent): Answer => {
  const core = {
    limit: spent.limit,
    remaining: spent.remaining,
    reset: Math.ceil(spent.resetAt / 1000),
    used: spent.used,
    resource: "core",
  };
  const other = (resource: string, limit: number) => ({
    limit,
    remaining: limit,
    reset: core.reset,
    used: 0,
    resource,
  });
  return withLimits(
    ok({ resources: { core, search: other("search", 30), graphql: other("graphql", 5000) }, rate: core }),
    spent,
  );
};

type InRepository = (product: Product, asked: Asked, part: (name: string) => string) => Answer;

const routesOf = (world: World): readonly Route[] => {
  const { calendar } = world.company;
  const inRepo = (path: string, answer: InRepository): Route =>
    route("GET", `/repos/:owner/:repo${path}`, (asked, part) => {
      const product = world.company.products.find(
        ({ owner, repo }) => owner === part("owner").toLowerCase() && repo === part("repo").toLowerCase(),
      );
      return product === undefined ? notFound : (denied(product) ?? answer(product, asked, part));
    });
  const denied = (product: Product): Answer | undefined => {
    const how = world.revoked.get(`github/${product.repo}`);
    return how === undefined ? undefined : how === "forbidden" ? forbidden : notFound;
  };
  const byId = (path: string, answer: InRepository): Route =>
    route("GET", `/repositories/:repository${path}`, (asked, part) => {
      const product = world.company.products.find(({ index }) => String(repositoryId(index)) === part("repository"));
      return product === undefined ? notFound : (denied(product) ?? answer(product, asked, part));
    });
  const issueOf: InRepository = (product, asked, part) => showIssue(world, product, part("number"), asked);
  const timelineOfIssue: InRepository = (product, asked, part) => showTimeline(world, product, part("number"), asked);
  const deploymentAt = (product: Product, text: string) => {
    const code = indexOfId("deployment", product.index, Number(text));
    const { deployments } = world.repository(product.index);
    if (code === undefined) return undefined;
    for (let position = 0; position < deployments.length; position += 1) {
      if (deployments.at(position).code === code) return world.repository(product.index).deployment(code);
    }
    return undefined;
  };
  return [
    route("GET", "/user", () =>
      ok({ ...userJson(0), name: "Eli Marsh", email: null, public_repos: 3, followers: 0, following: 0 }),
    ),
    inRepo("", (product) => ok(fullRepository(world, product))),
    inRepo("/issues", (product, asked) => listIssues(world, product, asked)),
    inRepo("/issues/events", (_, asked) => listAnswer(asked, [])),
    inRepo("/issues/:number", issueOf),
    inRepo("/issues/:number/timeline", timelineOfIssue),
    byId("", (product) => ok(fullRepository(world, product))),
    byId("/issues/:number", issueOf),
    byId("/issues/:number/timeline", timelineOfIssue),
    inRepo("/pulls", (product, asked) => listPulls(world, product, asked)),
    inRepo("/pulls/:number", (product, asked, part) => showPull(world, product, part("number"), "self", asked)),
    inRepo("/pulls/:number/reviews", (product, asked, part) =>
      showPull(world, product, part("number"), "reviews", asked),
    ),
    inRepo("/pulls/:number/commits", (product, asked, part) =>
      showPull(world, product, part("number"), "commits", asked),
    ),
    inRepo("/pulls/:number/files", (product, asked, part) => showPull(world, product, part("number"), "files", asked)),
    inRepo("/milestones", (product, asked) => {
      const state = asked.query.get("state") ?? "open";
      const all =
        product.tracker === "github"
          ? product.features.filter(({ index }) => world.featureEdit(product.index, index)?.deleted !== true)
          : [];
      const rows = all
        .map(({ index }) => milestoneJson(world, product, index))
        .filter((row) => state === "all" || row.state === state);
      return listAnswer(asked, rows);
    }),
    inRepo("/milestones/:number", (product, _, part) => {
      const index = Number(part("number")) - 1;
      const known = product.tracker === "github" && product.features[index] !== undefined;
      return known && world.featureEdit(product.index, index)?.deleted !== true
        ? ok(milestoneJson(world, product, index))
        : notFound;
    }),
    inRepo("/labels", (product, asked) =>
      listAnswer(
        asked,
        labels.map((label) => labelJson(product, label.name)),
      ),
    ),
    inRepo("/releases", (product, asked) => {
      const rows = world.repository(product.index).releases.map((release) => releaseJson(product, release));
      return listAnswer(asked, rows.reverse());
    }),
    inRepo("/tags", (product, asked) =>
      listAnswer(
        asked,
        world
          .repository(product.index)
          .releases.map((release) => tagJson(product, release))
          .reverse(),
      ),
    ),
    inRepo("/commits", (product, asked) => listCommits(world, product, asked)),
    inRepo("/commits/*ref", (product, _, part) => showCommit(world, product, part("ref"))),
    inRepo("/compare/*basehead", (product, asked, part) => compareCommits(world, product, part("basehead"), asked)),
    inRepo("/deployments", (product, asked) => {
      const repository = world.repository(product.index);
      const order = repository.deployments;
      const environment = asked.query.get("environment");
      const [sha, ref] = [asked.query.get("sha"), asked.query.get("ref")];
      const newest = function* () {
        for (let position = order.length - 1; position >= 0; position -= 1) {
          const deployment = repository.deployment(order.at(position).code);
          if (environment !== null && environment !== deployment.environment) continue;
          if (sha !== null && sha !== deployment.sha) continue;
          if (ref === null || ref === "main") yield deployment;
        }
      };
      const plain = environment === null && sha === null && ref === null;
      const { rows, headers } = plain
        ? pageOf(asked, order.length, (index) => repository.deployment(order.at(order.length - 1 - index).code))
        : walkPage(asked, newest());
      return ok(
        rows.map((deployment) => deploymentJson(product, deployment)),
        headers,
      );
    }),
    inRepo("/deployments/:id", (product, _, part) => {
      const deployment = deploymentAt(product, part("id"));
      return deployment === undefined ? notFound : ok(deploymentJson(product, deployment));
    }),
    inRepo("/deployments/:id/statuses", (product, asked, part) => {
      const deployment = deploymentAt(product, part("id"));
      return deployment === undefined ? notFound : listAnswer(asked, statusesJson(product, deployment));
    }),
    inRepo("/actions/runs", (product, asked) => listRuns(world, product, asked)),
    inRepo("/environments", (product) =>
      ok({
        total_count: 2,
        environments: ["staging", "production"].map((name, index) => ({
          id: 3_300_000 + product.index * 10 + index,
          node_id: `EN_${index}`,
          name,
          url: `https://api.github.com/repos/acme/${product.repo}/environments/${name}`,
          html_url: `https://github.com/acme/${product.repo}/deployments/activity_log?environments_filter=${name}`,
          created_at: new Date(calendar.at(0)).toISOString(),
          updated_at: new Date(calendar.at(0)).toISOString(),
          protection_rules: [],
          deployment_branch_policy: null,
        })),
      }),
    ),
  ];
};
