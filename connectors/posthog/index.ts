import { defineConnector, stream } from "../../shared/connector/contract.ts";
import { listed, located, placeOf, rereadIdOf } from "./ask.ts";
import { Config, credentialOf } from "./config.ts";
import { normaliseExperiment, normaliseFlag } from "./normalise-exposure.ts";
import { normaliseCohort, normaliseInsight } from "./normalise-insight.ts";
import { normaliseAnnotation, normaliseResponse, normaliseSurvey } from "./normalise-said.ts";
import { ExperimentCursor, readExperiments, withResults } from "./read-experiments.ts";
import { computedInsight, InsightCursor, insightCensus, readInsights } from "./read-insights.ts";
import { type ListCursor, listCensus, listPoll, listReread, projectsOf } from "./read-lists.ts";
import { ResponseCursor, readResponses, rereadResponses } from "./read-responses.ts";
import { Annotation, Cohort, Experiment, Flag, Insight, Response, Survey } from "./schema.ts";
import { setup } from "./setup.ts";
import { webhook } from "./webhook.ts";

/** Some insights take long to compute. */
const TIMEOUT_MS = 120_000;

/** What lists without anything special have in common. */
const list = (name: string) => ({
  listed,
  rereadId: rereadIdOf,
  poll: listPoll(name),
  reread: listReread(name),
});

/** PostHog: flags, experiments with results, insights, cohorts, annotations, surveys and their responses. */
export default defineConnector<Config>({
  id: "posthog",
  title: "PostHog",
  category: "analytics",
  docs: "https://posthog.com/docs/api",
  config: Config,
  http: (config) => ({
    baseUrl: config.baseUrl,
    headers: {},
    credential: credentialOf(config),
    requestsPerMinute: config.requestsPerMinute,
    timeoutMs: TIMEOUT_MS,
  }),
  streams: {
    flags: stream<Config, Flag, ListCursor>({
      record: Flag,
      kinds: ["featureFlag", "account"],
      normalise: normaliseFlag,
      ...list("feature_flags"),
      census: listCensus("feature_flags", "feature_flag", "featureFlag"),
    }),
    experiments: stream<Config, Experiment, ExperimentCursor>({
      record: Experiment,
      kinds: ["experiment", "account"],
      normalise: normaliseExperiment,
      listed,
      rereadId: rereadIdOf,
      poll: { cursor: ExperimentCursor, start: { seen: {} }, scopes: projectsOf, read: readExperiments },
      reread: listReread("experiments", withResults),
      census: listCensus("experiments", "experiment", "experiment"),
    }),
    insights: stream<Config, Insight, InsightCursor>({
      record: Insight,
      kinds: ["metric", "account"],
      normalise: normaliseInsight,
      listed,
      rereadId: rereadIdOf,
      poll: { cursor: InsightCursor, start: {}, scopes: projectsOf, read: readInsights },
      async reread(context, ids) {
        const records: unknown[] = [];
        for (const { project, id } of located(ids, context.config)) {
          const record = await computedInsight(context, project, id);
          if (record !== undefined && record["deleted"] !== true)
            records.push({ ...record, ...placeOf(context.config, project) });
        }
        return records;
      },
      census: insightCensus,
    }),
    cohorts: stream<Config, Cohort, ListCursor>({
      record: Cohort,
      kinds: ["metric", "account"],
      normalise: normaliseCohort,
      ...list("cohorts"),
      census: listCensus("cohorts", "cohort", "metric"),
    }),
    annotations: stream<Config, Annotation, ListCursor>({
      record: Annotation,
      kinds: ["announcement", "account"],
      normalise: normaliseAnnotation,
      ...list("annotations"),
      census: listCensus("annotations", "annotation", "announcement"),
    }),
    surveys: stream<Config, Survey, ListCursor>({
      record: Survey,
      kinds: ["survey", "account"],
      normalise: normaliseSurvey,
      ...list("surveys"),
      timeless: true,
      census: listCensus("surveys", "survey", "survey"),
    }),
    responses: stream<Config, Response, ResponseCursor>({
      record: Response,
      kinds: ["surveyResponse"],
      normalise: normaliseResponse,
      poll: { cursor: ResponseCursor, start: {}, scopes: projectsOf, read: readResponses },
      reread: rereadResponses,
    }),
  },
  setup,
  webhook,
});
