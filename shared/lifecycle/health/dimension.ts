import type { Instant } from "../../domain/instant.ts";
import type { Feed, HealthInput } from "./input.ts";

export const DIMENSIONS = [
  "schedule",
  "scope",
  "flow",
  "quality",
  "experiment",
  "support",
  "adoption",
  "freshness",
] as const;
export type DimensionName = (typeof DIMENSIONS)[number];

export const LEVELS = ["on_track", "at_risk", "off_track", "unknown", "not_applicable"] as const;
export type Level = (typeof LEVELS)[number];

/** Something that is not as it should be. */
export interface Finding {
  readonly level: "at_risk" | "off_track";
  /** One clause for people, e.g. `ACME-1 is blocked since 3 Mar`. */
  readonly text: string;
  /** What was measured, with its unit, and what it was held against. */
  readonly value?: string | undefined;
  readonly threshold?: string | undefined;
  /** URLs */
  readonly evidence?: readonly (string | undefined)[] | undefined;
  /** Alone makes the whole feature off track. */
  readonly gates?: boolean | undefined;
}

/** One aspect of health: its level, why, and when time alone may change it. */
export interface Dimension {
  readonly name: DimensionName;
  readonly level: Level;
  /** Bad news, worst first, or why nothing can be said. */
  readonly reasons: readonly string[];
  /** One sentence, of good news too. */
  readonly text: string;
  readonly value?: string | undefined;
  readonly threshold?: string | undefined;
  readonly evidence: readonly string[];
  /** Newest source time of what it rests on. */
  readonly dataAt?: Instant | undefined;
  /** Experiments that wait for a decision. */
  readonly waiting?: readonly { readonly id: string; readonly name: string }[] | undefined;
  readonly gates: boolean;
  /** Unknown here makes the whole unknown. */
  readonly isRequired: boolean;
  /** epoch milliseconds, of past moments too */
  readonly turns: readonly number[];
}

const EVIDENCE_AT_MOST = 5;

/** What a dimension found, as its level: the worst finding leads. */
export const judged = (
  name: DimensionName,
  findings: readonly Finding[],
  calm: Pick<Finding, "value" | "threshold" | "evidence"> & {
    readonly text: string;
    readonly turns?: readonly number[];
    readonly dataAt?: Instant | undefined;
    readonly isRequired?: boolean;
  },
): Dimension => {
  const worstFirst = findings.toSorted((a, b) => rank(a) - rank(b));
  const [worst] = worstFirst;
  const { value, threshold } = worst ?? calm;
  const evidence = worst === undefined ? (calm.evidence ?? []) : worstFirst.flatMap((one) => one.evidence ?? []);
  return {
    name,
    level: worst?.level ?? "on_track",
    reasons: worstFirst.map(({ text }) => text),
    text: worst === undefined ? calm.text : worstFirst.map(({ text }) => text).join("; "),
    ...(value !== undefined && { value }),
    ...(threshold !== undefined && { threshold }),
    evidence: [...new Set(evidence.filter((url) => url !== undefined))].slice(0, EVIDENCE_AT_MOST),
    ...(calm.dataAt !== undefined && { dataAt: calm.dataAt }),
    gates: findings.some(({ level, gates }) => level === "off_track" && gates === true),
    isRequired: calm.isRequired ?? false,
    turns: calm.turns ?? [],
  };
};

const rank = ({ level, gates }: Finding): number => (level === "at_risk" ? 2 : gates === true ? 0 : 1);

export const notApplicable = (name: DimensionName, text: string): Dimension => ({
  name,
  level: "not_applicable",
  reasons: [],
  text,
  evidence: [],
  gates: false,
  isRequired: false,
  turns: [],
});

/** Bad news found in data that we hold stands, good news needs data that is fresh. */
export const unlessBlind = (found: Dimension, input: HealthInput, feed: Feed): Dimension => {
  if (found.level === "off_track" || found.level === "at_risk") return found;
  const reason = blindness(input, feed);
  if (reason === undefined) return found;
  const { value: _, threshold: __, ...rest } = found;
  return { ...rest, level: "unknown", reasons: [reason], text: reason };
};

/** Why a feed says nothing about now, or undefined. */
export const blindness = ({ coverage, feeds }: HealthInput, feed: Feed): string | undefined => {
  const development = coverage.find(({ stage }) => stage === "development");
  if (feed === "work" && development?.visible !== true)
    return development?.reason ?? "no connected tool shows the work";
  const { state = "fresh", reason } = feeds?.[feed] ?? {};
  if (state === "fresh" || state === "late") return undefined;
  return reason ?? "its source cannot be seen";
};

/** The newest of some times, undefined of none. */
export const newest = (times: readonly (Instant | undefined)[]): Instant | undefined =>
  times.reduce((best, at) => (at !== undefined && (best === undefined || at > best) ? at : best), undefined);
