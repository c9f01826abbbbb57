import type { Fields } from "./entity.ts";

type Snapshot = NonNullable<Fields<"experiment">["snapshot"]>;

/** Beyond this share an experiment is not to be trusted, unless a config says otherwise. */
export const MIXED_AT_MOST = 0.01;

/** Below this probability that chance alone split people so (the p of a sample ratio test), likewise. */
export const SPLIT_BELOW = 0.001;

/** People who saw more than one variation of an experiment, of all who saw one, with their share: 0 to 1. */
export const mixedOf = ({ multiple = 0, users }: Pick<Snapshot, "multiple" | "users">) => {
  const people = users.reduce((sum, one) => sum + one.users, multiple);
  return { mixed: multiple, people, share: people === 0 ? 0 : multiple / people };
};
