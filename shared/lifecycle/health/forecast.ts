import type { Instant } from "../../domain/instant.ts";
import { WEEK_MS, weekStart } from "../../flow/week.ts";
import { DAY } from "../rule-set.ts";
import { counted } from "../sentence.ts";
import type { HealthInput } from "./input.ts";
import { isOpen } from "./standing.ts";

/** The day by which a half, and 85 %, of all simulated courses end. */
export interface Forecast {
  /** `2026-04-20`; null: more than 104 weeks away. */
  readonly p50: string | null;
  readonly p85: string | null;
  /** What it was made of, in words. */
  readonly basis: string;
}

/** With what the schedule is judged by. */
export interface Foreseen extends Forecast {
  /** epoch milliseconds, the end of that day; infinite beyond 104 weeks */
  readonly ends: { readonly p50: number; readonly p85: number };
}

const TRIALS = 10_000;
const WEEKS_AT_MOST = 104;
const HISTORY = { fewest: 8, most: 12 } as const;
const FEWEST_DONE = 10;

/**
 * How many weeks the rest takes, by drawing past weeks with replacement. Each trial has random numbers of its own, so
 * that more to do never ends earlier.
 *
 * @param past of each past week what was done and what came
 * @returns whole weeks, 1 to 104; Infinity beyond
 */
export const weeksToGo = (
  remaining: number,
  past: readonly { readonly done: number; readonly added: number }[],
  seed: number,
): { readonly p50: number; readonly p85: number } => {
  const weeks = past.length;
  const net = Int32Array.from(past, ({ done, added }) => done - added);
  const ended = new Uint32Array(WEEKS_AT_MOST + 2);
  for (let trial = 0; trial < TRIALS; trial++) {
    let state = mixed(seed ^ Math.imul(trial + 1, 0x9e3779b1));
    let left = remaining;
    let week = 0;
    while (left > 0 && week <= WEEKS_AT_MOST) {
      state = (state + 0x6d2b79f5) | 0;
      left -= net[Math.floor((mixed(state) / 0x1_0000_0000) * weeks)] ?? 0;
      week += 1;
    }
    ended[week] = (ended[week] ?? 0) + 1;
    // More than half without an end: both lie beyond, whatever the other trials say.
    if (week > WEEKS_AT_MOST && (ended[week] ?? 0) > TRIALS / 2)
      return { p50: Number.POSITIVE_INFINITY, p85: Number.POSITIVE_INFINITY };
  }
  const quantile = (share: number): number => {
    let sum = 0;
    for (let week = 0; week <= WEEKS_AT_MOST; week++) {
      sum += ended[week] ?? 0;
      if (sum >= TRIALS * share) return week;
    }
    return Number.POSITIVE_INFINITY;
  };
  return { p50: quantile(0.5), p85: quantile(0.85) };
};

/** A whole number from 0 to 2^32 - 1 in which every bit of another has its say (the finish of murmur3). */
const mixed = (value: number): number => {
  let bits = value ^ (value >>> 16);
  bits = Math.imul(bits, 0x85ebca6b);
  bits ^= bits >>> 13;
  bits = Math.imul(bits, 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
};

const seedOf = (text: string): number => {
  let seed = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) seed = Math.imul(seed ^ text.charCodeAt(index), 0x01000193);
  return seed >>> 0;
};

/**
 * When the feature's work will be done, by how it went in its last 8 to 12 full weeks, with what was added to it. The
 * same for one feature and one day, whenever it is asked.
 *
 * @returns why there is none, in words, where history is too short
 */
export const forecastOf = (input: HealthInput): Foreseen | string => {
  const past = pastWeeks(input);
  const done = past.reduce((sum, week) => sum + week.done, 0);
  const added = past.reduce((sum, week) => sum + week.added, 0);
  const weeks = counted(past.length, "full week");
  if (past.length < HISTORY.fewest || done < FEWEST_DONE)
    return `insufficient history for a forecast: ${done} done in ${weeks}, ${FEWEST_DONE} in ${HISTORY.fewest} are needed`;
  const remaining = input.items.filter(({ fields }) => isOpen(fields)).length;
  if (remaining === 0) return "no open work items to forecast";
  const day = input.asOf.slice(0, 10);
  const togo = weeksToGo(remaining, past, seedOf(`${input.feature.id ?? ""} ${day}`));
  const start = Date.parse(`${day}T00:00:00.000Z`);
  const ends = { p50: start + togo.p50 * WEEK_MS, p85: start + togo.p85 * WEEK_MS };
  return {
    p50: lastDay(ends.p50),
    p85: lastDay(ends.p85),
    basis: `${done} done and ${added} added in ${weeks}, ${remaining} left`,
    ends,
  };
};

/** `2026-04-20`: the last day before that moment. */
const lastDay = (end: number): string | null =>
  Number.isFinite(end) ? new Date(end - DAY).toISOString().slice(0, 10) : null;

/** What was done and what came, net of what went, in the full weeks since the work was taken on. */
const pastWeeks = ({ items, former = [], asOf, committedAt }: HealthInput): { done: number; added: number }[] => {
  const times = items.map(({ fields, past }) => ({
    doneAt: fields.status.category === "done" ? (past?.completedAt ?? fields.completedAt) : undefined,
    cameAt: past?.joinedAt,
    wentAt: past?.cancelledAt,
    startedAt: past?.startedAt ?? fields.startedAt,
  }));
  const gone = former.map(({ joinedAt, leftAt, goneAt }) => ({
    doneAt: undefined,
    cameAt: joinedAt,
    wentAt: leftAt ?? goneAt,
    startedAt: undefined,
  }));
  const first = [committedAt, ...times.map(({ startedAt }) => startedAt)].filter((at) => at !== undefined).sort()[0];
  if (first === undefined) return [];
  const end = weekStart(Date.parse(asOf));
  const begin = Math.max(weekStart(Date.parse(first) - 1) + WEEK_MS, end - HISTORY.most * WEEK_MS);
  const count = Math.max(0, Math.round((end - begin) / WEEK_MS));
  const weeks = Array.from({ length: count }, () => ({ done: 0, added: 0 }));
  const weekAt = (at: Instant | undefined) =>
    at === undefined || at > asOf ? undefined : weeks[Math.floor((Date.parse(at) - begin) / WEEK_MS)];
  for (const { doneAt, cameAt, wentAt } of [...times, ...gone]) {
    const [done, came, went] = [weekAt(doneAt), weekAt(cameAt), weekAt(wentAt)];
    if (done !== undefined) done.done += 1;
    if (came !== undefined) came.added += 1;
    if (went !== undefined) went.added -= 1;
  }
  return weeks;
};
