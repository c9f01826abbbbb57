import type { Fields } from "./entity.ts";

type Snapshot = NonNullable<Fields<"experiment">["snapshot"]>;

/** Beyond these an experiment is not to be trusted. */
export interface TrustLimits {
  /** The least probability that chance alone split people so: the p of a sample ratio test. */
  readonly sampleRatioBelow: number;
  /** Share of people who saw more than one variation, of all who saw one. */
  readonly multipleAbove: number;
}

/** Unless a config says otherwise. */
export const TRUST_LIMITS: TrustLimits = { sampleRatioBelow: 0.001, multipleAbove: 0.01 };

/** What speaks against the numbers of an experiment, for all who show or judge it; shares are 0 to 1. */
export const trustOf = (
  { srmP, multiple = 0, users }: Pick<Snapshot, "srmP" | "multiple" | "users">,
  { sampleRatioBelow, multipleAbove }: TrustLimits,
) => {
  const people = users.reduce((sum, one) => sum + one.users, multiple);
  const share = people === 0 ? 0 : multiple / people;
  return {
    isSkewed: srmP !== undefined && srmP < sampleRatioBelow,
    isMixed: share > multipleAbove,
    /** Who saw more than one variation, of how many people. */
    mixed: multiple,
    people,
    share,
  };
};
