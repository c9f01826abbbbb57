import { createHash } from "node:crypto";
import type { Ports } from "../ports/ports.ts";
import { update } from "../store/entities.ts";
import { deferredKey, dues } from "../store/keys.ts";
import type { Hub } from "./hub.ts";
import { Job } from "./messages.ts";

/** A job that waits, or has waited: its row has a due place as long as it waits. */
interface Deferred {
  readonly body: string;
}

const AT_ONCE = 100;
/** So long a job waits for a timer that does not come, and its row stays. */
const KEPT_SECONDS = 30 * 86_400;

/** Keeps jobs in the table until a timer takes them up, where nothing else can wait. The same job waits once. */
export const deferJobs = async (
  { table, clock }: Pick<Ports, "table" | "clock">,
  bodies: readonly string[],
  delaySeconds: number,
): Promise<void> => {
  const at = clock.now().getTime() + delaySeconds * 1000;
  for (const body of bodies) {
    const { connection } = Job.parse(JSON.parse(body));
    const id = createHash("sha256").update(body).digest("hex").slice(0, 32);
    // A put even if it waits already: whoever is about to take it up must see that it was asked for again.
    await update<Deferred>(table, deferredKey(connection, id), () => ({
      data: { body },
      due: dues.job(new Date(at).toISOString(), connection, id),
      expiresAt: Math.ceil(at / 1000) + KEPT_SECONDS,
    }));
  }
};

/** Sends the jobs of a connection whose time has come. What breaks off in between is sent again by the next. */
export const takeUpJobs = async (hub: Hub, connection: string, signal: AbortSignal): Promise<void> => {
  const { table, jobs, clock } = hub.ports;
  // Sorts behind every job of that very moment.
  const upTo = `${clock.now().toISOString()}~`;
  let sent = 0;
  for (let after: string | undefined; !signal.aborted; ) {
    const waiting = await table.query<Deferred>({
      pk: dues.jobs(connection),
      by: "due",
      upTo,
      limit: AT_ONCE,
      ...(after !== undefined && { after }),
    });
    after = waiting.at(-1)?.due?.sk;
    if (after === undefined) break;
    await jobs.send(waiting.map(({ data }) => data.body));
    // A job that was deferred again meanwhile has another version by now, and goes on waiting.
    await Promise.all(waiting.map(({ due: _, version, ...row }) => table.put({ ...row, version: version + 1 })));
    sent += waiting.length;
    if (waiting.length < AT_ONCE) break;
  }
  if (sent > 0) hub.log.info({ connection, records: sent }, "waiting jobs taken up");
};
