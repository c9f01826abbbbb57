import type { Draft } from "../../shared/domain/entity.ts";
import { maybeInstant, TIMELESS } from "../../shared/domain/instant.ts";
import { labelsOf, metricRef, pageOf, projectOf } from "./envelope.ts";
import type { Metric } from "./schema.ts";

/** What experiments are judged by: the API tells what is counted, and no numbers. */
export const normaliseMetric = (metric: Metric): readonly Draft[] => {
  const { key, successCriteria } = metric;
  const projectKey = projectOf(metric);
  const { noun, id } = metricRef(projectKey, key);
  const draft: Draft<"metric"> = {
    kind: "metric",
    external: { noun, id, key, url: pageOf({ ...metric, projectKey }, `metrics/${encodeURIComponent(key)}`) },
    scopes: projectKey ? [projectKey] : [],
    createdAt: maybeInstant(metric._creationDate),
    updatedAt: TIMELESS,
    archivedAt: metric.archived === true ? (maybeInstant(metric.archivedAt) ?? TIMELESS) : undefined,
    fields: {
      name: metric.name || key,
      key: metric.eventKey || undefined,
      shape: "series",
      direction:
        successCriteria === "HigherThanBaseline"
          ? "up_good"
          : successCriteria === "LowerThanBaseline"
            ? "down_good"
            : undefined,
      unit: metric.unit || undefined,
      query: metric.description || undefined,
      labels: labelsOf(metric.tags),
    },
  };
  return [draft];
};
