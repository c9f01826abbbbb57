import type { HubError } from "../connector/errors.ts";
import type { Hub } from "./hub.ts";
import type { Job } from "./messages.ts";

/** A week of quarter hours. */
const TRIES_AT_MOST = 672;
const AGAIN_SECONDS = 900;

/**
 * A job that the vendor refused. Of a whole run its own row tells people, and the next run tries again; a single record
 * waits until, say, the credential is renewed, since nothing else would ever ask for it.
 */
export const askAgain = async (hub: Hub, job: Job, { code, message }: HubError): Promise<void> => {
  const { connection, stream, ids, tries = 0 } = job;
  hub.log.warn({ connection, stream, code, reason: message, attempt: tries }, "job failed");
  if (ids === undefined || !code.startsWith("vendor_") || tries >= TRIES_AT_MOST) return;
  await hub.ports.jobs.send([JSON.stringify({ ...job, tries: tries + 1 })], AGAIN_SECONDS);
};
