import type { Group } from "./group.ts";

/**
 * How sure the facts of these groups make us (8.2): one contribution per tool, the best, since ten commits of one tool
 * are not certainty.
 *
 * @returns 0 to 1, rounded to 4 digits so that sums of fractions compare as written
 */
export const confidenceOf = (support: readonly Group[]): number => {
  const best = new Map<string, number>();
  for (const group of support) group.raise(best);
  let doubt = 1;
  for (const weight of best.values()) doubt *= 1 - weight;
  return Math.round((1 - doubt) * 10_000) / 10_000;
};
