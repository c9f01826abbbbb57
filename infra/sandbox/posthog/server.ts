import type { World } from "../company/world.ts";
import { Budget } from "../http/budget.ts";
import { bodyObject, match, ok, type Route, route, wholeNumber } from "../http/route.ts";
import type { Answer, Asked } from "../http/server.ts";
import type { OpenSite } from "../site/site.ts";
import { computed, experimentAnswer, exposureAnswer } from "./answers.ts";
import { HogQLError, runHogQL } from "./hogql.ts";
import {
  annotations,
  type Changes,
  cohorts,
  experiments,
  flags,
  insights,
  projectId,
  type Row,
  surveys,
} from "./project.ts";
import { responseEvents } from "./responses.ts";
import { verbsOf } from "./verbs.ts";

const API_KEY = "phx_sandbox";

type Lister = (world: World, project: string) => readonly Row[];
const LISTS: Readonly<Record<string, readonly [Lister, scope: string]>> = {
  feature_flags: [flags, "feature_flag:read"],
  experiments: [experiments, "experiment:read"],
  insights: [insights, "insight:read"],
  cohorts: [cohorts, "cohort:read"],
  annotations: [annotations, "annotation:read"],
  surveys: [surveys, "survey:read"],
};

/** PostHog's project API: lists, computed insights and the query endpoint. */
export const posthogSite: OpenSite = (world) => {
  const changes: Changes = { rows: new Map(), responses: [] };
  const scopes: { value: ReadonlySet<string> | undefined } = { value: undefined };
  const crud = new Budget(480, 60_000, () => world.clock);
  const queries = new Budget(240, 60_000, () => world.clock);
  const projects = world.company.products.map(({ index }) => projectId(index));
  const held: Held = { world, changes, projects, allows: (scope) => scopes.value?.has(scope) ?? true };
  const routes = [...Object.keys(LISTS).flatMap((list) => listRoutes(held, list)), queryRoute(held)];
  return {
    vendor: (asked) => {
      if (asked.headers.authorization !== `Bearer ${API_KEY}`)
        return failure(401, "authentication_error", "authentication_failed", "Invalid personal API key.");
      const isQuery = asked.path.endsWith("/query/") || asked.query.get("refresh") !== null;
      const spent = (isQuery ? queries : crud).spend(1);
      if (!spent.allowed) return throttled(spent.retryAfterSeconds);
      return match(routes, asked)?.answer() ?? NOT_FOUND;
    },
    settings: { apiKey: API_KEY, projects, siteUrl: "https://us.posthog.com" },
    scopes: (product) =>
      world.company.products.flatMap(({ name, index }) => (name === product ? [projectId(index)] : [])),
    verbs: verbsOf(changes, scopes),
    budgets: { "": crud, query: queries },
    reset: () => {
      changes.rows.clear();
      changes.responses.splice(0);
      scopes.value = undefined;
    },
  };
};

interface Held {
  readonly world: World;
  readonly changes: Changes;
  readonly projects: readonly string[];
  readonly allows: (scope: string) => boolean;
}

const failure = (status: number, type: string, code: string, detail: string): Answer => ({
  status,
  json: { type, code, detail, attr: null },
});
const NOT_FOUND = failure(404, "invalid_request", "not_found", "Not found.");
const throttled = (seconds: number): Answer => ({
  ...failure(429, "throttled_error", "throttled", `Request was throttled. Expected available in ${seconds} seconds.`),
  headers: { "retry-after": String(seconds) },
});
const missing = (scope: string): Answer =>
  failure(403, "authentication_error", "permission_denied", `API key missing required scope '${scope}'`);

const rowsOf = ({ world, changes }: Held, list: string, project: string): readonly Row[] =>
  (LISTS[list]?.[0](world, project) ?? []).map((row) => ({ ...row, ...changes.rows.get(`${list}/${row["id"]}`) }));

const listRoutes = (held: Held, list: string): readonly Route[] => {
  const scope = LISTS[list]?.[1] ?? "";
  const guarded =
    (answer: (asked: Asked, part: (name: string) => string) => Answer) =>
    (asked: Asked, part: (name: string) => string): Answer => {
      if (!held.projects.includes(part("project"))) return NOT_FOUND;
      return held.allows(scope) ? answer(asked, part) : missing(scope);
    };
  return [
    route(
      "GET",
      `/api/projects/:project/${list}/`,
      guarded((asked, part) => {
        const all = rowsOf(held, list, part("project")).filter(
          (row) => row["deleted"] !== true && [null, row["short_id"]].includes(asked.query.get("short_id")),
        );
        const offset = wholeNumber(asked.query.get("offset"), 0, 0, 1e6);
        const limit = wholeNumber(asked.query.get("limit"), 100, 1, 100);
        const kind = asked.shape?.kind;
        const rows =
          kind === "empty" ? [] : all.slice(kind === "repeat" ? 0 : offset, (kind === "repeat" ? 0 : offset) + limit);
        const isMore = kind !== undefined || offset + rows.length < all.length;
        const next = `https://us.posthog.com${asked.path}?limit=${limit}&offset=${offset + limit}`;
        return ok({ count: all.length, next: isMore ? next : null, previous: null, results: rows });
      }),
    ),
    route(
      "GET",
      `/api/projects/:project/${list}/:id/`,
      guarded((asked, part) => {
        const row = rowsOf(held, list, part("project")).find(({ id }) => String(id) === part("id"));
        if (row === undefined || row["deleted"] === true) return NOT_FOUND;
        const refresh = asked.query.get("refresh");
        if (refresh === null) return ok(row);
        if (!["blocking", "force_blocking", "force_cache", "async"].includes(refresh))
          return failure(400, "validation_error", "invalid_input", `"${refresh}" is not a valid refresh mode.`);
        return ok(list === "insights" && refresh !== "force_cache" ? computed(held.world, row) : row);
      }),
    ),
  ];
};

/** Source: https://posthog.com/docs/api/query */
const queryRoute = (held: Held): Route =>
  route("POST", "/api/projects/:project/query/", (asked, part) => {
    const { world } = held;
    const project = part("project");
    if (!held.projects.includes(project)) return NOT_FOUND;
    if (!held.allows("query:read")) return missing("query:read");
    const query = bodyObject(asked)?.["query"] as Row | undefined;
    const experiment = rowsOf(held, "experiments", project).find(({ id }) => id === query?.["experiment_id"]);
    switch (query?.["kind"]) {
      case "HogQLQuery":
        return hogql(held, project, query);
      case "ExperimentQuery":
        return experiment === undefined
          ? NOT_FOUND
          : ok(experimentAnswer(experiment, query["metric"] as Row, world.clock));
      case "ExperimentExposureQuery":
        return experiment === undefined ? NOT_FOUND : ok(exposureAnswer(world.clock));
      default:
        return failure(400, "validation_error", "invalid_input", "Unknown query kind.");
    }
  });

const hogql = ({ world, changes }: Held, project: string, query: Row): Answer => {
  try {
    const values = (query["values"] ?? {}) as Row;
    const found = runHogQL(String(query["query"]), values, responseEvents(world, project, changes), world.clock);
    return ok({ ...found, types: [], query_status: null });
  } catch (error) {
    if (error instanceof HogQLError) return failure(400, "validation_error", "invalid_input", error.message);
    throw error;
  }
};
