import type { FieldedKind, StatusCategory } from "../domain/entity.ts";
import type { Instant } from "../domain/instant.ts";
import type { Mapped } from "../domain/mapped.ts";

/** One record that speaks about a feature, with how sure the way to it is. */
export interface EvidenceLine {
  readonly id: string;
  /** `assertion`: a person said it here. */
  readonly kind: FieldedKind | "assertion";
  readonly key?: string | undefined;
  readonly name: string;
  readonly tool: string;
  readonly url: string;
  readonly status?: Mapped<StatusCategory> | Mapped | undefined;
  readonly confidence: number;
  /** How it is connected, e.g. `key ACME-12 in the branch name`. */
  readonly via: string;
  readonly at: Instant;
}

/** One line of a feature's timeline, from whatever tool. */
export interface TimelineLine {
  readonly at: Instant;
  readonly tool: string;
  readonly kind: FieldedKind | "assertion";
  readonly recordId: string;
  readonly key?: string | undefined;
  /** One sentence, plain text, e.g. `ACME-12 moved from To Do to In Progress`. */
  readonly text: string;
  readonly url: string;
}
