import type { Instant } from "../domain/instant.ts";
import type { ConnectionLoad, Quarantined, StreamRun } from "../store/views.ts";
import type { CredentialSeen } from "./poll.ts";

const DAY_MS = 86_400_000;

/**
 * What a connection has before it, and what went wrong with it within the last day.
 *
 * @param everySeconds between two polls
 * @param aside records that wait, as many as were looked at
 */
export const loadOf = (
  streams: readonly StreamRun[],
  everySeconds: number,
  aside: readonly Pick<Quarantined, "at">[],
  seen: CredentialSeen | undefined,
  now: Date,
): ConnectionLoad => {
  const dayAgo = new Date(now.getTime() - DAY_MS).toISOString();
  const nextRunAt = nextRun(streams, everySeconds);
  return {
    unread: streams.filter(({ firstCompletedAt }) => firstCompletedAt === undefined).length,
    failed24h: streams.filter(({ state, error }) => state === "failed" && (error?.at ?? "") >= dayAgo).length,
    setAside24h: aside.filter(({ at }) => at >= dayAgo).length,
    ...(nextRunAt !== undefined && { nextRunAt }),
    ...(seen?.quota && { quota: seen.quota }),
  };
};

/** A poll after the last one; a hub that was stopped meanwhile is behind it. */
const nextRun = (streams: readonly StreamRun[], everySeconds: number): Instant | undefined => {
  const last = streams
    .flatMap(({ startedAt }) => startedAt ?? [])
    .sort()
    .at(-1);
  return last === undefined ? undefined : new Date(Date.parse(last) + everySeconds * 1000).toISOString();
};
