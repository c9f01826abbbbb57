import type { Calendar } from "./calendar.ts";
import { type Feature, featureDays, type Product } from "./features.ts";
import { managers } from "./people.ts";
import { at, hash, pick } from "./random.ts";
import type { Change, Stage, WorkItem } from "./work-item.ts";

/** What Jira keeps besides the work itself: initiatives, epics, and the ideas of the discovery project, in this order. */
export interface PlanningRecord {
  readonly kind: "initiative" | "epic" | "idea";
  readonly index: number;
  readonly feature?: Feature;
}

/** Ideas that never became a feature of the list, on top of those that did. */
const looseIdeas = [
  "Live shopping events",
  "Carbon footprint at checkout",
  "Buy now, deliver on a date 🎁",
  "Sell to neighbours",
];

/** The planning records of a product planned in Jira; none for the others. */
export const planningRecords = (product: Product, small: boolean): readonly PlanningRecord[] => {
  if (product.tracker !== "jira") return [];
  const ideas = product.features.filter((feature) => feature.phase === "idea");
  return [
    ...product.initiatives.map((_, index) => ({ kind: "initiative" as const, index })),
    ...product.features
      .filter((f) => f.phase !== "idea")
      .map((feature, index) => ({ kind: "epic" as const, index, feature })),
    ...ideas.map((feature, index) => ({ kind: "idea" as const, index, feature })),
    ...looseIdeas
      .slice(0, small ? 1 : looseIdeas.length)
      .map((_, i) => ({ kind: "idea" as const, index: ideas.length + i })),
  ];
};

/** A planning record as the item it is in Jira. */
export const planningItem = (
  seed: number,
  calendar: Calendar,
  product: Product,
  n: number,
  record: PlanningRecord,
): WorkItem => {
  if (record.kind === "initiative") return initiative(calendar, product, n, record.index);
  const { feature } = record;
  if (feature === undefined) return looseIdea(seed, calendar, product, n, record.index);
  const days = featureDays(feature);
  const moves: (readonly [number | undefined, Stage])[] =
    record.kind === "idea"
      ? [[feature.proposedDay + 0.2, "triage"]]
      : [
          [days.planned, "todo"],
          [days.started ?? (feature.phase === "design" ? feature.window[0] + 0.5 : undefined), "in_progress"],
          [days.finished, feature.phase === "cancelled" ? "cancelled" : "done"],
        ];
  const history: Change[] = [];
  let stage: Stage = record.kind === "idea" ? "triage" : "backlog";
  for (const [day, to] of moves) {
    if (day === undefined || to === stage) continue;
    history.push({ time: calendar.at(day), by: feature.lead, field: "stage", from: stage, to });
    stage = to;
  }
  const slipped = feature.index % 5 === 4 && feature.targetDay !== undefined;
  if (slipped) {
    const [from, to] = [calendar.date((feature.targetDay ?? 0) - 8), calendar.date(feature.targetDay ?? 0)];
    history.push({ time: calendar.at(feature.window[0] + 9.5), by: feature.lead, field: "target", from, to });
    history.sort((a, b) => a.time - b.time);
  }
  const created = calendar.at(feature.proposedDay);
  return {
    product: product.index,
    n,
    kind: record.kind,
    title: feature.title,
    feature: feature.index,
    initiative: feature.initiative,
    creator: feature.lead,
    ...(record.kind === "epic" ? { assignee: feature.lead, parent: feature.initiative } : {}),
    priority: 1 + (feature.index % 4),
    sprints: [],
    blocked: feature.blocked,
    ...(feature.targetDay === undefined ? {} : { dueDay: feature.targetDay }),
    stage,
    created,
    updated: Math.max(created, ...history.map((change) => change.time)),
    history,
  };
};

const initiative = (calendar: Calendar, product: Product, n: number, index: number): WorkItem => {
  const started = calendar.at(1 + index);
  return {
    product: product.index,
    n,
    kind: "initiative",
    title: at(product.initiatives, index),
    initiative: index,
    creator: at(managers, index % managers.length),
    assignee: at(managers, index % managers.length),
    priority: 2,
    sprints: [],
    blocked: false,
    dueDay: 150 + index * 30,
    stage: "in_progress",
    created: calendar.at(0.1 + index * 0.1),
    updated: started,
    history: [
      { time: started, by: at(managers, index % managers.length), field: "stage", from: "backlog", to: "in_progress" },
    ],
  };
};

const looseIdea = (seed: number, calendar: Calendar, product: Product, n: number, index: number): WorkItem => {
  const created = calendar.at(30 + (hash(seed, 61, index) % 95));
  return {
    product: product.index,
    n,
    kind: "idea",
    title: looseIdeas[index % looseIdeas.length] ?? `Idea ${index + 1}`,
    creator: pick(managers, hash(seed, 62, index)),
    priority: 4,
    sprints: [],
    blocked: false,
    stage: "triage",
    created,
    updated: created,
    history: [],
  };
};
