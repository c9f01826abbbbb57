import type { Product } from "../company/features.ts";
import { at } from "../company/random.ts";
import type { ItemKind, Stage, WorkItem } from "../company/work-item.ts";
import type { World } from "../company/world.ts";
import { projectOfKind } from "../jira/vocabulary.ts";
import { githubIssueHook } from "../webhooks/github-hooks.ts";
import { jiraIssueHook } from "../webhooks/jira-hooks.ts";
import { linearIssueHook } from "../webhooks/linear-hooks.ts";
import { editItem, nextTime } from "./edit.ts";
import type { Occasion, Outcome, Verb } from "./outcome.ts";
import { ControlError, featureOf, itemOfKey, personOf, stageOfName, truthOf } from "./records.ts";
import { generatedKeys, moveToProject, moveToTeam } from "./relocate.ts";

/** Moves an item to a stage. */
export const moveItem = (occasion: Occasion, item: WorkItem, to: Stage): Outcome =>
  editItem(occasion, item, [["stage", item.stage, to]], (changed) => {
    changed.stage = to;
  });

const close: Verb = (occasion, request) => {
  const item = itemOfKey(occasion.world, request["key"]);
  return moveItem(occasion, item, request["as"] === "cancelled" ? "cancelled" : "done");
};

const reopen: Verb = (occasion, request) =>
  moveItem(occasion, itemOfKey(occasion.world, request["key"]), "in_progress");

const move: Verb = (occasion, request) => {
  const item = itemOfKey(occasion.world, request["key"]);
  if (request["project"] !== undefined) return moveToProject(occasion, item, request["project"]);
  if (request["team"] !== undefined) return moveToTeam(occasion, item, request["team"]);
  return moveItem(occasion, item, stageOfName(occasion.world, item, request["to"]));
};

const rename: Verb = (occasion, request) => {
  const item = itemOfKey(occasion.world, request["key"]);
  const title = textOf(request["title"] ?? request["to"], "title");
  return editItem(occasion, item, [["title", item.title, title]], (changed) => {
    changed.title = title;
  });
};

const assign: Verb = (occasion, request) => {
  const item = itemOfKey(occasion.world, request["key"]);
  const to = personOf(request["to"]);
  return editItem(
    occasion,
    item,
    [["assignee", item.assignee === undefined ? null : String(item.assignee), String(to)]],
    (changed) => {
      changed.assignee = to;
    },
  );
};

const estimate: Verb = (occasion, request) => {
  const item = itemOfKey(occasion.world, request["key"]);
  const points = Number(request["points"]);
  if (!Number.isFinite(points)) throw new ControlError("estimate needs points.");
  return editItem(
    occasion,
    item,
    [["estimate", item.estimate === undefined ? null : String(item.estimate), String(points)]],
    (changed) => {
      changed.estimate = points;
    },
  );
};

const due: Verb = (occasion, request) => {
  const item = itemOfKey(occasion.world, request["key"]);
  const date = textOf(request["date"], "date");
  const before =
    item.history.findLast((change) => change.field === "target")?.to ??
    (item.dueDay === undefined ? null : occasion.world.company.calendar.date(item.dueDay));
  return editItem(occasion, item, [["target", before, date]], () => {});
};

const remove: Verb = (occasion, request) => {
  const { world, by } = occasion;
  const item = itemOfKey(world, request["key"]);
  const deleted: WorkItem = { ...item, deleted: nextTime(occasion, item) };
  const truth = { ...truthOf(world, item), deleted: true };
  const product = at(world.company.products, item.home?.product ?? item.product);
  const { tracker } = at(world.company.products, item.product);
  const hook =
    tracker === "jira"
      ? jiraIssueHook(world, item, "deleted", by, [], occasion.time)
      : tracker === "linear"
        ? linearIssueHook(world, deleted, "remove", by, [], item)
        : githubIssueHook(world, product, item, "deleted", by);
  world.putItem(deleted);
  return { changed: [truth], hooks: [hook] };
};

const KINDS: readonly ItemKind[] = ["story", "task", "bug", "epic", "idea"];

const create: Verb = (occasion, request) => {
  const { world, time, by } = occasion;
  const product = world.company.products.find(({ tracker }) => tracker === (request["tracker"] ?? "jira"));
  if (product === undefined) throw new ControlError(`There is no tracker ${JSON.stringify(request["tracker"])}.`);
  const kind = KINDS.find((name) => name === (request["type"] ?? "story"));
  if (kind === undefined) throw new ControlError(`type is one of ${KINDS.join(", ")}.`);
  const feature = request["feature"] === undefined ? undefined : featureOf(world, product, request["feature"]);
  const item: WorkItem = {
    product: product.index,
    n: world.newItem(product.index),
    kind,
    title: textOf(request["title"] ?? "A new piece of work", "title"),
    ...(feature === undefined ? {} : { feature: feature.index }),
    creator: by,
    ...(request["assignee"] === undefined ? {} : { assignee: personOf(request["assignee"]) }),
    priority: 3,
    sprints: [],
    blocked: false,
    stage: "backlog",
    created:
      product.tracker === "github"
        ? world.repository(product.index).opening(world.vendorTime("github", time))
        : world.stamp(product.tracker, time),
    updated: world.stamp(product.tracker, time),
    ...(product.tracker === "github" ? {} : { key: keyOf(world, product, kind) }),
    history: [],
  };
  world.putItem(item);
  const hook =
    product.tracker === "jira"
      ? jiraIssueHook(world, item, "created", by, [], time)
      : product.tracker === "linear"
        ? linearIssueHook(world, item, "create", by, [], undefined)
        : githubIssueHook(world, product, item, "opened", by);
  return { changed: [truthOf(world, item)], hooks: [hook] };
};

const keyOf = (world: World, product: Product, kind: ItemKind): string => {
  const prefix = product.tracker === "jira" ? projectOfKind(kind).key : product.key;
  return world.newKey(prefix, generatedKeys(world, prefix));
};

const textOf = (value: unknown, name: string): string => {
  if (typeof value !== "string" || value === "") throw new ControlError(`${name} must be a text.`);
  return value;
};

/** Verbs on work items, with what each does. */
export const itemVerbs: Readonly<Record<string, readonly [string, Verb]>> = {
  create: ["tracker, title?, type?, feature?, assignee?: a new work item", create],
  close: ['key, as?: "cancelled": closes it', close],
  reopen: ["key: back to in progress", reopen],
  move: ["key, to: a status of the tool or one of our stages; or project (Jira), team (Linear): another key", move],
  rename: ["key, title", rename],
  assign: ["key, to: a login, name or e-mail", assign],
  estimate: ["key, points", estimate],
  due: ["key, date: yyyy-mm-dd", due],
  delete: ["key: gone from every list", remove],
};
