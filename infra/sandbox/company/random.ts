/** A 32-bit number that depends on all arguments and on nothing else; the made-up company has no other source of chance. */
export const hash = (seed: number, a: number, b = 0, c = 0): number => {
  let h =
    Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(a | 0, 0xc2b2ae35) ^ Math.imul(b + 0x165667b1, 0x27d4eb2f);
  h = Math.imul(h ^ (h >>> 15) ^ Math.imul(c + 0x5bd1e995, 0x9e3779b1), 0x2c1b3c6d);
  h = Math.imul(h ^ (h >>> 12), 0x297a2d39);
  h = Math.imul(h ^ (h >>> 15), 0x85ebca6b);
  return (h ^ (h >>> 16)) >>> 0;
};

/** A number in [0, 1). */
export const unit = (seed: number, a: number, b = 0, c = 0): number => hash(seed, a, b, c) / 4294967296;

/** A number in [low, high). */
export const between = (low: number, high: number, u: number): number => low + (high - low) * u;

/** The entry of a non-empty list that a hash points at. */
export const pick = <T>(list: readonly T[], h: number): T => {
  const found = list[h % list.length];
  if (found === undefined) throw new Error("cannot pick from an empty list");
  return found;
};

/** The entry at an index that must exist. */
export const at = <T>(list: readonly T[], index: number): T => {
  const found = list[index];
  if (found === undefined) throw new Error(`no entry ${index} in a list of ${list.length}`);
  return found;
};
