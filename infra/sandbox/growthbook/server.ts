import { Budget } from "../http/budget.ts";
import { match, ok, type Route, route } from "../http/route.ts";
import type { Answer, Asked, Vendor } from "../http/server.ts";
import type { OpenSite } from "../site/site.ts";
import * as json from "./json.ts";
import { Organization, PROJECTS } from "./organization.ts";
import { verbsOf } from "./verbs.ts";

const KEY = "secret_readonly_sandbox";

const refused = (status: number, message: string): Answer => ({ status, json: { message } });

/** A GrowthBook organisation over the made-up company: flags of one product, experiments of two. */
export const growthbookSite: OpenSite = (world) => {
  const organization = new Organization(world);
  const budget = new Budget(1_000_000, 60_000, () => world.clock);
  const routes = routesOf(organization);
  const basic = `Basic ${Buffer.from(`${KEY}:`).toString("base64")}`;
  const vendor: Vendor = (asked) => {
    const { authorization } = asked.headers;
    if (authorization !== `Bearer ${KEY}` && authorization !== basic) return refused(401, "Invalid API key");
    const spent = budget.spend(1);
    if (!spent.allowed) return refused(429, `Too many requests, limit to ${spent.limit} per minute`);
    return match(routes, asked)?.answer() ?? refused(404, "Unknown API endpoint");
  };
  return {
    vendor,
    settings: { apiKey: KEY, projects: Object.keys(PROJECTS) },
    scopes: (product) => Object.keys(PROJECTS).filter((id) => PROJECTS[id]?.name === product),
    verbs: verbsOf(organization),
    budgets: { "": budget },
    reset: () => organization.reset(),
  };
};

/** A page by offset; a spoilt one has half of its rows, or goes on where it began. */
const paged = (
  asked: Asked,
  name: string,
  all: readonly unknown[],
  isShown: (row: unknown) => boolean = () => true,
): Answer => {
  const asks = Number(asked.query.get("limit") ?? 10);
  const offset = Number(asked.query.get("offset") ?? 0);
  if (!Number.isInteger(asks) || asks < 1 || asks > 100) return refused(400, "limit: must be between 1 and 100");
  if (!Number.isInteger(offset) || offset < 0) return refused(400, "offset: must be a whole number");
  const limit = asked.shape?.kind === "half" ? Math.ceil(asks / 2) : asks;
  const rows = all.slice(offset, offset + limit);
  const hasMore = offset + rows.length < all.length;
  const next = asked.shape?.kind === "repeat" ? offset : offset + rows.length;
  const shown = rows.filter(isShown);
  return ok({
    [name]: shown,
    limit: asks,
    offset,
    count: shown.length,
    total: all.length,
    hasMore,
    nextOffset: hasMore ? next : null,
  });
};

const routesOf = (organization: Organization): readonly Route[] => {
  const inProject = <T extends { readonly project: string }>(asked: Asked, all: readonly T[]): readonly T[] => {
    const wanted = asked.query.get("projectId");
    return wanted === null ? all : all.filter(({ project }) => project === wanted);
  };
  const features = (asked: Asked) =>
    inProject(asked, organization.features()).filter(
      ({ archived }) => archived === undefined || asked.query.get("archived") === "true",
    );
  const ofVersion = (version: 1 | 2): readonly Route[] => [
    route("GET", `/v${version}/features`, (asked) =>
      paged(
        asked,
        "features",
        features(asked).map((feature) => json.featureJson(feature, version)),
      ),
    ),
    route("GET", `/v${version}/features/:id`, (_, part) => {
      const found = organization.features().find(({ key }) => key === part("id"));
      return found === undefined
        ? refused(404, "Could not find a feature with that key")
        : ok({ feature: json.featureJson(found, version) });
    }),
  ];
  const withExperiment =
    (answer: (found: ReturnType<Organization["experiments"]>[number]) => Answer) =>
    (_: Asked, part: (name: string) => string): Answer => {
      const found = organization.experiments().find(({ id }) => id === part("id"));
      return found === undefined ? refused(404, "Could not find experiment with that id") : answer(found);
    };
  return [
    ...ofVersion(1),
    ...ofVersion(2),
    route("GET", "/v1/experiments", (asked) =>
      paged(
        asked,
        "experiments",
        inProject(asked, organization.experiments()).map((one) => json.experimentJson(one)),
      ),
    ),
    route("GET", "/v1/experiments/results", (asked) =>
      paged(
        asked,
        "experimentResults",
        inProject(asked, organization.experiments()).map(json.resultsJson),
        (row) => row !== undefined,
      ),
    ),
    route(
      "GET",
      "/v1/experiments/:id",
      withExperiment((found) => ok({ experiment: json.experimentJson(found) })),
    ),
    route(
      "GET",
      "/v1/experiments/:id/results",
      withExperiment((found) => {
        const result = json.resultsJson(found);
        return result === undefined
          ? refused(404, "No results found for that experiment")
          : ok({ experiment: json.experimentJson(found), result });
      }),
    ),
    route("GET", "/v1/metrics", (asked) => paged(asked, "metrics", [0, 1, 2].map(json.metricJson))),
    route("GET", "/v1/metrics/:id", (_, part) => {
      const index = [0, 1, 2].find((one) => json.metricId(one) === part("id"));
      return index === undefined ? refused(404, "Metric not found") : ok({ metric: json.metricJson(index) });
    }),
    route("GET", "/v1/fact-metrics", (asked) => paged(asked, "factMetrics", [])),
    route("GET", "/v1/saved-groups", (asked) => paged(asked, "savedGroups", [json.savedGroupJson()])),
    route("GET", "/v1/projects", (asked) => paged(asked, "projects", Object.keys(PROJECTS).map(json.projectJson))),
    route("GET", "/v1/projects/:id", (_, part) =>
      PROJECTS[part("id")] === undefined
        ? refused(404, "Could not find project with that id")
        : ok({ project: json.projectJson(part("id")) }),
    ),
  ];
};
