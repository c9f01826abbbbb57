import { type Gauge, METRICS, type Meter, type MetricName } from "../pipeline/metrics.ts";

/** Counts in this process, and tells the counts in OpenMetrics. */
export interface Registry extends Meter {
  /** @param gauges what is looked up for this answer */
  text(gauges: readonly Gauge[]): string;
}

export const OPEN_METRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8";

const PREFIX = "throughline_";
/** Combinations of labels that one metric keeps apart; beyond, they are counted as one. No config comes near. */
const SERIES_AT_MOST = 2000;

interface Series {
  readonly labels: Readonly<Record<string, string>>;
  /** Of a histogram: what was observed, one count for each bucket and the last for what is above all bounds. */
  readonly buckets: number[];
  sum: number;
}

/** A registry of this process alone: its counts begin at zero when it starts. */
export const registry = (): Registry => {
  const metrics = new Map<MetricName, Map<string, Series>>();
  const seriesOf = (name: MetricName, given: Readonly<Record<string, string>>): Series => {
    const all = metrics.get(name) ?? new Map<string, Series>();
    metrics.set(name, all);
    const names: readonly string[] = METRICS[name].labels;
    const present = all.get(keyOf(names, given));
    if (present !== undefined) return present;
    const isFull = all.size >= SERIES_AT_MOST;
    const labels = Object.fromEntries(names.map((label) => [label, isFull ? "other" : (given[label] ?? "")]));
    const key = keyOf(names, labels);
    const series = all.get(key) ?? {
      labels,
      buckets: boundsOf(name)
        .map(() => 0)
        .concat(0),
      sum: 0,
    };
    all.set(key, series);
    return series;
  };
  return {
    add(name, labels, by = 1) {
      seriesOf(name, labels).sum += by;
    },
    observe(name, labels, value) {
      const series = seriesOf(name, labels);
      const found = boundsOf(name).findIndex((bound) => value <= bound);
      const at = found === -1 ? series.buckets.length - 1 : found;
      series.buckets[at] = (series.buckets[at] ?? 0) + 1;
      series.sum += value;
    },
    text(gauges) {
      const looked = Map.groupBy(gauges, ({ name }) => name);
      const families = (Object.keys(METRICS) as MetricName[]).flatMap((name) => [
        ...headOf(name),
        ...[...(metrics.get(name)?.values() ?? [])].flatMap((series) => samplesOf(name, series)),
        ...(looked.get(name as Gauge["name"]) ?? []).map(({ labels, value }) => sample(name, labels, value)),
      ]);
      return `${[...families, "# EOF"].join("\n")}\n`;
    },
  };
};

const keyOf = (names: readonly string[], labels: Readonly<Record<string, string>>): string =>
  JSON.stringify(names.map((name) => labels[name]));

const boundsOf = (name: MetricName): readonly number[] => {
  const metric = METRICS[name];
  return "bounds" in metric ? metric.bounds : [];
};

const headOf = (name: MetricName): string[] => {
  const metric = METRICS[name];
  return [
    `# TYPE ${PREFIX}${name} ${metric.type}`,
    ...("unit" in metric ? [`# UNIT ${PREFIX}${name} ${metric.unit}`] : []),
    `# HELP ${PREFIX}${name} ${escaped(metric.help)}`,
  ];
};

const samplesOf = (name: MetricName, { labels, buckets, sum }: Series): string[] => {
  if (METRICS[name].type === "counter") return [sample(`${name}_total`, labels, sum)];
  const bounds = [...boundsOf(name).map(canonical), "+Inf"];
  let below = 0;
  const counts = bounds.map((le, at) => {
    below += buckets[at] ?? 0;
    return sample(`${name}_bucket`, { ...labels, le }, below);
  });
  return [...counts, sample(`${name}_count`, labels, below), sample(`${name}_sum`, labels, sum)];
};

const sample = (name: string, labels: Readonly<Record<string, string>>, value: number): string => {
  const pairs = Object.entries(labels).map(([label, word]) => `${label}="${escaped(word)}"`);
  return `${PREFIX}${name}${pairs.length === 0 ? "" : `{${pairs.join(",")}}`} ${value}`;
};

/** As OpenMetrics writes bounds: 1.0, not 1. */
const canonical = (bound: number): string => (Number.isInteger(bound) ? bound.toFixed(1) : String(bound));

const escaped = (text: string): string => text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
