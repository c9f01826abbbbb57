import type { World } from "../company/world.ts";
import { Budget } from "../http/budget.ts";
import { bodyObject, match, ok, type Route, route, wholeNumber } from "../http/route.ts";
import type { Answer, Asked, Vendor } from "../http/server.ts";
import type { OpenSite } from "../site/site.ts";
import { Account, ENVIRONMENTS, type Flag, hexId, PROJECTS } from "./account.ts";
import * as json from "./json.ts";
import { verbsOf } from "./verbs.ts";

const TOKEN = "api-sandbox-launchdarkly";

const refused = (status: number, code: string, message: string): Answer => ({ status, json: { code, message } });
const missing = (what: string): Answer => refused(404, "not_found", `Unknown ${what}`);

/** A LaunchDarkly account over the made-up company: flags of two products, and a trial of some. */
export const launchdarklySite: OpenSite = (world) => {
  const account = new Account(world);
  const budget = new Budget(100_000, 10_000, () => world.clock);
  const hooks = new Map<string, Readonly<Record<string, unknown>>>();
  const routes = routesOf(world, account, hooks);
  const vendor: Vendor = async (asked) => {
    if (asked.headers.authorization !== TOKEN)
      return refused(401, "unauthorized", "Invalid access token. Use a valid API access token.");
    const spent = budget.spend(1);
    const limits = {
      "x-ratelimit-global-remaining": String(spent.remaining),
      "x-ratelimit-reset": String(spent.resetAt),
    };
    if (!spent.allowed)
      return {
        ...refused(429, "rate_limited", "You've exceeded the API rate limit. Try again later."),
        headers: limits,
      };
    const answer = await (match(routes, asked)?.answer() ?? missing("resource"));
    return { ...answer, headers: { ...limits, ...answer.headers } };
  };
  return {
    vendor,
    settings: { accessToken: TOKEN, projects: Object.keys(PROJECTS) },
    scopes: (product) => Object.keys(PROJECTS).filter((key) => PROJECTS[key] === product),
    verbs: verbsOf(account),
    budgets: { "": budget },
    reset: () => {
      account.reset();
      hooks.clear();
    },
  };
};

/** A page of a list; a spoilt one has half of its rows. */
const paged = (asked: Asked, all: readonly unknown[], most = 100): Answer => {
  const asks = Number(asked.query.get("limit") ?? 20);
  if (!Number.isInteger(asks) || asks < 1 || asks > most)
    return refused(400, "invalid_request", `limit must be between 1 and ${most}`);
  const offset = wholeNumber(asked.query.get("offset"), 0, 0, 1e6);
  const limit = asked.shape?.kind === "half" ? Math.ceil(asks / 2) : asks;
  const items = all.slice(offset, offset + limit);
  return ok({ items, totalCount: all.length, _links: { self: { href: asked.path, type: "application/json" } } });
};

const flagList = (account: Account, asked: Asked, project: string): Answer => {
  const environments = asked.query.getAll("env");
  if (environments.length > 3) return refused(400, "invalid_request", "a maximum of 3 environments may be requested");
  const filter = asked.query.get("filter") ?? "";
  if (filter !== "" && !/^state:(live|archived|deprecated)$/.test(filter))
    return refused(400, "invalid_request", `invalid filter ${filter}`);
  const isWanted = (flag: Flag): boolean => (flag.archivedAt !== undefined) === (filter === "state:archived");
  const isWhole = asked.query.get("summary") === "0";
  const flags = account.flags(project).filter(isWanted);
  return paged(
    asked,
    flags.map((flag) => json.flagJson(flag, environments, isWhole)),
  );
};

/** Of resource specifiers the one form that is asked for here: all of one kind in one project. */
const SPEC = /^proj\/([\w*-]+):env\/\*:(flag|experiment)\/\*$/;

const auditLog = (account: Account, { query }: Asked): Answer => {
  const limit = Number(query.get("limit") ?? 10);
  if (!Number.isInteger(limit) || limit < 1 || limit > 20)
    return refused(400, "invalid_request", "limit must be between 1 and 20");
  const spec = SPEC.exec(query.get("spec") ?? "proj/*:env/*:flag/*");
  if (spec === null) return refused(400, "invalid_request", "invalid resource specifier");
  const [, project, what] = spec;
  const after = Number(query.get("after") ?? 0);
  const before = Number(query.get("before") ?? Number.MAX_SAFE_INTEGER);
  const entries = what === "flag" ? account.log() : [];
  const items = entries
    .filter((entry) => (project === "*" || entry.project === project) && entry.date > after && entry.date < before)
    .slice(0, limit);
  return ok({ items: items.map(json.entryJson), _links: {} });
};

const routesOf = (
  world: World,
  account: Account,
  hooks: Map<string, Readonly<Record<string, unknown>>>,
): readonly Route[] => {
  const api = "/api/v2";
  const within =
    (answer: (asked: Asked, part: (name: string) => string) => Answer) =>
    (asked: Asked, part: (name: string) => string): Answer =>
      PROJECTS[part("project")] === undefined ? missing(`project ${part("project")}`) : answer(asked, part);
  const ofFlag = (answer: (flag: Flag, asked: Asked) => Answer) =>
    within((asked, part) => {
      const flag = account.flag(part("project"), part("flag"));
      return flag === undefined ? missing(`feature flag key ${part("flag")}`) : answer(flag, asked);
    });
  const expanded = (asked: Asked) => (field: string) => (asked.query.get("expand") ?? "").split(",").includes(field);
  return [
    route("GET", `${api}/projects`, (asked) => paged(asked, Object.keys(PROJECTS).map(json.projectJson))),
    route(
      "GET",
      `${api}/projects/:project`,
      within((_, part) => ok(json.projectJson(part("project")))),
    ),
    route(
      "GET",
      `${api}/projects/:project/environments`,
      within((asked, part) =>
        paged(
          asked,
          Object.keys(ENVIRONMENTS).map((key) => json.environmentOf(part("project"), key)),
          20,
        ),
      ),
    ),
    route(
      "GET",
      `${api}/flags/:project`,
      within((asked, part) => flagList(account, asked, part("project"))),
    ),
    route(
      "GET",
      `${api}/flags/:project/:flag`,
      ofFlag((flag, asked) => {
        const environments = asked.query.getAll("env");
        return ok(json.flagJson(flag, environments.length > 0 ? environments : Object.keys(ENVIRONMENTS), true));
      }),
    ),
    route(
      "GET",
      `${api}/flags/:project/:flag/dependent-flags`,
      ofFlag(({ project, key }) => {
        const dependents = account.flags(project).filter(({ needs }) => needs === key);
        const environments = Object.entries(ENVIRONMENTS).map(([one, name]) => ({
          key: one,
          name,
          _links: {},
          _site: {},
        }));
        const items = dependents.map((flag) => ({ key: flag.key, name: flag.exposure.feature.title, environments }));
        return ok({ items, _links: {}, _site: {} });
      }),
    ),
    route(
      "GET",
      `${api}/flag-statuses/:project/:environment`,
      within((_, part) =>
        ok({
          items: account.flags(part("project")).map((flag) => json.statusJson(account, flag, part("environment"))),
          _links: {},
        }),
      ),
    ),
    route(
      "GET",
      `${api}/flag-status/:project/:flag`,
      ofFlag((flag) => {
        const environments = Object.keys(ENVIRONMENTS).map((name) => {
          const { _links: _, ...status } = json.statusJson(account, flag, name);
          return [name, status];
        });
        return ok({ key: flag.key, environments: Object.fromEntries(environments), _links: {} });
      }),
    ),
    route(
      "GET",
      `${api}/projects/:project/environments/:environment/experiments`,
      within((asked, part) => {
        const flags = part("environment") === "production" ? json.experimentFlags(account, part("project")) : [];
        return paged(
          asked,
          flags.map((flag) => json.experimentJson(world, flag, expanded(asked))),
        );
      }),
    ),
    route(
      "GET",
      `${api}/projects/:project/environments/:environment/experiments/:key`,
      within((asked, part) => {
        const flag = json.experimentFlags(account, part("project")).find(({ key }) => `${key}-trial` === part("key"));
        return flag === undefined ? missing("experiment") : ok(json.experimentJson(world, flag, expanded(asked)));
      }),
    ),
    route(
      "GET",
      `${api}/metrics/:project`,
      within((asked, part) =>
        paged(
          asked,
          [0, 1, 2].map((n) => json.metricJson(part("project"), n)),
        ),
      ),
    ),
    route("GET", `${api}/auditlog`, (asked) => auditLog(account, asked)),
    route("GET", `${api}/webhooks`, () => ok({ items: [...hooks.values()], _links: {} })),
    route("POST", `${api}/webhooks`, (asked) => {
      const body = bodyObject(asked);
      if (typeof body?.["url"] !== "string" || typeof body["sign"] !== "boolean")
        return refused(400, "invalid_request", "url, sign and on are required");
      const _id = hexId(17, hooks.size);
      const made = { _links: {}, tags: [], ...body, _id };
      hooks.set(_id, made);
      return { status: 201, json: made };
    }),
    route("PATCH", `${api}/webhooks/:id`, (asked, part) => {
      const held = hooks.get(part("id"));
      if (held === undefined) return missing("webhook");
      const operations = JSON.parse(asked.body.toString("utf8")) as readonly { path: string; value: unknown }[];
      const changed = { ...held, ...Object.fromEntries(operations.map(({ path, value }) => [path.slice(1), value])) };
      hooks.set(part("id"), changed);
      return ok(changed);
    }),
  ];
};
