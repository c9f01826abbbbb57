import type { Exposure } from "../company/exposure.ts";
import { daysBetween, reportName } from "../company/usage.ts";
import type { World } from "../company/world.ts";
import { Budget } from "../http/budget.ts";
import { match, ok, type Route, route, wholeNumber } from "../http/route.ts";
import type { Answer, Asked } from "../http/server.ts";
import type { OpenSite } from "../site/site.ts";
import { funnelAnswer, insightAnswer, rawOf, retentionAnswer, segmentationAnswer } from "./figures.ts";
import {
  annotations,
  type Changes,
  cohorts,
  eventOf,
  experiments,
  flags,
  funnelId,
  measured,
  PROJECT,
  reportId,
  STOREFRONT,
  WORKSPACE,
} from "./project.ts";
import { verbsOf } from "./verbs.ts";

const ACCOUNT = {
  serviceAccount: "throughline.sandbox.mp-service-account",
  serviceAccountSecret: "sandbox-mixpanel-secret",
};
const BASIC = `Basic ${Buffer.from(`${ACCOUNT.serviceAccount}:${ACCOUNT.serviceAccountSecret}`).toString("base64")}`;

/** Mixpanel's APIs for queries, the raw export, annotations, experiments and flags, all below one address. */
export const mixpanelSite: OpenSite = (world) => {
  const changes: Changes = { experiments: new Map(), flags: new Map(), annotations: [], gone: new Set() };
  const query = new Budget(60, 3_600_000, () => world.clock);
  const raw = new Budget(60, 3_600_000, () => world.clock);
  const routes = [...queryRoutes(world, changes), exportRoute(world), ...appRoutes(world, changes)];
  return {
    vendor: (asked) => {
      const isExport = asked.path.startsWith("/api/2.0/");
      if (asked.headers.authorization !== BASIC)
        return isExport
          ? { status: 400, text: "Unable to authenticate request\n" }
          : failure(401, "Invalid service account credentials.");
      const spent = isExport ? raw.spend(1) : asked.path.startsWith("/api/query/") ? query.spend(1) : undefined;
      if (spent?.allowed === false) return failure(429, "Query rate limit exceeded (60 queries per hour).");
      return match(routes, asked)?.answer() ?? failure(404, "Not found.");
    },
    settings: {
      ...ACCOUNT,
      projectId: PROJECT,
      workspaceId: WORKSPACE,
      siteUrl: "https://mixpanel.com",
      reports: reportsOf(world),
      events: measured(world).slice(0, 3).map(eventOf),
      queriesPerRun: 20,
    },
    scopes: (product) => (world.company.products[STOREFRONT]?.name === product ? [PROJECT] : []),
    webhooks: false,
    verbs: verbsOf(changes),
    budgets: { "": query, export: raw },
    reset: () => {
      changes.experiments.clear();
      changes.flags.clear();
      changes.annotations.splice(0);
      changes.gone.clear();
    },
  };
};

/** What the people who set the connection up chose to read. */
const reportsOf = (world: World): readonly object[] => [
  ...measured(world).map((exposure) => ({
    kind: "insight",
    id: reportId(exposure),
    name: `Use of ${reportName(exposure, "mixpanel")}`,
    type: "adoption",
    direction: "up_good",
    ...(exposure.care === "right" && exposure.items[0] !== undefined && { feature: exposure.items[0].key }),
  })),
  ...measured(world)
    .slice(0, 1)
    .flatMap((exposure) => [
      { kind: "retention", id: "back-to-carts", bornEvent: eventOf(exposure) },
      { kind: "segmentation", event: eventOf(exposure) },
    ]),
];

const failure = (status: number, error: string): Answer => ({ status, json: { error, status: "error" } });
const DAY = /^\d{4}-\d{2}-\d{2}$/;

const window = ({ query }: Asked): readonly [string, string] | undefined => {
  const [from, to] = [query.get("from_date") ?? "", query.get("to_date") ?? ""];
  return DAY.test(from) && DAY.test(to) && from <= to ? [from, to] : undefined;
};
const NO_WINDOW = failure(400, "from_date and to_date are required, as yyyy-mm-dd.");

const queryRoutes = (world: World, changes: Changes): readonly Route[] => {
  const inProject =
    (answer: (asked: Asked) => Answer) =>
    (asked: Asked): Answer =>
      asked.query.get("project_id") === PROJECT ? answer(asked) : failure(400, "Missing or invalid project_id.");
  const named = (id: (exposure: Exposure) => string, asked: string | null) =>
    measured(world).find((one) => id(one) === asked);
  return [
    route(
      "GET",
      "/api/query/insights",
      inProject((asked) => {
        const report = named(reportId, asked.query.get("bookmark_id"));
        return report === undefined ? failure(400, "Invalid bookmark_id.") : ok(insightAnswer(world, report));
      }),
    ),
    route(
      "GET",
      "/api/query/funnels/list",
      inProject(() =>
        ok(
          measured(world)
            .slice(0, 3)
            .map((one) => ({ funnel_id: Number(funnelId(one)), name: `From cart to ${one.feature.title}` })),
        ),
      ),
    ),
    route(
      "GET",
      "/api/query/funnels",
      inProject((asked) => {
        const funnel = named(funnelId, asked.query.get("funnel_id"));
        const days = window(asked);
        if (days === undefined) return NO_WINDOW;
        return funnel === undefined ? failure(400, "Invalid funnel_id.") : ok(funnelAnswer(world, funnel, ...days));
      }),
    ),
    route(
      "GET",
      "/api/query/retention",
      inProject((asked) => {
        const days = window(asked);
        const born = asked.query.get("born_event");
        if (days === undefined) return NO_WINDOW;
        if (born === null) return failure(400, "born_event is required for birth retention.");
        return ok(retentionAnswer(world, born, ...days, wholeNumber(asked.query.get("interval_count"), 1, 1, 90)));
      }),
    ),
    route(
      "GET",
      "/api/query/segmentation",
      inProject((asked) => {
        const days = window(asked);
        const event = asked.query.get("event");
        if (days === undefined) return NO_WINDOW;
        if (event === null) return failure(400, "event is required.");
        return ok(segmentationAnswer(world, event, ...days));
      }),
    ),
    route(
      "POST",
      "/api/query/cohorts/list",
      inProject(() => ok(cohorts(world).filter(({ id }) => !changes.gone.has(String(id))))),
    ),
  ];
};

/** Source: https://developer.mixpanel.com/reference/raw-event-export */
const exportRoute = (world: World): Route =>
  route("GET", "/api/2.0/export", (asked) => {
    const days = window(asked);
    if (asked.query.get("project_id") !== PROJECT) return failure(400, "Missing or invalid project_id.");
    if (days === undefined) return NO_WINDOW;
    const events = namesIn(asked.query.get("event"));
    if (events === undefined) return failure(400, "event must be a JSON array.");
    const inSeconds = asked.query.get("time_in_ms") !== "true";
    const chosen = measured(world).filter((one) => events.length === 0 || events.includes(eventOf(one)));
    return { status: 200, headers: { "content-type": "text/plain" }, lines: linesOf(world, chosen, days, inSeconds) };
  });

const namesIn = (told: string | null): readonly string[] | undefined => {
  try {
    const names: unknown = JSON.parse(told ?? "[]");
    return Array.isArray(names) ? names.map(String) : undefined;
  } catch {
    return undefined;
  }
};

function* linesOf(
  world: World,
  chosen: readonly Exposure[],
  [from, to]: readonly [string, string],
  inSeconds: boolean,
): Iterable<string> {
  for (const day of daysBetween(Date.parse(from), Date.parse(to)))
    for (const exposure of chosen)
      for (const { event, properties } of rawOf(world, exposure, day)) {
        const time = Number(properties["time"]);
        yield `${JSON.stringify({ event, properties: { ...properties, time: inSeconds ? Math.floor(time / 1000) : time } })}\n`;
      }
}

const appRoutes = (world: World, changes: Changes): readonly Route[] => {
  const results = (rows: readonly object[]): Answer => ok({ status: "ok", results: rows });
  const one = (rows: readonly Readonly<Record<string, unknown>>[], id: string): Answer => {
    const row = rows.find((held) => String(held["id"]) === id);
    return row === undefined ? failure(404, "Not found.") : ok({ status: "ok", results: row });
  };
  const notes = () => annotations(world, changes).filter(({ id }) => !changes.gone.has(String(id)));
  const view = `/api/app/projects/${PROJECT}/workspaces/${WORKSPACE}/feature-flags`;
  return [
    route("GET", "/api/app/me", () =>
      ok({
        status: "ok",
        results: { user_name: ACCOUNT.serviceAccount, projects: { [PROJECT]: { name: "Storefront" } } },
      }),
    ),
    route("GET", `/api/app/projects/${PROJECT}/annotations`, () => results(notes())),
    route("GET", `/api/app/projects/${PROJECT}/annotations/:id`, (_, part) => one(notes(), part("id"))),
    route("GET", `/api/app/workspaces/${WORKSPACE}/experiments`, () => results(experiments(world, changes))),
    route("GET", `/api/app/workspaces/${WORKSPACE}/experiments/:id`, (_, part) =>
      one(experiments(world, changes), part("id")),
    ),
    route("GET", view, () => results(flags(world, changes))),
    route("GET", `${view}/:id`, (_, part) => one(flags(world, changes), part("id"))),
  ];
};
