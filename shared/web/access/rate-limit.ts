/** What is left of an identity's allowance. */
export interface Allowance {
  readonly isSpent: boolean;
  readonly left: number;
  /** Until the next request is allowed, or all are again. */
  readonly seconds: number;
}

/** Identities remembered at the most: whoever was not heard of longest has a full allowance anyway. */
const REMEMBERED = 10_000;
const MINUTE_MS = 60_000;

/**
 * A token bucket for each identity, of this process: each instance of a function has its own, in front of which API
 * Gateway has limits of all together.
 *
 * @param perMinute also how many may come at once
 */
export const rateLimit = (perMinute: number) => {
  const buckets = new Map<string, { tokens: number; at: number }>();
  return {
    perMinute,
    /** @param cost 0 only looks */
    take(id: string, now: Date, cost = 1): Allowance {
      const at = now.getTime();
      const held = buckets.get(id) ?? { tokens: perMinute, at };
      const gained = (Math.max(0, at - held.at) * perMinute) / MINUTE_MS;
      const tokens = Math.min(perMinute, held.tokens + gained);
      const isSpent = tokens < 1;
      const left = isSpent ? tokens : tokens - cost;
      buckets.delete(id);
      buckets.set(id, { tokens: left, at });
      const [oldest] = buckets.keys();
      if (buckets.size > REMEMBERED && oldest !== undefined) buckets.delete(oldest);
      const missing = isSpent ? 1 - left : perMinute - left;
      return { isSpent, left: Math.floor(left), seconds: Math.ceil((missing * 60) / perMinute) };
    },
  };
};
