import { HubError } from "../connector/errors.ts";
import { takeUpJobs } from "./deferred-jobs.ts";
import type { Hub } from "./hub.ts";
import type { Round } from "./messages.ts";
import { poll } from "./poll.ts";

/** A timer may come so late by its nature: half a minute, and a fifth of its interval. */
const LEAST_SECONDS = 60;

/**
 * A timer's round of a connection: takes up the jobs whose time has come, then reads what is new. A round that waited
 * until the next one came is left out, and one that fails is not repeated: the next one makes up for both.
 */
export const pollRound = async (hub: Hub, { connection: name, timer }: Round, signal: AbortSignal): Promise<void> => {
  try {
    const { pollEverySeconds } = await hub.connection(name);
    const lateSeconds = (hub.ports.clock.now().getTime() - Date.parse(timer)) / 1000;
    if (lateSeconds > 2 * Math.max(LEAST_SECONDS, pollEverySeconds)) return;
    await takeUpJobs(hub, name, signal);
    await poll(hub, { connection: name }, signal);
  } catch (error) {
    if (!(error instanceof HubError)) throw error;
    hub.log.warn({ connection: name, code: error.code, reason: error.message }, "round failed");
  }
};
