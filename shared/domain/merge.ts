import type { Instant } from "./instant.ts";

/** `touch`: the content is the one we hold; only that it was read again is news, for what comes late after it. */
export type Verdict = "write" | "touch" | "drop" | "refetch";

/** The part of an entity that the merge looks at. */
export interface Mergeable {
  readonly sourceUpdatedAt: Instant;
  readonly contentHash: string;
  readonly mappingVersion: number;
  readonly askedAt?: Instant | undefined;
  /** Over the mapped values, so that a change of mapping alone is seen. */
  readonly mappedHash: string;
}

/**
 * What to do with an arriving entity, given the one we hold (lifecycle reference, 2.2).
 * Any order and any number of arrivals end alike: newer source time wins, a tie is settled by asking the vendor.
 */
export const merge = (held: Mergeable | undefined, next: Mergeable): Verdict => {
  if (held === undefined) return "write";
  if (next.sourceUpdatedAt !== held.sourceUpdatedAt)
    return next.sourceUpdatedAt > held.sourceUpdatedAt ? "write" : "drop";
  if (next.contentHash === held.contentHash) {
    if (next.mappedHash !== held.mappedHash && next.mappingVersion >= held.mappingVersion) return "write";
    return (next.askedAt ?? "") > (held.askedAt ?? "") ? "touch" : "drop";
  }
  if (next.askedAt === undefined) return "refetch";
  if (held.askedAt === undefined || next.askedAt > held.askedAt) return "write";
  if (next.askedAt < held.askedAt) return "drop";
  return next.contentHash > held.contentHash ? "write" : "drop";
};
