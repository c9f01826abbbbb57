import { createHash, hash } from "node:crypto";

/**
 * Ids that look random and can be read back: the first ten hex digits are a number below 2^40 under a keyed bijection,
 * the rest is a check on it. So nothing has to remember which commit or issue an id belongs to.
 */
export interface Codec {
  /** 40 hex digits, as a commit. */
  sha(kind: number, index: number): string;
  /** What a commit id stands for; absent if it was not made here. A prefix of ten or more digits is enough. */
  readSha(sha: string): Named | undefined;
  /** A version 4 UUID. */
  uuid(kind: number, index: number): string;
  /** What a UUID stands for; absent if it was not made here. */
  readUuid(uuid: string): Named | undefined;
}

interface Named {
  readonly kind: number;
  readonly index: number;
}

const MASK = (1n << 40n) - 1n;
const FACTOR = 0x9e_3779_b97fn;
const INDEX_BITS = 34;

const inverseOf = (factor: bigint): bigint => {
  let inverse = factor;
  for (let step = 0; step < 6; step += 1) inverse = (inverse * (2n - factor * inverse)) & MASK;
  return inverse;
};
const INVERSE = inverseOf(FACTOR);

/** Ids for one seed. `kind` is below 64, `index` below 2^34. */
export const codec = (seed: number): Codec => {
  const key = BigInt(createHash("sha256").update(`acme:${seed}`).digest().readUIntBE(0, 5));
  const head = (kind: number, index: number): string => {
    const plain = BigInt(kind) * (1n << BigInt(INDEX_BITS)) + BigInt(index);
    const mixed = ((plain ^ key) * FACTOR) & MASK;
    const swapped = ((mixed >> 20n) | (mixed << 20n)) & MASK;
    return ((swapped * FACTOR) & MASK).toString(16).padStart(10, "0");
  };
  const unhead = (digits: string): Named => {
    const swapped = (BigInt(`0x${digits}`) * INVERSE) & MASK;
    const mixed = ((swapped >> 20n) | (swapped << 20n)) & MASK;
    const plain = ((mixed * INVERSE) & MASK) ^ key;
    return { kind: Number(plain >> BigInt(INDEX_BITS)), index: Number(plain & ((1n << BigInt(INDEX_BITS)) - 1n)) };
  };
  const tail = (digits: string): string => hash("sha1", `${seed}:${digits}`).slice(0, 30);
  const sha = (kind: number, index: number): string => {
    const digits = head(kind, index);
    return digits + tail(digits);
  };
  const uuid = (kind: number, index: number): string => {
    const digits = head(kind, index);
    const rest = tail(digits);
    const variant = ((Number.parseInt(rest.slice(4, 5), 16) & 3) | 8).toString(16);
    return `${digits.slice(0, 8)}-${digits.slice(8)}${rest.slice(0, 2)}-4${rest.slice(2, 5)}-${variant}${rest.slice(5, 8)}-${rest.slice(8, 20)}`;
  };
  return {
    sha,
    uuid,
    readSha(given) {
      if (!/^[0-9a-f]{10,40}$/.test(given)) return undefined;
      const named = unhead(given.slice(0, 10));
      return sha(named.kind, named.index).startsWith(given) ? named : undefined;
    },
    readUuid(given) {
      if (!/^[0-9a-f]{8}-[0-9a-f]{4}-/.test(given)) return undefined;
      const named = unhead(given.slice(0, 8) + given.slice(9, 11));
      return uuid(named.kind, named.index) === given ? named : undefined;
    },
  };
};
