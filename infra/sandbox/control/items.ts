import { at } from "../company/random.ts";
import type { Change, ChangeField, ItemKind, Stage, WorkItem } from "../company/work-item.ts";
import { labelJson, userJson } from "../github/names.ts";
import type { Hook } from "../webhooks/delivery.ts";
import { githubIssueHook } from "../webhooks/github-hooks.ts";
import { jiraIssueHook } from "../webhooks/jira-hooks.ts";
import { linearIssueHook } from "../webhooks/linear-hooks.ts";
import type { Occasion, Outcome, Verb } from "./outcome.ts";
import { ControlError, itemOfKey, personOf, stageOfName, truthOf } from "./records.ts";

type Mutable = { -readonly [Name in keyof WorkItem]: WorkItem[Name] };
type Edit = readonly [field: ChangeField, from: string | null, to: string | null];

const nextTime = ({ world, time }: Occasion, item: WorkItem): number =>
  world.stamp(at(world.company.products, item.product).tracker, time, item.updated);

/** Changes an item: writes its history, moves it in all lists, and says so by webhook. */
const editItem = (
  occasion: Occasion,
  item: WorkItem,
  edits: readonly Edit[],
  apply: (item: Mutable) => void,
): Outcome => {
  const { world, by } = occasion;
  const time = nextTime(occasion, item);
  const changes: readonly Change[] = edits
    .filter(([, from, to]) => from !== to)
    .map(([field, from, to]) => ({ time, by, field, from, to }));
  const changed: Mutable = { ...item, updated: time, history: [...item.history, ...changes] };
  apply(changed);
  world.putItem(changed);
  return { changed: [truthOf(world, changed)], hooks: hooksOf(occasion, item, changed, changes) };
};

const hooksOf = (
  { world, by }: Occasion,
  before: WorkItem,
  item: WorkItem,
  changes: readonly Change[],
): readonly Hook[] => {
  const product = at(world.company.products, item.product);
  switch (product.tracker) {
    case "jira":
      return [jiraIssueHook(world, item, "updated", by, changes, item.updated)];
    case "linear":
      return [linearIssueHook(world, item, "update", by, changes, before)];
    case "github":
      return changes.map((change) => {
        if (change.field === "title")
          return githubIssueHook(world, product, item, "edited", by, { changes: { title: { from: change.from } } });
        if (change.field === "assignee")
          return githubIssueHook(world, product, item, "assigned", by, { assignee: userJson(Number(change.to)) });
        if (change.field === "feature") return githubIssueHook(world, product, item, "milestoned", by);
        if (change.to === "done" || change.to === "cancelled")
          return githubIssueHook(world, product, item, "closed", by);
        if (change.from === "done" || change.from === "cancelled")
          return githubIssueHook(world, product, item, "reopened", by);
        return githubIssueHook(world, product, item, "labeled", by, {
          label: labelJson(product, String(change.to).replace("_", " ")),
        });
      });
  }
};

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

/** Linear alone archives; as there, the update time stays. */
const archive: Verb = (occasion, request) => {
  const { world, by } = occasion;
  const item = itemOfKey(world, request["key"]);
  if (at(world.company.products, item.product).tracker !== "linear")
    throw new ControlError("Only Linear issues can be archived.");
  const on = request["on"] !== false;
  const { archived: _, ...rest } = item;
  const changed: WorkItem = on ? { ...item, archived: occasion.time } : rest;
  world.putItem(changed);
  const change: Change = {
    time: occasion.time,
    by,
    field: "archived",
    from: item.archived === undefined ? null : new Date(item.archived).toISOString(),
    to: null,
  };
  return { changed: [truthOf(world, changed)], hooks: [linearIssueHook(world, changed, "update", by, [change], item)] };
};

const remove: Verb = (occasion, request) => {
  const { world, by } = occasion;
  const item = itemOfKey(world, request["key"]);
  const deleted: WorkItem = { ...item, deleted: nextTime(occasion, item) };
  const truth = { ...truthOf(world, item), deleted: true };
  const product = at(world.company.products, item.product);
  const hook =
    product.tracker === "jira"
      ? jiraIssueHook(world, item, "deleted", by, [], occasion.time)
      : product.tracker === "linear"
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
  const wanted = request["feature"];
  const feature =
    wanted === undefined
      ? undefined
      : product.features.find(({ title, index }) => title === wanted || index === wanted);
  if (wanted !== undefined && feature === undefined)
    throw new ControlError(`${product.name} has no feature ${JSON.stringify(wanted)}.`);
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
    created: product.tracker === "github" ? world.repository(product.index).opening(time) : time,
    updated: world.stamp(product.tracker, time),
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

const textOf = (value: unknown, name: string): string => {
  if (typeof value !== "string" || value === "") throw new ControlError(`${name} must be a text.`);
  return value;
};

/** Verbs on work items, with what each does. */
export const itemVerbs: Readonly<Record<string, readonly [string, Verb]>> = {
  create: ["tracker, title?, type?, feature?, assignee?: a new work item", create],
  close: ['key, as?: "cancelled": closes it', close],
  reopen: ["key: back to in progress", reopen],
  move: ["key, to: a status of the tool, or one of our stages", move],
  rename: ["key, title", rename],
  assign: ["key, to: a login, name or e-mail", assign],
  estimate: ["key, points", estimate],
  due: ["key, date: yyyy-mm-dd", due],
  archive: ["key, on?: false to take it back; Linear only, does not move the update time", archive],
  delete: ["key: gone from every list", remove],
};
