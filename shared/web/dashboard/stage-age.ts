import { median } from "d3-array";
import type { Stage } from "../../domain/stage.ts";
import type { FeatureView } from "../../store/views.ts";

const DAY_MS = 86_400_000;
/** Fewer say nothing of what is usual. */
const PASSED_AT_LEAST = 3;

type Headline = Stage | "none";

/** Whole days that a feature has stood in its stage; undefined while it stands in none. */
export const daysInStage = ({ explanation: { since } }: FeatureView, now: Date): number | undefined =>
  since === null ? undefined : Math.max(0, Math.floor((now.getTime() - Date.parse(since)) / DAY_MS));

const key = (product: string | undefined, stage: Headline): string => `${product ?? "-"} ${stage}`;

/**
 * How many days features of a product usually stood in a stage that they left, by the paths of those shown: the median.
 *
 * @returns days for a feature's product and stage; undefined where fewer than three left it
 */
export const usualDays = (features: readonly FeatureView[]): ((feature: FeatureView) => number | undefined) => {
  const passed = new Map<string, number[]>();
  for (const { productIds, explanation } of features) {
    explanation.path.forEach(({ headline, at }, place) => {
      const next = explanation.path[place + 1];
      if (next === undefined) return;
      const days = (Date.parse(next.at) - Date.parse(at)) / DAY_MS;
      const of = key(productIds[0], headline ?? "none");
      passed.set(of, [...(passed.get(of) ?? []), days]);
    });
  }
  return ({ productIds, explanation }) => {
    const days = passed.get(key(productIds[0], explanation.headline ?? "none")) ?? [];
    return days.length < PASSED_AT_LEAST ? undefined : Math.round(median(days) ?? 0);
  };
};
