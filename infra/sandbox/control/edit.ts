import { at } from "../company/random.ts";
import type { Change, ChangeField, WorkItem } from "../company/work-item.ts";
import { labelJson, userJson } from "../github/names.ts";
import type { Hook } from "../webhooks/delivery.ts";
import { githubIssueHook } from "../webhooks/github-hooks.ts";
import { jiraIssueHook } from "../webhooks/jira-hooks.ts";
import { linearIssueHook } from "../webhooks/linear-hooks.ts";
import type { Occasion, Outcome } from "./outcome.ts";
import { truthOf } from "./records.ts";

type Mutable = { -readonly [Name in keyof WorkItem]: WorkItem[Name] };
type Edit = readonly [field: ChangeField, from: string | null, to: string | null];

/** When an item says a change was made. */
export const nextTime = ({ world, time }: Occasion, item: WorkItem): number =>
  world.stamp(at(world.company.products, item.product).tracker, time, item.updated);

/** Changes an item: writes its history, moves it in all lists, and says so by webhook. */
export const editItem = (
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
  const product = at(world.company.products, item.home?.product ?? item.product);
  switch (at(world.company.products, item.product).tracker) {
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
