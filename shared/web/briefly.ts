import type { Views } from "../store/views.ts";

/** So long an answer may be behind where it says how fresh things are, or counts them. */
const LIVES_MS = 1000;

interface Held {
  readonly at: number;
  readonly value: Promise<unknown>;
}

/** By the views they were read from, so that nobody is shown what was read for somebody else. */
const held = new WeakMap<Views, Map<string, Held>>();

/**
 * What was read a moment ago, or is being read now: many requests at once then cost one reading.
 *
 * @param now in milliseconds
 */
export const briefly = <Value>(views: Views, name: string, now: number, read: () => Promise<Value>): Promise<Value> => {
  const known = held.get(views) ?? new Map<string, Held>();
  held.set(views, known);
  const last = known.get(name);
  if (last !== undefined && Math.abs(now - last.at) < LIVES_MS) return last.value as Promise<Value>;
  const value = read();
  known.set(name, { at: now, value });
  // A failure is nobody else's: the next reads again.
  value.catch(() => known.delete(name));
  return value;
};
