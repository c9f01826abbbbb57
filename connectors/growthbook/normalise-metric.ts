import type { Draft, Fields } from "../../shared/domain/entity.ts";
import { mapWord, type Table } from "../../shared/domain/mapped.ts";
import { labelsOf, pageOf, timesOf } from "./envelope.ts";
import type { FactMetric, Metric } from "./schema.ts";

type MetricKind = Exclude<NonNullable<Fields<"metric">["type"]>["category"], "unknown">;

/** GrowthBook tells how a metric is counted; only these ways say what it is about. */
const KINDS: Table<MetricKind> = new Map([
  ["revenue", "revenue"],
  ["retention", "retention"],
]);

const scopesOf = (projects: readonly string[] | null | undefined): string[] =>
  (projects ?? []).filter((id) => id !== "");

export const normaliseMetric = (metric: Metric): readonly Draft[] => {
  const goal = metric.behavior?.goal;
  const draft: Draft<"metric"> = {
    kind: "metric",
    external: { noun: "metric", id: metric.id, url: pageOf(metric.appUrl, `metric/${encodeURIComponent(metric.id)}`) },
    scopes: scopesOf(metric.projects),
    ...timesOf(metric),
    fields: {
      name: metric.name || metric.id,
      key: metric.mixpanel?.eventName || undefined,
      shape: "series",
      type: metric.type ? mapWord({ name: metric.type }, KINDS) : undefined,
      direction: goal === "increase" ? "up_good" : goal === "decrease" ? "down_good" : undefined,
      query: metric.sql?.conversionSQL || undefined,
      labels: labelsOf(metric.tags),
    },
  };
  return [draft];
};

/** A metric over fact tables; experiments point to both sorts alike. */
export const normaliseFactMetric = (metric: FactMetric): readonly Draft[] => {
  const { numerator, denominator } = metric;
  const part = (of: typeof numerator) => [of?.aggregation, of?.column].filter(Boolean).join(" ");
  const query = [part(numerator), part(denominator)].filter((text) => text !== "").join(" / ");
  const draft: Draft<"metric"> = {
    kind: "metric",
    external: {
      noun: "metric",
      id: metric.id,
      url: pageOf(metric.appUrl, `fact-metrics/${encodeURIComponent(metric.id)}`),
    },
    scopes: scopesOf(metric.projects),
    ...timesOf(metric),
    fields: {
      name: metric.name || metric.id,
      shape: metric.metricType === "funnel" ? "funnel" : "series",
      type: metric.metricType ? mapWord({ name: metric.metricType }, KINDS) : undefined,
      direction: metric.inverse == null ? undefined : metric.inverse ? "down_good" : "up_good",
      query: query || undefined,
      labels: labelsOf(metric.tags),
    },
  };
  return [draft];
};
