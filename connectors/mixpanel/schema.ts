import * as z from "zod";

const text = z.string().nullish();
const number = z.number().nullish();
/** Ids stay strings, whatever they are sent as. */
const Id = z.union([z.string().min(1), z.number()]).transform(String);

/** What the reader puts on every record: the vendor's answers do not say where they are from. */
const place = { projectId: text, workspaceId: text, site: text, timeZone: text };

/** When and over which days a report was asked for, and what the config says of it. */
const asked = {
  ...place,
  id: z.string().min(1),
  name: text,
  /** The vendor's day of asking, in the project's zone. */
  asOf: text,
  lateDays: number,
  feature: text,
  type: text,
  direction: text,
  unit: text,
};

/** https://developer.mixpanel.com/reference/insights-query */
const Insight = z.looseObject({
  kind: z.literal("insight"),
  ...asked,
  answer: z.looseObject({
    computed_at: text,
    headers: z.array(z.unknown()).nullish(),
    series: z.record(z.string(), z.unknown()),
  }),
});

const Step = z.looseObject({ count: number, event: text, step_label: text, goal: text });
export const Steps = z.looseObject({ steps: z.array(Step) });

/** https://developer.mixpanel.com/reference/funnels-query */
const Funnel = z.looseObject({
  kind: z.literal("funnel"),
  ...asked,
  answer: z.looseObject({ data: z.record(z.string(), z.unknown()) }),
});

/** https://developer.mixpanel.com/reference/retention-query */
const Retention = z.looseObject({
  kind: z.literal("retention"),
  ...asked,
  every: text,
  bornEvent: text,
  event: text,
  answer: z.record(z.string(), z.looseObject({ counts: z.array(z.number()), first: number })),
});

/** https://developer.mixpanel.com/reference/segmentation-query */
const Segmentation = z.looseObject({
  kind: z.literal("segmentation"),
  ...asked,
  every: text,
  event: text,
  count: text,
  on: text,
  where: text,
  answer: z.looseObject({
    data: z.looseObject({ values: z.record(z.string(), z.record(z.string(), z.number())) }),
  }),
});

/** A report with its answer. */
export const Answered = z.discriminatedUnion("kind", [Insight, Funnel, Retention, Segmentation]);
export type Answered = z.output<typeof Answered>;
export type AnsweredOf<K extends Answered["kind"]> = Extract<Answered, { kind: K }>;

/** https://developer.mixpanel.com/reference/cohorts-list */
export const Cohort = z.looseObject({
  ...place,
  id: Id,
  name: text,
  count: number,
  description: text,
  created: text,
  is_visible: number,
  asOf: text,
});
export type Cohort = z.output<typeof Cohort>;

/** Days of one event, counted from the raw export: [events, people] by day. */
export const EventDays = z.looseObject({
  ...place,
  id: z.string().min(1),
  asOf: text,
  lateDays: number,
  days: z.record(z.string(), z.tuple([z.number(), z.number()])),
});
export type EventDays = z.output<typeof EventDays>;

const Tag = z.looseObject({ name: text });

/** https://developer.mixpanel.com/reference/list-all-annotations-for-project */
export const Annotation = z.looseObject({
  ...place,
  id: Id,
  date: text,
  description: text,
  user: z.looseObject({ id: Id, first_name: text, last_name: text }).nullish(),
  tags: z.array(Tag).nullish(),
});
export type Annotation = z.output<typeof Annotation>;

/** Who made or changed a record. */
const maker = {
  creator_id: Id.nullish(),
  creator_name: text,
  creator_email: text,
};

const Result = z.looseObject({ value: number, lift: number, liftConfidence: number, sampleSize: number });
const tags = z.array(z.unknown()).nullish();

/** https://developer.mixpanel.com/reference/list-experiments */
export const Experiment = z.looseObject({
  ...place,
  ...maker,
  id: Id,
  name: text,
  description: text,
  hypothesis: text,
  status: text,
  tags,
  created: text,
  modified: text,
  deleted: text,
  start_date: text,
  end_date: text,
  variants: z
    .array(z.looseObject({ key: text, name: text, is_control: z.boolean().nullish(), split: number }))
    .nullish(),
  metrics: z.array(z.looseObject({ id: Id.nullish(), name: text, type: text })).nullish(),
  settings: z.looseObject({ controlKey: text }).nullish(),
  feature_flag: z.looseObject({ id: Id.nullish(), key: text }).nullish(),
  exposures_cache: z.record(z.string(), z.unknown()).nullish(),
  results_cache: z
    .looseObject({ variant: text, metrics: z.record(z.string(), z.record(z.string(), Result)).nullish() })
    .nullish(),
});
export type Experiment = z.output<typeof Experiment>;

/** https://developer.mixpanel.com/reference/list-feature-flags */
export const Flag = z.looseObject({
  ...place,
  ...maker,
  id: Id,
  key: z.string(),
  name: text,
  description: text,
  status: text,
  tags,
  created: text,
  modified: text,
  deleted: text,
  enabled_at: text,
  experiment_id: text,
  ruleset: z
    .looseObject({
      variants: z.array(z.looseObject({ key: text, is_control: z.boolean().nullish(), split: number })).nullish(),
      rollout: z
        .array(
          z.looseObject({
            name: text,
            rollout_percentage: number,
            variant_splits: z.record(z.string(), z.number()).nullish(),
            variant_override: z.looseObject({ key: text }).nullish(),
            cohort_definition: z.unknown().optional(),
            runtime_evaluation_definition: z.unknown().optional(),
            runtime_evaluation_rule: z.unknown().optional(),
            runtime_event_rule: z.unknown().optional(),
          }),
        )
        .nullish(),
      test: z.unknown().optional(),
    })
    .nullish(),
});
export type Flag = z.output<typeof Flag>;
