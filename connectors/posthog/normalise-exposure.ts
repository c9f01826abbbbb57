import type { NormaliseContext } from "../../shared/connector/contract.ts";
import type { Draft, FieldsDraft } from "../../shared/domain/entity.ts";
import type { EXPERIMENT_RESULTS, EXPERIMENT_STATUSES } from "../../shared/domain/fields-around.ts";
import { maybeInstant } from "../../shared/domain/instant.ts";
import { mapWord, type Table } from "../../shared/domain/mapped.ts";
import { accountsOf, archivedAt, newest, pageOf, scopesOf, tagsOf, userRef, wordsOf } from "./envelope.ts";
import type { Experiment, Flag } from "./schema.ts";

type Fields = FieldsDraft<"experiment">;
type Snapshot = NonNullable<Fields["snapshot"]>;

/** A project of PostHog stands for one environment, which the hub's config may name by the project's number. */
export const normaliseFlag = (flag: Flag, context: NormaliseContext): readonly Draft[] => {
  const { id, key, name } = flag;
  const updatedAt = newest(flag.updated_at, flag.created_at);
  const environment = flag.projectId ?? "project";
  const gone = archivedAt(flag.deleted === true || flag.archived === true, updatedAt);
  const draft: Draft<"featureFlag"> = {
    kind: "featureFlag",
    external: { noun: "feature_flag", id, key, url: pageOf(flag, `feature_flags/${id}`) },
    scopes: scopesOf(flag),
    createdAt: maybeInstant(flag.created_at),
    updatedAt,
    archivedAt: gone,
    aliases: [`flag:${key.toLowerCase()}`],
    fields: {
      key,
      name: key,
      text: name || undefined,
      environments: [
        {
          name: environment,
          category: context.environments?.get(environment) ?? "production",
          on: flag.active === true && gone === undefined,
          rolloutPercent: rolloutOf(flag.filters),
          segments: segmentsOf(flag.filters),
          lastEvaluatedAt: maybeInstant(flag.last_called_at),
        },
      ],
      isTemporary: (flag.experiment_set ?? []).length > 0 ? true : undefined,
      archivedAt: gone,
      ownerId: userRef(flag.created_by),
      labels: tagsOf(flag.tags),
    },
    references: wordsOf({ title: name, tags: flag.tags }),
  };
  return [draft, ...accountsOf(flag.created_by, flag, context)];
};

type Filters = NonNullable<Flag["filters"]>;
type Group = NonNullable<Filters["groups"]>[number];

const isForAll = ({ properties }: Group): boolean => (properties ?? []).length === 0;

/** Share of all people who get anything but the control; groups with conditions are segments. */
const rolloutOf = (filters: Filters | null | undefined): number => {
  const variants = filters?.multivariate?.variants ?? [];
  const control = variants.find(({ key }) => key === "control")?.rollout_percentage ?? 0;
  const shares = (filters?.groups ?? []).filter(isForAll).map(({ rollout_percentage: share, variant }) => {
    if (variant === "control") return 0;
    const treated = variant || variants.length === 0 ? 100 : 100 - control;
    return ((share ?? 100) * treated) / 100;
  });
  return Math.round(Math.min(100, Math.max(0, ...shares)) * 100) / 100;
};

/** Conditions by the names of their properties: their values may be addresses of people. */
const segmentsOf = (filters: Filters | null | undefined): string[] =>
  (filters?.groups ?? [])
    .filter((group) => !isForAll(group))
    .map(({ properties, rollout_percentage: share }) => {
      const names = (properties ?? []).map(({ key, type }) => [type, key].filter(Boolean).join(" "));
      return `${[...new Set(names)].join(" and ")}${typeof share === "number" && share < 100 ? ` (${share} %)` : ""}`;
    });

const STATUSES: Table<(typeof EXPERIMENT_STATUSES)[number]> = new Map([
  ["draft", "draft"],
  ["running", "running"],
  ["complete", "stopped"],
]);

const RESULTS: Table<(typeof EXPERIMENT_RESULTS)[number]> = new Map([
  ["won", "won"],
  ["lost", "lost"],
  ["inconclusive", "inconclusive"],
  ["stopped_early", "dnf"],
  ["invalid", "dnf"],
]);

export const normaliseExperiment = (experiment: Experiment, context: NormaliseContext): readonly Draft[] => {
  const { id, name, description, conclusion, feature_flag: flag, feature_flag_key: flagKey } = experiment;
  const [startedAt, endedAt] = [maybeInstant(experiment.start_date), maybeInstant(experiment.end_date)];
  const status = startedAt === undefined ? "draft" : endedAt === undefined ? "running" : "complete";
  const told = [...(experiment.results ?? []), experiment.exposures].map((one) => one?.last_refresh);
  const updatedAt = newest(experiment.updated_at, experiment.created_at, ...told);
  const variations = variationsOf(experiment);
  const draft: Draft<"experiment"> = {
    kind: "experiment",
    external: { noun: "experiment", id, url: pageOf(experiment, `experiments/${id}`) },
    scopes: scopesOf(experiment),
    createdAt: maybeInstant(experiment.created_at),
    updatedAt,
    archivedAt: archivedAt(experiment.deleted === true || experiment.archived === true, updatedAt),
    fields: {
      name: name || `experiment ${id}`,
      hypothesis: description || undefined,
      status: mapWord({ name: status }, STATUSES),
      result: conclusion ? mapWord({ name: conclusion }, RESULTS) : undefined,
      decision: conclusion === "invalid" ? { category: "invalid", detail: conclusion, mappedBy: "tool" } : undefined,
      flagId: flag?.id ? { kind: "featureFlag", noun: "feature_flag", id: flag.id } : undefined,
      flagKey: flagKey || undefined,
      variations,
      released: releasedOf(experiment, variations),
      startedAt,
      endedAt,
      ownerId: userRef(experiment.created_by),
      snapshot: snapshotOf(experiment),
    },
    references: wordsOf({
      title: name,
      body: [description, experiment.conclusion_comment].filter(Boolean).join("\n"),
      flagKey,
    }),
  };
  return [draft, ...accountsOf(experiment.created_by, experiment, context)];
};

const variationsOf = ({ feature_flag: flag, parameters }: Experiment): Fields["variations"] =>
  (flag?.filters?.multivariate?.variants ?? parameters?.feature_flag_variants ?? []).map(
    ({ key, name, rollout_percentage: share }) => ({
      key,
      name: name || key,
      isControl: key === "control",
      ...(typeof share === "number" && { share: Math.min(1, Math.max(0, share / 100)) }),
    }),
  );

/** The variation that the flag gives to everybody: the whole share, or a group for all that forces it. */
const releasedOf = ({ feature_flag: flag }: Experiment, variations: Fields["variations"]): string | undefined => {
  if (flag?.active === false) return undefined;
  const groups = (flag?.filters?.groups ?? []).filter(isForAll);
  const forced = groups.find(({ variant, rollout_percentage: share }) => variant && (share ?? 100) === 100);
  const reachesAll = groups.some(({ rollout_percentage: share }) => (share ?? 100) === 100);
  return forced?.variant ?? (reachesAll ? variations.find(({ share }) => share === 1)?.key : undefined);
};

/** Level of the intervals, which PostHog does not say with them. */
const CONFIDENCE = 0.95;

/** Among the variations, of people who saw several of them and are counted for none. */
const MULTIPLE = "$multiple";

const snapshotOf = ({ results, exposures }: Experiment): Snapshot | undefined => {
  const at = newest(exposures?.last_refresh, ...(results ?? []).map(({ last_refresh }) => last_refresh));
  const { [MULTIPLE]: several, ...exposed } = exposures?.total_exposures ?? {};
  const whole = (count: number) => Math.max(0, Math.round(count));
  const users = Object.entries(exposed).map(([variation, count]) => ({ variation, users: whole(count) }));
  const measured = (results ?? []).flatMap(({ name, role, baseline, variant_results: variants }) => {
    const control = meanOf(baseline);
    return (variants ?? []).map((one): Snapshot["results"][number] => {
      const [low, high] = one.credible_interval ?? one.confidence_interval ?? [];
      const value = meanOf(one);
      return {
        metric: name || "metric",
        role: role === "goal" ? "goal" : "secondary",
        variation: one.key,
        ...(value !== undefined && { value }),
        ...(value !== undefined && control !== undefined && control !== 0 && { lift: value / control - 1 }),
        ...(low !== undefined && high !== undefined && { interval: [low, high], confidence: CONFIDENCE }),
        ...share("chanceToWin", one.chance_to_win),
        ...share("pValue", one.p_value),
      };
    });
  });
  return at.startsWith("1970") || users.length + measured.length === 0
    ? undefined
    : { at, users, ...(several !== undefined && { multiple: whole(several) }), results: measured };
};

const share = <Name extends string>(name: Name, told: number | null | undefined): { [N in Name]?: number } =>
  typeof told === "number" && told >= 0 && told <= 1 ? ({ [name]: told } as { [N in Name]?: number }) : {};

const meanOf = (
  stats:
    | { readonly sum?: number | null | undefined; readonly number_of_samples?: number | null | undefined }
    | null
    | undefined,
): number | undefined =>
  typeof stats?.sum === "number" && stats.number_of_samples ? stats.sum / stats.number_of_samples : undefined;
