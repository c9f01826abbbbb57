import type { Entity } from "../domain/entity.ts";
import type { Mapped } from "../domain/mapped.ts";
import type { TargetMove } from "../domain/target-moves.ts";
import type { EntityFilter } from "./kind-reads.ts";
import type { LinkEnd } from "./shown-links.ts";
import type { Slice } from "./views.ts";

/** A record of one feature that waits for a record of another, or the other way round. */
export interface Dependency {
  readonly way: "blocked_by" | "blocks";
  /** The feature's own record, or a work item of it. */
  readonly own: LinkEnd;
  readonly other: LinkEnd & { readonly status?: Mapped | undefined };
  /** Of the other record. */
  readonly productIds: readonly string[];
  /** The feature that the other record belongs to, where it belongs to one. */
  readonly feature?:
    | {
        readonly id: string;
        readonly key?: string | undefined;
        readonly name: string;
        readonly productIds: readonly string[];
      }
    | undefined;
  /** The record that others wait for is done or cancelled: nobody waits any more. */
  readonly isSettled: boolean;
}

/** A record that a release brought. */
export interface ReleasePart extends LinkEnd {
  readonly productIds: readonly string[];
  /** Ids of features that it belongs to. */
  readonly features: readonly string[];
}

/** Reads of what was promised, what waits for what, and what a release brought. */
export interface PlanPast {
  /** Of a feature or an initiative: each time its target went from one day to another, as its tool tells, oldest first. */
  targetMoves(id: string): Promise<readonly TargetMove[]>;
  /** What keeps a feature from going on, then what it keeps from going on; the open ones of each first. At most 100. */
  dependencies(featureId: string): Promise<readonly Dependency[]>;
  /** Work, pull requests and plans that a release brought, by id; at most 500. */
  releaseParts(releaseId: string): Promise<readonly ReleasePart[]>;
  /** Ids of the features that they belong to. */
  releaseFeatures(releaseId: string): Promise<readonly string[]>;
  /** Newest first by the day when they were or are to be released, those without a day last. */
  releases(filter: EntityFilter, after: string | undefined, limit: number): Promise<Slice<Entity<"release">>>;
}
