import type { Hub } from "./hub.ts";
import { noteRecorded, type Written } from "./lost.ts";
import type { Job } from "./messages.ts";

/** Single records are asked for in jobs of so many. */
const AT_ONCE = 50;

/** What is done once for all payloads of a batch: each record that they want to know of is asked for once. */
export interface Together {
  ask(connection: string, stream: string, ids: Iterable<string>): void;
  /** These were written: noted before anything is asked. */
  note(written: readonly Written[]): void;
  /** What may be done only once the questions are on their way. */
  behind(next: () => Promise<unknown>): void;
  /** Whoever does not come to its end reads the payloads again, and asks again. */
  send(ports: Hub["ports"]): Promise<void>;
}

export const openTogether = (): Together => {
  const asked = new Map<string, { readonly connection: string; readonly stream: string; readonly ids: Set<string> }>();
  const brought: Written[] = [];
  const waiting: (() => Promise<unknown>)[] = [];
  return {
    ask(connection, stream, ids) {
      const key = JSON.stringify([connection, stream]);
      const one = asked.get(key) ?? { connection, stream, ids: new Set<string>() };
      for (const id of ids) one.ids.add(id);
      asked.set(key, one);
    },
    note(written) {
      for (const one of written) brought.push(one);
    },
    behind(next) {
      waiting.push(next);
    },
    async send(ports) {
      await noteRecorded(ports, brought);
      const jobs: Job[] = [];
      for (const { connection, stream, ids } of asked.values()) {
        const all = [...ids];
        for (let at = 0; at < all.length; at += AT_ONCE)
          jobs.push({ connection, stream, ids: all.slice(at, at + AT_ONCE) });
      }
      if (jobs.length > 0) await ports.jobs.send(jobs.map((job) => JSON.stringify(job)));
      for (const next of waiting) await next();
    },
  };
};
