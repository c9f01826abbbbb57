import { changedAt, createdAt, type Entity } from "../domain/entity.ts";
import type { HistoryEntry } from "../domain/history.ts";
import type { Instant } from "../domain/instant.ts";
import { type Claim, settle } from "./claim.ts";

/** Plan statuses of a feature that somebody took on. */
const TAKEN_ON: ReadonlySet<string> = new Set(["active", "paused", "completed"]);

/**
 * A feature's own record in its planning tool: that it exists, its target, its priority and what is declared of it.
 * Tools tell the present of these and seldom the past, so what is not the record's age counts from its last change.
 */
export const featureFacts = (entity: Entity<"feature">, history: readonly HistoryEntry[]): Claim[] => {
  const { declaredStatus, priority, status, completedAt, targetDate } = entity.fields;
  const created = createdAt(entity);
  const changed = changedAt(entity);
  const declared = { tier: "declared" } as const;
  const category = declaredStatus.category;
  const isDone = category === "completed" || status?.category === "done";
  const isScored = priority !== undefined && priority.category !== "none" && priority.category !== "unknown";
  const since = lastChange(history, STATUS_FIELDS) ?? changed;
  return [
    { ...declared, stage: "vision", signal: "idea", value: "exists", at: created },
    ...targetFacts(entity, history, targetDate !== undefined),
    ...(isScored
      ? [
          {
            ...declared,
            stage: "strategy",
            signal: "scored",
            value: "yes",
            at: lastChange(history, PRIORITY_FIELDS) ?? created,
          } as const,
        ]
      : []),
    ...(TAKEN_ON.has(category)
      ? [{ ...declared, stage: "strategy", signal: "committed", value: "yes", at: since } as const]
      : []),
    ...(isDone
      ? [{ ...declared, stage: "production", signal: "claim.done", value: "yes", at: completedAt ?? since } as const]
      : []),
    ...(category === "unknown"
      ? []
      : [
          {
            ...declared,
            stage: "vision",
            signal: "declared",
            value: category,
            at: category === "completed" ? (completedAt ?? since) : since,
          } as const,
        ]),
  ];
};

const STATUS_FIELDS: ReadonlySet<string> = new Set(["status", "declaredStatus"]);
const PRIORITY_FIELDS: ReadonlySet<string> = new Set(["priority"]);
const TARGET_FIELDS: ReadonlySet<string> = new Set(["target", "targetDate", "dueAt"]);

const changesOf = (history: readonly HistoryEntry[], fields: ReadonlySet<string>) =>
  [...history]
    .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : a.id < b.id ? -1 : a.id > b.id ? 1 : 0))
    .flatMap(({ at, changes }) =>
      changes.filter(({ field }) => fields.has(field)).map(({ from, to }) => ({ at, from, to })),
    );

const lastChange = (history: readonly HistoryEntry[], fields: ReadonlySet<string>): Instant | undefined =>
  changesOf(history, fields).at(-1)?.at;

/** When a target was set and removed. Without history it counts from the record's creation. */
const targetFacts = (entity: Entity<"feature">, history: readonly HistoryEntry[], isSet: boolean): Claim[] => {
  const claim = (at: Instant, value: "set" | "removed"): Claim => ({
    stage: "strategy",
    signal: "target",
    tier: "declared",
    value,
    ...(value === "removed" && { polarity: "-" }),
    at,
  });
  const present = isSet ? "set" : "removed";
  const changes = changesOf(history, TARGET_FIELDS);
  const [first] = changes;
  if (first === undefined) return isSet ? [claim(createdAt(entity), "set")] : [];
  const past = [
    ...(first.from === null ? [] : [claim(createdAt(entity), "set")]),
    ...changes.map(({ at, to }) => claim(at, to === null ? "removed" : "set")),
  ];
  return settle(past.at(-1)?.value === present ? past : [...past, claim(changedAt(entity), present)]);
};

/** An initiative that a feature belongs to: planned or active, it gives the feature its place in the strategy. */
export const initiativeFacts = (entity: Entity<"initiative">): Claim[] => {
  const { category } = entity.fields.status;
  if (category === "unknown") return [];
  const isRunning = category === "planned" || category === "active";
  const at = isRunning ? createdAt(entity) : changedAt(entity);
  return [{ stage: "strategy", signal: "initiative", tier: "declared", value: isRunning ? "active" : "not", at }];
};

/** An objective that a feature contributes to; one that was given up gives no vision. */
export const objectiveFacts = (entity: Entity<"objective">): Claim[] => {
  const claim = { stage: "vision", signal: "objective", tier: "declared", recordKey: entity.fields.title } as const;
  return settle([
    { ...claim, value: "linked", at: createdAt(entity) },
    ...(entity.fields.status.category === "cancelled"
      ? [{ ...claim, value: "unlinked", polarity: "-", at: changedAt(entity) } as const]
      : []),
  ]);
};
