import { systemClock } from "../clock.ts";

/** What AWS left over is sent again so often at the most. */
export const TRIES = 5;

/** Waits at random up to 50 ms before the second try, twice as long before each further one, never over a second. */
export const pause = (triesSoFar: number): Promise<void> =>
  systemClock.sleep(Math.random() * Math.min(1000, 25 * 2 ** triesSoFar));
