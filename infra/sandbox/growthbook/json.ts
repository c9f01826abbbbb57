import { MEASURES } from "../company/flags.ts";
import { personAt } from "../company/people.ts";
import { type Experiment, type Feature, PROJECTS } from "./organization.ts";

type Json = Readonly<Record<string, unknown>>;

const iso = (time: number): string => new Date(time).toISOString();
const ownerId = (person: number): string => `u_${personAt(person).login.replace(/\W/g, "")}`;

const TESTERS = { id: "grp_testers", name: "Beta testers" } as const;

const rulesOf = (feature: Feature): readonly Json[] => [
  ...(feature.forTesters
    ? [
        {
          id: `fr_${feature.key}_testers`,
          type: "force",
          description: "",
          enabled: true,
          value: "true",
          savedGroupTargeting: [{ matchType: "any", savedGroups: [TESTERS.id] }],
          allEnvironments: false,
          environments: ["production"],
        },
      ]
    : []),
  ...(feature.percent > 0 && feature.percent < 100
    ? [
        {
          id: `fr_${feature.key}_rollout`,
          type: "rollout",
          description: "Gradual release",
          enabled: true,
          value: "true",
          coverage: feature.percent / 100,
          hashAttribute: "id",
          allEnvironments: false,
          environments: ["production"],
        },
      ]
    : []),
  ...(feature.percent === 100
    ? [
        {
          id: `fr_${feature.key}_all`,
          type: "force",
          description: "Released",
          enabled: true,
          value: "true",
          allEnvironments: false,
          environments: ["production"],
        },
      ]
    : []),
  {
    id: `fr_${feature.key}_dev`,
    type: "force",
    description: "Developers see everything",
    enabled: true,
    value: "true",
    allEnvironments: false,
    environments: ["dev"],
  },
];

/** What the SDKs get: as the server compiles it, saved groups by id. */
const definitionOf = (feature: Feature, environment: string): string => {
  const rules = rulesOf(feature).filter(({ environments }) =>
    (environments as readonly string[]).includes(environment),
  );
  return JSON.stringify({
    defaultValue: false,
    rules: rules.map(({ id, coverage, savedGroupTargeting }) => ({
      id,
      ...(savedGroupTargeting !== undefined && { condition: { id: { $inGroup: TESTERS.id } } }),
      force: true,
      ...(coverage !== undefined && { coverage, hashAttribute: "id" }),
    })),
  });
};

/** @param version 1 has the rules inside of each environment */
export const featureJson = (feature: Feature, version: 1 | 2): Json => {
  const { exposure, key, created, updated, project, archived, refersTo } = feature;
  const rules = rulesOf(feature);
  const environments = ["production", "dev"].map((name) => {
    const isEnabled = name === "dev" || feature.forTesters || feature.percent > 0;
    const own = rules.filter(({ environments: some }) => (some as readonly string[]).includes(name));
    return [
      name,
      {
        enabled: isEnabled,
        defaultValue: "false",
        ...(isEnabled && { definition: definitionOf(feature, name) }),
        ...(version === 1 && { rules: own }),
      },
    ];
  });
  return {
    id: key,
    dateCreated: iso(created),
    dateUpdated: iso(updated),
    archived: archived !== undefined,
    description: refersTo === undefined ? exposure.feature.title : `${exposure.feature.title}, feature:${refersTo.key}`,
    owner: ownerId(exposure.feature.lead),
    project,
    valueType: "boolean",
    defaultValue: "false",
    tags: [exposure.product.repo],
    environments: Object.fromEntries(environments),
    prerequisites: [],
    ...(version === 2 && { rules }),
    revision: {
      version: 1 + feature.steps.length,
      comment: "",
      date: iso(updated),
      ...(version === 1
        ? { publishedBy: ownerId(exposure.feature.lead), createdBy: ownerId(exposure.feature.lead) }
        : { publishedBy: { type: "dashboard", id: ownerId(exposure.feature.lead) } }),
    },
  };
};

export const metricId = (index: number): string => `met_${MEASURES[index]?.key ?? ""}`;

const metricRefs = (wanted: (index: number) => boolean) =>
  MEASURES.flatMap((_, index) => (wanted(index) ? [{ metricId: metricId(index), overrides: {} }] : []));

const settingsOf = ({ trackingKey }: Experiment): Json => ({
  datasourceId: "ds_warehouse",
  assignmentQueryId: "user_id",
  experimentId: trackingKey,
  segmentId: "",
  queryFilter: "",
  inProgressConversions: "include",
  attributionModel: "firstExposure",
  statsEngine: "bayesian",
  goals: metricRefs((index) => MEASURES[index]?.isGoal === true),
  secondaryMetrics: metricRefs((index) => MEASURES[index]?.isGoal === false && MEASURES[index]?.isLowGood === false),
  guardrails: metricRefs((index) => MEASURES[index]?.isLowGood === true),
});

const variationsOf = ({ id }: Experiment) =>
  ["Control", "Variation"].map((name, index) => ({
    variationId: `var_${id.slice(4)}_${index}`,
    key: String(index),
    name,
    description: "",
    screenshots: [],
  }));

export const experimentJson = (experiment: Experiment): Json => {
  const { plan, id, trackingKey, project, status, started, stopped, updated, result, released } = experiment;
  const { feature } = plan.exposure;
  const { refersTo } = plan;
  const variations = variationsOf(experiment);
  return {
    id,
    trackingKey,
    dateCreated: iso(plan.created + 3_600_000),
    dateUpdated: iso(updated),
    name: feature.slug === "address-autocomplete" ? "AB: typeahead for addresses" : `${feature.title} against none`,
    type: "standard",
    project,
    hypothesis: `With ${feature.title} more people come to the end`,
    description: refersTo === undefined ? "" : `For ${refersTo.url}`,
    tags: refersTo === undefined ? [] : [`feature:${refersTo.key}`],
    owner: ownerId(feature.lead),
    ownerEmail: personAt(feature.lead).email,
    archived: false,
    status,
    autoRefresh: true,
    hashAttribute: "id",
    hashVersion: 2,
    variations,
    phases:
      started === undefined
        ? []
        : [
            {
              name: "Main",
              dateStarted: iso(started),
              dateEnded: stopped === undefined ? "" : iso(stopped),
              reasonForStopping: "",
              seed: trackingKey,
              coverage: 1,
              trafficSplit: variations.map(({ variationId }) => ({ variationId, weight: 0.5 })),
              targetingCondition: "{}",
            },
          ],
    settings: settingsOf(experiment),
    ...(status === "stopped" && {
      resultSummary: {
        status: result,
        winner:
          result === "won"
            ? (variations[1]?.variationId ?? "")
            : result === "lost"
              ? (variations[0]?.variationId ?? "")
              : "",
        conclusions: "",
        releasedVariationId: variations[released ?? 0]?.variationId ?? "",
        excludeFromPayload: false,
      },
    }),
    linkedFeatures: PROJECTS[project]?.repo === "insights" ? [plan.key] : [],
  };
};

/** The latest snapshot; a draft has none. */
export const resultsJson = (experiment: Experiment): Json | undefined => {
  const { id, started, stopped, updated, lift, users } = experiment;
  if (started === undefined) return undefined;
  const analysed = (index: number, variation: number): Json => {
    const sign = MEASURES[index]?.isLowGood === true ? -0.2 : 1;
    const change = variation === 0 ? 0 : lift * sign;
    const chance = Math.min(0.999, Math.max(0.001, 0.5 + change * 12));
    return {
      engine: "bayesian",
      numerator: Math.round(users * 0.3 * (1 + change)),
      denominator: users,
      mean: 0.3 * (1 + change),
      stddev: 0.45,
      percentChange: change,
      ciLow: variation === 0 ? 0 : change - 0.03,
      ciHigh: variation === 0 ? 0 : change + 0.03,
      ...(variation === 1 && { chanceToBeatControl: chance, risk: 0.001 }),
    };
  };
  return {
    id: `snp_${id.slice(4)}`,
    experimentId: id,
    dateUpdated: iso(Math.max(stopped ?? 0, updated)),
    phase: "0",
    dateStart: iso(started),
    dateEnd: iso(stopped ?? updated),
    dimension: { type: "none" },
    settings: settingsOf(experiment),
    queryIds: [],
    results: [
      {
        dimension: "",
        totalUsers: users * 2,
        checks: { srm: 0.42 },
        metrics: MEASURES.map(({ name }, index) => ({
          metricId: metricId(index),
          metricName: name,
          variations: variationsOf(experiment).map(({ variationId, name: variationName }, variation) => ({
            variationId,
            variationName,
            users: users + variation * 11,
            analyses: [analysed(index, variation)],
          })),
        })),
      },
    ],
  };
};

export const metricJson = (index: number): Json => {
  const { name, event, isLowGood } = MEASURES[index] ?? MEASURES[0];
  return {
    id: metricId(index),
    managedBy: "",
    dateCreated: "2025-01-10T09:00:00.000Z",
    dateUpdated: "2025-01-10T09:00:00.000Z",
    owner: ownerId(3),
    datasourceId: "ds_warehouse",
    name,
    description: "",
    type: event === "order_placed" ? "revenue" : "binomial",
    tags: [],
    projects: [],
    archived: false,
    behavior: {
      goal: isLowGood ? "decrease" : "increase",
      windowSettings: { type: "conversion", windowValue: 72, windowUnit: "hours" },
      riskThresholdSuccess: 0.0025,
      riskThresholdDanger: 0.0125,
      minPercentChange: 0.005,
      maxPercentChange: 0.5,
      minSampleSize: 150,
      targetMDE: 0.1,
    },
    sql: {
      identifierTypes: ["user_id"],
      conversionSQL: `SELECT user_id, at AS timestamp FROM ${event}`,
      userAggregationSQL: "SUM(value)",
      denominatorMetricId: "",
    },
  };
};

export const savedGroupJson = (): Json => ({
  ...TESTERS,
  type: "list",
  dateCreated: "2025-01-10T09:00:00.000Z",
  dateUpdated: "2025-01-10T09:00:00.000Z",
  attributeKey: "id",
  values: ["user-1042", "user-2077"],
});

export const projectJson = (id: string): Json => ({
  id,
  name: PROJECTS[id]?.name,
  dateCreated: "2025-01-10T09:00:00.000Z",
  dateUpdated: "2025-01-10T09:00:00.000Z",
});
