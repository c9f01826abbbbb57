import { type Entity, isKind } from "../domain/entity.ts";
import type { HistoryEntry } from "../domain/history.ts";
import type { Instant } from "../domain/instant.ts";
import type { Fact } from "../domain/stage.ts";
import { GONE } from "./held.ts";

/** An entity with what is known of its past. */
export interface Record {
  readonly entity: Entity;
  readonly history: readonly HistoryEntry[];
}

/** A fact before it is told which feature it is about. */
export interface Claim {
  readonly stage: Fact["stage"];
  readonly signal: Fact["signal"];
  readonly tier: Fact["tier"];
  readonly value?: string | undefined;
  readonly polarity?: Fact["polarity"] | undefined;
  readonly at: Instant;
  readonly rule?: Fact["rule"];
  /** What the state is kept per, where that is not the record: a suite, an environment. */
  readonly recordId?: string | undefined;
  /** What people call it, where that is not the record's key. */
  readonly recordKey?: string | undefined;
}

/** The last of some moments. */
export const latestOf = (...times: readonly [Instant, ...Instant[]]): Instant => times.toSorted().at(-1) ?? times[0];

/** Of claims of one signal and record in the order they happened, those that say something new, one per moment. */
export const settle = (claims: readonly Claim[]): Claim[] => {
  const perMoment = claims.filter((claim, index) => claims[index + 1]?.at !== claim.at);
  return perMoment.filter((claim, index) => perMoment[index - 1]?.value !== claim.value);
};

/** Cuts off what a record says at the moment it went away, and says so. */
export const until = (entity: Entity, claims: readonly Claim[]): Claim[] => {
  if (!isTakenAway(entity, claims)) return [...claims];
  const { since } = entity.presence;
  const kept = claims.filter(({ at }) => at < since);
  const ends = new Map(kept.map((claim) => [JSON.stringify([claim.stage, claim.signal, claim.recordId]), claim]));
  return [...kept, ...[...ends.values()].map((claim): Claim => ({ ...claim, value: GONE, polarity: "-", at: since }))];
};

/** What did happen, even if its tool forgets it; and flags, whose own facts tell what their end means. */
const HAPPENED: ReadonlySet<Entity["kind"]> = new Set([
  "deployment",
  "testRun",
  "supportTicket",
  "incident",
  "featureFlag",
]);

/**
 * Out of scope takes everything away. Deletion takes away plans and work, and not what happened. Tools archive finished work by themselves, so archiving takes away only what was left open.
 */
const isTakenAway = (entity: Entity, claims: readonly Claim[]): boolean => {
  const { state } = entity.presence;
  if (state === "out_of_scope") return true;
  if (state === "deleted") return !HAPPENED.has(entity.kind);
  if (state !== "archived" || !isKind(entity, "workItem")) return false;
  const last = claims.at(-1)?.value;
  return last !== "done" && last !== "cancelled";
};
