import type { Entity, Fields } from "../domain/entity.ts";
import type { Instant } from "../domain/instant.ts";
import type { Coverage, Explanation } from "../domain/stage.ts";

/** What health asks of a work item. Entities of the store fit. */
export interface WorkItemSummary {
  readonly fields: Pick<
    Fields<"workItem">,
    "status" | "type" | "priority" | "startedAt" | "completedAt" | "isBlocked" | "dueAt"
  >;
  readonly source: Pick<Entity["source"], "key" | "externalId">;
  readonly sourceCreatedAt?: Instant | undefined;
  readonly sourceUpdatedAt: Instant;
}

export interface HealthInput {
  readonly feature: {
    readonly fields: Pick<
      Fields<"feature">,
      "targetDate" | "targetDateResolution" | "declaredStatus" | "declaredHealth" | "declaredHealthAt"
    >;
    readonly sourceUpdatedAt: Instant;
    /** Until when the declared health counts, where a person said so; else 14 d. */
    readonly declaredUntil?: Instant | undefined;
  };
  /** The feature's children that are still there. */
  readonly items: readonly WorkItemSummary[];
  /** Finished items of the product, for the usual age by type; by default the feature's own. */
  readonly peers?: readonly WorkItemSummary[] | undefined;
  readonly explanation: Explanation;
  readonly coverage: readonly Coverage[];
  /** When anything was last heard about the feature. */
  readonly lastFactAt?: Instant | undefined;
  readonly asOf: Instant;
}

export type Level = "on_track" | "at_risk" | "off_track" | "unknown" | "not_applicable";

/** One aspect of health: its level, why, and when time alone may change it. */
export interface Dimension {
  readonly name: "schedule" | "flow" | "quality";
  readonly level: Level;
  readonly reasons: readonly string[];
  /** epoch milliseconds, of past moments too */
  readonly turns: readonly number[];
}
