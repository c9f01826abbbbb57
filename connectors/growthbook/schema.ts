import * as z from "zod";

const text = z.string().nullish();
const flag = z.boolean().nullish();
const number = z.number().nullish();
const texts = z.array(z.string()).nullish();
const Id = z.string().min(1);

const Common = {
  id: Id,
  name: text,
  description: text,
  owner: text,
  ownerEmail: text,
  tags: texts,
  archived: flag,
  dateCreated: text,
  dateUpdated: text,
  /** Where people open GrowthBook; set by our reading, since the API tells no page. */
  appUrl: text,
};

const Prerequisite = z.looseObject({ id: z.string(), condition: text });

/** One rule of a feature: https://docs.growthbook.io/api (FeatureRuleV2); `v1` has no scope of environments. */
export const Rule = z.looseObject({
  id: text,
  type: text,
  enabled: flag,
  description: text,
  condition: text,
  savedGroupTargeting: z.array(z.looseObject({ matchType: text, savedGroups: texts })).nullish(),
  prerequisites: z.array(Prerequisite).nullish(),
  scheduleRules: z.array(z.looseObject({ enabled: flag, timestamp: text })).nullish(),
  allEnvironments: flag,
  environments: texts,
  value: z.unknown().optional(),
  coverage: number,
  namespace: z.looseObject({ enabled: flag, range: z.array(z.number()).nullish() }).nullish(),
  controlValue: text,
  variationValue: text,
  status: text,
});
export type Rule = z.output<typeof Rule>;

const FeatureShape = {
  ...Common,
  project: text,
  valueType: text,
  defaultValue: text,
  rules: z.array(Rule).nullish(),
  environments: z
    .record(
      z.string(),
      z.looseObject({
        enabled: flag,
        defaultValue: text,
        rules: z.array(Rule).nullish(),
        /** What the SDKs get: a FeatureDefinition as JSON, schedules and experiments resolved by the server. */
        definition: text,
      }),
    )
    .nullish(),
  prerequisites: z.array(z.union([z.string(), Prerequisite])).nullish(),
  customFields: z.record(z.string(), z.unknown()).nullish(),
};

/** A feature that another needs, as far as that matters; null where GrowthBook does not know it. */
const Needed = z.looseObject(FeatureShape).nullable();

/** https://docs.growthbook.io/api#tag/features/operation/listFeatures */
export const Feature = z.looseObject({
  ...FeatureShape,
  /** Set by our reading: the features that this one needs, directly or not, by id. */
  needed: z.record(z.string(), Needed).nullish(),
  /** Set by our reading: names of saved groups, by id. */
  savedGroupNames: z.record(z.string(), z.string()).nullish(),
});
export type Feature = z.output<typeof Feature>;

const ExperimentMetric = z.looseObject({ metricId: z.string() });
const metrics = z.array(ExperimentMetric).nullish();

const Analysis = z.looseObject({
  mean: number,
  percentChange: number,
  ciLow: number,
  ciHigh: number,
  pValue: number,
  chanceToBeatControl: number,
});

/** https://docs.growthbook.io/api#tag/experiments/operation/getExperimentResults */
export const Results = z.looseObject({
  experimentId: z.string(),
  dateUpdated: text,
  results: z
    .array(
      z.looseObject({
        dimension: text,
        totalUsers: number,
        checks: z.looseObject({ srm: number }).nullish(),
        metrics: z
          .array(
            z.looseObject({
              metricId: z.string(),
              metricName: text,
              variations: z
                .array(z.looseObject({ variationId: z.string(), users: number, analyses: z.array(Analysis).nullish() }))
                .nullish(),
            }),
          )
          .nullish(),
      }),
    )
    .nullish(),
});
export type Results = z.output<typeof Results>;

/** https://docs.growthbook.io/api#tag/experiments/operation/listExperiments */
export const Experiment = z.looseObject({
  ...Common,
  trackingKey: text,
  project: text,
  hypothesis: text,
  status: text,
  variations: z.array(z.looseObject({ variationId: z.string(), key: text, name: text })).nullish(),
  phases: z
    .array(
      z.looseObject({
        name: text,
        dateStarted: text,
        dateEnded: text,
        reasonForStopping: text,
        coverage: number,
        trafficSplit: z.array(z.looseObject({ variationId: z.string(), weight: number })).nullish(),
      }),
    )
    .nullish(),
  settings: z.looseObject({ goals: metrics, secondaryMetrics: metrics, guardrails: metrics }).nullish(),
  resultSummary: z.looseObject({ status: text, winner: text, conclusions: text, releasedVariationId: text }).nullish(),
  linkedFeatures: texts,
  customFields: z.record(z.string(), z.unknown()).nullish(),
  /** Set by our reading: the latest snapshot over all users. */
  results: Results.nullish(),
});
export type Experiment = z.output<typeof Experiment>;

/** https://docs.growthbook.io/api#tag/metrics/operation/listMetrics */
export const Metric = z.looseObject({
  ...Common,
  type: text,
  projects: texts,
  behavior: z.looseObject({ goal: text }).nullish(),
  sql: z.looseObject({ conversionSQL: text }).nullish(),
  mixpanel: z.looseObject({ eventName: text }).nullish(),
});
export type Metric = z.output<typeof Metric>;

/** https://docs.growthbook.io/api#tag/fact-metrics/operation/listFactMetrics */
export const FactMetric = z.looseObject({
  ...Common,
  metricType: text,
  projects: texts,
  inverse: flag,
  numerator: z.looseObject({ factTableId: text, column: text, aggregation: text }).nullish(),
  denominator: z.looseObject({ factTableId: text, column: text }).nullish(),
  displayAsPercentage: flag,
});
export type FactMetric = z.output<typeof FactMetric>;
