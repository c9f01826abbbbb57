import type { NormaliseContext } from "../../shared/connector/contract.ts";
import type { Draft, FieldsDraft } from "../../shared/domain/entity.ts";
import type { EXPERIMENT_RESULTS, EXPERIMENT_STATUSES } from "../../shared/domain/fields-around.ts";
import { maybeInstant, TIMELESS } from "../../shared/domain/instant.ts";
import type { Reference } from "../../shared/domain/link.ts";
import { mapWord, type Table } from "../../shared/domain/mapped.ts";
import { markersIn, referencesIn } from "../../shared/domain/reference.ts";
import { accountOf, pageOf, scopesOf, tagsOf, userRef } from "./envelope.ts";
import type { Experiment, Flag } from "./schema.ts";

type Told = string | null | undefined;
type Snapshot = NonNullable<FieldsDraft<"experiment">["snapshot"]>;

const STATUSES: Table<(typeof EXPERIMENT_STATUSES)[number]> = new Map([
  ["draft", "draft"],
  ["active", "running"],
  ["concluded", "stopped"],
  ["success", "stopped"],
  ["fail", "stopped"],
]);

/** A concluded experiment waits for somebody's decision: it has no result yet. */
const RESULTS: Table<(typeof EXPERIMENT_RESULTS)[number]> = new Map([
  ["success", "won"],
  ["fail", "lost"],
]);

export const normaliseExperiment = (experiment: Experiment, context: NormaliseContext): readonly Draft[] => {
  const { id, name, status, settings, feature_flag: flag, results_cache: results } = experiment;
  const createdAt = maybeInstant(experiment.created);
  const controlKey = settings?.controlKey || "control";
  const variations = (experiment.variants ?? []).flatMap((variant) => {
    const key = variant.key || variant.name;
    return key
      ? [
          {
            key,
            name: variant.name || key,
            isControl: variant.is_control ?? key === controlKey,
            share: shareOf(variant.split),
          },
        ]
      : [];
  });
  const winner = variations.find(({ key }) => key === results?.variant)?.key;
  const draft: Draft<"experiment"> = {
    kind: "experiment",
    external: { noun: "experiment", id, url: pageOf(experiment, `experiments/${id}`) },
    scopes: scopesOf(experiment),
    createdAt,
    updatedAt: maybeInstant(experiment.modified) ?? createdAt ?? TIMELESS,
    archivedAt: maybeInstant(experiment.deleted),
    fields: {
      name: name || id,
      hypothesis: experiment.hypothesis || undefined,
      status: mapWord({ name: status ?? "" }, STATUSES),
      result: RESULTS.has(status ?? "") ? mapWord({ name: status ?? "" }, RESULTS) : undefined,
      flagId: flag?.id ? { kind: "featureFlag", noun: "feature_flag", id: flag.id } : undefined,
      flagKey: flag?.key || undefined,
      variations,
      winner: status === "success" ? winner : undefined,
      released: status === "success" ? winner : undefined,
      startedAt: maybeInstant(experiment.start_date),
      endedAt: maybeInstant(experiment.end_date),
      ownerId: userRef(experiment.creator_id),
      snapshot: snapshotOf(experiment),
      labels: tagsOf(experiment.tags),
    },
    references: wordsOf(experiment, [experiment.hypothesis, experiment.description], flag?.key),
  };
  return [draft, ...makerOf(experiment, context)];
};

const shareOf = (split: number | null | undefined): number | undefined =>
  typeof split === "number" && split >= 0 && split <= 1 ? split : undefined;

const ROLES: ReadonlyMap<string, Snapshot["results"][number]["role"]> = new Map([
  ["primary", "goal"],
  ["guardrail", "guardrail"],
]);

/** What Mixpanel last computed by itself; an experiment that nobody looked at has no figures here. */
const snapshotOf = (experiment: Experiment): Snapshot | undefined => {
  const { exposures_cache: exposures, results_cache, metrics } = experiment;
  const at = maybeInstant(textOf(exposures?.["$last_computed"])) ?? maybeInstant(experiment.modified);
  const users = Object.entries(exposures ?? {}).flatMap(([variation, count]) =>
    typeof count === "number" && count >= 0 && !variation.startsWith("$")
      ? [{ variation, users: Math.round(count) }]
      : [],
  );
  const srm = exposures?.["$srm_analysis"] as { readonly p_value?: unknown } | null | undefined;
  const srmP = typeof srm?.p_value === "number" ? shareOf(srm.p_value) : undefined;
  const results = Object.entries(results_cache?.metrics ?? {}).flatMap(([id, variations]) => {
    const metric = metrics?.find((one) => one.id === id);
    return Object.entries(variations).map(([variation, { value, lift, liftConfidence }]) => ({
      metric: metric?.name || id,
      role: ROLES.get(metric?.type ?? "") ?? ("secondary" as const),
      variation,
      value: value ?? undefined,
      lift: lift ?? undefined,
      confidence: shareOf(liftConfidence),
    }));
  });
  if (at === undefined || users.length + results.length === 0) return undefined;
  return { at, users, ...(srmP !== undefined && { srmP }), results };
};

const textOf = (value: unknown): Told => (typeof value === "string" ? value : undefined);

/** A flag of Mixpanel is on or off for the whole project, which stands for one environment. */
export const normaliseFlag = (flag: Flag, context: NormaliseContext): readonly Draft[] => {
  const { id, key, name, status } = flag;
  const createdAt = maybeInstant(flag.created);
  const updatedAt = maybeInstant(flag.modified) ?? createdAt ?? TIMELESS;
  const archivedAt = maybeInstant(flag.deleted) ?? (status === "archived" ? updatedAt : undefined);
  const environment = flag.projectId ?? "project";
  const rollout = flag.ruleset?.rollout ?? [];
  const everyone = rollout.filter((part) => !isTargeted(part));
  const shares = everyone.map((part) => (part.rollout_percentage ?? 0) * treated(flag, part));
  const draft: Draft<"featureFlag"> = {
    kind: "featureFlag",
    external: { noun: "feature_flag", id, key, url: pageOf(flag, `feature-flags/${id}`) },
    scopes: scopesOf(flag),
    createdAt,
    updatedAt,
    archivedAt,
    aliases: [`flag:${key.toLowerCase()}`],
    fields: {
      key,
      name: name || key,
      text: flag.description || undefined,
      environments: [
        {
          name: environment,
          category: context.environments?.get(environment) ?? "production",
          on: status === "enabled" && archivedAt === undefined,
          rolloutPercent: Math.round(Math.min(1, Math.max(0, ...shares)) * 10_000) / 100,
          segments: rollout.flatMap((part, index) => (isTargeted(part) ? [part.name || `group ${index + 1}`] : [])),
          changedAt: status === "enabled" ? maybeInstant(flag.enabled_at) : undefined,
        },
      ],
      isTemporary: flag.experiment_id ? true : undefined,
      archivedAt,
      ownerId: userRef(flag.creator_id),
      labels: tagsOf(flag.tags),
    },
    references: wordsOf(flag, [flag.description]),
  };
  return [draft, ...makerOf(flag, context)];
};

type Rollout = NonNullable<NonNullable<Flag["ruleset"]>["rollout"]>[number];

const isTargeted = (part: Rollout): boolean =>
  [
    part.cohort_definition,
    part.runtime_evaluation_definition,
    part.runtime_evaluation_rule,
    part.runtime_event_rule,
  ].some((rule) => rule !== null && rule !== undefined);

/** The share of those reached who get another variant than the control. */
const treated = ({ ruleset }: Flag, { variant_splits, variant_override }: Rollout): number => {
  const variants = ruleset?.variants ?? [];
  const controls = variants.flatMap(({ key, is_control }) => (is_control ? (key ?? []) : []));
  if (variant_override?.key) return controls.includes(variant_override.key) ? 0 : 1;
  const splits: readonly (readonly [string, number])[] =
    variant_splits && Object.keys(variant_splits).length > 0
      ? Object.entries(variant_splits)
      : variants.map(({ key, split }) => [key ?? "", split ?? 0]);
  if (splits.length === 0) return 1;
  return splits.reduce((sum, [key, split]) => sum + (controls.includes(key) ? 0 : split), 0);
};

const wordsOf = (
  { name, tags }: { readonly name?: Told; readonly tags?: readonly unknown[] | null | undefined },
  texts: readonly Told[],
  flagKey?: Told,
): Reference[] => {
  const body = texts.filter(Boolean).join("\n");
  const labels = tagsOf(tags).join("\n");
  return [
    ...referencesIn(name, "title"),
    ...referencesIn(labels, "tag"),
    ...referencesIn(body, "body"),
    ...markersIn([name ?? "", labels, body].join("\n")),
    ...(flagKey ? [{ alias: `flag:${flagKey.toLowerCase()}`, place: "flag" as const }] : []),
  ];
};

const makerOf = (record: Experiment | Flag, context: NormaliseContext): Draft[] =>
  record.creator_id
    ? [
        accountOf(
          { id: record.creator_id, name: record.creator_name || undefined, email: record.creator_email },
          record,
          context,
        ),
      ]
    : [];
