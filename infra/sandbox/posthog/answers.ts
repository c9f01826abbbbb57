import { type Exposure, exposures } from "../company/exposure.ts";
import { dateOf, dayOf, daysBetween, peopleOn } from "../company/usage.ts";
import type { World } from "../company/world.ts";
import { insightId, type Row } from "./project.ts";

const DAY_MS = 86_400_000;

/** An insight with what PostHog computes for it, as of the hour. */
export const computed = (world: World, insight: Row): Row => {
  const asOf = Math.floor(world.clock / 3_600_000) * 3_600_000;
  return {
    ...insight,
    result: resultOf(world, insight, asOf),
    last_refresh: new Date(asOf).toISOString(),
    is_cached: false,
  };
};

const resultOf = (world: World, insight: Row, asOf: number): unknown => {
  const { source } = insight["query"] as { readonly source: { readonly kind: string } };
  if (source.kind === "TrendsQuery") return trend(world, insight, asOf);
  if (source.kind === "FunnelsQuery")
    return [900, 420, 130].map((count, order) => ({
      action_id: `step-${order}`,
      name: ["visit", "sign up", "first value"][order],
      custom_name: null,
      order,
      count,
      type: "events",
    }));
  if (source.kind === "RetentionQuery")
    return [3, 2, 1, 0].map((weeks) => ({
      date: new Date(dayOf(asOf) - weeks * 7 * DAY_MS).toISOString(),
      label: `Week ${3 - weeks}`,
      values: Array.from({ length: weeks + 1 }, (_, n) => ({ count: Math.round(200 * 0.6 ** n), label: `Week ${n}` })),
    }));
  return [["free", 3]];
};

const trend = (world: World, insight: Row, asOf: number): unknown => {
  const about = exposures(world).find((one: Exposure) => insightId(one) === insight["id"]);
  const days = daysBetween(dayOf(asOf) - 29 * DAY_MS, dayOf(asOf));
  const data = days.map((day) => (about === undefined ? 0 : peopleOn(world, about, day)));
  return [
    {
      label: insight["name"],
      count: data.reduce((sum, n) => sum + n, 0),
      data,
      days: days.map(dateOf),
      labels: days.map(dateOf),
    },
  ];
};

/** One metric of an experiment, by the Bayesian engine. */
export const experimentAnswer = (experiment: Row, metric: Row, asOf: number): Row => {
  const lost = experiment["conclusion"] === "lost";
  const isGoal = metric["name"] === "Purchases";
  const stats = (key: string, samples: number, sum: number) => ({
    key,
    number_of_samples: samples,
    sum,
    sum_squares: sum,
  });
  return {
    kind: "ExperimentQuery",
    metric,
    baseline: stats("control", 1200, isGoal ? 120 : 30),
    variant_results: [
      {
        ...stats("test", 1190, isGoal ? (lost ? 98 : 143) : 29),
        method: "bayesian",
        chance_to_win: isGoal ? (lost ? 0.06 : 0.95) : 0.5,
        credible_interval: lost ? [-0.36, 0.03] : [-0.02, 0.44],
        significant: isGoal,
      },
    ],
    last_refresh: new Date(Math.floor(asOf / 3_600_000) * 3_600_000).toISOString(),
  };
};

export const exposureAnswer = (asOf: number): Row => ({
  kind: "ExperimentExposureQuery",
  timeseries: [],
  total_exposures: { control: 1200, test: 1190, $multiple: 3 },
  date_range: {},
  last_refresh: new Date(Math.floor(asOf / 3_600_000) * 3_600_000).toISOString(),
});
