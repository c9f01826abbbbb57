/** What a vendor's headers say of its budget. */
export interface Limits {
  readonly remaining?: number;
  /** Milliseconds since the epoch. */
  readonly resetAt?: number;
}

const LATEST_RESET_MS = 24 * 3_600_000;

/**
 * `Retry-After` in seconds, whether it is a number or an HTTP date; undefined if absent or unreadable.
 *
 * @param now milliseconds since the epoch
 */
export const retryAfterSeconds = (headers: Headers, now: number): number | undefined => {
  const told = headers.get("retry-after")?.trim() ?? "";
  if (/^\d{1,9}(\.\d+)?$/.test(told)) return Number(told);
  // Date.parse alone takes many a sentence for a date.
  const date = /^[A-Z][a-z]{2,8}, /.test(told) ? Date.parse(told) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, (date - now) / 1000);
};

/** The rate-limit headers of Jira, Linear, GitHub and those who write alike; odd values count as not said. */
export const limitsIn = (headers: Headers, now: number): Limits => {
  const first = (...names: string[]) =>
    names.map((name) => headers.get(name)).find((value) => value !== null && value !== "");
  const remaining = count(
    first("x-ratelimit-remaining", "x-ratelimit-requests-remaining", "ratelimit-remaining", "x-rate-limit-remaining"),
  );
  const resetAt = moment(first("x-ratelimit-reset", "x-ratelimit-requests-reset", "ratelimit-reset"), now);
  return { ...(remaining !== undefined && { remaining }), ...(resetAt !== undefined && { resetAt }) };
};

const count = (text: string | null | undefined): number | undefined =>
  text && /^\d{1,9}$/.test(text) ? Number(text) : undefined;

/** Epoch seconds (GitHub), epoch milliseconds (Linear), seconds from now, or ISO (Jira). */
const moment = (text: string | null | undefined, now: number): number | undefined => {
  if (!text) return undefined;
  const number = Number(text);
  const at = Number.isNaN(number)
    ? Date.parse(text)
    : number > 1e11
      ? number
      : number > 1e9
        ? number * 1000
        : now + number * 1000;
  return Number.isFinite(at) && at < now + LATEST_RESET_MS ? at : undefined;
};

/** How long to wait before the next call: an even pace from configuration, a full stop where headers say nothing is left. */
export interface Budget {
  readonly waitMs: () => number | Promise<number>;
  readonly learn: (limits: Limits) => void | Promise<void>;
  /** One call was told to come again then: until then nobody asks. @param until milliseconds since the epoch */
  readonly holdBack: (until: number) => void | Promise<void>;
  /** How long nobody is to ask any more; takes no place, unlike {@link waitMs}. */
  readonly heldMs: () => number;
}

/** Calls may come in bursts of this many, so that a small change is not paced like a backfill. */
export const BURST = 20;

/** What a vendor said last of its budget. */
export interface LastLimits {
  readonly remaining: number;
  /** Milliseconds since the epoch. */
  readonly resetAt?: number | undefined;
  readonly at: number;
}

/** A budget that remembers what the vendor said last. @param now milliseconds since the epoch */
export const remembering = (
  kept: Budget,
  now: () => number,
): Budget & { readonly last: () => LastLimits | undefined } => {
  let last: LastLimits | undefined;
  return {
    waitMs: () => kept.waitMs(),
    learn(limits) {
      if (limits.remaining !== undefined) last = { remaining: limits.remaining, resetAt: limits.resetAt, at: now() };
      return kept.learn(limits);
    },
    holdBack: (until) => kept.holdBack(until),
    heldMs: () => kept.heldMs(),
    last: () => last,
  };
};

/** @param now milliseconds since the epoch */
export const budget = (requestsPerMinute: number, now: () => number): Budget => {
  const gap = 60_000 / requestsPerMinute;
  let next = now() - BURST * gap;
  let blockedUntil = 0;
  /** Apart from the headers' word: answers that were on their way meanwhile still tell that much is left. */
  let heldUntil = 0;
  return {
    waitMs() {
      const at = now();
      next = Math.max(next, at - BURST * gap) + gap;
      return Math.max(0, next - at, blockedUntil - at, heldUntil - at);
    },
    holdBack(until) {
      heldUntil = Math.max(heldUntil, until);
    },
    heldMs: () => Math.max(0, heldUntil - now()),
    learn({ remaining, resetAt }) {
      if (remaining === undefined) return;
      blockedUntil = remaining === 0 && resetAt !== undefined ? resetAt : 0;
    },
  };
};
