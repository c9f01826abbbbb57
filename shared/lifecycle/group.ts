import { type Held, isCustomer, outranksAssertion, weightOf } from "./held.ts";

/**
 * The facts of one signal that hold one value now, with what is asked of them at every breakpoint kept up to date:
 * how many, the latest, and the best weight per tool.
 */
export class Group {
  readonly #held = new Set<Held>();
  /** tool -> weight -> how many facts; few weights occur, so the best is found in a few steps. */
  readonly #weights = new Map<string, Map<number, number>>();
  #latest: number | undefined;
  #strong = 0;
  readonly #customers = new Map<string, number>();

  get size(): number {
    return this.#held.size;
  }

  /** epoch milliseconds of the latest fact; minus infinity if there is none, so that it compares */
  get latest(): number {
    this.#latest ??= Math.max(Number.NEGATIVE_INFINITY, ...[...this.#held].map(({ at }) => at));
    return this.#latest;
  }

  /** Whether a fact among them outranks a person's assertion. */
  get isStrong(): boolean {
    return this.#strong > 0;
  }

  /** Who asks, where these are needs: each customer once, with how many of the facts are theirs. */
  get customers(): ReadonlyMap<string, number> {
    return this.#customers;
  }

  #count(held: Held, by: 1 | -1): void {
    const { signal, recordId } = held.fact;
    if (signal !== "need" || !isCustomer(recordId)) return;
    const count = (this.#customers.get(recordId) ?? 0) + by;
    if (count > 0) this.#customers.set(recordId, count);
    else this.#customers.delete(recordId);
  }

  add(held: Held): void {
    if (this.#held.has(held)) return;
    this.#latest = Math.max(this.latest, held.at);
    this.#held.add(held);
    this.#count(held, 1);
    const { tool, tier } = held.fact;
    const weights = this.#weights.get(tool) ?? new Map<number, number>();
    this.#weights.set(tool, weights);
    const weight = weightOf(held.fact);
    weights.set(weight, (weights.get(weight) ?? 0) + 1);
    if (outranksAssertion(tier)) this.#strong += 1;
  }

  delete(held: Held): void {
    if (!this.#held.delete(held)) return;
    this.#count(held, -1);
    if (held.at === this.#latest) this.#latest = undefined;
    const { tool, tier } = held.fact;
    const weights = this.#weights.get(tool);
    const weight = weightOf(held.fact);
    const left = (weights?.get(weight) ?? 1) - 1;
    if (left > 0) weights?.set(weight, left);
    else weights?.delete(weight);
    if (weights?.size === 0) this.#weights.delete(tool);
    if (outranksAssertion(tier)) this.#strong -= 1;
  }

  /** Best weight per tool, into `best`. */
  raise(best: Map<string, number>): void {
    for (const [tool, weights] of this.#weights)
      for (const weight of weights.keys()) if (weight > (best.get(tool) ?? 0)) best.set(tool, weight);
  }

  values(): IterableIterator<Held> {
    return this.#held.values();
  }
}
