import { METRICS, type Meter, type MetricName } from "../pipeline/metrics.ts";

/** Counts of one invocation, told as one line. */
export interface Emf extends Meter {
  /** Writes what was counted since the last call, if anything was. */
  flush(): void;
}

/** As many values as CloudWatch takes of one metric in one line. */
const VALUES_AT_MOST = 100;

/**
 * Counts for CloudWatch, in its embedded metric format: a line of the log, of which CloudWatch makes the metrics that the
 * table gives a name there. They have no dimensions, so each is one metric whatever the config; what the line says beside
 * them, by label, is for questions to the log.
 */
export const emf = (settings: {
  readonly namespace: string;
  readonly now: () => Date;
  readonly write?: (line: string) => void;
}): Emf => {
  const { namespace, now, write = (line: string) => process.stderr.write(line) } = settings;
  let counted = new Map<string, number>();
  let values = new Map<MetricName, number[]>();
  const note = (name: MetricName, labels: Readonly<Record<string, string>>, by: number) => {
    const key = [name, ...METRICS[name].labels.map((label) => labels[label] ?? "")].join(" ");
    counted.set(key, (counted.get(key) ?? 0) + by);
  };
  return {
    add(name, labels, by = 1) {
      note(name, labels, by);
      if ("cloud" in METRICS[name]) values.set(name, [(values.get(name)?.[0] ?? 0) + by]);
    },
    observe(name, labels, value) {
      note(name, labels, 1);
      if (!("cloud" in METRICS[name])) return;
      const all = [...(values.get(name) ?? []), value];
      // The smallest goes: what took long is what is asked for.
      if (all.length > VALUES_AT_MOST) all.splice(all.indexOf(Math.min(...all)), 1);
      values.set(name, all);
    },
    flush() {
      if (counted.size === 0) return;
      const told = [...values].map(([name, all]) => ({ ...cloudOf(name), value: all.length === 1 ? all[0] : all }));
      const time = now();
      const metrics = told.map(({ Name, Unit }) => ({ Name, Unit }));
      const line = {
        ...(told.length > 0 && {
          _aws: {
            Timestamp: time.getTime(),
            CloudWatchMetrics: [{ Namespace: namespace, Dimensions: [[]], Metrics: metrics }],
          },
        }),
        time: time.toISOString(),
        level: "info",
        message: "counted",
        counts: Object.fromEntries(counted),
        ...Object.fromEntries(told.map(({ Name, value }) => [Name, value])),
      };
      counted = new Map();
      values = new Map();
      write(`${JSON.stringify(line)}\n`);
    },
  };
};

const cloudOf = (name: MetricName): { readonly Name: string; readonly Unit: "Count" | "Seconds" } => {
  const metric = METRICS[name];
  return { Name: "cloud" in metric ? metric.cloud : name, Unit: "unit" in metric ? "Seconds" : "Count" };
};
