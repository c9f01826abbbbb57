import type { Instant } from "../domain/instant.ts";
import { adoption } from "./health/adoption.ts";
import type { Dimension, DimensionName, Level } from "./health/dimension.ts";
import { experiment } from "./health/experiment.ts";
import { flow } from "./health/flow.ts";
import type { Forecast } from "./health/forecast.ts";
import { freshness } from "./health/freshness.ts";
import type { HealthInput } from "./health/input.ts";
import { quality } from "./health/quality.ts";
import { HEALTH_RULES } from "./health/rules.ts";
import { schedule } from "./health/schedule.ts";
import { scope } from "./health/scope.ts";
import { support } from "./health/support.ts";
import { DAY } from "./rule-set.ts";

export type { HealthInput, WorkItemSummary } from "./health/input.ts";

export type HealthValue = "on_track" | "at_risk" | "off_track" | "unknown";

/** One aspect of health, as shown. */
export interface DimensionResult {
  readonly name: DimensionName;
  readonly level: Level;
  /** What was measured, with its unit. */
  readonly value?: string | undefined;
  readonly threshold?: string | undefined;
  /** One sentence. */
  readonly text: string;
  /** URLs, at most five. */
  readonly evidence: readonly string[];
  /** Newest source time of what it rests on: its age is counted from there. */
  readonly dataAt?: Instant | undefined;
  /** Experiments that wait for a decision. */
  readonly waiting?: readonly { readonly id: string; readonly name: string }[] | undefined;
}

export interface Health {
  /** The worse of declared and derived: a person's warning is never hidden, and green needs both. */
  readonly value: HealthValue;
  readonly declared?:
    | { readonly value: HealthValue; readonly at?: Instant | undefined; readonly stale: boolean }
    | undefined;
  readonly derived: { readonly value: HealthValue; readonly rule: string; readonly reasons: readonly string[] };
  readonly dimensions: readonly DimensionResult[];
  /** Null where history is too short, or nothing is left to do. */
  readonly forecast: Forecast | null;
  /** Version of the thresholds. */
  readonly rules: string;
  /** A fresh declaration and fresh evidence say different things. */
  readonly disagree: boolean;
  /** The declaration is better than the evidence: green outside, red inside. */
  readonly isWatermelon: boolean;
  /** The earliest moment at which time alone could change this. */
  readonly nextChangeAt: Instant | null;
}

const WORST_FIRST = ["off_track", "at_risk", "unknown", "on_track"] as const;

/** Derived health beside declared health, neither changing the other (lifecycle reference, section 9). Pure. */
export const healthOf = (input: HealthInput): Health => {
  const { rules = HEALTH_RULES } = input;
  const { forecast, ...planned } = schedule(input, rules);
  const dimensions: readonly Dimension[] = [
    planned,
    scope(input, rules),
    flow(input, rules),
    quality(input, rules),
    experiment(input, rules),
    support(input, rules),
    adoption(input, rules),
    freshness(input),
  ];
  const derived = rollUp(dimensions, input);
  const declared = declaredOf(input, rules.declaredDays);
  const counted: HealthValue[] = declared === undefined || declared.stale ? [] : [declared.value];
  const value = WORST_FIRST.find((level) => level === derived.value || counted.includes(level)) ?? "unknown";
  const differ = counted.length > 0 && derived.value !== "unknown" && !counted.includes(derived.value);
  const isWatermelon = differ && value === derived.value;
  return {
    value,
    ...(declared !== undefined && {
      declared: { value: declared.value, ...(declared.at !== undefined && { at: declared.at }), stale: declared.stale },
    }),
    derived,
    dimensions: dimensions.map(({ reasons: _, gates: __, isRequired: ___, turns: ____, ...shown }) => shown),
    forecast: forecast === undefined ? null : { p50: forecast.p50, p85: forecast.p85, basis: forecast.basis },
    rules: rules.version,
    disagree: differ,
    isWatermelon,
    nextChangeAt: nextTurn(input, [...dimensions.flatMap(({ turns }) => turns), declared?.turnsStaleAt ?? Number.NaN]),
  };
};

/** The roll-up, in the order of the reference: gating red, other bad news, what is missing, and only then green. */
const rollUp = (dimensions: readonly Dimension[], { explanation }: HealthInput): Health["derived"] => {
  if (explanation.disposition !== "open")
    return { value: "unknown", rule: "H0", reasons: [`the feature is ${explanation.disposition}`] };
  const applicable = dimensions.filter(({ level }) => level !== "not_applicable");
  if (applicable.every(({ name }) => name === "freshness"))
    return { value: "unknown", rule: "H0", reasons: ["too early: no target date and no work in progress"] };
  const at = (level: Level) => applicable.filter((one) => one.level === level);
  const bad = [...at("off_track"), ...at("at_risk")];
  const missing = at("unknown").filter(({ isRequired }) => isRequired);
  const reasons = [...new Set([...bad, ...missing].flatMap((one) => one.reasons))];
  if (bad.some(({ gates }) => gates)) return { value: "off_track", rule: "H1", reasons };
  if (at("off_track").length > 0 || bad.length > 1) return { value: "at_risk", rule: "H2", reasons };
  // Data that is late is no ground for green, though it is not yet too old to be judged by.
  if (missing.length > 0 || bad.some(({ name }) => name === "freshness"))
    return { value: "unknown", rule: "H3", reasons };
  return { value: "on_track", rule: "H4", reasons };
};

/** What a person declared; old enough it is stale. Where no time is told, it is at most as new as the record. */
const declaredOf = ({ feature, asOf }: HealthInput, days: number) => {
  const { declaredHealth, declaredHealthAt } = feature.fields;
  if (declaredHealth === undefined || declaredHealth.category === "unknown") return undefined;
  const turnsStaleAt =
    feature.declaredUntil === undefined
      ? Date.parse(declaredHealthAt ?? feature.sourceUpdatedAt) + days * DAY
      : Date.parse(feature.declaredUntil);
  return {
    value: declaredHealth.category,
    at: declaredHealthAt,
    stale: Date.parse(asOf) >= turnsStaleAt,
    turnsStaleAt,
  };
};

const nextTurn = ({ asOf }: HealthInput, turns: readonly number[]): Instant | null => {
  const now = Date.parse(asOf);
  const next = Math.min(...turns.filter((at) => at > now));
  return Number.isFinite(next) ? new Date(next).toISOString() : null;
};
