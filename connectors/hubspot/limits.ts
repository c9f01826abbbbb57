import type { Limits } from "../../shared/connector/limits.ts";

const countIn = (headers: Headers, name: string): number | undefined => {
  const text = headers.get(`x-hubspot-ratelimit-${name}`) ?? "";
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
};

/**
 * HubSpot tells the length of its short window, and of the day's budget no end: that is looked at again in an hour.
 * https://developers.hubspot.com/docs/developer-tooling/platform/usage-guidelines
 */
export const limits = (headers: Headers, now: number): Limits | undefined => {
  if (countIn(headers, "daily-remaining") === 0) return { remaining: 0, resetAt: now + 3_600_000 };
  const remaining = countIn(headers, "remaining");
  const window = countIn(headers, "interval-milliseconds");
  return remaining === undefined || window === undefined ? undefined : { remaining, resetAt: now + window };
};
