import { defineConnector, stream } from "../../shared/connector/contract.ts";
import { census } from "./census.ts";
import { Config, scopesOf } from "./config.ts";
import { normaliseExperiment } from "./normalise-experiment.ts";
import { normaliseFeature } from "./normalise-feature.ts";
import { normaliseFactMetric, normaliseMetric } from "./normalise-metric.ts";
import { ListCursor, listedIn } from "./pages.ts";
import { readExperiments, rereadExperiments } from "./read-experiments.ts";
import { readFeatures, rereadFeatures } from "./read-features.ts";
import { metricReading } from "./read-metrics.ts";
import { Experiment, FactMetric, Feature, Metric } from "./schema.ts";
import { setup } from "./setup.ts";
import { webhook } from "./webhook.ts";

const METRICS = metricReading("metrics");
const FACT_METRICS = metricReading("factMetrics");

/** GrowthBook: feature flags with their rollout, experiments with their results, metrics. */
export default defineConnector<Config>({
  id: "growthbook",
  title: "GrowthBook",
  category: "experiments",
  docs: "https://docs.growthbook.io/api",
  config: Config,
  http: ({ baseUrl, apiKey, requestsPerMinute }) => ({
    baseUrl,
    headers: {},
    credential: { kind: "api_token", authorization: `Bearer ${apiKey}` },
    requestsPerMinute,
  }),
  streams: {
    metrics: stream<Config, Metric, ListCursor>({
      record: Metric,
      kinds: ["metric"],
      normalise: normaliseMetric,
      listed: listedIn("metrics"),
      poll: { cursor: ListCursor, start: {}, scopes: scopesOf, read: METRICS.read },
      reread: METRICS.reread,
    }),
    factMetrics: stream<Config, FactMetric, ListCursor>({
      record: FactMetric,
      kinds: ["metric"],
      normalise: normaliseFactMetric,
      listed: listedIn("factMetrics"),
      poll: { cursor: ListCursor, start: {}, scopes: scopesOf, read: FACT_METRICS.read },
      reread: FACT_METRICS.reread,
    }),
    features: stream<Config, Feature, ListCursor>({
      record: Feature,
      kinds: ["featureFlag", "account"],
      normalise: normaliseFeature,
      listed: listedIn("features"),
      poll: { cursor: ListCursor, start: {}, scopes: scopesOf, read: readFeatures },
      reread: rereadFeatures,
      census: census("feature", ({ featuresVersion }) => `/${featuresVersion}/features`, { archived: "true" }),
    }),
    experiments: stream<Config, Experiment, ListCursor>({
      record: Experiment,
      kinds: ["experiment", "account"],
      normalise: normaliseExperiment,
      listed: listedIn("experiments"),
      poll: { cursor: ListCursor, start: {}, scopes: scopesOf, read: readExperiments },
      reread: rereadExperiments,
      census: census("experiment", () => "/v1/experiments", {}),
    }),
  },
  setup,
  webhook,
});
