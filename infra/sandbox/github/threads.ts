import type { Product } from "../company/features.ts";
import type { Order } from "../company/order.ts";
import { personAt } from "../company/people.ts";
import { nOfCode } from "../company/pull-request.ts";
import type { World } from "../company/world.ts";
import { ok } from "../http/route.ts";
import type { Answer, Asked } from "../http/server.ts";
import { notFound, unprocessable } from "./answers.ts";
import { commitJson } from "./code.ts";
import { GITHUB_PRODUCT, isClosed, type Thread, threadJson, threadOf, timelineOf } from "./issue.ts";
import { listAnswer, pageOf, walkPage, windowOf } from "./paging.ts";
import { pullFull, pullSimple, reviewJson } from "./pull.ts";
import { repositoryId } from "./repo.ts";

/** `GET /issues`: issues and pull requests as rows of one list. */
export const listIssues = (world: World, product: Product, asked: Asked): Answer => {
  const state = asked.query.get("state") ?? "open";
  const sort = asked.query.get("sort") ?? "created";
  const descending = (asked.query.get("direction") ?? "desc") === "desc";
  if (!["open", "closed", "all"].includes(state)) return unprocessable("Issue", "state");
  const since = asked.query.get("since");
  const from = since === null ? undefined : Date.parse(since);
  if (from !== undefined && !Number.isFinite(from)) return unprocessable("Issue", "since");
  const repository = world.repository(product.index);
  const byUpdate = sort === "updated";
  const order = byUpdate ? repository.threadsByUpdate : repository.threadsByCreation;
  // Without a filter a page is found by counting; all other lists are walked.
  const milestone = asked.query.get("milestone");
  const labels = asked.query.get("labels")?.split(",");
  const assignee = asked.query.get("assignee");
  if (
    state === "all" &&
    (byUpdate || from === undefined) &&
    milestone === null &&
    labels === undefined &&
    assignee === null
  ) {
    const first = from === undefined ? 0 : order.position(Math.ceil(from / 1000) * 1000);
    const total = order.length - first;
    const codeAt = (index: number): number => order.at(descending ? order.length - 1 - index : first + index).code;
    const { rows, headers } = pageOf(asked, total, codeAt);
    const json = rows.flatMap((code) => rowOf(world, product, code));
    shuffle(world, product, asked, total, codeAt);
    return ok(json, headers);
  }
  const found = filter(walk(order, descending), (code) => {
    const thread = threadOf(world, product, code, true);
    if (thread === undefined) return undefined;
    const closed = "issue" in thread ? isClosed(thread.issue) : thread.pull.closed !== undefined;
    if (state !== "all" && closed !== (state === "closed")) return undefined;
    const updated = "issue" in thread ? thread.issue.updated : thread.pull.updated;
    if (from !== undefined && Math.floor(updated / 1000) * 1000 < from) return undefined;
    if (milestone !== null && !inMilestone(thread, milestone)) return undefined;
    const json = threadJson(world, product, thread);
    if (labels?.some((name) => !json.labels.some((label) => label.name === name)) === true) return undefined;
    if (assignee !== null && !hasAssignee(thread, assignee)) return undefined;
    return json;
  });
  const { rows, headers } = walkPage(asked, found);
  return ok(rows, headers);
};

const rowOf = (world: World, product: Product, code: number): readonly unknown[] => {
  const thread = threadOf(world, product, code, true);
  return thread === undefined ? [] : [threadJson(world, product, thread)];
};

/** Touches something that stands behind the page that was read, where GitHub is shuffled. */
const shuffle = (
  world: World,
  product: Product,
  asked: Asked,
  total: number,
  codeAt: (index: number) => number,
): void => {
  const { start, size } = windowOf(asked);
  const behind = total - start - size;
  if (behind <= 0 || !world.shuffled.has("github")) return;
  const thread = threadOf(world, product, codeAt(start + size + (world.chance() % behind)));
  if (thread === undefined) return;
  if ("issue" in thread) world.shuffle("github", [thread.issue]);
  else {
    const updated = world.stamp("github", world.now(), thread.pull.updated);
    world.repository(product.index).putPull({ ...thread.pull, updated });
  }
};

const inMilestone = (thread: Thread, wanted: string): boolean => {
  const feature = "issue" in thread ? thread.issue.feature : undefined;
  if (wanted === "none") return feature === undefined;
  return feature !== undefined && (wanted === "*" || Number(wanted) === feature + 1);
};

const hasAssignee = (thread: Thread, wanted: string): boolean => {
  const assignee = "issue" in thread ? thread.issue.assignee : undefined;
  if (wanted === "none") return assignee === undefined;
  return assignee !== undefined && (wanted === "*" || personAt(assignee).login === wanted);
};

/** `GET /pulls`. There is no `since`. */
export const listPulls = (world: World, product: Product, asked: Asked): Answer => {
  const state = asked.query.get("state") ?? "open";
  const sort = asked.query.get("sort") ?? "created";
  const direction = asked.query.get("direction") ?? (sort === "created" ? "desc" : "asc");
  if (!["open", "closed", "all"].includes(state)) return unprocessable("PullRequest", "state");
  const repository = world.repository(product.index);
  const order = sort === "updated" ? repository.pullsByUpdate : repository.pulls;
  const descending = direction === "desc";
  const [head, base] = [asked.query.get("head"), asked.query.get("base")];
  if (state === "all" && head === null && base === null) {
    const codeAt = (index: number): number => order.at(descending ? order.length - 1 - index : index).code;
    const { rows, headers } = pageOf(asked, order.length, codeAt);
    const json = rows.map((code) => pullSimple(world, product, repository.listedPull(code)));
    shuffle(world, product, asked, order.length, codeAt);
    return ok(json, headers);
  }
  const found = filter(walk(order, descending), (code) => {
    const pull = repository.listedPull(code);
    if (state !== "all" && (pull.closed !== undefined) !== (state === "closed")) return undefined;
    if (head !== null && head !== `acme:${pull.branch}`) return undefined;
    return base !== null && base !== pull.base ? undefined : pull;
  });
  const { rows, headers } = walkPage(asked, found);
  return ok(
    rows.map((pull) => pullSimple(world, product, pull)),
    headers,
  );
};

const walk = function* (order: Order, descending: boolean): Iterable<number> {
  for (let i = 0; i < order.length; i += 1) yield order.at(descending ? order.length - 1 - i : i).code;
};

const filter = function* <In, Out>(rows: Iterable<In>, keep: (row: In) => Out | undefined): Iterable<Out> {
  for (const row of rows) {
    const kept = keep(row);
    if (kept !== undefined) yield kept;
  }
};

/** What stands under a number in a path. */
const threadOfNumber = (world: World, product: Product, number: string): Thread | "gone" | undefined => {
  const code = world.repository(product.index).codeOfNumber(Number(number));
  if (code === undefined) return undefined;
  return threadOf(world, product, code) ?? "gone";
};

const GONE: Answer = {
  status: 410,
  json: {
    message: "This issue was deleted",
    documentation_url: "https://docs.github.com/rest/issues/issues#get-an-issue",
    status: "410",
  },
};

/** Where a transferred issue answers now; absent if it was deleted. */
const movedTo = (world: World, product: Product, number: string, asked: Asked, below = ""): Answer | undefined => {
  const code = world.repository(product.index).codeOfNumber(Number(number));
  const item = code === undefined ? undefined : world.item(GITHUB_PRODUCT, nOfCode(code));
  if (item?.home === undefined || item.deleted !== undefined) return undefined;
  const url = `${asked.base}/repositories/${repositoryId(item.home.product)}/issues/${world.issueNumber(item)}${below}`;
  return {
    status: 301,
    headers: { location: url },
    json: { message: "Moved Permanently", url, documentation_url: "https://docs.github.com/rest", status: "301" },
  };
};

/** `GET /issues/{n}` and its timeline. */
export const showIssue = (world: World, product: Product, number: string, asked: Asked): Answer => {
  const thread = threadOfNumber(world, product, number);
  if (thread === "gone") return movedTo(world, product, number, asked) ?? GONE;
  return thread === undefined ? notFound : ok(threadJson(world, product, thread));
};

export const showTimeline = (world: World, product: Product, number: string, asked: Asked): Answer => {
  const thread = threadOfNumber(world, product, number);
  if (thread === "gone") return movedTo(world, product, number, asked, "/timeline") ?? GONE;
  return thread === undefined ? notFound : listAnswer(asked, timelineOf(world, product, thread));
};

/** `GET /pulls/{n}` and what stands below it. */
export const showPull = (
  world: World,
  product: Product,
  number: string,
  part: "self" | "reviews" | "commits" | "files",
  asked: Asked,
): Answer => {
  const thread = threadOfNumber(world, product, number);
  if (thread === undefined || thread === "gone" || !("pull" in thread)) return notFound;
  const { pull } = thread;
  switch (part) {
    case "self":
      return ok(pullFull(world, product, pull));
    case "reviews":
      return listAnswer(
        asked,
        pull.reviews.map((review) => reviewJson(world, product, pull, review)),
      );
    case "commits":
      return listAnswer(
        asked,
        world
          .repository(product.index)
          .branchCommits(pull)
          .map((commit) => commitJson(world, product, commit)),
      );
    case "files":
      return listAnswer(asked, []);
  }
};
