import type { Instant } from "../domain/instant.ts";
import { EVIDENCE_AT_MOST, FIGURES, type Figure, type FigureEvidence, type FigureId } from "./figures.ts";
import type { FlowRecord } from "./record.ts";
import { median, percentile } from "./spread.ts";
import { WEEK_MS, weekOf } from "./week.ts";

/** Epoch milliseconds: full weeks from `from` to `end`, and what came of the running one until `to`. */
export interface Period {
  readonly from: number;
  readonly end: number;
  readonly to: number;
}

export const inPeriod = (at: Instant | undefined, { from, to }: Period): at is Instant =>
  at !== undefined && Date.parse(at) >= from && Date.parse(at) <= to;

type Named = Pick<FlowRecord, "id" | "name" | "url">;

const P85 = 0.85;

const rounded = (value: number): number => Math.round(value * 10) / 10;

const evidenceOf = <R extends Named>(
  measured: readonly { readonly record: R; readonly value?: number }[],
): FigureEvidence[] =>
  measured
    .toSorted((a, b) => (b.value ?? 0) - (a.value ?? 0) || (a.record.id < b.record.id ? -1 : 1))
    .slice(0, EVIDENCE_AT_MOST)
    .map(({ record: { id, name, url }, value }) => ({
      id,
      name,
      url,
      ...(value !== undefined && { value: rounded(value) }),
    }));

const SHORT = {
  days: "d",
  hours: "h",
  items: "",
  "items a week": " a week",
  "deployments a week": " a week",
  percent: " %",
};
const withUnit = (id: FigureId, value: number): string => {
  const unit = SHORT[FIGURES[id].unit];
  return `${rounded(value)}${unit.length === 1 ? ` ${unit}` : unit}`;
};
const nothing = (id: FigureId): Figure => ({
  id,
  value: null,
  p85: null,
  count: 0,
  text: `${FIGURES[id].title}: nothing to measure in this period`,
  weeks: [],
  evidence: [],
});

/** The middle of what each record measures, and what 85 % do not exceed. Records that measure nothing do not count. */
export const spread = <R extends Named>(
  id: FigureId,
  records: readonly R[],
  measure: (record: R) => number | undefined,
): Figure => {
  const measured = records.flatMap((record) => {
    const value = measure(record);
    return value === undefined ? [] : [{ record, value }];
  });
  const values = measured.map(({ value }) => value);
  const [middle, most] = [median(values), percentile(values, P85)];
  if (middle === undefined || most === undefined) return nothing(id);
  return {
    id,
    value: rounded(middle),
    p85: rounded(most),
    count: values.length,
    text: `${FIGURES[id].title}: median ${withUnit(id, middle)}, 85 % at most ${withUnit(id, most)} (${values.length} measured)`,
    weeks: [],
    evidence: evidenceOf(measured),
  };
};

/** How many records there are. */
export const counts = <R extends Named>(id: FigureId, records: readonly R[]): Figure => ({
  id,
  value: records.length,
  p85: null,
  count: records.length,
  text: `${FIGURES[id].title}: ${records.length}`,
  weeks: [],
  evidence: evidenceOf(records.map((record) => ({ record }))),
});

/** The sum of what each record measures; records that add nothing are no evidence. */
export const total = <R extends Named>(id: FigureId, records: readonly R[], measure: (record: R) => number): Figure => {
  const measured = records.map((record) => ({ record, value: measure(record) })).filter(({ value }) => value > 0);
  const sum = measured.reduce((before, { value }) => before + value, 0);
  return {
    id,
    value: rounded(sum),
    p85: null,
    count: measured.length,
    text: `${FIGURES[id].title}: ${withUnit(id, sum)} in all, of ${measured.length} items`,
    weeks: [],
    evidence: evidenceOf(measured),
  };
};

/** By the week: the average of the full weeks and each of them. The running week counts for neither. */
export const rate = <R extends Named>(
  id: FigureId,
  records: readonly R[],
  atOf: (record: R) => Instant | undefined,
  { from, end }: Period,
): Figure => {
  const byWeek = new Map<string, number>();
  for (let at = from; at < end; at += WEEK_MS) byWeek.set(weekOf(at), 0);
  const counted = records.filter((record) => {
    const at = atOf(record);
    return at !== undefined && Date.parse(at) >= from && Date.parse(at) < end;
  });
  for (const record of counted) {
    const week = weekOf(atOf(record) ?? "");
    byWeek.set(week, (byWeek.get(week) ?? 0) + 1);
  }
  const average = counted.length / byWeek.size;
  return {
    id,
    value: rounded(average),
    p85: null,
    count: counted.length,
    text: `${FIGURES[id].title}: ${withUnit(id, average)} (${counted.length} in ${byWeek.size} weeks)`,
    weeks: [...byWeek].map(([week, value]) => ({ week, value })),
    evidence: evidenceOf(counted.map((record) => ({ record }))),
  };
};

/** The share of the records that something is true of; those are the evidence. */
export const share = <R extends Named>(id: FigureId, records: readonly R[], holds: (record: R) => boolean): Figure => {
  if (records.length === 0) return nothing(id);
  const found = records.filter(holds);
  const percent = (found.length / records.length) * 100;
  return {
    id,
    value: rounded(percent),
    p85: null,
    count: records.length,
    text: `${FIGURES[id].title}: ${withUnit(id, percent)} (${found.length} of ${records.length})`,
    weeks: [],
    evidence: evidenceOf(found.map((record) => ({ record }))),
  };
};
