import { createHash } from "node:crypto";
import type { WorkItem } from "../company/work-item.ts";
import type { World } from "../company/world.ts";
import { Budget } from "../http/budget.ts";
import { match, ok, type Route, route, wholeNumber } from "../http/route.ts";
import type { Answer, Asked, Vendor } from "../http/server.ts";
import { changelogOf, changelogPage, fetchChangelogs } from "./history.ts";
import { JIRA_PRODUCT } from "./issue.ts";
import {
  accountZone,
  board,
  boards,
  fieldList,
  issueTypes,
  myself,
  priorities,
  prioritySearch,
  project,
  projectSearch,
  remoteLinks,
  sprint,
  sprints,
  version,
  versions,
} from "./metadata.ts";
import { jsonOf, visible } from "./request.ts";
import { countIssues, fetchIssues, refused, searchIssues, texts } from "./search.ts";
import { issueId, statusDetails, statuses, statusJson } from "./vocabulary.ts";

/** Log-in of the sandbox's Jira. */
export interface JiraCredentials {
  readonly email: string;
  readonly apiToken: string;
}

/** A Jira Cloud site over the made-up company. */
export interface JiraSite {
  readonly vendor: Vendor;
  readonly budget: Budget;
}

const GONE =
  "The requested API has been removed. Please migrate to the /rest/api/3/search/jql API. A full migration guideline is available at https://developer.atlassian.com/changelog/#CHANGE-2046";

export const jiraSite = (world: World, credentials: JiraCredentials): JiraSite => {
  const expected = `Basic ${Buffer.from(`${credentials.email}:${credentials.apiToken}`).toString("base64")}`;
  const budget = new Budget(100_000, 60_000, () => world.clock);
  const routes = routesOf(world);

  const vendor: Vendor = async (asked) => {
    const spent = budget.spend(1);
    const limits = {
      "x-ratelimit-limit": String(spent.limit),
      "x-ratelimit-remaining": String(spent.remaining),
      "x-ratelimit-reset": `${new Date(spent.resetAt).toISOString().slice(0, 16)}Z`,
      "x-ratelimit-nearlimit": String(spent.remaining < spent.limit / 5),
      "x-arequestid": createHash("md5")
        .update(asked.path + spent.used)
        .digest("hex"),
    };
    if (!spent.allowed) {
      return {
        status: 429,
        headers: { ...limits, "retry-after": String(spent.retryAfterSeconds), "ratelimit-reason": "jira-burst-based" },
        json: { errorMessages: ["Rate limit exceeded."], errors: {} },
      };
    }
    const answer = asked.headers.authorization === expected ? await respond(routes, asked) : unauthorised;
    return { ...answer, headers: { ...limits, ...answer.headers } };
  };
  return { vendor, budget };
};

const unauthorised: Answer = {
  status: 401,
  headers: { "www-authenticate": 'Basic realm="protected-area"', "x-seraph-loginreason": "AUTHENTICATED_FAILED" },
  json: { errorMessages: ["Client must be authenticated to access this resource."], errors: {} },
};

const respond = (routes: readonly Route[], asked: Asked): Answer | Promise<Answer> => {
  const found = match(routes, asked);
  if (found !== undefined) return found.answer();
  const other = routes.some((candidate) => candidate.pattern.test(asked.path));
  return other
    ? { status: 405, json: { errorMessages: [`${asked.method} is not supported here.`], errors: {} } }
    : { status: 404, json: { errorMessages: [`No endpoint ${asked.path}`], errors: {} } };
};

const MISSING = "Issue does not exist or you do not have permission to see it.";

const routesOf = (world: World): readonly Route[] => {
  const withIssue =
    (answer: (item: WorkItem, asked: Asked) => Answer) =>
    (asked: Asked, part: (name: string) => string): Answer => {
      const item = visible(world, part("issue"));
      return item === undefined ? refused(404, MISSING) : answer(item, asked);
    };
  const fieldsOfQuery = (asked: Asked): readonly string[] => {
    const fields = asked.query.getAll("fields").flatMap(texts);
    return fields.length === 0 ? ["*all"] : fields;
  };
  const api = "/rest/api/3";
  return [
    route("GET", `${api}/myself`, () => myself(world)),
    route("GET", `${api}/serverInfo`, () =>
      ok({
        baseUrl: "https://acme.atlassian.net",
        version: "1001.0.0-SNAPSHOT",
        versionNumbers: [1001, 0, 0],
        deploymentType: "Cloud",
        buildNumber: 100_290,
        serverTitle: "Jira",
      }),
    ),
    route("GET", `${api}/field`, () => ok(fieldList(world))),
    route("GET", `${api}/project/search`, (asked) => projectSearch(world, asked)),
    route("GET", `${api}/project/:key/version`, (asked, part) => versions(world, asked, part("key"))),
    route("GET", `${api}/statuses/search`, (asked) => {
      const startAt = wholeNumber(asked.query.get("startAt"), 0, 0, 1000);
      const maxResults = wholeNumber(asked.query.get("maxResults"), 200, 1, 200);
      const values = statuses.slice(startAt, startAt + maxResults).map((status) => statusDetails(world, status));
      return ok({
        startAt,
        total: statuses.length,
        isLast: startAt + maxResults >= statuses.length,
        maxResults,
        values,
      });
    }),
    route("GET", `${api}/status`, () => ok(statuses.map((status) => statusJson(world, status)))),
    route("GET", `${api}/issuetype`, issueTypes),
    route("GET", `${api}/priority`, priorities),
    route("GET", `${api}/priority/search`, prioritySearch),
    route("POST", `${api}/search/jql`, (asked) => searchIssues(world, asked, accountZone(world))),
    route("POST", `${api}/search/approximate-count`, (asked) => countIssues(world, asked, accountZone(world))),
    route("GET", `${api}/search`, () => refused(410, GONE)),
    route("POST", `${api}/search`, () => refused(410, GONE)),
    route("POST", `${api}/issue/bulkfetch`, (asked) => fetchIssues(world, asked)),
    route("POST", `${api}/changelog/bulkfetch`, (asked) => fetchChangelogs(world, asked)),
    route(
      "GET",
      `${api}/issue/:issue`,
      withIssue((item, asked) =>
        ok({
          ...jsonOf(world, item, fieldsOfQuery(asked)),
          ...(texts(asked.query.get("expand")).includes("changelog") ? { changelog: changelogOf(world, item) } : {}),
        }),
      ),
    ),
    route(
      "GET",
      `${api}/issue/:issue/changelog`,
      withIssue((item, asked) => changelogPage(world, item, asked)),
    ),
    route(
      "GET",
      `${api}/issue/:issue/remotelink`,
      withIssue((item) => remoteLinks(issueId(item.n), pullOf(world, item))),
    ),
    route("GET", `${api}/project/:project`, (_, part) => project(world, part("project"))),
    route("GET", "/rest/agile/1.0/board/:board", (_, part) => board(world, part("board"))),
    route("GET", `${api}/version/:version`, (_, part) => version(world, part("version"))),
    route("GET", "/rest/agile/1.0/sprint/:sprint", (_, part) => sprint(world, part("sprint"))),
    route("GET", "/rest/agile/1.0/board", (asked) => boards(world, asked)),
    route("GET", "/rest/agile/1.0/board/:board/sprint", (asked, part) =>
      board(world, part("board")).status === 200
        ? sprints(world, asked)
        : refused(404, "Board does not exist or you do not have permission to see it."),
    ),
  ];
};

/** The pull request that a few issues name in a remote link, as GitHub's app for Jira leaves it. */
const pullOf = (world: World, item: WorkItem) => {
  if (item.n % 4 !== 0 || item.kind === "request") return undefined;
  const repository = world.repository(JIRA_PRODUCT);
  const pull = repository.pullOfItem(item.n);
  if (pull === undefined) return undefined;
  const url = `https://github.com/acme/storefront/pull/${repository.pullNumber(pull)}`;
  return { url, title: pull.title, merged: pull.merged !== undefined };
};
