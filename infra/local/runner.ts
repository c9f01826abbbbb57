import type { SQSEvent } from "aws-lambda";
import type { Embedded, Told } from "../../shared/adapters/sqlite/index.ts";
import { safeReason } from "../../shared/connector/errors.ts";
import { giveWay } from "../../shared/pipeline/give-way.ts";
import type { Log } from "../../shared/pipeline/hub.ts";
import { topology } from "../topology.ts";
import { endless, feedPump, type Pump, queuePump } from "./pumps.ts";

/** How often another process's writes are looked for, when no write of ours woke the loops. */
const LOOK_MS = 500;
/** So long a change waits at most for others of its feature. */
const GATHER_MS = 400;
const GATHER_LOOK_MS = 5;

export interface Runner {
  /** Call after each write: loops that wait look again. */
  readonly wake: (what: Told) => void;
  /** Starts the loops; resolves when they have stopped. */
  run(): Promise<void>;
  /** Lets each loop end its step, then resolves. */
  stop(): Promise<void>;
  /** Resolves as soon as nothing waits in any queue or feed. */
  quiet(): Promise<void>;
}

/** Runs the parts of the topology in this process, on the same exports that AWS runs. */
export const localRunner = (embedded: () => Embedded, log: Log): Runner => {
  const stop = new AbortController();
  const isStopping = () => stop.signal.aborted;
  const waiting: Record<Told, Set<() => void>> = {
    inbox: new Set(),
    jobs: new Set(),
    unpublished: new Set(),
    table: new Set(),
  };
  let busy = 0;
  let isIngesting = false;
  let running: Promise<void> = Promise.resolve();
  const wake = (what: Told) => {
    for (const go of waiting[what]) go();
  };
  const pause = (on: Told) =>
    new Promise<void>((resolve) => {
      const go = () => {
        clearTimeout(timer);
        waiting[on].delete(go);
        resolve();
      };
      const timer = setTimeout(go, LOOK_MS);
      waiting[on].add(go);
    });
  const loop = async (pump: Pump): Promise<void> => {
    while (!isStopping()) {
      busy += 1;
      const more = await pump.step().catch((error: unknown) => {
        log.warn({ stream: pump.name, reason: safeReason(error) }, "step failed");
        return false;
      });
      busy -= 1;
      if (pump.on === "inbox") isIngesting = more;
      if (!more && !isStopping()) await pause(pump.on);
      // Lets requests in between two steps, which may never wait for anything but the database.
      else await giveWay(pump.on === "inbox" ? "ahead" : "behind");
    }
  };
  /** A feature of which many records come is derived once for all of them: while the inbox is worked off, changes gather. */
  const gathered = async (): Promise<void> => {
    const until = performance.now() + GATHER_MS;
    while (isIngesting && !isStopping() && performance.now() < until)
      await new Promise((resolve) => setTimeout(resolve, GATHER_LOOK_MS));
  };
  const pumps = async (): Promise<Pump[]> => {
    const { consumers, feed } = embedded();
    const [ingest, poll, project, publish] = await Promise.all([
      import("../../functions/ingest-record.ts"),
      import("../../functions/poll-source.ts"),
      import("../../functions/project-lifecycle.ts"),
      import("../../functions/publish-events.ts"),
    ]);
    const batchOf = (part: keyof typeof topology) =>
      topology[part].on.flatMap((trigger) => ("batch" in trigger ? [trigger.batch] : []))[0] ?? 1;
    const jobs = () =>
      queuePump("poll-source", "jobs", consumers.jobs, batchOf("poll-source"), (event: SQSEvent) =>
        poll.handler(event, { ...endless, stopping: stop.signal }),
      );
    return [
      queuePump("ingest-record", "inbox", consumers.inbox, batchOf("ingest-record"), ingest.handler),
      // As many as there may be connections that wait for their vendors.
      ...Array.from({ length: 6 }, jobs),
      feedPump("project-lifecycle", feed, batchOf("project-lifecycle"), project.handler, log, gathered),
      feedPump("publish-events", feed, batchOf("publish-events"), publish.handler, log),
      queuePump("publish-events", "unpublished", consumers.unpublished, 1, publish.handler),
    ];
  };
  return {
    wake,
    async run() {
      running = pumps().then(async (all) => {
        await Promise.all(all.map(loop));
      });
      return running;
    },
    async stop() {
      stop.abort();
      for (const what of ["inbox", "jobs", "unpublished", "table"] as const) wake(what);
      await running;
    },
    async quiet() {
      const { consumers, feed } = embedded();
      for (;;) {
        const depths = await Promise.all(Object.values(consumers).map((queue) => queue.depth()));
        const waiting = depths.reduce((sum, depth) => sum + depth.waiting + depth.inFlight, 0);
        if (busy === 0 && waiting === 0 && feed.lag() === 0) return;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
  };
};
