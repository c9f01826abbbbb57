import { type Exposure, exposures, referenceOf, timeOf } from "../company/exposure.ts";
import { people } from "../company/people.ts";
import { at, hash } from "../company/random.ts";
import { isDark, LOST, reportName, shippedOf } from "../company/usage.ts";
import type { World } from "../company/world.ts";

/** Every product has a project of its own. */
export const projectId = (product: number): string => String(309_480 + product);

export type Row = Readonly<Record<string, unknown>>;

/** What was changed in PostHog since the start: by `list/id`, and responses that were given. */
export interface Changes {
  readonly rows: Map<string, Row>;
  readonly responses: { readonly project: string; readonly row: Row }[];
}

const DAY_MS = 86_400_000;
/** Microseconds, as PostHog tells its own times. */
const iso = (ms: number): string => new Date(ms).toISOString().replace("Z", "000Z");

export const userOf = (index: number): Row => {
  const person = at(people, index % 12);
  const [first = "", ...last] = person.name.split(" ");
  return { id: 411_780 + person.index, first_name: first, last_name: last.join(" "), email: person.email };
};

/** What people write of a feature where a tool takes free words; some name its key, some tag it, some mark it. */
const wordsOf = (world: World, exposure: Exposure) => {
  const key = referenceOf(world, exposure)?.key ?? "";
  const way = exposure.feature.index % 3;
  return {
    title: way === 0 && key !== "" ? ` (${key})` : "",
    tags: [
      exposure.product.repo,
      ...(way === 1 && key !== "" ? [key] : []),
      ...(way === 2 && key !== "" ? [`feature:${key}`] : []),
    ],
    marker: key === "" ? "" : `feature:${key}`,
  };
};

const of = (world: World, project: string): readonly Exposure[] =>
  exposures(world).filter(({ product }) => projectId(product.index) === project);
const shipped = (world: World, project: string): readonly Exposure[] =>
  shippedOf(exposures(world), Number(project) - 309_480);
const launch = (world: World, { days }: Exposure): number => timeOf(world, days.shipped ?? 0);

export const flagId = ({ product, feature }: Exposure): number => 700_000 + product.index * 100 + feature.index;
const experimentId = ({ product, feature }: Exposure): number => 374_000 + product.index * 100 + feature.index;
export const insightId = ({ product, feature }: Exposure): number => 9_038_000 + product.index * 100 + feature.index;

const VARIANTS = [
  { key: "control", name: "Control", rollout_percentage: 50 },
  { key: "test", name: "Test", rollout_percentage: 50 },
];

/** Shipped features reach everybody, but for one that nobody switched on; those in work only colleagues. */
export const flags = (world: World, project: string): readonly Row[] =>
  of(world, project)
    .filter(({ days }) => days.started !== undefined)
    .map((exposure) => {
      const isOut = exposure.days.shipped !== undefined && launch(world, exposure) < world.clock;
      const dark = isDark(exposure);
      const { title, tags } = wordsOf(world, exposure);
      const changed = isOut && !dark ? launch(world, exposure) : timeOf(world, exposure.days.started ?? 0);
      const colleagues = {
        properties: [{ key: "email", type: "person", operator: "icontains", value: "@acme.example" }],
        rollout_percentage: 100,
      };
      const everyone = {
        properties: [],
        rollout_percentage: 100,
        ...(exposure.feature.slug === LOST && { variant: "test" }),
      };
      return {
        id: flagId(exposure),
        key: exposure.key,
        name: `${exposure.feature.title}${title}`,
        active: !dark,
        deleted: false,
        filters: {
          groups: isOut && !dark ? [everyone] : [colleagues],
          ...(exposure.feature.slug === LOST && { multivariate: { variants: VARIANTS } }),
        },
        experiment_set: isTried(exposure) ? [experimentId(exposure)] : [],
        tags,
        status: "ACTIVE",
        last_called_at: isOut && !dark ? iso(Math.floor(world.clock / DAY_MS) * DAY_MS) : null,
        created_at: iso(timeOf(world, exposure.days.started ?? 0)),
        created_by: userOf(exposure.feature.lead),
        updated_at: iso(changed),
      };
    });

/** Every third feature of the products beside the shop is tried by an experiment, and the one that lost. */
const isTried = ({ product, feature, days }: Exposure): boolean =>
  days.shipped !== undefined && (product.index === 0 ? feature.slug === LOST : feature.index % 3 === 0);

export const experiments = (world: World, project: string): readonly Row[] =>
  of(world, project)
    .filter(isTried)
    .map((exposure) => {
      const start = launch(world, exposure);
      const end = start + 14 * DAY_MS;
      const isOver = end < world.clock;
      const lost = exposure.feature.slug === LOST;
      const metric = (event: string, name: string) => ({
        kind: "ExperimentMetric",
        metric_type: "mean",
        uuid: `${flagId(exposure)}-${event}`,
        name,
        source: { kind: "EventsNode", event },
      });
      return {
        id: experimentId(exposure),
        name: `${reportName(exposure, "posthog")} against what was before`,
        description: wordsOf(world, exposure).marker,
        start_date: iso(start),
        end_date: isOver ? iso(end) : null,
        feature_flag_key: exposure.key,
        feature_flag: {
          id: flagId(exposure),
          key: exposure.key,
          active: true,
          filters: {
            groups: [{ properties: [], rollout_percentage: 100, ...(lost && { variant: "test" }) }],
            multivariate: { variants: VARIANTS },
          },
        },
        parameters: null,
        archived: false,
        deleted: false,
        metrics: [metric("purchase", "Purchases")],
        metrics_secondary: [metric("error", "Errors")],
        conclusion: isOver ? (lost ? "lost" : "won") : null,
        conclusion_comment: null,
        stats_config: { method: "bayesian" },
        created_at: iso(start - 3 * DAY_MS),
        created_by: userOf(exposure.feature.lead),
        updated_at: iso(isOver ? end : start),
        status: isOver ? "complete" : "running",
      };
    });

export const insights = (world: World, project: string): readonly Row[] => {
  const rows = shipped(world, project).map((exposure) => {
    const { title, tags } = wordsOf(world, exposure);
    const event = `${exposure.feature.slug} used`;
    const source = { kind: "TrendsQuery", interval: "day", series: [{ kind: "EventsNode", event, math: "dau" }] };
    return insight(
      world,
      insightId(exposure),
      `${reportName(exposure, "posthog")}, people a day${title}`,
      source,
      launch(world, exposure),
      [...tags, "adoption"],
    );
  });
  const [first] = shipped(world, project);
  if (first === undefined) return rows;
  const born = launch(world, first);
  const base = insightId(first) + 90;
  return [
    ...rows,
    insight(world, base, "From visit to value", { kind: "FunnelsQuery", series: [] }, born, []),
    insight(
      world,
      base + 1,
      "Who comes back",
      { kind: "RetentionQuery", retentionFilter: { period: "Week" } },
      born,
      [],
    ),
    insight(world, base + 2, "Rows by plan", { kind: "HogQLQuery", query: "select 1" }, born, []),
  ];
};

const insight = (
  world: World,
  id: number,
  name: string,
  source: object,
  made: number,
  tags: readonly string[],
): Row => ({
  id,
  short_id: hash(world.company.seed, 88, id).toString(36).padStart(8, "x").slice(-8),
  name,
  derived_name: null,
  description: "",
  tags,
  saved: true,
  deleted: false,
  query: { kind: "InsightVizNode", source },
  result: null,
  last_refresh: null,
  timezone: "UTC",
  created_at: iso(made),
  created_by: userOf(6),
  updated_at: iso(made),
  last_modified_at: iso(made),
});

export const cohorts = (world: World, project: string): readonly Row[] =>
  shipped(world, project)
    .slice(0, 3)
    .map((exposure, index) => ({
      id: 342_000 + Number(project) * 10 + index,
      name: `Regulars of ${exposure.feature.title}`,
      description: wordsOf(world, exposure).marker,
      count: 30 + (hash(world.company.seed, 89, index) % 200),
      deleted: false,
      is_static: false,
      is_calculating: false,
      last_calculation: iso(Math.floor(world.clock / DAY_MS) * DAY_MS),
      created_at: iso(launch(world, exposure)),
      created_by: userOf(6),
    }));

export const annotations = (world: World, project: string): readonly Row[] =>
  shipped(world, project).map((exposure) => ({
    id: 339_000 + (insightId(exposure) % 1000),
    content: `${exposure.items[0]?.key ?? ""} ${exposure.feature.title} is live`.trim(),
    date_marker: iso(launch(world, exposure)),
    creation_type: exposure.feature.index % 2 === 0 ? "USR" : "GIT",
    scope: "project",
    deleted: false,
    created_at: iso(launch(world, exposure)),
    created_by: exposure.feature.index % 2 === 0 ? userOf(exposure.feature.lead) : null,
    updated_at: iso(launch(world, exposure)),
  }));

/** A survey about each of the three oldest features, by the usual questions. */
export const surveys = (world: World, project: string): readonly Row[] =>
  shipped(world, project)
    .slice(0, 3)
    .map((exposure, index) => {
      const id = uuidOf(world, 3, exposure);
      return {
        id,
        name: `How do you like ${exposure.feature.title}?`,
        description: wordsOf(world, exposure).marker,
        type: "popover",
        questions: [
          {
            id: uuidOf(world, 4, exposure),
            type: "rating",
            question: "How likely would you recommend it?",
            scale: index === 1 ? 5 : 10,
            display: "number",
          },
          { id: uuidOf(world, 5, exposure), type: "open", question: "What is missing?" },
        ],
        linked_flag: { id: flagId(exposure), key: exposure.key },
        linked_flag_id: flagId(exposure),
        start_date: iso(launch(world, exposure) + DAY_MS),
        end_date: null,
        archived: false,
        created_at: iso(launch(world, exposure)),
        created_by: userOf(3),
      };
    });

export const uuidOf = (
  world: World,
  what: number,
  { product, feature }: Pick<Exposure, "product" | "feature">,
  n = 0,
): string => {
  const text = [0, 1, 2, 3]
    .map((part) =>
      hash(world.company.seed, 90 + what, product.index * 100 + feature.index, n * 4 + part)
        .toString(16)
        .padStart(8, "0"),
    )
    .join("");
  return `${text.slice(0, 8)}-${text.slice(8, 12)}-4${text.slice(13, 16)}-8${text.slice(17, 20)}-${text.slice(20)}`;
};
