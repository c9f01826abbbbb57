import { claimOf, isLarge } from "../../domain/claim-check.ts";
import type { HubEvent } from "../../domain/event.ts";
import { TIMELESS } from "../../domain/instant.ts";
import { snakeKeys } from "../../domain/snake-case.ts";
import { traceparent } from "../../domain/trace.ts";

/**
 * What is sent of an event: `type`, `timestamp` and `data`, the same data as on the bus. A replay says so in `cause`, a test by
 * `test`.
 */
export const bodyOf = (event: HubEvent, isReplay: boolean, hubUrl: string): string => {
  const data = snakeKeys(isReplay && "cause" in event.data ? { ...event.data, cause: "replay" } : event.data);
  const { dataref, data: ids } = claimOf(event, data, hubUrl);
  return JSON.stringify({
    type: event.name,
    timestamp: event.time === TIMELESS ? event.recordedAt : event.time,
    data: isLarge(data) ? { dataref, ...ids } : data,
    ...(event.test === true && { test: true }),
  });
};

/** To put the events of one subject in order, and to go on with their trace; not signed, so for no decision that matters. */
export const headersOf = (
  { id, subject, sequence, test, trace }: Pick<HubEvent, "id" | "subject" | "sequence" | "test" | "trace">,
  isReplay: boolean,
): Record<string, string> => ({
  "throughline-subject": encodeURI(subject),
  "throughline-sequence": String(sequence).padStart(17, "0"),
  ...(trace !== undefined && { traceparent: traceparent(trace, id) }),
  ...(isReplay && { "throughline-replay": "true" }),
  ...(test === true && { "throughline-test": "true" }),
});
