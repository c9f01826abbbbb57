/** The only source of "now". */
export interface Clock {
  now(): Date;
  /** Resolves after the time, rejects as soon as the signal aborts. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}
