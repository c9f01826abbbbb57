import type { Ports } from "../../shared/ports/ports.ts";

/** Ports of a process that can die at any of its calls: what it was doing then never goes on, no handler of ours runs. */
export interface Mortal {
  readonly ports: Ports;
  /** Dies at the n-th call from now on, before or after it took effect; at none without a number. */
  doom(nth: number | undefined, when: "before" | "after"): void;
  /** Resolves when it has died. */
  readonly death: Promise<"dead">;
  isDead(): boolean;
}

const forever = <T>(): Promise<T> => new Promise<T>(() => {});

export const mortal = (real: Ports): Mortal => {
  let left: number | undefined;
  let when: "before" | "after" = "before";
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
      const dies = left === 0;
      if (dies && when === "before") return end();
      const result = await call(...args);
      return dies || dead ? end() : result;
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
