import type { Badge, Disposition, Stage, StageState } from "../../../shared/domain/stage.ts";
import type { RuleSet } from "../../../shared/lifecycle/rule-set.ts";
import type { Given } from "./records.ts";

/** One feature's history, and what must be said of it on a day. */
export interface Story {
  /** A sentence about what the rules do; `docs/stages.md` shows it. */
  readonly title: string;
  readonly given: readonly Given[];
  /** The day of March 2026 on which it is asked for. */
  readonly on: number;
  /** Stages that no connected tool shows. */
  readonly unseen?: readonly Stage[];
  readonly rules?: Partial<RuleSet>;
  readonly expect: {
    readonly headline: Stage | null;
    /** Of the stages that the story is about. */
    readonly states?: Partial<Record<Stage, StageState>>;
    /** Lines that stand among the reasons, each with its rule in front: `R4 2 of 2 work items done`. */
    readonly because?: readonly string[];
    /** All that is missing, of the stages that the story is about. */
    readonly notYet?: Partial<Record<Stage, readonly string[]>>;
    /** All conflicts; none if left out. */
    readonly conflicts?: readonly string[];
    /** All that contradicts nothing and matters all the same; none if left out. */
    readonly findings?: readonly string[];
    /** All badges; none if left out. */
    readonly badges?: readonly Badge[];
    /** All that cannot be seen; what {@link Story.unseen} says if left out. */
    readonly unknown?: readonly string[];
    readonly disposition?: Disposition;
    /** Day of March at which the headline's state began. */
    readonly since?: number;
    readonly health?: string;
  };
}
