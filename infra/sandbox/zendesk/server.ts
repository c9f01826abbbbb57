import { randomBytes } from "node:crypto";
import type { World } from "../company/world.ts";
import { Budget } from "../http/budget.ts";
import { bodyObject, match, ok, type Route, route, wholeNumber } from "../http/route.ts";
import type { Answer, Asked, Vendor } from "../http/server.ts";
import type { OpenSite } from "../site/site.ts";
import { type Case, Desktop } from "../support/cases.ts";
import {
  FEATURE_FIELD,
  groupsJson,
  iso,
  linkOf,
  organizationsJson,
  positionOf,
  ratingJson,
  ticketId,
  ticketJson,
  usersJson,
} from "./ticket.ts";
import { verbsOf } from "./verbs.ts";

const EMAIL = "eli.marsh@acme.example";
const API_TOKEN = "sandbox-zendesk-token";
const CLIENT = { clientId: "throughline", clientSecret: "sandbox-zendesk-client" } as const;
/** What changed within the last minute the exports hold back. */
const WITHHELD_MS = 60_000;

/** A Zendesk account over the made-up company: its customers of Storefront and Devkit write here. */
export const zendeskSite: OpenSite = (world) => {
  const desk = new Desktop(world, "zendesk");
  const clock = () => world.clock;
  const budgets = { "": new Budget(400, 60_000, clock), export: new Budget(10, 60_000, clock) };
  const tokens = new Set<string>();
  const basic = `Basic ${Buffer.from(`${EMAIL}/token:${API_TOKEN}`).toString("base64")}`;
  const routes = routesOf(world, desk);

  const vendor: Vendor = async (asked) => {
    if (asked.method === "POST" && asked.path === "/oauth/tokens") return grant(asked, tokens);
    const given = asked.headers.authorization ?? "";
    if (given !== basic && !tokens.has(given.replace(/^Bearer /, "")))
      return { status: 401, json: { error: "Couldn't authenticate you" } };
    const spent = budgets[asked.path.startsWith("/api/v2/incremental/") ? "export" : ""].spend(1);
    const headers = {
      "x-rate-limit": String(spent.limit),
      "x-rate-limit-remaining": String(spent.remaining),
      "ratelimit-reset": String(spent.retryAfterSeconds),
    };
    if (!spent.allowed)
      return {
        status: 429,
        headers: { ...headers, "retry-after": String(spent.retryAfterSeconds) },
        json: { error: "APIRateLimitExceeded", description: "Number of allowed API requests per minute exceeded" },
      };
    const found = match(routes, asked);
    const answer = found === undefined ? failure(404, "InvalidEndpoint", "Not found") : await found.answer();
    return { ...answer, headers: { ...headers, ...answer.headers } };
  };
  return {
    vendor,
    settings: { subdomain: "acme", oauth: CLIENT, featureFieldIds: [String(FEATURE_FIELD)] },
    verbs: verbsOf(world, desk),
    budgets,
    reset: () => desk.reset(),
  };
};

const failure = (status: number, error: string, description: string): Answer => ({
  status,
  json: { error, description },
});

const grant = (asked: Asked, tokens: Set<string>): Answer => {
  const body = bodyObject(asked);
  if (body?.["client_id"] !== CLIENT.clientId || body["client_secret"] !== CLIENT.clientSecret)
    return { status: 401, json: { error: "invalid_client", error_description: "Client authentication failed" } };
  if (body["grant_type"] !== "client_credentials")
    return { status: 400, json: { error: "unsupported_grant_type", error_description: "Grant type is not supported" } };
  const token = randomBytes(20).toString("hex");
  tokens.add(token);
  return ok({ access_token: token, token_type: "bearer", scope: "read", expires_in: 172_800 });
};

const includes = ({ query }: Asked): readonly string[] => (query.get("include") ?? "").split(",");
const idsOf = ({ query }: Asked): readonly string[] => (query.get("ids") ?? "").split(",").filter((id) => id !== "");

const routesOf = (world: World, desk: Desktop): readonly Route[] => {
  const since = world.company.calendar.at(0);
  const api = "/api/v2";
  const links = () =>
    desk.all.flatMap((one) => {
      const link = linkOf(world, one);
      return link === undefined || one.deleted === true ? [] : [linkJson(one, link.key)];
    });
  return [
    route("GET", `${api}/incremental/tickets/cursor.json`, (asked) => exportTickets(world, desk, asked)),
    route("GET", `${api}/incremental/organizations.json`, (asked) => exportOrganizations(world, asked)),
    route("GET", `${api}/tickets/show_many.json`, (asked) => {
      if (idsOf(asked).length > 100) return failure(400, "BadRequest", "Too many ids");
      const found = idsOf(asked).flatMap((id) => desk.find(positionOf(id)) ?? []);
      const there = found.filter(({ deleted }) => deleted !== true);
      return ok({
        tickets: there.map((one) => ticketJson(world, one, includes(asked))),
        count: there.length,
        next_page: null,
      });
    }),
    route("GET", `${api}/organizations/show_many.json`, (asked) => {
      const wanted = new Set(idsOf(asked));
      return ok({ organizations: organizationsJson(since).filter(({ id }) => wanted.has(String(id))) });
    }),
    route("GET", `${api}/satisfaction_ratings.json`, (asked) => {
      const from = Number(asked.query.get("start_time") ?? 0) * 1000;
      const rated = desk.all.filter(
        ({ rated = 0, rating, deleted }) => rating !== undefined && rated >= from && !deleted,
      );
      return asked.query.get("score") === "received"
        ? page(asked, "satisfaction_ratings", rated.map(ratingJson))
        : failure(400, "InvalidValue", "The sandbox knows score=received alone");
    }),
    route("GET", `${api}/users.json`, (asked) => {
      const roles = asked.query.getAll("role[]");
      return page(
        asked,
        "users",
        usersJson(since).filter(({ role }) => roles.length === 0 || roles.includes(role)),
      );
    }),
    route("GET", `${api}/groups.json`, (asked) => page(asked, "groups", groupsJson(since))),
    route("GET", `${api}/jira/links`, (asked) => {
      const wanted = asked.query.get("filter[ticket_id]");
      return page(
        asked,
        "links",
        links().filter(({ ticket_id }) => wanted === null || ticket_id === wanted),
        1000,
      );
    }),
  ];
};

const linkJson = (one: Case, key: string) => ({
  id: 330_000_001 + one.n,
  ticket_id: String(ticketId(one)),
  issue_id: String(20_001 + Number(key.split("-")[1])),
  issue_key: key,
  created_at: iso(one.created),
  updated_at: iso(one.updated),
});

const FAR = /^(\d+)\|(\d+)$/;

/** `GET /incremental/tickets/cursor.json`: deleted ones come along, with status `deleted`. */
const exportTickets = (world: World, desk: Desktop, asked: Asked): Answer => {
  const { query, shape } = asked;
  const cursor = query.get("cursor");
  const start = query.get("start_time");
  const position = cursor === null ? undefined : FAR.exec(Buffer.from(cursor, "base64url").toString("utf8"));
  if (position === null || (cursor === null && !/^\d+$/.test(start ?? "")))
    return failure(400, "StartTimeInvalid", "Invalid start_time or cursor");
  if (Number(start ?? 0) * 1000 > world.clock - WITHHELD_MS)
    return failure(422, "InvalidValue", "Too recent start_time. Use a start_time older than 60 seconds");
  const [time, after] =
    position === undefined ? [Number(start) * 1000, -1] : [Number(position[1]), Number(position[2])];
  const changed = desk
    .byUpdate()
    .filter(
      ({ updated, n }) => (updated > time || (updated === time && n > after)) && updated <= world.clock - WITHHELD_MS,
    )
    .filter(({ deleted }) => deleted !== true || query.get("exclude_deleted") !== "true");
  const asMany = wholeNumber(query.get("per_page"), 1000, 1, 1000);
  const size = shape?.kind === "half" ? Math.ceil(asMany / 2) : shape?.kind === "empty" ? 0 : asMany;
  const tickets = changed.slice(0, size);
  const last = tickets.at(-1);
  const [lastTime, lastN] = last === undefined ? [time, after] : [last.updated, last.n];
  const next =
    shape?.kind === "repeat" ? cursor : Buffer.from(`${lastTime}|${Math.max(0, lastN)}`).toString("base64url");
  return ok({
    tickets: tickets.map((one) => ticketJson(world, one, includes(asked))),
    after_url: `https://acme.zendesk.com/api/v2/incremental/tickets/cursor.json?cursor=${next}`,
    after_cursor: next,
    before_url: null,
    before_cursor: null,
    end_of_stream: shape?.kind !== "repeat" && tickets.length === changed.length,
  });
};

/** `GET /incremental/organizations.json`: by time, so that those of the last second come again. */
const exportOrganizations = (world: World, asked: Asked): Answer => {
  const start = Number(asked.query.get("start_time") ?? Number.NaN) * 1000;
  if (!Number.isFinite(start)) return failure(400, "StartTimeInvalid", "Invalid start_time");
  const asMany = wholeNumber(asked.query.get("per_page"), 1000, 1, 1000);
  const changed = organizationsJson(world.company.calendar.at(0)).filter(
    ({ updated_at }) => Date.parse(updated_at) >= start,
  );
  const organizations = changed.slice(0, asMany);
  const last = organizations.at(-1);
  return ok({
    organizations,
    count: organizations.length,
    end_of_stream: organizations.length === changed.length,
    end_time: last === undefined ? null : Date.parse(last.updated_at) / 1000,
    next_page: null,
  });
};

/** A page by cursor, as `page[size]` and `page[after]` ask for it. */
const page = (asked: Asked, name: string, all: readonly unknown[], most = 100): Answer => {
  const { query, shape } = asked;
  const from = Number(Buffer.from(query.get("page[after]") ?? "", "base64url").toString("utf8") || 0);
  if (!Number.isInteger(from)) return failure(400, "InvalidPaginationParameter", "page[after] is not valid");
  const asMany = wholeNumber(query.get("page[size]"), most, 1, most);
  const to = from + (shape?.kind === "half" ? Math.ceil(asMany / 2) : asMany);
  const more = shape?.kind === "repeat" || to < all.length;
  const after = Buffer.from(String(shape?.kind === "repeat" ? from : to)).toString("base64url");
  return ok({
    links: { next: null, prev: null },
    [name]: all.slice(from, to),
    meta: { has_more: more, after_cursor: more ? after : null, before_cursor: null },
  });
};
