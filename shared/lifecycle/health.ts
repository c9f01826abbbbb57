import type { Instant } from "../domain/instant.ts";
import { flow, quality, schedule } from "./health-dimensions.ts";
import type { Dimension, HealthInput } from "./health-input.ts";
import { DAY } from "./rule-set.ts";

export type { HealthInput, WorkItemSummary } from "./health-input.ts";

export type HealthValue = "on_track" | "at_risk" | "off_track" | "unknown";

export interface Health {
  /** The worse of declared and derived: a person's warning is never hidden, and green needs both. */
  readonly value: HealthValue;
  readonly declared?:
    | { readonly value: HealthValue; readonly at?: Instant | undefined; readonly stale: boolean }
    | undefined;
  readonly derived: { readonly value: HealthValue; readonly rule: string; readonly reasons: readonly string[] };
  /** A fresh declaration and fresh evidence say different things. */
  readonly disagree: boolean;
  /** The declaration is better than the evidence: green outside, red inside. */
  readonly isWatermelon: boolean;
  /** The earliest moment at which time alone could change this. */
  readonly nextChangeAt: Instant | null;
}

const WORST_FIRST = ["off_track", "at_risk", "unknown", "on_track"] as const;
const DECLARED_DAYS = 14;

/** Derived health beside declared health, neither changing the other (lifecycle reference, section 9). Pure. */
export const healthOf = (input: HealthInput): Health => {
  const dimensions = [schedule(input), flow(input), quality(input)];
  const derived = rollUp(dimensions, input);
  const declared = declaredOf(input);
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
  if (applicable.length === 0)
    return { value: "unknown", rule: "H0", reasons: ["too early: no target date and no work in progress"] };
  const at = (level: Dimension["level"]) => applicable.filter((one) => one.level === level);
  const bad = [...at("off_track"), ...at("at_risk")];
  const reasons = [...bad, ...at("unknown")].flatMap((one) => one.reasons);
  if (at("off_track").some(({ name }) => name === "schedule")) return { value: "off_track", rule: "H1", reasons };
  if (at("off_track").length > 0 || bad.length > 1) return { value: "at_risk", rule: "H2", reasons };
  if (at("unknown").length > 0) return { value: "unknown", rule: "H3", reasons: [...new Set(reasons)] };
  return { value: "on_track", rule: "H4", reasons };
};

/** What a person declared; older than 14 d it is stale. Where no time is told, it is at most as new as the record. */
const declaredOf = ({ feature, asOf }: HealthInput) => {
  const { declaredHealth, declaredHealthAt } = feature.fields;
  if (declaredHealth === undefined || declaredHealth.category === "unknown") return undefined;
  const turnsStaleAt =
    feature.declaredUntil === undefined
      ? Date.parse(declaredHealthAt ?? feature.sourceUpdatedAt) + DECLARED_DAYS * DAY
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
