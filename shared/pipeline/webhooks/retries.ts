import type { Instant } from "../../domain/instant.ts";
import type { WebhookAnswer } from "../../ports/webhook-sender.ts";

const [SECOND, MINUTE, HOUR] = [1, 60, 3600];

/** How long after the try before it each try comes; after the last one a delivery has failed. */
export const RETRY_SECONDS: readonly number[] = [
  0,
  5 * SECOND,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  14 * HOUR,
  20 * HOUR,
  24 * HOUR,
];

/** So much longer a wait may be, so that what failed together does not come again together. */
const JITTER = 0.2;
/** The endpoint asks for less: all its deliveries wait. */
const SLOWER: ReadonlySet<number> = new Set([429, 502, 503, 504]);
const SLOWER_SECONDS = 60;
const LONGEST_WAIT_SECONDS = 24 * HOUR;

export const isTaken = ({ status = 0 }: WebhookAnswer): boolean => status >= 200 && status < 300;

/** The endpoint says that it is no more. */
export const isGone = ({ status }: WebhookAnswer): boolean => status === 410;

/**
 * When a delivery that was not taken is tried again; undefined after the last try.
 *
 * @param tries made so far
 * @param random 0 to 1
 */
export const nextTryAt = (tries: number, answer: WebhookAnswer, now: Date, random: number): Instant | undefined => {
  const seconds = RETRY_SECONDS[tries];
  if (seconds === undefined) return undefined;
  const told = Math.min(answer.retryAfterSeconds ?? 0, LONGEST_WAIT_SECONDS);
  return later(now, Math.max(told, seconds * (1 + JITTER * random)));
};

/** Until when all deliveries to an endpoint wait that asked for less; undefined if it did not. */
export const waitUntil = ({ status = 0, retryAfterSeconds }: WebhookAnswer, now: Date): Instant | undefined =>
  SLOWER.has(status) ? later(now, Math.min(retryAfterSeconds ?? SLOWER_SECONDS, LONGEST_WAIT_SECONDS)) : undefined;

/** Why an answer is no success, in our words. */
export const failureOf = ({ status, reason }: WebhookAnswer): string => {
  if (status === undefined) return reason ?? "no answer";
  if (status >= 300 && status < 400) return `answered ${status}: redirects are not followed`;
  return `answered ${status}`;
};

const later = (now: Date, seconds: number): Instant =>
  new Date(now.getTime() + Math.round(seconds * 1000)).toISOString();
