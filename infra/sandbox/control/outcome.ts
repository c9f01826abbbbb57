import type { World } from "../company/world.ts";
import type { Hook } from "../webhooks/delivery.ts";

/** What a change is made with: the company, when, and by whom. */
export interface Occasion {
  readonly world: World;
  readonly time: number;
  readonly by: number;
}

/** What a change did: the records it touched, for the answer, and the webhooks it causes. */
export interface Outcome {
  readonly changed: readonly object[];
  readonly hooks: readonly Hook[];
}

export type Request = Readonly<Record<string, unknown>>;
export type Verb = (occasion: Occasion, request: Request) => Outcome;

/** Several outcomes as one. */
export const together = (...outcomes: readonly Outcome[]): Outcome => ({
  changed: outcomes.flatMap((outcome) => outcome.changed),
  hooks: outcomes.flatMap((outcome) => outcome.hooks),
});
