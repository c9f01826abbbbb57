import type { Stage, WorkItem } from "../company/work-item.ts";
import type { World } from "../company/world.ts";

/** The product that Linear plans. */
export const LINEAR_PRODUCT = 1;
export const SITE = "https://linear.app/acme";

/** What an id stands for; the first argument of the codec. */
export const KIND = {
  issue: 1,
  team: 2,
  state: 3,
  user: 4,
  project: 5,
  initiative: 6,
  cycle: 7,
  label: 8,
  attachment: 9,
  span: 10,
  history: 11,
  milestone: 12,
  organization: 13,
  projectStatus: 14,
  webhook: 15,
  delivery: 16,
} as const;

export const idOf = (world: World, kind: keyof typeof KIND, index: number): string =>
  world.company.codec.uuid(KIND[kind], index);

/** The index in an id; absent if the id is of another kind. */
export const indexOf = (world: World, kind: keyof typeof KIND, id: string): number | undefined => {
  const named = world.company.codec.readUuid(id);
  return named?.kind === KIND[kind] ? named.index : undefined;
};

export const iso = (time: number): string => new Date(time).toISOString();

export const states = [
  { stage: "triage", name: "Triage", type: "triage", color: "#fc7840" },
  { stage: "backlog", name: "Backlog", type: "backlog", color: "#bec2c8" },
  { stage: "todo", name: "Todo", type: "unstarted", color: "#e2e2e2" },
  { stage: "in_progress", name: "In Progress", type: "started", color: "#f2c94c" },
  { stage: "in_review", name: "In Review", type: "started", color: "#0f783c" },
  { stage: "done", name: "Done", type: "completed", color: "#5e6ad2" },
  { stage: "cancelled", name: "Canceled", type: "canceled", color: "#95a2b3" },
] as const;

export const stateIndex = (stage: Stage): number => states.findIndex((state) => state.stage === stage);

export const labels = [
  { name: "Bug", color: "#eb5757" },
  { name: "Feature", color: "#bb87fc" },
  { name: "Chore", color: "#95a2b3" },
  { name: "Design", color: "#4ea7fc" },
  { name: "Blocked", color: "#f2994a" },
] as const;

/** Indexes of the labels of an issue. */
export const labelsOf = (item: WorkItem): readonly number[] => {
  const kind = item.kind === "bug" ? 0 : item.kind === "story" ? 1 : item.kind === "design" ? 3 : 2;
  return item.blocked ? [kind, 4] : [kind];
};

export const projectStatuses = [
  { name: "Backlog", type: "backlog", color: "#bec2c8" },
  { name: "Planned", type: "planned", color: "#e2e2e2" },
  { name: "In Progress", type: "started", color: "#f2c94c" },
  { name: "Paused", type: "paused", color: "#95a2b3" },
  { name: "Completed", type: "completed", color: "#5e6ad2" },
  { name: "Canceled", type: "canceled", color: "#95a2b3" },
] as const;

export const priorityLabels = ["No priority", "Urgent", "High", "Medium", "Low"];

/** The identifier a person would write. */
export const identifierOf = (world: World, n: number): string => world.company.key(LINEAR_PRODUCT, n);

export const CYCLE_COUNT = 14;
