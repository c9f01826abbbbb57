import { kindOf } from "../domain/kind.ts";
import { type Fact, type Signal, STAGES, type Stage, TIERS, type Tier } from "../domain/stage.ts";

/** Value of a fact that takes its record away: deleted or archived in its tool. Ends state and event signals alike. */
export const GONE = "gone";

/** A fact made ready for the fold: its time as a number, its identity and the slot it is kept in. */
export interface Held {
  readonly fact: Fact;
  /** epoch milliseconds of `occurredAt` */
  readonly at: number;
  /** Two facts of one identity are one fact (8.1). */
  readonly identity: string;
  /** The signal, with the stage where one signal speaks of several. */
  readonly slot: string;
  /** Slot, tool and record: what a state signal is kept per. */
  readonly record: string;
}

/** Signals of which each fact counts from its time on, beside those before it. All others hold until the next. */
const EVENTS: ReadonlySet<Signal> = new Set<Signal>([
  "design.edited",
  "pr.reverted",
  "experiment.shipped",
  "usage",
  "announced",
  "ticket",
  "removal.merged",
  "asserted",
]);

/** Event signals that count for 30 d only. */
export const LAPSING: ReadonlySet<string> = new Set<Signal>(["design.edited", "usage", "ticket"]);

export const isEvent = ({ fact }: Held): boolean => EVENTS.has(fact.signal);

/** Where facts of a signal are kept; `need`, `item.stage` and `asserted` speak of the stage they name. */
export const slotOf = (signal: Signal, stage: Stage): string =>
  signal === "need" || signal === "item.stage" || signal === "asserted" ? `${signal}:${stage}` : signal;

/** Needs are kept per customer; where nobody knows the customer, per author or piece of feedback. */
export const isCustomer = (who: string): boolean => !UNKNOWN_TO_US.has(kindOf(who) ?? "");
const UNKNOWN_TO_US: ReadonlySet<string> = new Set(["account", "feedback", "surveyResponse"]);

/** The slots of a stage's own `item.stage` and `asserted`, made once: they are asked for at every breakpoint. */
export const SLOTS = Object.fromEntries(
  STAGES.map((stage) => [stage, { placed: slotOf("item.stage", stage), asserted: slotOf("asserted", stage) }]),
) as Readonly<Record<Stage, { readonly placed: string; readonly asserted: string }>>;

/** Separates parts that may hold any text but this. */
const PART = "\u0000";

const heldOf = (fact: Fact): Held => {
  const slot = slotOf(fact.signal, fact.stage);
  const record = slot + PART + fact.tool + PART + fact.recordId;
  const identity =
    record + PART + fact.stage + PART + fact.polarity + PART + (fact.value ?? "") + PART + fact.occurredAt;
  return { fact, at: Date.parse(fact.occurredAt), identity, slot, record };
};

const compare = (a: string | number, b: string | number): number => (a < b ? -1 : a > b ? 1 : 0);

/**
 * Which of two facts of one identity stands for both: the surer link, the one known earlier, the assertion that ends last
 * or never; the rest only makes the choice total.
 */
const prefer = (a: Fact, b: Fact): number =>
  b.linkConfidence - a.linkConfidence ||
  TIERS[b.tier] - TIERS[a.tier] ||
  compare(a.recordedAt, b.recordedAt) ||
  compare(b.expiresAt ?? "9999", a.expiresAt ?? "9999") ||
  compare(a.url, b.url) ||
  compare(a.recordKey, b.recordKey);

/** By time, then identity: the order in which facts are folded, whatever order they came in. */
export const byTime = (a: Held, b: Held): number => a.at - b.at || compare(a.identity, b.identity);

/**
 * The facts of one feature that were known at `knownAt`, each identity once, in the order of the fold. Facts of one
 * state signal at one moment are one fact, the last by identity, so that no state lasts for no time.
 * Facts that lie in the future are among them.
 */
export const prepare = (featureId: string, facts: readonly Fact[], knownAt: string): Held[] => {
  const sorted: Held[] = [];
  for (const fact of facts) {
    if (fact.featureId !== featureId || fact.recordedAt > knownAt) continue;
    const held = heldOf(fact);
    if (Number.isFinite(held.at)) sorted.push(held);
  }
  sorted.sort((a, b) => byTime(a, b) || prefer(a.fact, b.fact));
  const unique = sorted.filter((held, index) => sorted[index - 1]?.identity !== held.identity);
  // An identity begins with its record, so the facts of one record at one moment stand side by side.
  return unique.filter((held, index) => {
    const next = unique[index + 1];
    return isEvent(held) || next?.at !== held.at || next.record !== held.record;
  });
};

/** What a fact adds to the confidence of the stage it supports: 0 to 1. */
export const weightOf = ({ tier, linkConfidence }: Fact): number => TIERS[tier] * linkConfidence;

/** Whether a tier outranks a person's assertion. */
export const outranksAssertion = (tier: Tier): boolean => TIERS[tier] > TIERS.asserted;
