import { changedAt, createdAt, type Entity } from "../domain/entity.ts";
import type { HistoryEntry } from "../domain/history.ts";
import type { Instant } from "../domain/instant.ts";
import { pastOf, type StatusOf, statusCourse } from "../domain/item-history.ts";
import type { Mapped, Table } from "../domain/mapped.ts";
import type { Stage } from "../domain/stage.ts";
import { type Claim, latestOf, settle } from "./claim.ts";

interface Step {
  readonly at: Instant;
  readonly value: string;
}

/** Types and labels by which people tell design work from the rest. */
const DESIGN = /^(?:ux|ui|design)(?:[ /-](?:task|item|work))?$/i;

const isDesign = ({ fields: { type, labels = [] } }: Entity<"workItem">): boolean =>
  DESIGN.test(type.detail) || labels.some((label) => DESIGN.test(label));

/**
 * A child work item: its category when it was made and after each change of status, the present last. One of a design
 * kind is design instead of development.
 */
export const itemFacts = (
  entity: Entity<"workItem">,
  history: readonly HistoryEntry[],
  statusOf: StatusOf,
): Claim[] => {
  const changed = history.filter(({ changes }) => changes.some(({ field }) => field === "status")).map(({ at }) => at);
  const last = changed.toSorted().at(-1);
  const steps = last === undefined ? withoutHistory(entity) : staysOf(entity, history, statusOf, last);
  const what = isDesign(entity)
    ? ({ stage: "design", signal: "design.item" } as const)
    : ({ stage: "development", signal: "item" } as const);
  return settle(steps.map(({ at, value }) => ({ ...what, tier: "workflow", value, at })));
};

/** When a record was in a status that the config maps to a stage, and when it left it. */
export const placedFacts = (
  entity: Entity<"workItem"> | Entity<"feature">,
  history: readonly HistoryEntry[],
  statusOf: StatusOf,
  stages: Table<Stage> = new Map(),
): Claim[] => {
  if (stages.size === 0) return [];
  const stays = placesOf(entity, history, statusOf).map(({ at, word }) => ({
    at,
    stage: (word.id === undefined ? undefined : stages.get(word.id)) ?? stages.get(word.detail),
  }));
  const claim = { signal: "item.stage", tier: "workflow" } as const;
  return [...new Set(stays.flatMap(({ stage }) => stage ?? []))].flatMap((stage) => {
    const first = stays.findIndex((stay) => stay.stage === stage);
    return settle(
      stays
        .slice(first)
        .map((stay): Claim => ({ ...claim, stage, value: stay.stage === stage ? "in" : "out", at: stay.at })),
    );
  });
};

interface Place {
  readonly at: Instant;
  readonly word: Mapped;
}

/** The statuses of a record in their order; of a feature, and where the tool tells no past, only the present one. */
const placesOf = (
  entity: Entity<"workItem"> | Entity<"feature">,
  history: readonly HistoryEntry[],
  statusOf: StatusOf,
): Place[] => {
  const last = history
    .filter(({ changes }) => changes.some(({ field }) => field === "status"))
    .map(({ at }) => at)
    .toSorted()
    .at(-1);
  if (isFeature(entity))
    return [{ at: last ?? changedAt(entity), word: entity.fields.status ?? entity.fields.declaredStatus }];
  if (last === undefined)
    return [{ at: latestOf(toldAt(entity) ?? changedAt(entity), createdAt(entity)), word: entity.fields.status }];
  return statusCourse(entity, pastOf(entity, history), statusOf).intervals.map(({ from, value }) => ({
    at: from,
    word: value,
  }));
};

const isFeature = (entity: Entity<"workItem"> | Entity<"feature">): entity is Entity<"feature"> =>
  entity.kind === "feature";

/** History may lag behind the record: then the present is added, at the time its tool tells for it. */
const staysOf = (
  entity: Entity<"workItem">,
  history: readonly HistoryEntry[],
  statusOf: StatusOf,
  last: Instant,
): Step[] => {
  const told = toldAt(entity);
  const past = { ...pastOf(entity, history), ...(told !== undefined && told > last && { changedAt: told }) };
  return statusCourse(entity, past, statusOf).intervals.map(({ from, value }) => ({ at: from, value: value.category }));
};

/** The tool's own time of reaching the present category. */
const toldAt = ({ fields }: Entity<"workItem">): Instant | undefined => {
  if (fields.status.category === "done") return fields.completedAt;
  if (fields.status.category === "cancelled") return fields.cancelledAt ?? fields.completedAt;
  if (fields.status.category === "in_progress" || fields.status.category === "in_review") return fields.startedAt;
  return undefined;
};

/** Without history, the few times that the record itself tells. What it was before is not known. */
const withoutHistory = (entity: Entity<"workItem">): Step[] => {
  const { category } = entity.fields.status;
  const created = createdAt(entity);
  if (category === "triage" || category === "backlog" || category === "todo" || category === "unknown")
    return [{ at: created, value: category }];
  const { startedAt } = entity.fields;
  const at = latestOf(toldAt(entity) ?? changedAt(entity), created);
  const isFinished = category === "done" || category === "cancelled";
  return [
    { at: created, value: "unknown" },
    ...(isFinished && startedAt !== undefined && startedAt > created && startedAt < at
      ? [{ at: startedAt, value: "in_progress" }]
      : []),
    { at, value: category },
  ];
};
