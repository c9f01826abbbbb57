import type { HubEvent } from "../domain/event.ts";
import type { Instant } from "../domain/instant.ts";
import type { Stage } from "../domain/stage.ts";
import type { FeatureFilter, FeatureView, HealthValue, Slice } from "./views.ts";

/** What was decided of an experiment that speaks about a feature. */
export interface Decision {
  readonly id: string;
  readonly name: string;
  /** The tool's word: ship, roll back, inconclusive. */
  readonly decision: string;
  readonly url: string;
}

/** What was shown of a feature at two moments. */
export interface ViewChange {
  readonly id: string;
  /** Undefined: it was not known. */
  readonly before: FeatureView | undefined;
  readonly now: FeatureView | undefined;
}

/** Features and board: the reads that are there for every moment of the past too. */
export interface PastViews {
  /** By id or by key, present or past, in any case. */
  feature(idOrKey: string): Promise<FeatureView | undefined>;
  /** By id, ascending. */
  features(filter: FeatureFilter, after: string | undefined, limit: number): Promise<Slice<FeatureView>>;
  /** One column of the board: worst health first, then due date, then name. `none`: no stage is established. */
  column(
    stage: Stage | "none",
    product: string | undefined,
    after: string | undefined,
    limit: number,
    filter?: Pick<FeatureFilter, "health" | "q" | "owner">,
  ): Promise<Slice<FeatureView>>;
  /** How many features stand in each headline stage, all of them or those with some healths. */
  counts(
    product: string | undefined,
    health?: readonly HealthValue[],
  ): Promise<Readonly<Record<Stage | "none", number>>>;
  /** How many features have each health. */
  healthCounts(product: string | undefined): Promise<Readonly<Record<HealthValue, number>>>;
}

/** Reads over time. */
export interface PastReads {
  /**
   * What the hub showed at a moment. Boards of the time before the first one was kept throw HubError as_of_unavailable;
   * features and lists of them are there from the feature's first day.
   */
  asOf(at: Instant): PastViews;
  /** The moment of the first board that was kept: of earlier ones nothing is told. Undefined: none was kept yet. */
  keptSince(): Promise<Instant | undefined>;
  /** The change log back to a moment, newest first. @param names types of events; all without it */
  changesBack(
    since: Instant,
    after: string | undefined,
    limit: number,
    names?: readonly string[],
  ): Promise<Slice<HubEvent>>;
  /** Features of which something else was shown at the end of a time than at its beginning, or in between. */
  changed(since: Instant, until: Instant, after: string | undefined, limit: number): Promise<Slice<ViewChange>>;
}
