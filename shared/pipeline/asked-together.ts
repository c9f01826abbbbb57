import type { Queue } from "../ports/queue.ts";
import type { Job } from "./messages.ts";

/** Single records are asked for in jobs of so many. */
const AT_ONCE = 50;

/** What payloads that are read in one batch want to know of their tools: one question for all, each record once. */
export interface AskedTogether {
  ask(connection: string, stream: string, ids: Iterable<string>): void;
  /** What may be done only once the questions are on their way. */
  behind(next: () => Promise<unknown>): void;
  /** Whoever does not come to its end reads the payloads again, and asks again. */
  send(jobs: Queue): Promise<void>;
}

export const askedTogether = (): AskedTogether => {
  const asked = new Map<string, { readonly connection: string; readonly stream: string; readonly ids: Set<string> }>();
  const waiting: (() => Promise<unknown>)[] = [];
  return {
    ask(connection, stream, ids) {
      const key = JSON.stringify([connection, stream]);
      const one = asked.get(key) ?? { connection, stream, ids: new Set<string>() };
      for (const id of ids) one.ids.add(id);
      asked.set(key, one);
    },
    behind(next) {
      waiting.push(next);
    },
    async send(queue) {
      const jobs: Job[] = [];
      for (const { connection, stream, ids } of asked.values()) {
        const all = [...ids];
        for (let at = 0; at < all.length; at += AT_ONCE)
          jobs.push({ connection, stream, ids: all.slice(at, at + AT_ONCE) });
      }
      if (jobs.length > 0) await queue.send(jobs.map((job) => JSON.stringify(job)));
      for (const next of waiting) await next();
    },
  };
};
