import type { Instant } from "../domain/instant.ts";

/** What a connection has before it, and what went wrong within the last 24 hours. */
export interface ConnectionLoad {
  /** Scopes of streams that were never read to their end. */
  readonly unread: number;
  /** Scopes of streams whose last run failed within a day. */
  readonly failed24h: number;
  /** Records set aside within a day that still wait; a lower bound where hundreds wait. */
  readonly setAside24h: number;
  /** A poll after the last one; in the past where the hub did not run meanwhile. */
  readonly nextRunAt?: Instant | undefined;
  /** What the tool said last of requests that are left; absent where it says nothing. */
  readonly quota?: Quota | undefined;
}

export interface Quota {
  readonly remaining: number;
  readonly resetAt?: Instant | undefined;
  /** When it said so. */
  readonly at: Instant;
}
