import { people } from "../company/people.ts";
import { Budget } from "../http/budget.ts";
import { bodyObject, match, ok, type Route, route } from "../http/route.ts";
import type { Answer, Asked } from "../http/server.ts";
import type { OpenSite } from "../site/site.ts";
import {
  blocksJson,
  databaseOf,
  KEY_RESULTS,
  minute,
  type NotionPage,
  OBJECTIVES,
  Pages,
  pageJson,
  roadmapOf,
  sourceOf,
  specsOf,
  statusSchema,
  userJson,
  visionOf,
} from "./pages.ts";
import { notionVerbs } from "./verbs.ts";

const TOKEN = "ntn_sandbox-notion-token";
const VERSION = "2025-09-03";

const failed = (status: number, code: string, message: string, headers = {}): Answer => ({
  status,
  headers,
  json: { object: "error", status, code, message, request_id: "ac3e00ff-0000-4000-8000-00000000ffff" },
});
const missing = (what: string, id: string): Answer =>
  failed(
    404,
    "object_not_found",
    `Could not find ${what} with ID: ${id}. Make sure the relevant pages and databases are shared with your integration.`,
  );
const invalid = (message: string): Answer => failed(400, "validation_error", message);

/** Notion's interface over the made-up company: https://developers.notion.com/reference */
export const notionSite: OpenSite = (world) => {
  const pages = new Pages(world);
  const { products } = world.company;
  const budget = new Budget(10_000, 60_000, () => world.clock);
  const databases = [OBJECTIVES, KEY_RESULTS, ...products.flatMap(({ index }) => [roadmapOf(index), specsOf(index)])];
  const all = routes(pages, databases);
  return {
    vendor: (asked) => {
      if (asked.headers.authorization !== `Bearer ${TOKEN}`)
        return failed(401, "unauthorized", "API token is invalid.");
      if (asked.headers["notion-version"] === undefined)
        return failed(400, "missing_version", "Notion-Version header should be defined.");
      if (asked.headers["notion-version"] !== VERSION)
        return invalid("Notion-Version is not one that the sandbox speaks.");
      const spent = budget.spend(1);
      if (!spent.allowed)
        return failed(429, "rate_limited", "You have been rate limited.", {
          "retry-after": String(spent.retryAfterSeconds),
        });
      return match(all, asked)?.answer() ?? failed(400, "invalid_request_url", "Invalid request URL.");
    },
    settings: {
      token: TOKEN,
      databases: [
        { id: OBJECTIVES, as: "objectives" },
        { id: KEY_RESULTS, as: "keyResults" },
        ...products.flatMap(({ index }) => [
          { id: roadmapOf(index), as: "roadmap" },
          { id: specsOf(index), as: "spec" },
        ]),
      ],
      pages: products.map(({ index }) => ({ id: visionOf(index), as: "vision" })),
    },
    scopes: (product) =>
      products
        .filter(({ name }) => name === product)
        .flatMap(({ index }) => [roadmapOf(index), specsOf(index), visionOf(index)])
        .map((id) => id.replaceAll("-", "")),
    verbs: notionVerbs(pages),
    budgets: { "": budget },
    reset: () => pages.reset(),
  };
};

const routes = (pages: Pages, databases: readonly string[]): readonly Route[] => {
  const database = (id: string) => databases.find((one) => one.replaceAll("-", "") === id.replaceAll("-", ""));
  const inPage =
    (answer: (page: NotionPage, asked: Asked) => Answer) => (asked: Asked, part: (name: string) => string) => {
      const page = pages.at(part("id"));
      return page === undefined ? missing("page", part("id")) : answer(page, asked);
    };
  return [
    route("GET", "/v1/databases/:id", (_, part) => {
      const found = database(part("id"));
      if (found === undefined) return missing("database", part("id"));
      return ok({
        object: "database",
        id: found,
        data_sources: [{ id: sourceOf(found), name: "Rows" }],
        in_trash: false,
      });
    }),
    route("GET", "/v1/data_sources/:id", (_, part) => {
      const found = database(databaseOf(part("id")));
      if (found === undefined) return missing("data source", part("id"));
      const properties = {
        Name: { id: "title", name: "Name", type: "title", title: {} },
        Status: { id: "stat", name: "Status", type: "status", status: statusSchema },
      };
      return ok({
        object: "data_source",
        id: part("id"),
        parent: { type: "database_id", database_id: found },
        properties,
      });
    }),
    route("POST", "/v1/data_sources/:id/query", (asked, part) => {
      const found = database(databaseOf(part("id")));
      return found === undefined ? missing("data source", part("id")) : queryAnswer(pages, found, asked);
    }),
    route(
      "GET",
      "/v1/pages/:id",
      inPage((page) => ok(pageJson(page))),
    ),
    route(
      "GET",
      "/v1/blocks/:id/children",
      inPage((page, { query }) =>
        listAnswer(blocksJson(page), "block", query.get("page_size"), query.get("start_cursor")),
      ),
    ),
    route("GET", "/v1/users", ({ query }) =>
      listAnswer(
        people.map(({ index }) => userJson(index)),
        "user",
        query.get("page_size"),
        query.get("start_cursor"),
      ),
    ),
  ];
};

/** A page of a list; its cursor is the id of the row that the next page begins with. */
const listAnswer = (
  rows: readonly { readonly id: string }[],
  type: string,
  asked: string | number | null | undefined,
  cursor: string | null | undefined,
): Answer => {
  const size = Number(asked ?? 100);
  if (!Number.isInteger(size) || size < 1 || size > 100) return invalid("page_size should be between 1 and 100.");
  const start = cursor == null ? 0 : rows.findIndex(({ id }) => id === cursor);
  if (start === -1) return invalid("The start_cursor provided is invalid.");
  const next = rows[start + size]?.id ?? null;
  return ok({
    object: "list",
    results: rows.slice(start, start + size),
    next_cursor: next,
    has_more: next !== null,
    type,
    [type]: {},
  });
};

interface Query {
  readonly filter?: { readonly timestamp?: string; readonly last_edited_time?: { readonly on_or_after?: string } };
  readonly sorts?: readonly { readonly timestamp?: string; readonly direction?: string }[];
  readonly page_size?: number;
  readonly start_cursor?: string;
}

const queryAnswer = (pages: Pages, database: string, asked: Asked): Answer => {
  const { filter, sorts, page_size, start_cursor } = (bodyObject(asked) ?? {}) as Query;
  const since = filter?.last_edited_time?.on_or_after;
  if (filter !== undefined && (filter.timestamp !== "last_edited_time" || since === undefined))
    return invalid("body.filter should be a timestamp filter.");
  if (since !== undefined && Number.isNaN(Date.parse(since)))
    return invalid("on_or_after should be a valid ISO 8601 date string.");
  const [sort] = sorts ?? [];
  const sign = sort?.direction === "descending" ? -1 : 1;
  const rows = pages
    .all()
    .filter((page) => page.database === database && page.inTrash !== true)
    .filter(({ edited }) => since === undefined || Date.parse(minute(edited)) >= Date.parse(since))
    .toSorted((a, b) => sign * (Date.parse(minute(a.edited)) - Date.parse(minute(b.edited)) || (a.id < b.id ? -1 : 1)));
  return listAnswer(rows.map(pageJson), "page_or_data_source", page_size, start_cursor);
};
