const spent = new Map<string, number>();

/** Notes how long a piece of work takes, added to what the same took before. */
export const timed = async <Found>(name: string, work: () => Promise<Found>): Promise<Found> => {
  const began = performance.now();
  try {
    return await work();
  } finally {
    spent.set(name, (spent.get(name) ?? 0) + performance.now() - began);
  }
};

/** What took how long, in seconds, the longest first. Pieces go on side by side: their sum is more than the clock's. */
export const timeTable = (): string =>
  [...spent]
    .sort(([, a], [, b]) => b - a)
    .map(([name, ms]) => `${(ms / 1000).toFixed(1).padStart(6)} s  ${name}\n`)
    .join("");
