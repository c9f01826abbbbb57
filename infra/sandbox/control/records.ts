import type { Product } from "../company/features.ts";
import { people } from "../company/people.ts";
import { ISSUE, kindOfCode, nOfCode, type PullRequest } from "../company/pull-request.ts";
import { at } from "../company/random.ts";
import type { Stage, WorkItem } from "../company/work-item.ts";
import type { World } from "../company/world.ts";
import { GITHUB_PRODUCT } from "../github/issue.ts";
import { idOf as githubId, githubTime, repoSite } from "../github/names.ts";
import { findIssue, issueKey } from "../jira/issue.ts";
import { issueId, SITE as JIRA_SITE, jiraTime, statuses, statusName, statusOf } from "../jira/vocabulary.ts";
import { findIssue as findLinearIssue, issueUrl } from "../linear/issue.ts";
import { state } from "../linear/organization.ts";
import { identifierOf, idOf, iso, states, teamOf, teamState } from "../linear/vocabulary.ts";
import { type Details, detailsOf } from "./intervals.ts";

/** A request that the control interface cannot carry out, and why. */
export class ControlError extends Error {}

/** One work item as an oracle wants to know it. */
export interface Truth extends Details {
  readonly tracker: "jira" | "linear" | "github";
  readonly id: string;
  readonly key: string;
  readonly url: string;
  readonly type: string;
  readonly title: string;
  readonly status: string;
  readonly stage: Stage;
  readonly updated: string;
  readonly archived: boolean;
  readonly deleted: boolean;
}

/** What is true of an item, in the words of the tool it is kept in. */
export const truthOf = (world: World, item: WorkItem): Truth => {
  const common = {
    type: item.kind,
    title: item.title,
    stage: item.stage,
    archived: item.archived !== undefined,
    deleted: item.deleted !== undefined,
    ...detailsOf(world, item),
  };
  const product = at(world.company.products, item.product);
  switch (product.tracker) {
    case "jira": {
      const key = issueKey(world, item);
      return {
        tracker: "jira",
        id: issueId(item.n),
        key,
        url: `${JIRA_SITE}/browse/${key}`,
        ...common,
        status: statusName(world, statusOf(item.kind, item.stage)),
        updated: jiraTime(item.updated),
      };
    }
    case "linear": {
      const status = String(state(world, teamState(teamOf(item), item.stage))["name"]);
      return {
        tracker: "linear",
        id: idOf(world, "issue", item.n),
        key: identifierOf(world, item),
        url: issueUrl(world, item),
        ...common,
        status,
        updated: iso(item.updated),
      };
    }
    case "github": {
      const home = at(world.company.products, item.home?.product ?? item.product);
      const number = world.issueNumber(item);
      const status = item.stage === "done" || item.stage === "cancelled" ? "closed" : "open";
      const id = String(githubId("issue", home.index, item.n * 2));
      return {
        tracker: "github",
        id,
        key: `acme/${home.repo}#${number}`,
        url: `${repoSite(home)}/issues/${number}`,
        ...common,
        status,
        updated: githubTime(item.updated),
      };
    }
  }
};

/** What is left where an issue of GitHub was transferred from. */
export const formerTruth = (world: World, item: WorkItem): Truth => {
  const { home: _, ...former } = item;
  return { ...truthOf(world, former), presence: "moved", previous_keys: [] };
};

/** The item under a key of any of the three tools. @throws {ControlError} if there is none, or it was deleted */
export const itemOfKey = (world: World, key: unknown): WorkItem => {
  const item = typeof key === "string" ? lookUp(world, key) : undefined;
  if (item === undefined || item.deleted !== undefined)
    throw new ControlError(`There is no work item ${JSON.stringify(key)}.`);
  return item;
};

const lookUp = (world: World, key: string): WorkItem | undefined => {
  if (/^(INS|LAB)-/i.test(key)) return findLinearIssue(world, key);
  const github = /^(acme\/[\w-]+)#([1-9]\d*)$/i.exec(key);
  if (github === null) return findIssue(world, key);
  const product = productOfRepo(world, github[1]);
  const code = world.repository(product.index).codeOfNumber(Number(github[2]));
  return code === undefined || kindOfCode(code) !== ISSUE ? undefined : world.item(GITHUB_PRODUCT, nOfCode(code));
};

/** A feature of a product by its title, as it was or as it is, or its index. */
export const featureOf = (world: World, product: Product, wanted: unknown): Product["features"][number] => {
  const found = product.features.find(
    ({ title, index }) => wanted === index || wanted === title || wanted === world.feature(product.index, index).title,
  );
  if (found === undefined) throw new ControlError(`${product.name} has no feature ${JSON.stringify(wanted)}.`);
  return found;
};

/** The product whose code is in a repository, by `acme/name` or the name alone. */
export const productOfRepo = (world: World, repo: unknown): Product => {
  const found = world.company.products.find(
    (product) => repo === product.repo || repo === `${product.owner}/${product.repo}`,
  );
  if (found === undefined) throw new ControlError(`There is no repository ${JSON.stringify(repo)}.`);
  return found;
};

/** The pull request under a number of a repository. */
export const pullOfNumber = (world: World, product: Product, number: unknown): PullRequest => {
  const repository = world.repository(product.index);
  const code = repository.codeOfNumber(Number(number));
  if (code === undefined || kindOfCode(code) === ISSUE)
    throw new ControlError(`There is no pull request ${JSON.stringify(number)} in acme/${product.repo}.`);
  return repository.pull(code);
};

const STAGES: readonly Stage[] = ["triage", "backlog", "todo", "in_progress", "in_review", "done", "cancelled"];

/** The stage behind a status name of the item's tool, or behind our own word for it. */
export const stageOfName = (world: World, item: WorkItem, name: unknown): Stage => {
  const wanted = String(name).toLowerCase();
  const { tracker } = at(world.company.products, item.product);
  const named =
    tracker === "jira"
      ? statuses
          .filter(
            (status) =>
              (status.service !== true && (status.discovery === true) === (item.kind === "idea")) ||
              item.kind === "idea",
          )
          .find((status) => statusName(world, status).toLowerCase() === wanted || status.id === wanted)?.stage
      : tracker === "linear"
        ? states.find((_, index) => String(state(world, index)["name"]).toLowerCase() === wanted)?.stage
        : { open: "todo" as const, closed: "done" as const }[wanted];
  const own = STAGES.find((stage) => stage === wanted.replaceAll(" ", "_"));
  const found = named ?? own;
  if (found === undefined)
    throw new ControlError(`There is no status ${JSON.stringify(name)}; stages are ${STAGES.join(", ")}.`);
  return found;
};

/** The person a login, name or e-mail stands for; Eli where none is given. */
export const personOf = (who: unknown): number => {
  if (who === undefined) return 0;
  const found = people.find((person) => [person.login, person.name, person.email].includes(String(who)));
  if (found === undefined) throw new ControlError(`Nobody is called ${JSON.stringify(who)}.`);
  return found.index;
};
