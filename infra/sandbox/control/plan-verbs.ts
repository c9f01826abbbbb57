import type { Feature, Product } from "../company/features.ts";
import type { World } from "../company/world.ts";
import { milestoneJson } from "../github/milestone.ts";
import { sprintName } from "../jira/vocabulary.ts";
import { initiative, project } from "../linear/organization.ts";
import { LINEAR_PRODUCT } from "../linear/vocabulary.ts";
import { githubMilestoneHook } from "../webhooks/github-hooks.ts";
import { jiraSprintHook } from "../webhooks/jira-hooks.ts";
import { linearInitiativeHook, linearProjectHook } from "../webhooks/linear-hooks.ts";
import type { Verb } from "./outcome.ts";
import { ControlError, featureOf } from "./records.ts";

const PHASES: readonly Feature["phase"][] = [
  "idea",
  "planned",
  "design",
  "development",
  "testing",
  "production",
  "released",
  "cancelled",
];

/** Projects of Linear and milestones of GitHub; Jira's epics are work items and have the verbs of those. */
const feature: Verb = ({ world, time, by }, request) => {
  const product = productOf(world, request["product"]);
  const found = featureOf(world, product, request["feature"]);
  const phase = PHASES.find((name) => name === request["phase"]);
  if (request["phase"] !== undefined && phase === undefined)
    throw new ControlError(`phase is one of ${PHASES.join(", ")}.`);
  const { index } = found;
  const updated = world.stamp(product.tracker, time, world.featureEdit(product.index, index)?.updated);
  const [projectBefore, milestoneBefore] =
    product.tracker === "linear"
      ? [project(world, index), undefined]
      : [undefined, milestoneJson(world, product, index)];
  world.editFeature(product.index, index, {
    updated,
    ...(typeof request["title"] === "string" ? { title: request["title"] } : {}),
    ...(phase === undefined ? {} : { phase }),
    ...(typeof request["target"] === "string" || request["target"] === null ? { targetDate: request["target"] } : {}),
    ...(request["deleted"] === true ? { deleted: true } : {}),
  });
  if (projectBefore !== undefined) {
    const action = request["deleted"] === true ? "remove" : "update";
    const after = project(world, index);
    return {
      changed: [
        {
          tracker: "linear",
          kind: "project",
          id: after["id"],
          url: after["url"],
          title: after["name"],
          updated: after["updatedAt"],
        },
      ],
      hooks: [linearProjectHook(world, index, action, by, projectBefore, updated)],
    };
  }
  const after = milestoneJson(world, product, index);
  const moved = after.state === milestoneBefore?.state ? undefined : after.state === "closed" ? "closed" : "opened";
  const action = request["deleted"] === true ? "deleted" : (moved ?? "edited");
  const changes = {
    ...(after.title === milestoneBefore?.title ? {} : { title: { from: milestoneBefore?.title } }),
    ...(after.due_on === milestoneBefore?.due_on ? {} : { due_on: { from: milestoneBefore?.due_on } }),
  };
  return {
    changed: [
      {
        tracker: "github",
        kind: "milestone",
        id: after.id,
        url: after.html_url,
        title: after.title,
        updated: after.updated_at,
      },
    ],
    hooks: [githubMilestoneHook(world, product, index, action, by, changes)],
  };
};

const productOf = (world: World, name: unknown): Product => {
  const found = world.company.products.find((product) => product.name === name || product.repo === name);
  if (found === undefined || found.tracker === "jira")
    throw new ControlError(
      "product is Insights or Devkit; Storefront's features are epics and have the verbs of work items.",
    );
  return found;
};

const renameInitiative: Verb = ({ world, time, by }, request) => {
  const index = Number(request["index"] ?? 0);
  if (![0, 1, 2].includes(index) || typeof request["title"] !== "string")
    throw new ControlError("initiative needs an index below 3 and a title.");
  const before = initiative(world, index);
  const updated = world.stamp("linear", time, world.featureEdit(LINEAR_PRODUCT, -1 - index)?.updated);
  world.editFeature(LINEAR_PRODUCT, -1 - index, { title: request["title"], updated });
  const after = initiative(world, index);
  return {
    changed: [
      {
        tracker: "linear",
        kind: "initiative",
        id: after["id"],
        url: after["url"],
        title: after["name"],
        updated: after["updatedAt"],
      },
    ],
    hooks: [linearInitiativeHook(world, index, by, before, updated)],
  };
};

const sprint: Verb = ({ world, time }, request) => {
  const index = Number(request["number"]) - 1;
  const action = (["started", "closed"] as const).find((name) => name === request["action"]);
  if (!Number.isInteger(index) || index < 0 || index > 13 || action === undefined)
    throw new ControlError("sprint needs a number from 1 to 14 and an action: started or closed.");
  world.sprintStates.set(index, action === "started" ? "active" : "closed");
  return {
    changed: [{ tracker: "jira", kind: "sprint", name: sprintName(index), state: world.sprintStates.get(index) }],
    hooks: [jiraSprintHook(world, index, action, time)],
  };
};

/** Verbs on plans: features, initiatives, sprints. */
export const planVerbs: Readonly<Record<string, readonly [string, Verb]>> = {
  feature: [
    "product, feature, title?, target?: yyyy-mm-dd or null, phase?, deleted?: a Linear project or GitHub milestone",
    feature,
  ],
  initiative: ["index, title: a Linear initiative", renameInitiative],
  sprint: ["number, action: started or closed: a Jira sprint", sprint],
};

/** The features of all products with how far each is in truth, for oracles. */
export const featureTruths = (world: World): readonly object[] =>
  world.company.products.flatMap((product) =>
    product.features.map(({ index }) => {
      const { title, phase, overclaimed, reopened, blocked, branch } = world.feature(product.index, index);
      return {
        product: product.name,
        tracker: product.tracker,
        index,
        title,
        phase,
        overclaimed,
        reopened,
        blocked,
        ownBranch: branch !== undefined,
        items: world.company.children(product.index, index).length,
      };
    }),
  );
