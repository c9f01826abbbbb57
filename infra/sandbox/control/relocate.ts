import { at } from "../company/random.ts";
import type { Change, WorkItem } from "../company/work-item.ts";
import type { World } from "../company/world.ts";
import { issueJson } from "../github/issue.ts";
import { fullRepository } from "../github/repo.ts";
import { issueKey, JIRA_PRODUCT } from "../jira/issue.ts";
import { projects } from "../jira/vocabulary.ts";
import { identifierOf, LINEAR_PRODUCT, teamOf, teams } from "../linear/vocabulary.ts";
import { githubIssueHook } from "../webhooks/github-hooks.ts";
import { editItem } from "./edit.ts";
import type { Occasion, Outcome, Verb } from "./outcome.ts";
import { ControlError, itemOfKey, productOfRepo, truthOf } from "./records.ts";

/** Gives an issue of GitHub to another repository: another number and id there, and a forwarding address here. */
export const transfer: Verb = ({ world, time, by }, request) => {
  const item = itemOfKey(world, request["key"]);
  const from = at(world.company.products, item.product);
  const to = productOfRepo(world, request["repo"]);
  if (from.tracker !== "github") throw new ControlError("Only GitHub transfers issues; the others have move.");
  if (item.home !== undefined || to === from)
    throw new ControlError("The sandbox transfers an issue once, to another repository.");
  const old = issueJson(world, from, item);
  const old_repository = fullRepository(world, from);
  const updated = world.stamp("github", time, item.updated);
  const since = world.repository(to.index).opening(time);
  const { feature: _, ...rest } = item;
  const number = world.repository(to.index).threads.length + 1;
  const keys = { from: `acme/${from.repo}#${old.number}`, to: `acme/${to.repo}#${number}` };
  const change: Change = { time: updated, by, field: "key", ...keys };
  const moved: WorkItem = {
    ...rest,
    updated,
    home: { product: to.index, since },
    history: [...item.history, change],
  };
  world.putItem(moved);
  const changes = { new_issue: issueJson(world, to, moved), new_repository: fullRepository(world, to) };
  const sent = githubIssueHook(world, from, item, "transferred", by, { issue: old, changes });
  const arrived = githubIssueHook(world, to, moved, "opened", by, {
    changes: { old_issue: old, old_repository },
  });
  return { changed: [truthOf(world, moved)], hooks: [sent, arrived] };
};

/** Moves an issue to another project of Jira: another key, the same id. */
export const moveToProject = (occasion: Occasion, item: WorkItem, key: unknown): Outcome => {
  const { world } = occasion;
  const to = projects.find((one) => one.key === key);
  if (to === undefined || item.product !== JIRA_PRODUCT)
    throw new ControlError(`project is one of ${projects.map((one) => one.key).join(", ")}, for an issue of Jira.`);
  const from = issueKey(world, item);
  if (from.startsWith(`${to.key}-`)) throw new ControlError(`${from} is in ${to.key} already.`);
  return editItem(occasion, item, [["key", from, world.newKey(to.key, generatedKeys(world, to.key))]], () => {});
};

/** Moves an issue to another team of Linear: another identifier and state, the same id, out of its cycle. */
export const moveToTeam = (occasion: Occasion, item: WorkItem, key: unknown): Outcome => {
  const { world } = occasion;
  const index = teams.findIndex((one) => one.key === key);
  if (index < 0 || (index > 0 && !world.secondTeam) || item.product !== LINEAR_PRODUCT)
    throw new ControlError("team is INS, or LAB once add_team was done, for an issue of Linear.");
  if (teamOf(item) === index) throw new ControlError(`${identifierOf(world, item)} is in ${key} already.`);
  const to = world.newKey(String(key), generatedKeys(world, String(key)));
  const cycles = item.sprints.length === 0 ? null : item.sprints.join(",");
  return editItem(
    occasion,
    item,
    [
      ["key", identifierOf(world, item), to],
      ["sprint", cycles, null],
    ],
    (changed) => {
      changed.sprints = [];
    },
  );
};

/** How many keys of a project or team were given out when the history ended. */
export const generatedKeys = (world: World, prefix: string): number => {
  const { company } = world;
  if (prefix === "INS") return at(company.counts, LINEAR_PRODUCT);
  if (prefix === "LAB") return 0;
  const ideas = company.ideas;
  return prefix === "IDEA" ? ideas : at(company.counts, JIRA_PRODUCT) - ideas;
};
