import * as z from "zod";

const text = z.string().nullish();
const flag = z.boolean().nullish();
const number = z.number().nullish();
const texts = z.array(z.string()).nullish();

/** Where it is: set by our reading, since the API's records tell it in their address only. */
const Place = {
  projectKey: text,
  appUrl: text,
  _links: z.looseObject({ self: z.looseObject({ href: text }).nullish() }).nullish(),
};

const Member = z.looseObject({
  _id: z.string(),
  firstName: text,
  lastName: text,
  email: text,
});

/** What people get: one variation, or several by weights in thousandths of a percent. */
const Served = {
  variation: z.int().nullish(),
  rollout: z.looseObject({ variations: z.array(z.looseObject({ variation: z.int(), weight: z.number() })) }).nullish(),
};
export const ServedShape = z.looseObject(Served);
export type Served = z.output<typeof ServedShape>;

const Rule = z.looseObject({
  ...Served,
  disabled: flag,
  description: text,
  clauses: z
    .array(z.looseObject({ attribute: text, op: text, negate: flag, values: z.array(z.unknown()).nullish() }))
    .nullish(),
});
export type Rule = z.output<typeof Rule>;

/** People who are named one by one: how many, never who. Our reading leaves their keys out. */
const Target = z.looseObject({ variation: z.int().nullish(), count: z.int().nonnegative().nullish() });

const Environment = z.looseObject({
  on: flag,
  lastModified: number,
  targets: z.array(Target).nullish(),
  contextTargets: z.array(Target).nullish(),
  rules: z.array(Rule).nullish(),
  fallthrough: ServedShape.nullish(),
  offVariation: z.int().nullish(),
  prerequisites: z.array(z.looseObject({ key: z.string(), variation: z.int() })).nullish(),
});
export type Environment = z.output<typeof Environment>;

const Targeting = {
  key: z.string().min(1),
  kind: text,
  variations: z.array(z.looseObject({ _id: text, value: z.unknown().optional(), name: text })).nullish(),
  defaults: z.looseObject({ offVariation: z.int().nullish() }).nullish(),
  environments: z.record(z.string(), Environment).nullish(),
};

/** https://launchdarkly.com/docs/api/feature-flags/get-feature-flags */
export const Flag = z.looseObject({
  ...Targeting,
  ...Place,
  name: text,
  description: text,
  creationDate: number,
  temporary: flag,
  tags: texts,
  archived: flag,
  archivedDate: number,
  maintainerId: text,
  _maintainer: Member.nullish(),
  customProperties: z
    .record(z.string(), z.looseObject({ name: text, value: z.array(z.unknown()).nullish() }))
    .nullish(),
  /** Set by our reading: flags that this one needs, directly or not, by key; null where there is none. */
  needed: z.record(z.string(), z.looseObject(Targeting).nullable()).nullish(),
  /** Set by our reading: https://launchdarkly.com/docs/api/feature-flags/get-feature-flag-statuses */
  statuses: z.record(z.string(), z.looseObject({ name: text, lastRequested: text })).nullish(),
});
export type Flag = z.output<typeof Flag>;
/** A flag, or one that another needs, as far as its rollout goes. */
export type Targeted = Pick<Flag, keyof typeof Targeting>;

const Metrics = z
  .array(
    z.looseObject({
      key: z.string(),
      kind: text,
      metrics: z.array(z.looseObject({ key: z.string() })).nullish(),
    }),
  )
  .nullish();

const Iteration = z.looseObject({
  hypothesis: text,
  status: text,
  startedAt: number,
  endedAt: number,
  winningTreatmentId: text,
  winningReason: text,
  flags: z.record(z.string(), z.unknown()).nullish(),
  treatments: z
    .array(
      z.looseObject({
        _id: text,
        name: text,
        allocationPercent: z.union([z.string(), z.number()]).nullish(),
        baseline: flag,
      }),
    )
    .nullish(),
  primaryMetric: Metrics.unwrap().unwrap().element.nullish(),
  primarySingleMetric: Metrics.unwrap().unwrap().element.nullish(),
  metrics: Metrics,
  secondaryMetrics: Metrics,
});
export type Iteration = z.output<typeof Iteration>;

/** https://launchdarkly.com/docs/api/experiments/get-experiments */
export const Experiment = z.looseObject({
  key: z.string().min(1),
  name: text,
  description: text,
  environmentKey: text,
  _creationDate: number,
  archivedDate: number,
  _maintainerId: text,
  tags: texts,
  currentIteration: Iteration.nullish(),
  draftIteration: Iteration.nullish(),
  ...Place,
});
export type Experiment = z.output<typeof Experiment>;

/** https://launchdarkly.com/docs/api/metrics/get-metrics */
export const Metric = z.looseObject({
  key: z.string().min(1),
  name: text,
  eventKey: text,
  kind: text,
  category: text,
  successCriteria: text,
  unit: text,
  tags: texts,
  description: text,
  _creationDate: number,
  archived: flag,
  archivedAt: number,
  ...Place,
});
export type Metric = z.output<typeof Metric>;

/** https://launchdarkly.com/docs/api/audit-log/get-audit-log-entries; a webhook's body is one of these too */
export const Entry = z.looseObject({
  _id: z.string(),
  date: z.number(),
  kind: text,
  name: text,
  titleVerb: text,
  accesses: z.array(z.looseObject({ action: text, resource: text })).nullish(),
  target: z
    .looseObject({
      name: text,
      resources: texts,
    })
    .nullish(),
});
export type Entry = z.output<typeof Entry>;
