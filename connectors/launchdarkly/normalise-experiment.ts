import type { Draft, Fields } from "../../shared/domain/entity.ts";
import { maybeInstant, TIMELESS } from "../../shared/domain/instant.ts";
import type { Ref } from "../../shared/domain/kind.ts";
import { mapWord, type Table } from "../../shared/domain/mapped.ts";
import { idOf, labelsOf, metricRef, pageOf, pointersIn, projectOf } from "./envelope.ts";
import type { Experiment, Iteration } from "./schema.ts";

type Status = Exclude<Fields<"experiment">["status"]["category"], "unknown">;

const STATUSES: Table<Status> = new Map([
  ["not_started", "draft"],
  ["running", "running"],
  ["stopped", "stopped"],
]);
const RESULTS: Table<"won" | "lost"> = new Map([
  ["won", "won"],
  ["lost", "lost"],
]);

/** An experiment by its current iteration. LaunchDarkly's API tells status and winner, and no statistics. */
export const normaliseExperiment = (experiment: Experiment): readonly Draft[] => {
  const { environmentKey, key } = experiment;
  const projectKey = projectOf(experiment);
  const iteration = experiment.currentIteration ?? experiment.draftIteration ?? undefined;
  const isStopped = iteration?.status === "stopped";
  const winner = isStopped ? iteration.winningTreatmentId : undefined;
  const flags = Object.keys(iteration?.flags ?? {});
  const treatments = iteration?.treatments ?? [];
  const won = treatments.find(({ _id }) => winner && _id === winner);
  const [flagKey, ...others] = flags;
  const flagRef = (one: string): Ref<"featureFlag"> => ({
    kind: "featureFlag",
    noun: "flag",
    id: idOf(projectKey, one),
  });
  const draft: Draft<"experiment"> = {
    kind: "experiment",
    external: {
      noun: "experiment",
      id: idOf(projectKey, environmentKey, key),
      key,
      url: pageOf({ ...experiment, projectKey }, `experiments/${encodeURIComponent(key)}`),
    },
    scopes: projectKey ? [projectKey] : [],
    createdAt: maybeInstant(experiment._creationDate),
    updatedAt: TIMELESS,
    archivedAt: maybeInstant(experiment.archivedDate),
    fields: {
      name: experiment.name || key,
      hypothesis: iteration?.hypothesis || undefined,
      status: mapWord({ name: iteration?.status ?? "not_started" }, STATUSES),
      // Where the baseline won, what was tried has lost.
      result:
        won && mapWord({ name: won.name || (winner ?? ""), type: won.baseline === true ? "lost" : "won" }, RESULTS),
      flagId: flagKey === undefined ? undefined : flagRef(flagKey),
      flagKey,
      variations: treatments.map(({ _id, name, baseline, allocationPercent }) => {
        const share = Number(allocationPercent ?? Number.NaN) / 100;
        return {
          key: _id || name || "",
          name: name || _id || "",
          isControl: baseline === true,
          ...(share >= 0 && share <= 1 && { share }),
        };
      }),
      winner: winner || undefined,
      goalMetricIds: metricsOf(projectKey, [iteration?.primarySingleMetric ?? iteration?.primaryMetric]),
      guardrailMetricIds: metricsOf(
        projectKey,
        (iteration?.metrics ?? []).filter(({ kind }) => kind === "guardrail"),
      ),
      startedAt: maybeInstant(iteration?.startedAt),
      endedAt: isStopped ? maybeInstant(iteration.endedAt) : undefined,
      ownerId: experiment._maintainerId ? { kind: "account", noun: "member", id: experiment._maintainerId } : undefined,
      labels: labelsOf(experiment.tags),
    },
    references: [
      ...flags.map((one) => ({ alias: `flag:${one.toLowerCase()}`, place: "flag" as const })),
      ...pointersIn([experiment.name, key], experiment.tags, [
        experiment.description,
        iteration?.hypothesis,
        iteration?.winningReason,
      ]),
    ],
    relations: others.map((one) => ({ type: "evaluates" as const, to: flagRef(one) })),
  };
  return [draft];
};

/** Metrics, and those inside of metric groups. */
const metricsOf = (
  project: string | null | undefined,
  told: readonly (NonNullable<Iteration["metrics"]>[number] | null | undefined)[],
): Ref<"metric">[] | undefined => {
  const keys = told.flatMap((metric) => {
    if (metric == null) return [];
    return metric.metrics?.length ? metric.metrics.map(({ key }) => key) : [metric.key];
  });
  const known = [...new Set(keys)].filter((key) => key !== "");
  return known.length === 0 ? undefined : known.map((key) => metricRef(project, key));
};
