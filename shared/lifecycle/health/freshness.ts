import { type Dimension, judged, notApplicable } from "./dimension.ts";
import { FEEDS, type HealthInput } from "./input.ts";
import { isReached, isUnderWay } from "./standing.ts";

/** Whether the sources of what was judged are as fresh as they should be. It never makes anything off track. */
export const freshness = (input: HealthInput): Dimension => {
  const { feeds = {}, experiments = [], metrics = [], tickets = [] } = input;
  const isUsed = {
    work: isUnderWay(input) || input.feature.fields.targetDate !== undefined,
    experiment: experiments.some(({ fields }) => fields.status.category === "running"),
    support: isReached(input, "production") && (tickets.length > 0 || (feeds.support?.state ?? "none") !== "none"),
    adoption: isReached(input, "production") && metrics.length > 0,
  };
  const used = FEEDS.filter((feed) => isUsed[feed]);
  if (used.length === 0) return notApplicable("freshness", "nothing is judged yet");
  const states = used.map((feed) => feeds[feed] ?? { state: "fresh" as const });
  const dark = states.filter(({ state }) => state === "stale" || state === "pending" || state === "none");
  const late = states.filter(({ state }) => state === "late");
  const reasons = (some: typeof states) => [...new Set(some.map(({ reason }) => reason ?? "a source is late"))];
  const dimension = judged(
    "freshness",
    reasons(late).map((text) => ({ level: "at_risk", text, threshold: "within its limit" })),
    { text: "all sources are within their limits", isRequired: true },
  );
  if (dark.length === 0) return dimension;
  const told = [...reasons(dark), ...dimension.reasons];
  return { ...dimension, level: "unknown", reasons: told, text: told.join("; ") };
};
