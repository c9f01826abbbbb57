import { HubError } from "../connector/errors.ts";
import { ASSERTED_AT_MOST_MS } from "../domain/assertion.ts";
import { type Instant, instant } from "../domain/instant.ts";

export const REASON_AT_MOST = 500;
export const TEXT_AT_MOST = 4000;

/**
 * When an assertion ends: at a moment, or at the end of a day in UTC.
 *
 * @throws HubError invalid_body for a time that is over, or more than a year away
 */
export const expiryOf = (told: string, now: Date): Instant => {
  const at = /^\d{4}-\d{2}-\d{2}$/.test(told) ? `${told}T23:59:59.999Z` : told;
  const parsed = Date.parse(at);
  const refused = (why: string) =>
    new HubError("invalid_body", `'expires_at' ${why}`, { retry: "never", details: { parameter: "expires_at" } });
  if (Number.isNaN(parsed)) throw refused("is no day and no time");
  if (parsed <= now.getTime()) throw refused("is over already: say until when it holds");
  if (parsed > now.getTime() + ASSERTED_AT_MOST_MS)
    throw refused("is more than a year away: nobody can know it so long");
  return instant(at);
};
