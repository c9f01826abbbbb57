import type { Instant } from "./instant.ts";

/** `touch`: the content is the one we hold; only that it was read again, or under a newer mapping, is news. */
export type Verdict = "write" | "touch" | "drop" | "refetch";

/** The part of an entity that the merge looks at. */
export interface Mergeable {
  readonly sourceUpdatedAt: Instant;
  readonly contentHash: string;
  readonly mappingVersion: number;
  readonly askedAt?: Instant | undefined;
  /** Over the mapped values, so that a change of mapping alone is seen. */
  readonly mappedHash: string;
  /** When it came in, by our clock. */
  readonly receivedAt?: Instant | undefined;
  /** Where the payload is kept that it was read from. */
  readonly rawRef?: string | undefined;
  /** When we were told that it is gone, by our clock; absent while it is there. */
  readonly goneToldAt?: Instant | undefined;
}

/**
 * What to do with an arriving entity, given the one we hold (lifecycle reference, 2.2).
 * Any order and any number of arrivals end alike: newer source time wins, a tie is settled by asking the vendor.
 */
export const merge = (held: Mergeable | undefined, next: Mergeable): Verdict => {
  if (held === undefined) return "write";
  if ((held.goneToldAt === undefined) !== (next.goneToldAt === undefined)) return reappearance(held, next);
  if (next.sourceUpdatedAt !== held.sourceUpdatedAt)
    return next.sourceUpdatedAt > held.sourceUpdatedAt ? "write" : "drop";
  if (isReadAnew(held, next)) return next.mappedHash === held.mappedHash ? "touch" : "write";
  if (next.contentHash === held.contentHash) {
    const isInOtherWords = next.mappedHash !== held.mappedHash;
    if (isInOtherWords && isReadLater(held, next)) return "write";
    const isRemapped = !isInOtherWords && next.mappingVersion > held.mappingVersion;
    const isNews = isRemapped || (next.askedAt ?? "") > (held.askedAt ?? "");
    return isNews ? "touch" : "drop";
  }
  if (next.askedAt === undefined) return "refetch";
  if (held.askedAt === undefined || next.askedAt > held.askedAt) return "write";
  if (next.askedAt < held.askedAt) return "drop";
  return next.contentHash > held.contentHash ? "write" : "drop";
};

/** The very payload that we hold, under a newer mapping: fields that follow from a status make another content of it. */
const isReadAnew = (held: Mergeable, next: Mergeable): boolean =>
  next.rawRef !== undefined && next.rawRef === held.rawRef && next.mappingVersion > held.mappingVersion;

/** The same content in other words: by a newer mapping of ours, or because the tool renamed a word since. */
const isReadLater = (held: Mergeable, next: Mergeable): boolean =>
  next.mappingVersion === held.mappingVersion
    ? (next.receivedAt ?? "") > (held.receivedAt ?? "")
    : next.mappingVersion > held.mappingVersion && (next.receivedAt ?? "") >= (held.receivedAt ?? "");

/**
 * Of what is there and what is gone, one follows the other. Whoever looked last is right, whatever the times say: a
 * restored record may be older than its own deletion. What nobody looked for is looked for before it comes back.
 */
const reappearance = (held: Mergeable, next: Mergeable): Verdict => {
  if (held.goneToldAt !== undefined) {
    if (next.askedAt !== undefined) return next.askedAt > held.goneToldAt ? "write" : "drop";
    return next.sourceUpdatedAt < held.sourceUpdatedAt ? "drop" : "refetch";
  }
  if (held.askedAt !== undefined && held.askedAt > (next.goneToldAt ?? "")) return "drop";
  if (next.sourceUpdatedAt !== held.sourceUpdatedAt)
    return next.sourceUpdatedAt > held.sourceUpdatedAt ? "write" : "drop";
  return next.askedAt === undefined ? "refetch" : "write";
};
