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
export const identifierOf = (world: World, item: WorkItem): string =>
  item.history.findLast((change) => change.field === "key")?.to ??
  item.key ??
  world.company.key(LINEAR_PRODUCT, item.n);

/** The teams of Acme's Linear; the second is there once it was added. */
export const teams = [
  { key: "INS", name: "Insights", description: "Answers for the whole company." },
  { key: "LAB", name: "Labs", description: "What may become something." },
] as const;

/** Which team an identifier belongs to. */
export const teamOfKey = (key: string | null): number => (key?.startsWith("LAB-") === true ? 1 : 0);

/** Which team an issue is in, or was in at a time. */
export const teamOf = (item: WorkItem, time = Number.POSITIVE_INFINITY): number => {
  const moves = item.history.filter((change) => change.field === "key");
  const last = moves.findLast((change) => change.time <= time);
  return teamOfKey(last?.to ?? moves[0]?.from ?? null);
};

/** Whether our credentials may see a team. */
export const isVisibleTeam = ({ revoked, secondTeam }: World, index: number): boolean =>
  (index === 0 || secondTeam) && !revoked.has(`linear/${teams[index]?.key}`);

/** The index of a state: every team has states of its own. */
export const teamState = (team: number, stage: Stage): number => team * states.length + stateIndex(stage);

export const CYCLE_COUNT = 14;
