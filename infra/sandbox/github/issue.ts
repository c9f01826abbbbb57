import type { Product } from "../company/features.ts";
import { codeOf, ISSUE, kindOfCode, nOfCode, OTHER_PULL, type PullRequest } from "../company/pull-request.ts";
import { descriptionOf } from "../company/titles.ts";
import type { WorkItem } from "../company/work-item.ts";
import type { World } from "../company/world.ts";
import { milestoneJson } from "./milestone.ts";
import { githubTime, idOf, labelJson, nodeId, reactions, repoApi, repoSite, userJson } from "./names.ts";

/** What stands under a number: an issue or a pull request. */
export type Thread = { readonly issue: WorkItem } | { readonly pull: PullRequest };

/** The product that GitHub plans. Its issues alone are in GitHub, whatever repository they were transferred to. */
export const GITHUB_PRODUCT = 2;

/** The thread behind a code; absent when it was deleted or transferred. @param listed as lists show it */
export const threadOf = (world: World, product: Product, code: number, listed = false): Thread | undefined => {
  const repository = world.repository(product.index);
  if (kindOfCode(code) !== ISSUE) return { pull: listed ? repository.listedPull(code) : repository.pull(code) };
  const issue = listed ? world.listed(GITHUB_PRODUCT, nOfCode(code)) : world.item(GITHUB_PRODUCT, nOfCode(code));
  if (issue === undefined || issue.deleted !== undefined) return undefined;
  return world.homeOf(issue).product === product.index ? { issue } : undefined;
};

/** Labels of an issue. Stages that GitHub has no word for are labels, as teams do it. */
export const labelsOf = (item: WorkItem): readonly string[] => {
  const kind =
    item.kind === "bug" ? "bug" : item.kind === "story" ? "enhancement" : item.kind === "design" ? "design" : "chore";
  const stage = { triage: "triage", in_progress: "in progress", in_review: "in review" }[item.stage as string];
  return [kind, ...(stage === undefined ? [] : [stage]), ...(item.blocked ? ["blocked"] : [])];
};

export const isClosed = (item: WorkItem): boolean => item.stage === "done" || item.stage === "cancelled";

const closedTime = (item: WorkItem): number | undefined =>
  isClosed(item) ? (item.history.findLast((change) => change.field === "stage")?.time ?? item.updated) : undefined;

/** An issue as GitHub writes it. */
export const issueJson = (world: World, product: Product, item: WorkItem) => {
  const number = world.issueNumber(item);
  const closed = closedTime(item);
  const closer = item.history.findLast((change) => change.field === "stage")?.by ?? item.creator;
  const id = idOf("issue", product.index, item.n * 2);
  return {
    ...shell(product, number, id, "I"),
    html_url: `${repoSite(product)}/issues/${number}`,
    title: item.title,
    user: userJson(item.creator),
    labels: labelsOf(item).map((name) => labelJson(product, name)),
    state: closed === undefined ? "open" : "closed",
    state_reason:
      item.stage === "done"
        ? "completed"
        : item.stage === "cancelled"
          ? "not_planned"
          : wasClosed(item)
            ? "reopened"
            : null,
    locked: false,
    assignee: item.assignee === undefined ? null : userJson(item.assignee),
    assignees: item.assignee === undefined ? [] : [userJson(item.assignee)],
    milestone: item.feature === undefined ? null : milestoneJson(world, product, item.feature),
    comments: 0,
    created_at: githubTime(item.created),
    updated_at: githubTime(item.updated),
    closed_at: closed === undefined ? null : githubTime(closed),
    closed_by: closed === undefined ? null : userJson(closer),
    author_association: "MEMBER",
    active_lock_reason: null,
    body: descriptionOf(world.company.seed, product.index, item.n, item.title).join("\n\n"),
    sub_issues_summary: { total: 0, completed: 0, percent_completed: 0 },
    performed_via_github_app: null,
  };
};

const wasClosed = (item: WorkItem): boolean =>
  item.history.some((change) => change.field === "stage" && change.to === "done");

/** A pull request as a row of the issue list: without what only `/pulls` tells. */
const pullAsIssue = (world: World, product: Product, pull: PullRequest) => {
  const number = world.repository(product.index).pullNumber(pull);
  const site = `${repoSite(product)}/pull/${number}`;
  return {
    ...shell(product, number, idOf("issue", product.index, pull.code * 2 + 1), "PR"),
    html_url: site,
    title: pull.title,
    user: userJson(pull.author),
    labels: pullLabels(product, pull),
    state: pull.closed === undefined ? "open" : "closed",
    state_reason: null,
    locked: false,
    assignee: null,
    assignees: [],
    milestone: null,
    comments: 0,
    created_at: githubTime(pull.opened),
    updated_at: githubTime(pull.updated),
    closed_at: pull.closed === undefined ? null : githubTime(pull.closed),
    author_association: "MEMBER",
    active_lock_reason: null,
    draft: pull.draft,
    pull_request: {
      url: `${repoApi(product)}/pulls/${number}`,
      html_url: site,
      diff_url: `${site}.diff`,
      patch_url: `${site}.patch`,
      merged_at: pull.merged === undefined ? null : githubTime(pull.merged),
    },
    body: pull.body,
    performed_via_github_app: null,
  };
};

export const pullLabels = (product: Product, pull: PullRequest) =>
  kindOfCode(pull.code) === OTHER_PULL && pull.item === undefined && pull.title.startsWith("Bump ")
    ? [labelJson(product, "dependencies")]
    : [];

const shell = (product: Product, number: number, id: number, prefix: string) => {
  const url = `${repoApi(product)}/issues/${number}`;
  return {
    url,
    repository_url: repoApi(product),
    labels_url: `${url}/labels{/name}`,
    comments_url: `${url}/comments`,
    events_url: `${url}/events`,
    timeline_url: `${url}/timeline`,
    id,
    node_id: nodeId(prefix, id),
    number,
    reactions: reactions(url),
  };
};

/** A thread as a row of the issue list. */
export const threadJson = (world: World, product: Product, thread: Thread) =>
  "issue" in thread ? issueJson(world, product, thread.issue) : pullAsIssue(world, product, thread.pull);

/** Everything that happened on a thread, oldest first. */
export const timelineOf = (world: World, product: Product, thread: Thread): readonly unknown[] => {
  if ("pull" in thread) return pullTimeline(world, product, thread.pull);
  const { issue } = thread;
  const events: { time: number; json: unknown }[] = [];
  const emit = (time: number, by: number, event: string, extra: object = {}): void => {
    events.push({
      time,
      json: eventJson(product, codeOf(ISSUE, issue.n) * 64 + events.length, time, by, event, extra),
    });
  };
  const label = (name: string) => ({ label: { name, color: labelJson(product, name).color } });
  if (issue.feature !== undefined) {
    emit(issue.created, issue.creator, "milestoned", {
      milestone: { title: world.feature(product.index, issue.feature).title },
    });
  }
  for (const change of issue.history) {
    const { time, by } = change;
    if (change.field === "assignee" && change.from !== null)
      emit(time, by, "unassigned", { assignee: userJson(Number(change.from)), assigner: userJson(by) });
    if (change.field === "assignee" && change.to !== null)
      emit(time, by, "assigned", { assignee: userJson(Number(change.to)), assigner: userJson(by) });
    if (change.field === "key") emit(time, by, "transferred");
    if (change.field === "title") emit(time, by, "renamed", { rename: { from: change.from, to: change.to } });
    if (change.field !== "stage") continue;
    if (change.from === "in_progress" || change.from === "in_review")
      emit(time, by, "unlabeled", label(change.from.replace("_", " ")));
    const wasDone = change.from === "done" || change.from === "cancelled";
    if (wasDone) emit(time, by, "reopened", { state_reason: "reopened" });
    if (change.to === "done") emit(time, by, "closed", { state_reason: "completed" });
    else if (change.to === "cancelled") emit(time, by, "closed", { state_reason: "not_planned" });
    else if (change.to === "in_progress" || change.to === "in_review")
      emit(time, by, "labeled", label(change.to.replace("_", " ")));
  }
  const pull = issue.home === undefined ? world.repository(product.index).pullOfItem(issue.n) : undefined;
  if (pull !== undefined) {
    const json = {
      actor: userJson(pull.author),
      created_at: githubTime(pull.opened),
      updated_at: githubTime(pull.opened),
      source: { type: "issue", issue: { ...pullAsIssue(world, product, pull) } },
      event: "cross-referenced",
    };
    events.push({ time: pull.opened, json });
  }
  return events.sort((a, b) => a.time - b.time).map((entry) => entry.json);
};

const pullTimeline = (world: World, product: Product, pull: PullRequest): readonly unknown[] => {
  const repository = world.repository(product.index);
  const events: unknown[] = [];
  const emit = (time: number, by: number, event: string, extra: object = {}): void => {
    events.push(eventJson(product, pull.code * 64 + events.length, time, by, event, extra));
  };
  for (const review of pull.reviews)
    if (review.index === 0)
      emit(pull.opened, pull.author, "review_requested", {
        requested_reviewer: userJson(review.by),
        review_requester: userJson(pull.author),
      });
  if (pull.merged !== undefined)
    emit(pull.merged, pull.mergedBy ?? pull.author, "merged", {
      commit_id: repository.mergeSha(pull),
      commit_url: `${repoApi(product)}/commits/${repository.mergeSha(pull)}`,
    });
  if (pull.closed !== undefined) emit(pull.closed, pull.mergedBy ?? pull.author, "closed", { state_reason: null });
  return events;
};

const eventJson = (product: Product, index: number, time: number, by: number, event: string, extra: object) => {
  const id = idOf("event", product.index, index);
  return {
    id,
    node_id: nodeId("EV", id),
    url: `${repoApi(product)}/issues/events/${id}`,
    actor: userJson(by),
    event,
    commit_id: null,
    commit_url: null,
    created_at: githubTime(time),
    performed_via_github_app: null,
    ...extra,
  };
};
