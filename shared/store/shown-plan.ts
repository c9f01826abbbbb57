import type { Presence } from "../domain/entity.ts";
import type { Instant } from "../domain/instant.ts";
import type { Mapped } from "../domain/mapped.ts";
import type { Stage } from "../domain/stage.ts";
import type { HealthValue } from "./views.ts";

/** How the features under something are doing together. */
export interface PlanRollUp {
  readonly features: number;
  readonly stages: Readonly<Record<Stage | "none", number>>;
  /** The worst of those that are open. */
  readonly health: HealthValue;
  readonly healthCounts: Readonly<Record<HealthValue, number>>;
}

export interface KeyResultView {
  readonly id: string;
  readonly title: string;
  readonly status: Mapped;
  readonly baseline?: number | undefined;
  readonly target?: number | undefined;
  /** Of its metric where it has one, else as its tool tells. */
  readonly current?: number | undefined;
  readonly unit?: string | undefined;
  readonly dueDate?: string | undefined;
  /** 0 to 1; null where it cannot be said. */
  readonly progress: number | null;
  readonly metric?:
    | {
        readonly id: string;
        readonly name: string;
        readonly tool: string;
        readonly url: string;
        /** Of what day or hour its value is. */
        readonly at?: string | undefined;
      }
    | undefined;
}

export interface ObjectiveView {
  readonly id: string;
  readonly title: string;
  readonly text?: string | undefined;
  readonly status: Mapped;
  readonly startDate?: string | undefined;
  readonly endDate?: string | undefined;
  readonly productIds: readonly string[];
  readonly tool: string;
  readonly url: string;
  readonly owner?: { readonly id: string; readonly name: string } | undefined;
  readonly parentId?: string | undefined;
  readonly keyResults: readonly KeyResultView[];
  readonly initiatives: readonly (PlanRollUp & {
    readonly id: string;
    readonly title: string;
    readonly status: Mapped;
  })[];
  /** Features that serve it without an initiative. */
  readonly direct: PlanRollUp;
}

export interface InitiativeView {
  readonly id: string;
  readonly key?: string | undefined;
  readonly title: string;
  readonly tool: string;
  readonly url: string;
  readonly productIds: readonly string[];
  readonly status: Mapped;
  readonly owner?: { readonly id: string; readonly name: string } | undefined;
  readonly parent?: { readonly id: string; readonly name: string } | undefined;
  readonly targetDate?: string | undefined;
  readonly targetDateResolution?: string | undefined;
  readonly objectives: readonly { readonly id: string; readonly title: string }[];
  readonly rollUp: PlanRollUp;
  /** By its tool, or by the last update that told it here. */
  readonly declared?:
    | {
        readonly value: HealthValue;
        readonly at: Instant;
        readonly by?: string | undefined;
        readonly text?: string | undefined;
      }
    | undefined;
  /** The worse of declared and rolled up. */
  readonly health: HealthValue;
  readonly presence: Presence;
  readonly updatedAt: Instant;
}
