import type { World } from "../company/world.ts";
import { Budget } from "../http/budget.ts";
import { bodyObject, match, ok, type Route, route, wholeNumber } from "../http/route.ts";
import type { Answer, Asked, Vendor } from "../http/server.ts";
import type { OpenSite } from "../site/site.ts";
import { type Case, Desktop } from "../support/cases.ts";
import {
  adminsJson,
  companiesJson,
  conversationId,
  conversationJson,
  isTracked,
  positionOf,
  positionOfTicket,
  teamsJson,
  ticketJson,
  WORKSPACE,
  wholeConversation,
} from "./records.ts";
import { verbsOf } from "./verbs.ts";

const TOKEN = "sandbox-intercom-token";

/** An Intercom workspace over the made-up company: customers of Insights, and some of Storefront, write here. */
export const intercomSite: OpenSite = (world) => {
  const desk = new Desktop(world, "intercom");
  const budget = new Budget(1667, 10_000, () => world.clock);
  const routes = routesOf(world, desk);
  const vendor: Vendor = async (asked) => {
    const spent = budget.spend(1);
    const headers = {
      "x-ratelimit-limit": String(spent.limit),
      "x-ratelimit-remaining": String(spent.remaining),
      "x-ratelimit-reset": String(Math.ceil(spent.resetAt / 1000)),
      "intercom-version": asked.headers["intercom-version"]?.toString() ?? "2.14",
    };
    if (!spent.allowed) return { ...errors(429, "rate_limit_exceeded", "Exceeded rate limit"), headers };
    if (asked.headers.authorization !== `Bearer ${TOKEN}`)
      return { ...errors(401, "unauthorized", "Access Token Invalid"), headers };
    const found = match(routes, asked);
    const answer =
      found === undefined ? errors(404, "not_found", "The requested resource was not found") : await found.answer();
    return { ...answer, headers };
  };
  return {
    vendor,
    settings: { accessToken: TOKEN },
    verbs: verbsOf(world, desk),
    budgets: { "": budget },
    reset: () => desk.reset(),
  };
};

const errors = (status: number, code: string, message: string): Answer => ({
  status,
  json: { type: "error.list", request_id: "000sandbox", errors: [{ code, message }] },
});

const missing = errors(404, "not_found", "Resource Not Found");

const routesOf = (world: World, desk: Desktop): readonly Route[] => {
  const since = world.company.calendar.at(0);
  const there = (one: Case | undefined): one is Case => one !== undefined && one.deleted !== true;
  const find = (n: number) => {
    const one = desk.find(n);
    return there(one) ? one : undefined;
  };
  const live = () => desk.byUpdate().filter(there);
  return [
    route("GET", "/me", () =>
      ok({ ...adminsJson()[0], app: { type: "app", id_code: WORKSPACE, name: "Acme", created_at: 1, region: "US" } }),
    ),
    route("GET", "/admins", () => ok({ type: "admin.list", admins: adminsJson() })),
    route("GET", "/teams", () => ok({ type: "team.list", teams: teamsJson() })),
    route("GET", "/companies/scroll", (asked) => scroll(asked, companiesJson(since))),
    route("GET", "/companies/:id", (_, part) => {
      const found = companiesJson(since).find(({ id }) => id === part("id"));
      return found === undefined ? missing : ok(found);
    }),
    route("POST", "/conversations/search", (asked) =>
      search(asked, "conversation", "conversations", live(), (one) => conversationJson(world, one)),
    ),
    route("GET", "/conversations/deleted", (asked) => deleted(asked, desk)),
    route("GET", "/conversations/:id", (_, part) => {
      const one = find(positionOf(part("id")));
      return one === undefined ? missing : ok(wholeConversation(world, one));
    }),
    route("POST", "/tickets/search", (asked) =>
      search(asked, "ticket", "tickets", live().filter(isTracked), (one) => ticketJson(world, one)),
    ),
    route("GET", "/tickets/:id", (_, part) => {
      const one = find(positionOfTicket(part("id")));
      return one === undefined || !isTracked(one) ? missing : ok(ticketJson(world, one));
    }),
  ];
};

interface Clause {
  readonly field?: unknown;
  readonly operator?: unknown;
  readonly value?: unknown;
}

/** `POST /conversations/search` and `/tickets/search`, by `updated_at` in whole seconds; `>` takes in the second itself. */
const search = (
  asked: Asked,
  type: string,
  list: string,
  all: readonly Case[],
  json: (one: Case) => object,
): Answer => {
  const body = bodyObject(asked);
  const query = body?.["query"] as { readonly operator?: unknown; readonly value?: readonly Clause[] } | undefined;
  const [clause] = Array.isArray(query?.value) ? query.value : [];
  const sort = body?.["sort"] as { readonly field?: unknown; readonly order?: unknown } | undefined;
  const pagination = (body?.["pagination"] ?? {}) as Readonly<Record<string, unknown>>;
  if (clause?.field !== "updated_at" || clause.operator !== ">" || typeof clause.value !== "number")
    return errors(400, "parameter_invalid", "The sandbox knows updated_at > seconds alone");
  if (sort?.field !== "updated_at" || sort.order !== "ascending")
    return errors(400, "parameter_invalid", "The sandbox knows updated_at ascending alone");
  const asMany = Number(pagination["per_page"] ?? 20);
  if (!Number.isInteger(asMany) || asMany < 1 || asMany > 150)
    return errors(400, "parameter_invalid", "per_page must be between 1 and 150");
  const given = pagination["starting_after"];
  const after =
    given === undefined ? -1 : Number(Buffer.from(String(given), "base64url").toString("utf8").split(".")[0]);
  if (!Number.isInteger(after)) return errors(400, "parameter_invalid", "starting_after is invalid");
  const from = clause.value;
  const found = all.filter(({ updated }) => Math.floor(updated / 1000) >= from);
  const { shape } = asked;
  const size = shape?.kind === "half" ? Math.ceil(asMany / 2) : shape?.kind === "empty" ? 0 : asMany;
  const rows = found.slice(after + 1, after + 1 + size);
  const next = shape?.kind === "repeat" ? after : after + rows.length;
  const more = shape?.kind === "repeat" || next + 1 < found.length;
  const mark = shape?.kind === "empty" ? `${next}.${shape.nonce}` : String(next);
  return ok({
    type: `${type}.list`,
    pages: {
      type: "pages",
      page: 1,
      per_page: asMany,
      total_pages: Math.max(1, Math.ceil(found.length / asMany)),
      ...(more && { next: { page: 2, starting_after: Buffer.from(mark).toString("base64url") } }),
    },
    total_count: found.length,
    [list]: rows.map(json),
  });
};

/** `GET /conversations/deleted`, newest first. */
const deleted = (asked: Asked, desk: Desktop): Answer => {
  const asMany = wholeNumber(asked.query.get("per_page"), 20, 1, 60);
  const page = wholeNumber(asked.query.get("page"), 1, 1, 1_000_000);
  const all = desk
    .byUpdate()
    .filter((one) => one.deleted === true)
    .reverse();
  return ok({
    type: "conversations.list",
    pages: { type: "pages", page, per_page: asMany, total_pages: Math.max(1, Math.ceil(all.length / asMany)) },
    total_count: all.length,
    conversations: all
      .slice((page - 1) * asMany, page * asMany)
      .map((one) => ({ type: "conversation", id: conversationId(one), metrics_retained: true })),
  });
};

const SCROLLED = 3;

/** `GET /companies/scroll`: ends with an empty page. */
const scroll = (asked: Asked, all: readonly object[]): Answer => {
  const given = asked.query.get("scroll_param");
  const from = given === null ? 0 : Number(Buffer.from(given, "base64url").toString("utf8"));
  if (!Number.isInteger(from)) return errors(404, "not_found", "scroll parameter not found");
  return ok({
    type: "list",
    data: all.slice(from, from + SCROLLED),
    pages: null,
    total_count: null,
    scroll_param: Buffer.from(String(from + SCROLLED)).toString("base64url"),
  });
};
