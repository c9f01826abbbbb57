import { defineConnector, stream } from "../../shared/connector/contract.ts";
import { EXPERIMENT_CENSUS, FLAG_CENSUS } from "./census.ts";
import { Config, scopesOf } from "./config.ts";
import { type Cursor, poll } from "./follow.ts";
import { limits } from "./limits.ts";
import { normaliseExperiment } from "./normalise-experiment.ts";
import { normaliseFlag } from "./normalise-flag.ts";
import { normaliseMetric } from "./normalise-metric.ts";
import { listed } from "./pages.ts";
import { EXPERIMENTS, ListCursor, readMetrics } from "./read-experiments.ts";
import { FLAGS } from "./read-flags.ts";
import { Experiment, Flag, Metric } from "./schema.ts";
import { setup } from "./setup.ts";
import { webhook } from "./webhook.ts";

/** LaunchDarkly: feature flags with their rollout in each environment, experiments, metrics. */
export default defineConnector<Config>({
  id: "launchdarkly",
  title: "LaunchDarkly",
  category: "experiments",
  docs: "https://launchdarkly.com/docs/api",
  config: Config,
  http: ({ baseUrl, accessToken, apiVersion, requestsPerMinute }) => ({
    baseUrl,
    headers: { "ld-api-version": apiVersion },
    credential: { kind: "api_token", authorization: accessToken },
    limits,
    requestsPerMinute,
  }),
  streams: {
    metrics: stream<Config, Metric, ListCursor>({
      record: Metric,
      kinds: ["metric"],
      normalise: normaliseMetric,
      listed,
      timeless: true,
      poll: { cursor: ListCursor, start: {}, scopes: scopesOf, read: readMetrics },
    }),
    flags: stream<Config, Flag, Cursor>({
      record: Flag,
      kinds: ["featureFlag", "account"],
      normalise: normaliseFlag,
      listed,
      timeless: true,
      poll: poll(FLAGS),
      reread: FLAGS.reread,
      census: FLAG_CENSUS,
    }),
    experiments: stream<Config, Experiment, Cursor>({
      record: Experiment,
      kinds: ["experiment"],
      normalise: normaliseExperiment,
      listed,
      timeless: true,
      poll: poll(EXPERIMENTS),
      reread: EXPERIMENTS.reread,
      census: EXPERIMENT_CENSUS,
    }),
  },
  setup,
  webhook,
});
