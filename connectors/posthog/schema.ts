import * as z from "zod";

const text = z.string().nullish();
const number = z.number().nullish();
const flag = z.boolean().nullish();
/** Ids stay strings, whatever they are sent as. */
const Id = z.union([z.string().min(1), z.number()]).transform(String);

/** What the reader puts on every record: answers do not say which project they are of. */
const place = { projectId: text, site: text };

const User = z.looseObject({ id: Id, first_name: text, last_name: text, email: text }).nullish();
const tags = z.array(z.unknown()).nullish();

const Series = z.looseObject({ event: text, name: text, custom_name: text });
/** https://posthog.com/docs/api/query */
const Source = z.looseObject({
  kind: text,
  interval: text,
  series: z.array(Series).nullish(),
  retentionFilter: z.looseObject({ period: text }).nullish(),
});

/** https://posthog.com/docs/api/insights */
export const Insight = z.looseObject({
  ...place,
  id: Id,
  short_id: text,
  name: text,
  derived_name: text,
  description: text,
  tags,
  deleted: flag,
  /** A node of the app around the query, or the query itself. */
  query: Source.extend({ source: Source.nullish() }).nullish(),
  result: z.unknown().optional(),
  last_refresh: text,
  timezone: text,
  /** Of the config, put on by the reader. */
  timeZone: text,
  lateDays: number,
  created_at: text,
  created_by: User,
  updated_at: text,
  last_modified_at: text,
});
export type Insight = z.output<typeof Insight>;

/** One line of a trend. */
export const Trend = z.looseObject({
  label: text,
  data: z.array(z.unknown()),
  days: z.array(z.string()),
  breakdown_value: z.unknown().optional(),
  compare_label: text,
});
/** One step of a funnel. */
export const FunnelStep = z.looseObject({ name: text, custom_name: text, order: z.number(), count: z.number() });
/** Those who began at one time. */
export const RetentionRow = z.looseObject({
  date: z.string(),
  values: z.array(z.looseObject({ count: z.number() })),
});

/** https://posthog.com/docs/api/cohorts */
export const Cohort = z.looseObject({
  ...place,
  id: Id,
  name: text,
  description: text,
  count: number,
  deleted: flag,
  is_static: flag,
  last_calculation: text,
  created_at: text,
  created_by: User,
});
export type Cohort = z.output<typeof Cohort>;

/** https://posthog.com/docs/api/annotations */
export const Annotation = z.looseObject({
  ...place,
  id: Id,
  content: text,
  date_marker: text,
  creation_type: text,
  deleted: flag,
  created_at: text,
  created_by: User,
  updated_at: text,
});
export type Annotation = z.output<typeof Annotation>;

const Variant = z.looseObject({ key: z.string(), name: text, rollout_percentage: number });
const Filters = z.looseObject({
  groups: z
    .array(
      z.looseObject({
        properties: z.array(z.looseObject({ key: text, type: text })).nullish(),
        rollout_percentage: number,
        variant: text,
      }),
    )
    .nullish(),
  multivariate: z.looseObject({ variants: z.array(Variant).nullish() }).nullish(),
});

/** https://posthog.com/docs/api/feature-flags */
export const Flag = z.looseObject({
  ...place,
  id: Id,
  key: z.string(),
  name: text,
  active: flag,
  deleted: flag,
  archived: flag,
  filters: Filters.nullish(),
  experiment_set: z.array(z.unknown()).nullish(),
  last_called_at: text,
  tags,
  created_at: text,
  created_by: User,
  updated_at: text,
});
export type Flag = z.output<typeof Flag>;

const Metric = z.looseObject({ uuid: text, name: text, source: Series.nullish(), series: z.array(Series).nullish() });
const Stats = z.looseObject({
  key: z.string(),
  number_of_samples: number,
  sum: number,
  chance_to_win: number,
  credible_interval: z.array(z.number()).nullish(),
  confidence_interval: z.array(z.number()).nullish(),
  p_value: number,
});

/** What the query API answers for one metric: https://posthog.com/docs/experiments/analyzing-results */
const Measured = z.looseObject({
  role: text,
  name: text,
  last_refresh: text,
  baseline: Stats.nullish(),
  variant_results: z.array(Stats).nullish(),
});

/** https://posthog.com/docs/api/experiments */
export const Experiment = z.looseObject({
  ...place,
  id: Id,
  name: text,
  description: text,
  start_date: text,
  end_date: text,
  archived: flag,
  deleted: flag,
  conclusion: text,
  conclusion_comment: text,
  feature_flag_key: text,
  feature_flag: z.looseObject({ id: Id.nullish(), filters: Filters.nullish(), active: flag }).nullish(),
  parameters: z.looseObject({ feature_flag_variants: z.array(Variant).nullish() }).nullish(),
  metrics: z.array(Metric).nullish(),
  metrics_secondary: z.array(Metric).nullish(),
  created_at: text,
  created_by: User,
  updated_at: text,
  /** Read beside it: what each metric came to, and how many people were exposed. */
  results: z.array(Measured).nullish(),
  exposures: z
    .looseObject({ last_refresh: text, total_exposures: z.record(z.string(), z.number()).nullish() })
    .nullish(),
});
export type Experiment = z.output<typeof Experiment>;

const Question = z.looseObject({
  id: text,
  type: text,
  question: text,
  scale: number,
  isNpsQuestion: flag,
});

/** https://posthog.com/docs/api/surveys */
export const Survey = z.looseObject({
  ...place,
  id: Id,
  name: text,
  description: text,
  questions: z.array(Question).nullish(),
  linked_flag: z.looseObject({ key: text }).nullish(),
  start_date: text,
  end_date: text,
  archived: flag,
  created_at: text,
  created_by: User,
});
export type Survey = z.output<typeof Survey>;

/** A `survey sent` event as the query reads it: https://posthog.com/docs/surveys/implementing-custom-surveys */
export const Response = z.looseObject({
  ...place,
  uuid: z.string().min(1),
  timestamp: text,
  surveyId: text,
  completed: z.unknown().optional(),
  /** Answer of the only question, as older libraries send it. */
  response: z.unknown().optional(),
  /** `[{ id, question, response }]`, as JSON text. */
  questions: z.unknown().optional(),
  /** Of the survey, put on by the reader. */
  asked: z.array(Question).nullish(),
});
export type Response = z.output<typeof Response>;
