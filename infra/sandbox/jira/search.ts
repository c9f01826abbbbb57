import type { WorkItem } from "../company/work-item.ts";
import type { World } from "../company/world.ts";
import { bodyObject, ok } from "../http/route.ts";
import type { Answer, Asked, Shape } from "../http/server.ts";
import { changelogOf } from "./history.ts";
import { isSearchable, JIRA_PRODUCT, positionOf } from "./issue.ts";
import { type Jql, JqlError, parseJql } from "./jql.ts";
import { jsonOf, searchableRequests, visible } from "./request.ts";
import { isBrowsable, projects } from "./vocabulary.ts";

/** Jira's way to say that a request is wrong. */
export const refused = (status: number, ...errorMessages: readonly string[]): Answer => ({
  status,
  json: { errorMessages, errors: {} },
});

/** A page's position: the last issue of the page before it, and the query it belongs to. */
interface Token {
  readonly q: string;
  readonly t: number;
  readonly n: number;
  /** Before the first page, and told apart from other such tokens by this. */
  readonly start?: number;
}

/** Texts of a list in a body, or of a comma-separated string. */
export const texts = (value: unknown): readonly string[] =>
  Array.isArray(value)
    ? value.map(String)
    : typeof value === "string" && value !== ""
      ? value.split(",").map((part) => part.trim())
      : [];

/** `POST /search/jql`: the issues of a query, page by page. */
export const searchIssues = (world: World, asked: Asked, timeZone: string): Answer => {
  const body = bodyObject(asked);
  if (body === undefined)
    return refused(400, "Invalid request payload. Refer to the REST API documentation and try again.");
  const text = typeof body["jql"] === "string" ? body["jql"] : "";
  const fields = texts(body["fields"] ?? ["id"]);
  const expand = texts(body["expand"]);
  const idsOnly = fields.every((field) => field === "id" || field === "key");
  const most = idsOnly ? 5000 : 100;
  const size = Math.max(1, Math.min(most, Number(body["maxResults"] ?? 50) || 50));
  const reconcile = body["reconcileIssues"];
  if (Array.isArray(reconcile) && reconcile.length > 50)
    return refused(400, "The maximum number of issues to reconcile is 50.");

  const jql = readJql(world, text, timeZone);
  if (!("holds" in jql)) return jql;
  const token = readToken(body["nextPageToken"], text);
  if (token === "wrong") return refused(400, "The provided next page token is invalid or has expired.");
  if (Array.isArray(reconcile)) for (const id of reconcile) world.reconcile(JIRA_PRODUCT, positionOf(String(id)));
  const page: WorkItem[] = [];
  const rest: WorkItem[] = [];
  for (const item of matching(world, jql, token)) {
    if (page.length < size) page.push(item);
    else rest.push(item);
    if (rest.length > (world.shuffled.has("jira") ? AHEAD : 0)) break;
  }
  const next = nextOf(page, rest.length > 0, { ...(token ?? START), q: text }, asked.shape);
  const issues = page.map((item) => ({
    ...jsonOf(world, item, fields),
    ...(expand.includes("changelog") ? { changelog: changelogOf(world, item) } : {}),
  }));
  const unread = rest.filter(({ kind }) => kind !== "request");
  if (unread.length > 0) world.shuffle("jira", unread);
  return ok({
    issues,
    ...(next === undefined ? {} : { nextPageToken: writeToken(next) }),
    isLast: next === undefined,
  });
};

/** How many of the issues that were not read yet one is taken from, when they are shuffled. */
const AHEAD = 20;
const START = { t: -1, n: -1, start: 0 };

/** Shortens a page as its shape says, and gives the token of the next; absent after the last page. */
const nextOf = (page: WorkItem[], more: boolean, given: Token, shape: Shape | undefined): Token | undefined => {
  if (shape?.kind === "repeat") return given;
  if (shape?.kind === "empty") {
    page.length = 0;
    return { ...given, start: shape.nonce };
  }
  const kept = shape?.kind === "half" ? Math.ceil(page.length / 2) : page.length;
  const goesOn = more || kept < page.length;
  page.length = kept;
  const last = page.at(-1);
  return goesOn && last !== undefined ? { q: given.q, t: last.updated, n: last.n } : undefined;
};

/** `POST /search/approximate-count`. */
export const countIssues = (world: World, asked: Asked, timeZone: string): Answer => {
  const body = bodyObject(asked);
  const jql = readJql(world, typeof body?.["jql"] === "string" ? body["jql"] : "", timeZone);
  if (!("holds" in jql)) return jql;
  let count = 0;
  for (const _ of matching(world, jql, undefined)) count += 1;
  return ok({ count });
};

/** `POST /issue/bulkfetch`: up to a hundred issues by id or key. */
export const fetchIssues = (world: World, asked: Asked): Answer => {
  const body = bodyObject(asked);
  const wanted = texts(body?.["issueIdsOrKeys"]);
  if (wanted.length === 0 || wanted.length > 100)
    return refused(400, "Between 1 and 100 issue IDs or keys must be provided.");
  const fields = texts(body?.["fields"] ?? ["*navigable"]);
  const expand = texts(body?.["expand"]);
  const found = wanted.map((idOrKey) => ({ idOrKey, item: visible(world, idOrKey) }));
  const seen = new Set<number>();
  const issues: unknown[] = [];
  const issueErrors: unknown[] = [];
  for (const { idOrKey, item } of found) {
    if (item === undefined) {
      issueErrors.push({ id: idOrKey, errorMessage: "Issue does not exist or you do not have permission to see it." });
    } else if (!seen.has(item.n)) {
      seen.add(item.n);
      issues.push({
        ...jsonOf(world, item, fields),
        ...(expand.includes("changelog") ? { changelog: changelogOf(world, item) } : {}),
      });
    }
  }
  return ok({ issues, issueErrors });
};

const namesOfProjects = (world: World): readonly string[] =>
  projects
    .filter((project) => isBrowsable(world, project) && !world.archivedProjects.has(project.key))
    .flatMap(({ id, key, name }) => [id, key.toLowerCase(), name.toLowerCase()]);

const readJql = (world: World, text: string, timeZone: string): Jql | Answer => {
  try {
    const jql = parseJql(text, { timeZone, now: world.clock, projects: namesOfProjects(world) });
    if (jql.bounded) return jql;
    return refused(400, "Unbounded JQL queries are not allowed here. Please add a search restriction to your query.");
  } catch (error) {
    if (error instanceof JqlError) return refused(400, error.message);
    throw error;
  }
};

/** Work and requests, as one list in the order of the query. */
const matching = function* (world: World, jql: Jql, token: Token | undefined): Iterable<WorkItem> {
  const after = token?.t === START.t ? undefined : token;
  const order = (a: Pick<WorkItem, "updated" | "n">, b: Pick<WorkItem, "updated" | "n">): number =>
    ((jql.order === "id" ? 0 : a.updated - b.updated) || a.n - b.n) * (jql.descending ? -1 : 1);
  const requests = searchableRequests(world)
    .filter(
      (item) => jql.holds(world, item) && (after === undefined || order(item, { updated: after.t, n: after.n }) > 0),
    )
    .toSorted(order);
  for (const item of matchingWork(world, jql, after)) {
    for (let next = requests[0]; next !== undefined && order(next, item) < 0; next = requests[0]) {
      requests.shift();
      yield next;
    }
    yield item;
  }
  yield* requests;
};

const matchingWork = function* (world: World, jql: Jql, after: Token | undefined): Iterable<WorkItem> {
  for (const n of positions(world, jql, after)) {
    const item = world.listed(JIRA_PRODUCT, n);
    if (item !== undefined && item.deleted === undefined && isSearchable(world, item) && jql.holds(world, item))
      yield item;
  }
};

const positions = function* (world: World, jql: Jql, after: Token | undefined): Iterable<number> {
  const order = world.byUpdate[JIRA_PRODUCT];
  if (order === undefined) return;
  if (jql.order === "id") {
    const count = world.count(JIRA_PRODUCT);
    if (jql.descending) for (let n = (after?.n ?? count) - 1; n >= 0; n -= 1) yield n;
    else for (let n = (after?.n ?? -1) + 1; n < count; n += 1) yield n;
    return;
  }
  const first = Number.isFinite(jql.updatedFrom) ? order.position(jql.updatedFrom) : 0;
  const end = Number.isFinite(jql.updatedTo) ? order.position(jql.updatedTo + 1) : order.length;
  if (jql.descending) {
    const from = after === undefined ? end : Math.min(end, order.position(after.t, after.n));
    for (let place = from - 1; place >= first; place -= 1) yield order.at(place).code;
    return;
  }
  const from = after === undefined ? first : Math.max(first, order.position(after.t, after.n + 1));
  for (let place = from; place < end; place += 1) yield order.at(place).code;
};

const writeToken = (token: Token): string => Buffer.from(JSON.stringify(token)).toString("base64url");

const readToken = (given: unknown, query: string): Token | undefined | "wrong" => {
  if (given === undefined || given === null || given === "") return undefined;
  try {
    const token = JSON.parse(Buffer.from(String(given), "base64url").toString("utf8")) as Token;
    return token.q === query && Number.isFinite(token.t) && Number.isInteger(token.n) ? token : "wrong";
  } catch {
    return "wrong";
  }
};
