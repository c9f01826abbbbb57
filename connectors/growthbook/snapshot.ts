import type { Fields } from "../../shared/domain/entity.ts";
import { maybeInstant } from "../../shared/domain/instant.ts";
import type { Experiment, Results } from "./schema.ts";

type Snapshot = NonNullable<Fields<"experiment">["snapshot"]>;
type Result = Snapshot["results"][number];

/**
 * The latest analysis over all users. GrowthBook's `percentChange` and its interval are relative to the control as a
 * share; the level of the interval is a setting of the organisation that the API does not tell.
 *
 * @param keyOf our key of a variation by GrowthBook's id
 */
export const snapshotOf = (
  { results: told, settings }: Experiment,
  keyOf: (variationId: string) => string,
  controlId: string | undefined,
): Snapshot | undefined => {
  const at = maybeInstant(told?.dateUpdated);
  const whole = told?.results?.find(({ dimension }) => !dimension || dimension === "All") ?? told?.results?.[0];
  if (at === undefined || whole === undefined) return undefined;
  const guardrails = new Set((settings?.guardrails ?? []).map(({ metricId }) => metricId));
  const goals = new Set((settings?.goals ?? []).map(({ metricId }) => metricId));
  const metrics = whole.metrics ?? [];
  const srm = whole.checks?.srm;
  return {
    at,
    users: usersOf(metrics, keyOf),
    ...(isShare(srm) && { srmP: srm }),
    results: metrics.flatMap(({ metricId, metricName, variations }) =>
      (variations ?? []).flatMap(({ variationId, analyses }): Result[] => {
        const [analysis] = analyses ?? [];
        if (analysis === undefined) return [];
        return [
          {
            metric: metricName || metricId,
            role: goals.has(metricId) ? "goal" : guardrails.has(metricId) ? "guardrail" : "secondary",
            variation: keyOf(variationId),
            ...(analysis.mean != null && { value: analysis.mean }),
            ...(variationId !== controlId && comparedWithControl(analysis)),
          },
        ];
      }),
    ),
  };
};

type Metrics = NonNullable<NonNullable<Results["results"]>[number]["metrics"]>;
type Analysis = NonNullable<NonNullable<Metrics[number]["variations"]>[number]["analyses"]>[number];

const comparedWithControl = ({
  percentChange,
  ciLow,
  ciHigh,
  chanceToBeatControl,
  pValue,
}: Analysis): Partial<Result> => ({
  ...(percentChange != null && { lift: percentChange }),
  ...(ciLow != null && ciHigh != null && { interval: [ciLow, ciHigh] }),
  ...(isShare(chanceToBeatControl) && { chanceToWin: chanceToBeatControl }),
  ...(isShare(pValue) && { pValue }),
});

/** People per variation: metrics may count fewer of them, by their own conversion windows, so the most is the number. */
const usersOf = (metrics: Metrics, keyOf: (variationId: string) => string): Snapshot["users"] => {
  const most = new Map<string, number>();
  for (const { variationId, users } of metrics.flatMap(({ variations }) => variations ?? [])) {
    if (users == null || users < 0) continue;
    const key = keyOf(variationId);
    most.set(key, Math.max(most.get(key) ?? 0, Math.round(users)));
  }
  return [...most].map(([variation, users]) => ({ variation, users }));
};

const isShare = (value: number | null | undefined): value is number => value != null && value >= 0 && value <= 1;
