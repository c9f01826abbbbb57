import type { Instant } from "../../domain/instant.ts";
import type { ItemRecord } from "../../flow/record.ts";
import { counted } from "../sentence.ts";
import { type Dimension, judged, newest, notApplicable, unlessBlind } from "./dimension.ts";
import type { HealthInput } from "./input.ts";
import type { HealthRules } from "./rules.ts";
import { dayOf, isUnderWay, percent } from "./standing.ts";

/** How much the work grew since somebody took the feature on: what came, less what went. */
export const scope = (input: HealthInput, rules: HealthRules): Dimension => {
  const { committedAt, asOf } = input;
  if (!isUnderWay(input) || committedAt === undefined || committedAt > asOf)
    return notApplicable("scope", "it has not been started yet");
  const records = [...input.items.flatMap(({ past }) => (past === undefined ? [] : [past])), ...(input.former ?? [])];
  const isIn = (at: Instant) => (item: ItemRecord) => {
    const left = [item.leftAt, item.cancelledAt, item.goneAt].filter((end) => end !== undefined).sort()[0];
    return item.joinedAt <= at && (left === undefined || left > at);
  };
  const [before, now] = [records.filter(isIn(committedAt)), records.filter(isIn(asOf))];
  const day = dayOf(input)(Date.parse(committedAt));
  if (before.length < Math.max(1, rules.scope.fewestItems))
    return notApplicable(
      "scope",
      `it had ${before.length === 0 ? "no work items" : `only ${counted(before.length, "work item")}`} at its start, ${day}`,
    );
  // Points only where all have them: half an estimate is none.
  const isEstimated = [...before, ...now].every(({ points = 0 }) => points > 0);
  const size = (items: readonly ItemRecord[]) =>
    items.reduce((sum, { points = 0 }) => sum + (isEstimated ? points : 1), 0);
  const growth = (size(now) - size(before)) / size(before);
  const held = new Set(before);
  const came = now.filter((item) => !held.has(item));
  const kept = new Set(now);
  const went = before.filter((item) => !kept.has(item));
  const { atRiskAbove, offTrackAbove } = rules.scope;
  const measured = `${isEstimated ? `${size(now)} points, ${size(before)}` : `${counted(now.length, "work item")}, ${before.length}`} at its start on ${day}: ${came.length} added, ${went.length} removed`;
  const level = growth > offTrackAbove ? "off_track" : growth > atRiskAbove ? "at_risk" : undefined;
  const evidence = came.toSorted((a, b) => (a.joinedAt > b.joinedAt ? -1 : 1)).map(({ url }) => url);
  const value = percent(growth);
  const threshold = `at most ${percent(level === "off_track" ? offTrackAbove : atRiskAbove)}`;
  const dimension = judged(
    "scope",
    level === undefined
      ? []
      : [{ level, text: `the scope grew by ${value} (${measured})`, value, threshold, evidence }],
    {
      text: `the scope ${growth < 0 ? "shrank" : "grew"} by ${percent(Math.abs(growth))} (${measured})`,
      value,
      threshold,
      evidence,
      dataAt: newest(records.map(({ joinedAt }) => joinedAt)),
      turns: [],
    },
  );
  return unlessBlind(dimension, input, "work");
};
