import { createHash } from "node:crypto";

/**
 * A set of which only the size is asked, as JSON: digests while there are few, then the registers of a HyperLogLog, one
 * character each. The same members give the same value in any order and however often each comes.
 */
export type Distinct = { readonly digests: readonly string[] } | { readonly registers: string };

/** 2^12 registers: a standard error of 1.6 %. */
const INDEX_BITS = 12;
const REGISTERS = 2 ** INDEX_BITS;
const RANK_BITS = 64 - INDEX_BITS;
/** A register's value, 0 to 53, by its place. */
const VALUES = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/**
 * The set with these members too.
 *
 * @param exactTo up to so many the size is exact, for digests of the members are kept; 0 keeps none of any member
 */
export const withMembers = (held: Distinct | undefined, members: readonly string[], exactTo: number): Distinct => {
  const digests = members.map(digestOf);
  if (held !== undefined && "registers" in held) return { registers: raised(held.registers, digests) };
  const all = [...new Set([...(held?.digests ?? []), ...digests])].sort();
  return all.length <= exactTo ? { digests: all } : { registers: raised(VALUES.charAt(0).repeat(REGISTERS), all) };
};

/** How many members it has: exact while digests are kept. Never falls as members are added. */
export const sizeOf = (set: Distinct, exactTo: number): number =>
  "digests" in set ? set.digests.length : Math.max(exactTo + 1, estimate(set.registers));

/** 64 bits as 16 hex digits. */
const digestOf = (member: string): string => createHash("sha256").update(member).digest("hex").slice(0, 16);

const raised = (registers: string, digests: readonly string[]): string => {
  const values = [...registers];
  for (const digest of digests) {
    const bits = BigInt(`0x${digest}`);
    const index = Number(bits >> BigInt(RANK_BITS));
    const rest = bits & ((1n << BigInt(RANK_BITS)) - 1n);
    const rank = rest === 0n ? RANK_BITS + 1 : RANK_BITS - rest.toString(2).length + 1;
    if (rank > VALUES.indexOf(values[index] ?? "")) values[index] = VALUES.charAt(rank);
  }
  return values.join("");
};

/** By Ertl, "New cardinality estimation algorithms for HyperLogLog sketches", 2017: one formula for few and many. */
const estimate = (registers: string): number => {
  const counts = new Array<number>(RANK_BITS + 2).fill(0);
  for (const value of registers) {
    const rank = VALUES.indexOf(value);
    counts[rank] = (counts[rank] ?? 0) + 1;
  }
  let sum = REGISTERS * tau(1 - (counts[RANK_BITS + 1] ?? 0) / REGISTERS);
  for (let rank = RANK_BITS; rank >= 1; rank -= 1) sum = 0.5 * (sum + (counts[rank] ?? 0));
  sum += REGISTERS * sigma((counts[0] ?? 0) / REGISTERS);
  return Math.round((REGISTERS * REGISTERS) / (2 * Math.LN2 * sum));
};

const sigma = (share: number): number => {
  if (share === 1) return Number.POSITIVE_INFINITY;
  let [x, y, z, before] = [share, 1, share, -1];
  while (z !== before) {
    x *= x;
    before = z;
    z += x * y;
    y += y;
  }
  return z;
};

const tau = (share: number): number => {
  if (share === 0 || share === 1) return 0;
  let [x, y, z, before] = [share, 1, 1 - share, -1];
  while (z !== before) {
    x = Math.sqrt(x);
    before = z;
    y *= 0.5;
    z -= (1 - x) ** 2 * y;
  }
  return z / 3;
};
