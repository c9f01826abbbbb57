import type { World } from "../company/world.ts";
import { Budget, type Spent } from "../http/budget.ts";
import { bodyObject, match, ok, type Route, route } from "../http/route.ts";
import type { Answer, Asked, Vendor } from "../http/server.ts";
import type { OpenSite } from "../site/site.ts";
import { Desk } from "./desk.ts";
import type { Email } from "./marketing.ts";
import { campaignJson, companyJson, emailJson } from "./wire.ts";

const TOKEN = "pat-eu1-sandbox-hubspot";
const VERSIONS = new Set(["2026-09", "2026-09-beta"]);
const DAILY = 250_000;
const WINDOW_MS = 10_000;
const SEARCH_ENDS_AT = 10_000;

/** HubSpot's campaigns, marketing e-mails and companies over the made-up company. */
export const openHubspot: OpenSite = (world) => {
  const desk = new Desk(world);
  const budget = new Budget(190, WINDOW_MS, () => world.clock);
  const daily = new Budget(DAILY, 86_400_000, () => world.clock);
  const routes = routesOf(desk);
  const vendor: Vendor = async (asked) => {
    if (asked.headers.authorization !== `Bearer ${TOKEN}`)
      return failure(
        401,
        "INVALID_AUTHENTICATION",
        "Authentication credentials not found. This API supports OAuth 2.0.",
      );
    const [spent, today] = [budget.spend(1), daily.spend(1)];
    const headers = limitsOf(spent, today);
    if (!spent.allowed || !today.allowed) {
      const policyName = today.allowed ? "TEN_SECONDLY_ROLLING" : "DAILY";
      const message = `You have reached your ${policyName.toLowerCase()} limit.`;
      return {
        status: 429,
        headers,
        json: { ...errorBody("RATE_LIMITS", message), errorType: "RATE_LIMIT", policyName },
      };
    }
    const answer = (await match(routes, asked)?.answer()) ?? failure(404, "OBJECT_NOT_FOUND", "resource not found");
    return { ...answer, headers: { ...headers, ...answer.headers } };
  };
  return {
    vendor,
    settings: { accessToken: TOKEN, portalId: "24680135", companies: true },
    scopes: (product) => unitsOf(world, product),
    verbs: desk.verbs,
    budgets: { "": budget, daily },
    reset: () => desk.reset(),
  };
};

/** Business units are how one account of HubSpot keeps several brands apart. */
const unitsOf = (world: World, name: string): readonly string[] =>
  world.company.products.flatMap((product) => (product.name === name ? [String(product.index + 1)] : []));

const errorBody = (category: string, message: string) => ({
  status: "error",
  message,
  correlationId: "00000000-0000-4000-8000-000000000000",
  category,
});
const failure = (status: number, category: string, message: string): Answer => ({
  status,
  json: errorBody(category, message),
});
const invalid = (message: string): Answer => failure(400, "VALIDATION_ERROR", message);

const limitsOf = (spent: Spent, today: Spent): Readonly<Record<string, string>> => ({
  "x-hubspot-ratelimit-daily": String(today.limit),
  "x-hubspot-ratelimit-daily-remaining": String(today.remaining),
  "x-hubspot-ratelimit-interval-milliseconds": String(WINDOW_MS),
  "x-hubspot-ratelimit-max": String(spent.limit),
  "x-hubspot-ratelimit-remaining": String(spent.remaining),
});

const listOf = (text: string | null): string[] => (text ?? "").split(",").filter((name) => name !== "");

const routesOf = (desk: Desk): readonly Route[] => {
  const versioned = (method: string, path: string, answer: Route["answer"]): Route =>
    route(method, path, (asked, part) =>
      VERSIONS.has(part("version")) ? answer(asked, part) : failure(404, "OBJECT_NOT_FOUND", "unknown API version"),
    );
  const missing = failure(404, "OBJECT_NOT_FOUND", "The requested object could not be found.");
  return [
    versioned("GET", "/marketing/campaigns/:version", (asked) => {
      const sort = asked.query.get("sort") ?? "hs_name";
      if (!/^-?(hs_name|createdAt|updatedAt)$/.test(sort)) return invalid(`sort ${sort} is not allowed`);
      const rows = sorted(desk.campaigns(), sort, ({ name, created, updated }) =>
        sort.endsWith("hs_name") ? name : sort.endsWith("createdAt") ? created : updated,
      );
      return page(asked, rows, (one) => campaignJson(one, listOf(asked.query.get("properties"))), true);
    }),
    versioned("GET", "/marketing/campaigns/:version/:id", (asked, part) => {
      const found = desk.campaigns().find(({ id }) => id === part("id"));
      return found === undefined
        ? missing
        : ok({ ...campaignJson(found, listOf(asked.query.get("properties"))), assets: {} });
    }),
    versioned("GET", "/marketing/emails/:version", (asked) => {
      const sort = asked.query.get("sort") ?? "-createdAt";
      if (!/^-?(name|createdAt|updatedAt|publishDate)$/.test(sort)) return invalid(`sort ${sort} is not allowed`);
      const chosen = emailsFor(desk.emails(), asked.query);
      if (typeof chosen === "string") return invalid(chosen);
      const rows = sorted(chosen, sort, (email) =>
        sort.endsWith("name")
          ? email.name
          : sort.endsWith("publishDate")
            ? email.publish
            : sort.endsWith("createdAt")
              ? email.created
              : email.updated,
      );
      return page(asked, rows, (one) => emailJson(one, asked.query.get("includeStats") === "true"), true);
    }),
    versioned("GET", "/marketing/emails/:version/:id", (asked, part) => {
      const found = desk.emails().find(({ id, archived }) => id === part("id") && !archived);
      return found === undefined ? missing : ok(emailJson(found, asked.query.get("includeStats") === "true"));
    }),
    versioned("GET", "/crm/objects/:version/companies", (asked) => {
      const rows = desk.companies().filter(({ archived }) => archived === (asked.query.get("archived") === "true"));
      return page(asked, rows, (one) => companyJson(one, listOf(asked.query.get("properties"))), false);
    }),
    versioned("POST", "/crm/objects/:version/companies/search", (asked) => search(desk, asked)),
    versioned("GET", "/crm/objects/:version/companies/:id", (asked, part) => {
      const found = desk.companies().find(({ id, archived }) => id === part("id") && !archived);
      return found === undefined ? missing : ok(companyJson(found, listOf(asked.query.get("properties"))));
    }),
  ];
};

const sorted = <T>(rows: readonly T[], sort: string, by: (row: T) => string | number): T[] => {
  const ascending = rows.toSorted((a, b) => (by(a) < by(b) ? -1 : by(a) > by(b) ? 1 : 0));
  return sort.startsWith("-") ? ascending.reverse() : ascending;
};

/** E-mails that the filters of time leave, or what is wrong with them. */
const emailsFor = (emails: readonly Email[], query: URLSearchParams): Email[] | string => {
  let rows = emails.filter(({ archived }) => archived === (query.get("archived") === "true"));
  const filters = { updatedAfter: "updated", createdAfter: "created", publishedAfter: "publish" } as const;
  for (const [name, field] of Object.entries(filters)) {
    const text = query.get(name);
    if (text === null) continue;
    const after = Date.parse(text);
    if (Number.isNaN(after)) return `${name} is not a date-time`;
    rows = rows.filter((email) => email[field] > after);
  }
  return rows;
};

/** Tokens are places in the list. */
const page = <T>(asked: Asked, rows: readonly T[], json: (row: T) => object, withTotal: boolean): Answer => {
  const limit = Number(asked.query.get("limit") ?? "10");
  if (!Number.isInteger(limit) || limit < 1 || limit > 100) return invalid("limit must be between 1 and 100");
  const after = asked.query.get("after");
  const from = after === null ? 0 : Number(Buffer.from(after, "base64url").toString("utf8"));
  if (!Number.isInteger(from)) return invalid("after is not a paging cursor");
  const kind = asked.shape?.kind;
  const size = kind === "empty" ? 0 : kind === "half" ? Math.ceil(limit / 2) : limit;
  const to = from + size;
  const next = kind === "repeat" && after !== null ? after : Buffer.from(String(to)).toString("base64url");
  const link = `https://api.hubapi.com${asked.path}?after=${next}`;
  return ok({
    ...(withTotal ? { total: rows.length } : {}),
    results: rows.slice(from, to).map(json),
    ...(to < rows.length || kind === "repeat" ? { paging: { next: { after: next, link } } } : {}),
  });
};

const search = (desk: Desk, asked: Asked): Answer => {
  const body = bodyObject(asked) ?? {};
  const { limit = 10, after = "0", sorts = [] } = body as { limit?: number; after?: string; sorts?: string[] };
  const [group] = (body["filterGroups"] ?? []) as {
    filters: { propertyName: string; operator: string; value: string }[];
  }[];
  const [filter] = group?.filters ?? [];
  if (limit > 200 || limit < 1) return invalid("limit must be between 1 and 200");
  if (Number(after) + limit > SEARCH_ENDS_AT) return invalid("The maximum number of results is 10000");
  if (filter !== undefined && (filter.propertyName !== "hs_lastmodifieddate" || filter.operator !== "GTE"))
    return invalid("the sandbox searches by hs_lastmodifieddate GTE only");
  const rows = desk
    .companies()
    .filter(({ archived, updated }) => !archived && (filter === undefined || updated >= Number(filter.value)))
    .toSorted((a, b) => (sorts.length > 0 ? a.updated - b.updated : 0));
  const to = Number(after) + limit;
  const properties = (body["properties"] ?? []) as string[];
  return ok({
    total: rows.length,
    results: rows.slice(Number(after), to).map((one) => companyJson(one, properties)),
    ...(to < rows.length ? { paging: { next: { after: String(to) } } } : {}),
  });
};
