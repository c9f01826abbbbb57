import type { Stage } from "../domain/stage.ts";

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

/** A label or a status that enters a stage, as the config says. */
export interface SignalRule {
  readonly id: string;
  readonly stage: Stage;
  readonly label?: string | undefined;
  readonly status?: string | undefined;
}

/** The thresholds of the rules, per product. The version is stored with every result. */
export interface RuleSet {
  readonly version: string;
  /** R1: needs of so many different customers make a vision. */
  readonly visionNeeds: number;
  /** R3: an edit of a design is fresh for so long; it is held until {@link lapseDays}. */
  readonly designFreshDays: number;
  /** Edits, usage and tickets count for so long; a cancelled feature must be without observed facts for so long (R9). */
  readonly lapseDays: number;
  /** R6: production is done once fully exposed for so long without a break. */
  readonly fullyExposedDays: number;
  /** R6: a gating flag exposes from above this share of customers, in percent. */
  readonly exposedAbovePercent: number;
  /** R7: marketing is done so long after the last send or announcement. */
  readonly marketingQuietDays: number;
  /** R4: one reopened work item leaves development done for so long. */
  readonly reopenGraceHours: number;
  /** From which confidence a state is established. */
  readonly establishedAt: Readonly<Record<Stage, number>>;
  /** Labels and statuses by which the config enters a stage. */
  readonly signals: readonly SignalRule[];
  /** Stages that this product does without. */
  readonly skips: readonly Stage[];
  /**
   * Whether some connection reports deployments. Without one, declared claims and assertions can enter production (8.4).
   * By default as the coverage of production says.
   */
  readonly hasDeploymentSource?: boolean | undefined;
}

const SURE = 0.7;
/** Vision and strategy can be evidenced by plan fields alone, which weigh 0.5. */
const PLANNED = 0.5;

export const RULE_SET: RuleSet = {
  version: "2026.1",
  visionNeeds: 3,
  designFreshDays: 14,
  lapseDays: 30,
  fullyExposedDays: 7,
  exposedAbovePercent: 0,
  marketingQuietDays: 14,
  reopenGraceHours: 24,
  establishedAt: {
    vision: PLANNED,
    strategy: PLANNED,
    design: SURE,
    development: SURE,
    testing: SURE,
    production: SURE,
    marketing: SURE,
    support: SURE,
  },
  signals: [],
  skips: [],
};
