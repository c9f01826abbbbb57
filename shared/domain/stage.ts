import type { Instant } from "./instant.ts";

export const STAGES = [
  "vision",
  "strategy",
  "design",
  "development",
  "testing",
  "production",
  "marketing",
  "support",
] as const;
export type Stage = (typeof STAGES)[number];

export const STAGE_STATES = ["not_started", "active", "done", "skipped", "regressed", "unknown"] as const;
export type StageState = (typeof STAGE_STATES)[number];

export const TIERS = { observed: 0.95, workflow: 0.8, asserted: 0.75, declared: 0.5, inferred: 0.3 } as const;
export type Tier = keyof typeof TIERS;

/** The kinds of evidence of the lifecycle reference, table 8.3. */
export const SIGNALS = [
  "idea",
  "objective",
  "need",
  "target",
  "initiative",
  "scored",
  "committed",
  "design.edited",
  "design.item",
  "design.ready",
  "item",
  "pr",
  "item.stage",
  "pr.reverted",
  "deploy.nonprod",
  "test.run",
  "flag.internal",
  "experiment",
  "deploy.prod",
  "exposure",
  "experiment.shipped",
  "usage",
  "claim.done",
  "campaign",
  "announced",
  "ticket",
  "flag.archived",
  "removal.merged",
  "declared",
  "asserted",
] as const;
export type Signal = (typeof SIGNALS)[number];

/** One reason for a stage of one feature, with where it can be looked up. */
export interface Fact {
  readonly featureId: string;
  readonly stage: Stage;
  readonly signal: Signal;
  /** For state signals: what holds from `occurredAt` until the next fact of the same tool, record and signal. */
  readonly value?: string | undefined;
  readonly polarity: "+" | "-";
  readonly tier: Tier;
  readonly tool: string;
  readonly recordId: string;
  /** How people call the record: `ACME-12`, `acme/web#418`. */
  readonly recordKey: string;
  readonly url: string;
  /** Valid time: when it happened, as its tool tells. */
  readonly occurredAt: Instant;
  /** Transaction time: when we learnt it. */
  readonly recordedAt: Instant;
  /** 0 to 1: confidence of the best path from the record to the feature. */
  readonly linkConfidence: number;
  /** The rule of the hub's config that made it; absent where the standard rules did. */
  readonly rule?: string | undefined;
  /** An assertion's end. */
  readonly expiresAt?: Instant | undefined;
}

/** What the hub can see of a product: for each stage, whether some fresh source could give it evidence. */
export interface Coverage {
  readonly stage: Stage;
  readonly visible: boolean;
  /** Said to people when not visible, e.g. `no support tool is connected`. */
  readonly reason?: string | undefined;
}

export interface StageResult {
  readonly state: StageState;
  /** When the state began; absent for `not_started`, `skipped` and `unknown`. */
  readonly since?: Instant | undefined;
  /** 0 to 1 */
  readonly confidence: number;
  /** The rule that decided, R1 to R9, absent where none did. */
  readonly rule?: string | undefined;
}

/** Why: one line for people, with its proof. */
export interface Because {
  readonly stage: Stage;
  readonly rule: string;
  readonly text: string;
  readonly evidence: readonly string[];
  readonly at: Instant;
}

export const BADGES = [
  "deployed_dark",
  "changed_after_ready",
  "reopened",
  "tests_failing",
  "held",
  "ahead_of_production",
  "watermelon",
] as const;
export type Badge = (typeof BADGES)[number];

export const DISPOSITIONS = ["open", "cancelled", "sunset"] as const;
export type Disposition = (typeof DISPOSITIONS)[number];

/** Something that contradicts nothing and matters all the same. */
export interface Finding {
  readonly kind: "campaign_too_early" | "ticket_flood";
  readonly text: string;
  readonly evidence: readonly string[];
  /** When it happened, as its tool tells. */
  readonly at: Instant;
}

/** The answer of `derive`: why, why not yet, who says otherwise, what cannot be seen. */
export interface Explanation {
  readonly featureId: string;
  /** The furthest established stage; null if none is. */
  readonly headline: Stage | null;
  readonly state: StageState;
  readonly since: Instant | null;
  readonly confidence: number;
  readonly asOf: Instant;
  readonly knownAt: Instant;
  readonly ruleSet: string;
  readonly disposition: Disposition;
  readonly stages: Readonly<Record<Stage, StageResult>>;
  readonly because: readonly Because[];
  readonly badges: readonly Badge[];
  readonly notYet: readonly { readonly stage: Stage; readonly missing: readonly string[] }[];
  readonly conflicts: readonly {
    readonly claim: string;
    readonly against: string;
    readonly evidence: readonly string[];
  }[];
  /** Absent where there is none, and in rows that an earlier version wrote. */
  readonly findings?: readonly Finding[] | undefined;
  readonly unknown: readonly string[];
  /** The headline over time, oldest first. */
  readonly path: readonly { readonly headline: Stage | null; readonly at: Instant }[];
  /** The earliest moment at which time alone could change this result. */
  readonly nextChangeAt: Instant | null;
}
