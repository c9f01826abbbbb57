import { at } from "./random.ts";
import type { WorkItem } from "./work-item.ts";
import type { World } from "./world.ts";

/** How many work items of a feature there are, and how far they are. */
export interface Progress {
  readonly total: number;
  readonly started: number;
  readonly done: number;
  readonly cancelled: number;
  readonly points: number;
  readonly donePoints: number;
}

const caches = new WeakMap<World, Map<string, Progress>>();

/** Progress of a feature as it is now. The generated part is counted once; what changed since is set right each time. */
export const progressOf = (world: World, product: number, feature: number): Progress => {
  const cache = caches.get(world) ?? new Map<string, Progress>();
  caches.set(world, cache);
  const key = `${product}/${feature}`;
  const children = world.company.children(product, feature);
  let progress = cache.get(key);
  if (progress === undefined) {
    progress = empty;
    for (const n of children) progress = add(progress, world.company.item(product, n), 1);
    cache.set(key, progress);
  }
  const generated = at(world.company.counts, product);
  for (const item of world.touched(product)) {
    const before = item.n < generated ? world.company.item(product, item.n) : undefined;
    if (before?.feature === feature && isWork(before)) progress = add(progress, before, -1);
    if (item.feature === feature && isWork(item) && item.deleted === undefined) progress = add(progress, item, 1);
  }
  return progress;
};

const isWork = (item: WorkItem): boolean => item.kind !== "epic" && item.kind !== "idea" && item.kind !== "initiative";

const empty: Progress = { total: 0, started: 0, done: 0, cancelled: 0, points: 0, donePoints: 0 };

const add = (progress: Progress, item: WorkItem, sign: 1 | -1): Progress => {
  const points = item.estimate ?? 1;
  const one = (yes: boolean): number => (yes ? sign : 0);
  return {
    total: progress.total + sign,
    started: progress.started + one(item.stage === "in_progress" || item.stage === "in_review"),
    done: progress.done + one(item.stage === "done"),
    cancelled: progress.cancelled + one(item.stage === "cancelled"),
    points: progress.points + sign * points,
    donePoints: progress.donePoints + (item.stage === "done" ? sign * points : 0),
  };
};
