import type { FeatureView } from "../../store/views.ts";

const DAY_MS = 86_400_000;

/** A question that a role asks every day: the features that answer it, in the words and order of the filters. */
export interface RoleBlock {
  readonly id: string;
  readonly title: string;
  /** Said where there is none. */
  readonly none: string;
  readonly fits: (feature: FeatureView, now: Date) => boolean;
  /** What is listed of a feature that fits, and counted in place of features. */
  readonly what?: (feature: FeatureView) => readonly { readonly id: string; readonly name: string }[];
  /** What stands first; absent: as on the board. */
  readonly first?: (a: FeatureView, b: FeatureView) => number;
}

const isOpen = ({ explanation }: FeatureView): boolean => explanation.disposition === "open";
const isLive = ({ explanation: { headline } }: FeatureView): boolean =>
  headline === "production" || headline === "marketing" || headline === "support";
const daysUntil = ({ targetDate }: FeatureView, now: Date): number | undefined =>
  targetDate === undefined ? undefined : (Date.parse(targetDate) + DAY_MS - now.getTime()) / DAY_MS;
const isDueWithin = (feature: FeatureView, now: Date, days: number): boolean => {
  const left = daysUntil(feature, now);
  return left !== undefined && left >= 0 && left <= days;
};
const level = ({ health }: FeatureView, name: string) => health.dimensions?.find((one) => one.name === name)?.level;
const isBad = (feature: FeatureView, name: string): boolean =>
  level(feature, name) === "off_track" || level(feature, name) === "at_risk";
const waitingOf = ({ health: { dimensions = [] } }: FeatureView) => dimensions.flatMap(({ waiting = [] }) => waiting);
const UPDATE_DAYS = 14;

/** `/pm`: what waits for a decision, what comes, what customers ask for. */
export const PM_BLOCKS: readonly RoleBlock[] = [
  {
    id: "experiments",
    title: "Experiments waiting for a decision",
    none: "No experiments are waiting for a decision.",
    fits: (feature) => waitingOf(feature).length > 0,
    what: waitingOf,
  },
  {
    id: "silent",
    title: "No update for 14 days",
    none: "Every active feature has a recent update.",
    fits: (feature, now) =>
      isOpen(feature) &&
      !isLive(feature) &&
      feature.status.category === "active" &&
      now.getTime() - Date.parse(feature.health.declared?.at ?? feature.updatedAt) > UPDATE_DAYS * DAY_MS,
  },
  {
    id: "launches",
    title: "Launches in the next 30 days",
    none: "No launches are due in the next 30 days.",
    fits: (feature, now) => isOpen(feature) && !isLive(feature) && isDueWithin(feature, now, 30),
  },
  {
    id: "disagree",
    title: "Declared health and signals disagree",
    none: "Declared health and signals agree everywhere.",
    fits: ({ health }) => health.disagree,
  },
  {
    id: "demand",
    title: "Asked for by customers",
    none: "No tickets are linked to features.",
    fits: ({ tickets = 0 }) => tickets > 0,
    first: (a, b) => (b.tickets ?? 0) - (a.tickets ?? 0),
  },
];

/** `/po`, "Today": what stops work, what is due, what is not kept in order. */
export const PO_BLOCKS: readonly RoleBlock[] = [
  {
    id: "blocked",
    title: "Stalled work",
    none: "No work is blocked or stale.",
    fits: (feature) => isBad(feature, "flow"),
  },
  {
    id: "overdue",
    title: "Overdue",
    none: "Nothing is overdue.",
    fits: (feature, now) => isOpen(feature) && !isLive(feature) && (daysUntil(feature, now) ?? 0) < 0,
  },
  {
    id: "week",
    title: "Due this week",
    none: "Nothing is due this week.",
    fits: (feature, now) => isOpen(feature) && !isLive(feature) && isDueWithin(feature, now, 7),
  },
  {
    id: "quality",
    title: "Bugs and failing checks",
    none: "No unusual quality signals.",
    fits: (feature) => isBad(feature, "quality") || feature.explanation.badges.includes("tests_failing"),
  },
  {
    id: "scope",
    title: "Scope growth",
    none: "No feature's scope grew by more than 10 %.",
    fits: (feature) => isBad(feature, "scope"),
  },
  {
    id: "ready",
    title: "Ready to release",
    none: "Nothing is waiting for a release.",
    fits: ({ explanation }) =>
      explanation.headline === "testing" &&
      (explanation.state === "done" || explanation.badges.includes("deployed_dark")),
  },
  {
    id: "hygiene",
    title: "No owner or due date",
    none: "Every active feature has an owner and a due date.",
    fits: (feature) =>
      isOpen(feature) &&
      feature.status.category === "active" &&
      (feature.owner === undefined || feature.targetDate === undefined),
  },
];

/** All blocks by id: the table takes one as its filter `only`. */
export const BLOCKS: ReadonlyMap<string, RoleBlock> = new Map([...PM_BLOCKS, ...PO_BLOCKS].map((one) => [one.id, one]));
