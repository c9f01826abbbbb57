/** What is left of a budget after a request. */
export interface Spent {
  readonly allowed: boolean;
  readonly limit: number;
  readonly remaining: number;
  readonly used: number;
  /** Milliseconds since the epoch. */
  readonly resetAt: number;
  readonly retryAfterSeconds: number;
}

/** So many points in each window of time, which starts with the first request in it. */
export class Budget {
  readonly #clock: () => number;
  readonly #windowMs: number;
  #start: number;
  #limit: number;
  #used = 0;
  #resetAt = 0;

  constructor(limit: number, windowMs: number, clock: () => number) {
    this.#start = limit;
    this.#limit = limit;
    this.#windowMs = windowMs;
    this.#clock = clock;
  }

  /** The limit that a reset goes back to. */
  begin(limit: number): void {
    this.#start = limit;
    this.change(limit);
  }

  reset(): void {
    this.change(this.#start);
  }

  /** Another limit from now on, in a new window. */
  change(limit: number): void {
    this.#limit = limit;
    this.#resetAt = 0;
  }

  /** Takes points if they are there. A refused request costs nothing. */
  spend(points: number): Spent {
    const now = this.#clock();
    if (now >= this.#resetAt) {
      this.#used = 0;
      this.#resetAt = now + this.#windowMs;
    }
    const allowed = this.#used + points <= this.#limit;
    if (allowed) this.#used += points;
    return {
      allowed,
      limit: this.#limit,
      remaining: Math.max(0, Math.floor(this.#limit - this.#used)),
      used: Math.ceil(this.#used),
      resetAt: this.#resetAt,
      retryAfterSeconds: Math.max(1, Math.ceil((this.#resetAt - now) / 1000)),
    };
  }
}
