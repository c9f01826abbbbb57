import type { WorkItem } from "../company/work-item.ts";
import { jsonOf, serviceDesk, visible } from "../jira/request.ts";
import type { Case } from "../support/cases.ts";
import { jiraIssueHook } from "../webhooks/jira-hooks.ts";
import type { Occasion, Outcome, Request, Verb } from "./outcome.ts";
import { ControlError } from "./records.ts";

const told = ({ world, by, time }: Occasion, n: number, what: "created" | "updated"): Outcome => {
  const item = visible(world, `SUP-${n + 1}`) as WorkItem;
  return {
    changed: [{ tracker: "jira", kind: "request", key: item.key, title: item.title, stage: item.stage }],
    hooks: [jiraIssueHook(world, item, what, by, [], time, jsonOf)],
  };
};

const open: Verb = (occasion, request) => {
  const made = serviceDesk(occasion.world).open(request["feature"], occasion.time);
  if (made === undefined) throw new ControlError(`Nobody asks about ${JSON.stringify(request["feature"])}.`);
  return told(occasion, made.n, "created");
};

const changing =
  (to: (one: Case, request: Request, time: number) => Partial<Case>): Verb =>
  (occasion, request) => {
    const key = /^SUP-([1-9]\d*)$/.exec(String(request["key"]));
    const n = Number(key?.[1]) - 1;
    const desk = serviceDesk(occasion.world);
    const one = key === null ? undefined : desk.find(n);
    if (one === undefined || one.deleted === true)
      throw new ControlError(`There is no request ${JSON.stringify(request["key"])}.`);
    desk.change(n, to(one, request, Math.floor(occasion.time / 1000) * 1000), occasion.time);
    return told(occasion, n, "updated");
  };

/** Verbs on the requests of Jira's service project. */
export const requestVerbs: Readonly<Record<string, readonly [string, Verb]>> = {
  open_request: ["feature?: a customer reports a problem in it to Jira's service project", open],
  solve_request: [
    "key: SUP-…",
    changing((one, _, time) => ({ stage: "solved", replied: one.replied ?? time, solved: time })),
  ],
  rate_request: [
    "key: SUP-…, rating: 1 to 5",
    changing((_, { rating }, time) => ({
      rating: Math.max(1, Math.min(5, Math.round(Number(rating) || 5))),
      rated: time,
    })),
  ],
};
