import type { HEALTH_VALUES } from "./entity.ts";
import type { Instant } from "./instant.ts";
import type { Stage } from "./stage.ts";

/** Who said something, by the id and name of their identity. */
export interface Author {
  readonly id: string;
  readonly name: string;
}

export const SAYS_OF_STAGE = ["enter", "not", "skip"] as const;

/** What a person says of a feature: that it is, is not, or will never be in a stage; or how it is doing. */
export type Asserted =
  | { readonly about: "stage"; readonly stage: Stage; readonly says: (typeof SAYS_OF_STAGE)[number] }
  | { readonly about: "health"; readonly value: (typeof HEALTH_VALUES)[number] };

/** A person's word about a feature, shown next to what the tools say; it silences nothing and ends by itself. */
export interface Assertion {
  /** `asr_…` */
  readonly id: string;
  readonly said: Asserted;
  readonly reason: string;
  readonly by: Author;
  readonly at: Instant;
  readonly expiresAt: Instant;
  /** Set when somebody took it back, or said something else, before it expired. */
  readonly clearedAt?: Instant | undefined;
  readonly clearedBy?: Author | undefined;
}

/** Longer than this nobody can know it. */
export const ASSERTED_AT_MOST_MS = 366 * 86_400_000;
/** Older ones are forgotten: what they did to the feature stands in its history. */
const KEPT = 100;

export const endOf = ({ expiresAt, clearedAt }: Assertion): Instant =>
  clearedAt !== undefined && clearedAt < expiresAt ? clearedAt : expiresAt;

export const runs = (assertion: Assertion, now: Instant): boolean => assertion.at <= now && now < endOf(assertion);

/** A person's update on a feature or initiative: how it is doing, in their words. */
export interface Update {
  /** `upd_…` */
  readonly id: string;
  /** Id of the feature or initiative. */
  readonly about: string;
  /** Absent: they told news, and nothing of its health. */
  readonly health?: (typeof HEALTH_VALUES)[number] | undefined;
  /** Plain text. */
  readonly text: string;
  readonly by: Author;
  readonly at: Instant;
}

/**
 * All that was asserted, after somebody said something new (or, with undefined, took back what runs) about the stage or
 * about health: of each there is one at a time.
 */
export const withAsserted = (
  held: readonly Assertion[],
  about: Asserted["about"],
  next: Assertion | undefined,
  by: Author,
  at: Instant,
): readonly Assertion[] => {
  const ended = held.map((one) =>
    one.said.about === about && runs(one, at) ? { ...one, clearedAt: at, clearedBy: by } : one,
  );
  return [...ended, ...(next === undefined ? [] : [next])].slice(-KEPT);
};
