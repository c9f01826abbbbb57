/** Codes of ordered things are below this, so that a time in seconds and a code share one exact number. */
const CODES = 2 ** 22;

/** A thing in an order: which one, and the time it is ordered by, in milliseconds. */
export interface Placed {
  readonly code: number;
  readonly time: number;
}

/**
 * Things in order of time: the generated ones as one sorted array of numbers (eight bytes each, built when first asked
 * for), and on top of it those that were changed or added since, which leave their old place.
 */
export class Order {
  readonly #generate: () => Iterable<Placed>;
  #base: Float64Array | undefined;
  #moved: number[] = [];
  #live: Placed[] = [];

  constructor(generate: () => Iterable<Placed>) {
    this.#generate = generate;
  }

  get length(): number {
    return this.#keys.length - this.#moved.length + this.#live.length;
  }

  /** The thing at a position, oldest first. */
  at(position: number): Placed {
    const placeOf = ({ time, code }: Placed, index: number): number => index + this.#keptBefore(time, code);
    const later = lowerBound(this.#live.length, (i) => placeOf(this.#live[i] as Placed, i) >= position);
    const live = this.#live[later];
    if (live !== undefined && placeOf(live, later) === position) return live;
    const kept = position - later;
    return this.#decode(kept + lowerBound(this.#moved.length, (i) => (this.#moved[i] ?? 0) - i > kept));
  }

  /** The first position whose time is at or after `time`; among equal times, the first whose code is at least `code`. */
  position(time: number, code = 0): number {
    return this.#keptBefore(time, code) + lowerBound(this.#live.length, (i) => !isBefore(this.#live[i], time, code));
  }

  /** The position of one thing with a known time; -1 if it is not there. */
  find(time: number, code: number): number {
    const position = this.position(time, code);
    if (position >= this.length) return -1;
    const found = this.at(position);
    return found.code === code && found.time === time ? position : -1;
  }

  /** Takes a thing from where it is, and puts it at a time, if one is given. */
  move(code: number, from: number | undefined, to: number | undefined): void {
    if (from !== undefined) this.#take(code, from);
    if (to === undefined) return;
    const place = lowerBound(this.#live.length, (i) => !isBefore(this.#live[i], to, code));
    this.#live.splice(place, 0, { code, time: to });
  }

  /** Everything is where it was generated again. */
  reset(): void {
    this.#moved = [];
    this.#live = [];
  }

  /** How many of the generated things that never moved stand before a time. */
  #keptBefore(time: number, code: number): number {
    const rank = this.#rank(time, code);
    return rank - lowerBound(this.#moved.length, (i) => (this.#moved[i] ?? 0) >= rank);
  }

  #take(code: number, from: number): void {
    const live = this.#live.findIndex((placed) => placed.code === code);
    if (live >= 0) {
      this.#live.splice(live, 1);
      return;
    }
    const rank = this.#rank(from, code);
    if (rank >= this.#keys.length || this.#decode(rank).code !== code) return;
    const place = lowerBound(this.#moved.length, (i) => (this.#moved[i] ?? 0) >= rank);
    if (this.#moved[place] !== rank) this.#moved.splice(place, 0, rank);
  }

  get #keys(): Float64Array {
    if (this.#base === undefined) {
      const keys: number[] = [];
      for (const { code, time } of this.#generate()) keys.push((time / 1000) * CODES + code);
      this.#base = Float64Array.from(keys).sort();
    }
    return this.#base;
  }

  #decode(rank: number): Placed {
    const key = this.#keys[rank];
    if (key === undefined) throw new Error(`no rank ${rank}`);
    const seconds = Math.floor(key / CODES);
    return { code: key - seconds * CODES, time: seconds * 1000 };
  }

  #rank(time: number, code: number): number {
    const seconds = Math.ceil(time / 1000);
    const wanted = seconds * CODES + (seconds * 1000 === time ? code : 0);
    return lowerBound(this.#keys.length, (i) => (this.#keys[i] ?? 0) >= wanted);
  }
}

const isBefore = (placed: Placed | undefined, time: number, code: number): boolean =>
  placed !== undefined && (placed.time < time || (placed.time === time && placed.code < code));

const lowerBound = (length: number, reached: (index: number) => boolean): number => {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (reached(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
};
