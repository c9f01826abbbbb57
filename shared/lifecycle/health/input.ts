import type { Entity, Fields } from "../../domain/entity.ts";
import type { Instant } from "../../domain/instant.ts";
import type { Coverage, Explanation } from "../../domain/stage.ts";
import type { TargetMove } from "../../domain/target-moves.ts";
import type { IncidentRecord, ItemRecord, TicketRecord } from "../../flow/record.ts";
import type { HealthRules } from "./rules.ts";

/** What health asks of a work item. Entities of the store fit. */
export interface WorkItemSummary {
  readonly fields: Pick<
    Fields<"workItem">,
    "status" | "type" | "priority" | "startedAt" | "completedAt" | "isBlocked" | "dueAt"
  >;
  readonly source: Pick<Entity["source"], "key" | "externalId"> & { readonly url?: string | undefined };
  readonly sourceCreatedAt?: Instant | undefined;
  readonly sourceUpdatedAt: Instant;
  /** Its times, as far as its history tells them. */
  readonly past?: ItemRecord | undefined;
  /** Keys of what blocks it, where its tool tells. */
  readonly blockers?: readonly string[] | undefined;
}

/** A record around the work, as stored. */
export type Around<K extends "experiment" | "metric"> = Pick<Entity<K>, "id" | "fields" | "sourceUpdatedAt"> & {
  readonly source: Pick<Entity["source"], "key" | "url">;
};

/** A key result's word on a metric of the feature. */
export interface AgreedTarget {
  readonly metricId: string;
  readonly target: number;
  readonly by?: string | undefined;
}

/** What feeds dimensions beside the work itself. */
export const FEEDS = ["work", "experiment", "support", "adoption"] as const;
export type Feed = (typeof FEEDS)[number];

/** How fresh the worst source of a feed is: `late` beyond its limit, `stale` beyond four times that. */
export interface FeedState {
  readonly state: "fresh" | "late" | "stale" | "pending" | "none";
  /** Said to people where it is not fresh, e.g. `Zendesk was last read too long ago`. */
  readonly reason?: string | undefined;
}

export interface HealthInput {
  readonly feature: {
    readonly id?: string | undefined;
    readonly fields: Pick<
      Fields<"feature">,
      "targetDate" | "targetDateResolution" | "declaredStatus" | "declaredHealth" | "declaredHealthAt" | "startDate"
    >;
    readonly source?: { readonly url: string } | undefined;
    readonly sourceCreatedAt?: Instant | undefined;
    readonly sourceUpdatedAt: Instant;
    /** Until when the declared health counts, where a person said so; else as the thresholds say. */
    readonly declaredUntil?: Instant | undefined;
  };
  /** The feature's children that are still there. */
  readonly items: readonly WorkItemSummary[];
  /** Items that were its children once: moved away, deleted. */
  readonly former?: readonly ItemRecord[] | undefined;
  /** Finished items of the product, for the usual age by type; by default the feature's own. */
  readonly peers?: readonly WorkItemSummary[] | undefined;
  readonly explanation: Explanation;
  readonly coverage: readonly Coverage[];
  /** When anything was last heard about the feature. */
  readonly lastFactAt?: Instant | undefined;
  /** When something happened to it, in any order, repeated or not. */
  readonly activity?: readonly Instant[] | undefined;
  /** When somebody took it on; then its scope was promised. */
  readonly committedAt?: Instant | undefined;
  readonly targetMoves?: readonly TargetMove[] | undefined;
  readonly experiments?: readonly Around<"experiment">[] | undefined;
  readonly metrics?: readonly Around<"metric">[] | undefined;
  readonly agreed?: readonly AgreedTarget[] | undefined;
  readonly tickets?: readonly TicketRecord[] | undefined;
  readonly incidents?: readonly IncidentRecord[] | undefined;
  /** Deployments that carried the feature, by id. */
  readonly deploymentIds?: readonly string[] | undefined;
  /** A feed that nobody tells of is fresh. */
  readonly feeds?: Partial<Readonly<Record<Feed, FeedState>>> | undefined;
  /** Default {@link HealthRules} of the reference. */
  readonly rules?: HealthRules | undefined;
  readonly asOf: Instant;
}
