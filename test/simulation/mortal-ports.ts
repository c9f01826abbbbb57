import { HubError } from "../../shared/connector/errors.ts";
import type { Ports } from "../../shared/ports/ports.ts";

/** What befalls a call: the process dies before or after it took effect; it is refused; or it took effect and fails nevertheless. */
export type Fate = "before" | "after" | "refused" | "lost";

/** Ports of a process that can die at any of its calls: what it was doing then never goes on, no handler of ours runs. */
export interface Mortal {
  readonly ports: Ports;
  /** Fails at the n-th call from now on; at none without a number. */
  doom(nth: number | undefined, when: Fate): void;
  /** Resolves when it has died. */
  readonly death: Promise<"dead">;
  isDead(): boolean;
}

/** As a store that throttles, or whose answer never came. */
const refusal = (): HubError =>
  new HubError("storage_unavailable", "the store did not take it, or did not say so", { retry: "later" });

const forever = <T>(): Promise<T> => new Promise<T>(() => {});

export const mortal = (real: Ports): Mortal => {
  let left: number | undefined;
  let when: Fate = "before";
  let dead = false;
  let die = (_: "dead") => {};
  const death = new Promise<"dead">((resolve) => {
    die = resolve;
  });
  const end = <T>(): Promise<T> => {
    dead = true;
    die("dead");
    return forever<T>();
  };
  const guarded =
    <Args extends unknown[], Result>(call: (...args: Args) => Promise<Result>) =>
    async (...args: Args): Promise<Result> => {
      if (dead) return forever();
      if (left !== undefined) left -= 1;
      const fails = left === 0;
      if (fails && when === "before") return end();
      if (fails && when === "refused") throw refusal();
      const result = await call(...args);
      if (fails && when === "lost") throw refusal();
      return fails || dead ? end() : result;
    };
  const { table, archive } = real;
  return {
    death,
    isDead: () => dead,
    doom(nth, at) {
      left = nth;
      when = at;
    },
    ports: {
      ...real,
      table: {
        get: guarded(table.get) as typeof table.get,
        getMany: guarded(table.getMany) as typeof table.getMany,
        query: guarded(table.query) as typeof table.query,
        sortKeys: guarded(table.sortKeys),
        counted: guarded(table.counted),
        count: guarded(table.count),
        put: guarded(table.put),
      },
      inbox: { send: guarded(real.inbox.send) },
      jobs: { send: guarded(real.jobs.send) },
      unpublished: { send: guarded(real.unpublished.send) },
      bus: { publish: guarded(real.bus.publish) },
      archive: { put: guarded(archive.put), get: guarded(archive.get), list: archive.list },
    },
  };
};
