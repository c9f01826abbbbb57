import type { NormaliseContext } from "../../shared/connector/contract.ts";
import type { Draft, Fields } from "../../shared/domain/entity.ts";
import { maybeInstant } from "../../shared/domain/instant.ts";
import type { Ref } from "../../shared/domain/kind.ts";
import { mapWord, type Table } from "../../shared/domain/mapped.ts";
import { labelsOf, ownerOf, pageOf, pointersIn, pointersInFields, timesOf } from "./envelope.ts";
import type { Experiment } from "./schema.ts";
import { snapshotOf } from "./snapshot.ts";

type Words<F extends "status" | "result" | "decision"> = Exclude<
  NonNullable<Fields<"experiment">[F]>["category"],
  "unknown"
>;

const STATUSES: Table<Words<"status">> = new Map([
  ["draft", "draft"],
  ["running", "running"],
  ["stopped", "stopped"],
]);
const RESULTS: Table<Words<"result">> = new Map([
  ["won", "won"],
  ["lost", "lost"],
  ["inconclusive", "inconclusive"],
  ["dnf", "dnf"],
]);
const DECISIONS: Table<Words<"decision">> = new Map([
  ["ship", "ship"],
  ["rollback", "rollback"],
]);

const flagRef = (id: string): Ref<"featureFlag"> => ({ kind: "featureFlag", noun: "feature", id });
const metricRefs = (
  metrics: readonly { readonly metricId: string }[] | null | undefined,
): Ref<"metric">[] | undefined =>
  metrics?.length
    ? metrics.flatMap(({ metricId: id }) => (id === "" ? [] : [{ kind: "metric", noun: "metric", id } as const]))
    : undefined;

/** An experiment with its latest results; the first variation is the control. */
export const normaliseExperiment = (experiment: Experiment, context: NormaliseContext): readonly Draft[] => {
  const { resultSummary: summary, phases, settings } = experiment;
  const variations = experiment.variations ?? [];
  const controlId = variations[0]?.variationId;
  const keys = new Map(variations.map(({ variationId, key }) => [variationId, key || variationId]));
  const keyOf = (id: string): string => keys.get(id) ?? id;
  const split = new Map(phases?.at(-1)?.trafficSplit?.map(({ variationId, weight }) => [variationId, weight]));
  const isStopped = experiment.status === "stopped";
  const owner = ownerOf(experiment, context);
  const [flag] = experiment.linkedFeatures ?? [];
  const flagKeys = [...(experiment.linkedFeatures ?? []), experiment.trackingKey].flatMap((key) => key || []);
  const draft: Draft<"experiment"> = {
    kind: "experiment",
    external: {
      noun: "experiment",
      id: experiment.id,
      ...(experiment.trackingKey && { key: experiment.trackingKey }),
      url: pageOf(experiment.appUrl, `experiment/${encodeURIComponent(experiment.id)}`),
    },
    scopes: experiment.project ? [experiment.project] : [],
    ...timesOf(experiment),
    fields: {
      name: experiment.name || experiment.trackingKey || experiment.id,
      hypothesis: experiment.hypothesis || undefined,
      status: mapWord({ name: experiment.status ?? "" }, STATUSES),
      result: isStopped && summary?.status ? mapWord({ name: summary.status }, RESULTS) : undefined,
      decision: isStopped ? decisionOf(summary?.releasedVariationId, experiment) : undefined,
      flagId: flag ? flagRef(flag) : undefined,
      flagKey: flagKeys[0] ?? undefined,
      variations: variations.map(({ variationId, name }) => {
        const share = split.get(variationId);
        return {
          key: keyOf(variationId),
          name: name || keyOf(variationId),
          isControl: variationId === controlId,
          ...(share != null && share >= 0 && share <= 1 && { share }),
        };
      }),
      winner: isStopped && summary?.winner ? keyOf(summary.winner) : undefined,
      released: isStopped && summary?.releasedVariationId ? keyOf(summary.releasedVariationId) : undefined,
      goalMetricIds: metricRefs(settings?.goals),
      guardrailMetricIds: metricRefs(settings?.guardrails),
      startedAt: maybeInstant(phases?.[0]?.dateStarted),
      endedAt: isStopped ? maybeInstant(phases?.at(-1)?.dateEnded) : undefined,
      ownerId: owner.ref,
      snapshot: snapshotOf(experiment, keyOf, controlId),
      labels: labelsOf(experiment.tags),
    },
    references: [
      ...[...new Set(flagKeys)].map((key) => ({ alias: `flag:${key.toLowerCase()}`, place: "flag" as const })),
      ...pointersIn([experiment.name, experiment.trackingKey], experiment.tags, [
        experiment.hypothesis,
        experiment.description,
        summary?.conclusions,
      ]),
      ...pointersInFields(experiment.customFields),
    ],
    relations: (experiment.linkedFeatures ?? [])
      .slice(1)
      .filter((id) => id !== "")
      .map((id) => ({ type: "evaluates" as const, to: flagRef(id) })),
  };
  return [draft, ...owner.drafts];
};

/** What was decided is what everybody gets since: a changed variation was shipped, the control brought back. */
const decisionOf = (released: string | null | undefined, { variations }: Experiment) => {
  const place = variations?.findIndex(({ variationId }) => variationId === released) ?? -1;
  if (!released || place < 0) return undefined;
  return mapWord({ name: variations?.[place]?.name || released, type: place === 0 ? "rollback" : "ship" }, DECISIONS);
};
