import { systemClock } from "../adapters/clock.ts";
import { HubError } from "../connector/errors.ts";
import type { Queue } from "../ports/queue.ts";
import type { Table } from "../ports/table.ts";

/** Where jobs that must wait go on AWS: into the table, for the next round of their connection. */
export const deferredIn =
  (table: Table) =>
  async (bodies: readonly string[], delaySeconds: number): Promise<void> => {
    const { deferJobs } = await import("../pipeline/deferred-jobs.ts");
    await deferJobs({ table, clock: systemClock }, bodies, delaySeconds);
  };

/** Jobs by connection, each for the function that knows its tool. @param functions their names by connection */
export const jobsByConnection = (
  functions: Readonly<Record<string, string>>,
  queueOf: (functionName: string) => Queue,
): Queue => {
  const queues = new Map(Object.entries(functions).map(([connection, name]) => [connection, queueOf(name)]));
  return {
    async send(bodies, delaySeconds) {
      // Its schemas are made when the first job is handed over, not when a function starts.
      const { Job } = await import("../pipeline/messages.ts");
      const byConnection = Map.groupBy(bodies, (body) => Job.parse(JSON.parse(body)).connection);
      for (const [connection, some] of byConnection) {
        const queue = queues.get(connection);
        if (queue === undefined)
          throw new HubError("connection_unknown", `no connection "${connection}"`, { retry: "never" });
        await queue.send(some, delaySeconds);
      }
    },
  };
};
