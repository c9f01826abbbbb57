import type { Instant } from "../domain/instant.ts";
import { STAGES, type Stage } from "../domain/stage.ts";
import type { FeatureView } from "../store/views.ts";

/** The headline over time. */
interface Walked {
  readonly explanation: Pick<FeatureView["explanation"], "path">;
}

/** The headline stage that a feature had at a moment, by what its tools tell of that time. */
export const stageAt = ({ explanation: { path } }: Walked, at: Instant): Stage | null =>
  path.findLast((step) => step.at < at)?.headline ?? null;

const place = (stage: Stage | null): number => (stage === null ? -1 : STAGES.indexOf(stage));

/** Below zero: back; above: forward. */
export const movement = (from: Stage | null, to: Stage | null): number => place(to) - place(from);

const PRODUCTION = STAGES.indexOf("production");

/** When a feature first stood in production, or behind it. */
export const shippedAt = ({ explanation: { path } }: Walked): Instant | undefined =>
  path.find(({ headline }) => place(headline) >= PRODUCTION)?.at;

/** When work on it first began. */
export const begunAt = ({ explanation: { path } }: Walked): Instant | undefined =>
  path.find(({ headline }) => place(headline) >= STAGES.indexOf("development"))?.at;

/** Why it stands in a stage, in one line. */
export const reasonOf = ({ explanation }: Pick<FeatureView, "explanation">, stage: Stage | null): string =>
  explanation.because
    .filter((one) => one.stage === stage)
    .map(({ text }) => text)
    .slice(0, 2)
    .join("; ");

export const isGone = ({ presence }: { readonly presence: Pick<FeatureView["presence"], "state"> }): boolean =>
  presence.state === "deleted" || presence.state === "out_of_scope";
