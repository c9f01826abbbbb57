import * as z from "zod";
import type { NormaliseContext } from "../../shared/connector/contract.ts";
import type { Draft, FieldsDraft } from "../../shared/domain/entity.ts";
import { METRIC_KINDS } from "../../shared/domain/fields-around.ts";
import { maybeInstant } from "../../shared/domain/instant.ts";
import { mapWord, type Table } from "../../shared/domain/mapped.ts";
import { accountsOf, archivedAt, newest, pageOf, scopesOf, tagsOf, wordsOf } from "./envelope.ts";
import { type Cohort, FunnelStep, type Insight, RetentionRow, Trend } from "./schema.ts";

type Metric = FieldsDraft<"metric">;
type Point = NonNullable<Metric["points"]>[number];
type Measured = Pick<Metric, "shape" | "points" | "steps" | "cohorts" | "interval" | "unit">;

/** A tag that says what kind of metric an insight is. */
const TYPES: Table<(typeof METRIC_KINDS)[number]> = new Map(METRIC_KINDS.map((word) => [word, word]));

/** An insight as a metric; one whose answer is no series, funnel or retention (a table, a path) is none. */
export const normaliseInsight = (insight: Insight, context: NormaliseContext): readonly Draft[] => {
  const measured = measure(insight);
  if (measured === undefined) return [];
  const { id, short_id: shortId, description } = insight;
  const updatedAt = newest(insight.last_refresh, insight.updated_at, insight.last_modified_at, insight.created_at);
  const name = insight.name || insight.derived_name || `insight ${shortId ?? id}`;
  const tagged = tagsOf(insight.tags).find((tag) => TYPES.has(tag.toLowerCase()));
  const word = tagged ?? (measured.shape === "retention" ? "retention" : undefined);
  const draft: Draft<"metric"> = {
    kind: "metric",
    external: { noun: "insight", id, key: shortId || undefined, url: pageOf(insight, `insights/${shortId ?? id}`) },
    scopes: scopesOf(insight),
    createdAt: maybeInstant(insight.created_at),
    updatedAt,
    archivedAt: archivedAt(insight.deleted, updatedAt),
    fields: {
      name,
      key: eventsOf(insight) || undefined,
      ...measured,
      type: word === undefined ? undefined : mapWord({ name: word }, TYPES),
      query: description || undefined,
      timeZone: insight.timezone || insight.timeZone || undefined,
      labels: tagsOf(insight.tags),
    },
    references: wordsOf({ title: name, tags: insight.tags, body: description }),
  };
  return [draft, ...accountsOf(insight.created_by, insight, context)];
};

const sourceOf = ({ query }: Insight) => query?.source ?? query;

const eventsOf = (insight: Insight): string =>
  (sourceOf(insight)?.series ?? []).flatMap(({ event }) => event ?? []).join(", ");

const measure = (insight: Insight): Measured | undefined => {
  const trends = z.array(Trend).min(1).safeParse(insight.result);
  if (trends.success) return measureTrends(insight, trends.data);
  const steps = z.array(FunnelStep).min(1).safeParse(insight.result);
  if (steps.success) return measureFunnel(steps.data);
  const rows = z.array(RetentionRow).min(1).safeParse(insight.result);
  if (rows.success) return measureRetention(insight, rows.data);
  const shape = SHAPES.get(sourceOf(insight)?.kind ?? "");
  return shape === undefined ? undefined : { shape };
};

/** Of an insight that PostHog has not computed yet, or of nothing. */
const SHAPES: ReadonlyMap<string, Metric["shape"]> = new Map([
  ["TrendsQuery", "series"],
  ["LifecycleQuery", "series"],
  ["StickinessQuery", "series"],
  ["FunnelsQuery", "funnel"],
  ["RetentionQuery", "retention"],
]);

const INTERVALS = ["hour", "day", "week", "month"] as const;
const DAYS = { hour: 1, day: 1, week: 7, month: 31 } as const;
const DAY_MS = 86_400_000;
const POINTS_AT_MOST = 2000;

const intervalOf = (told: string | null | undefined): (typeof INTERVALS)[number] =>
  INTERVALS.find((one) => one === told?.toLowerCase()) ?? "day";

const measureTrends = (insight: Insight, trends: readonly z.output<typeof Trend>[]): Measured => {
  const interval = intervalOf(sourceOf(insight)?.interval);
  const refreshed = Date.parse(maybeInstant(insight.last_refresh) ?? "");
  const final = refreshed - (insight.lateDays ?? 0) * DAY_MS;
  // The period before, drawn beside for comparison, is no part of the series.
  const present = trends.filter(({ compare_label: label }) => label !== "previous");
  const points = present.flatMap(({ data, days, label, breakdown_value: breakdown }) => {
    const segment = segmentOf(breakdown) ?? (present.length > 1 ? (label ?? undefined) : undefined);
    return days.flatMap((told, index): Point[] => {
      const value = data[index];
      const at = atOf(told);
      if (at === undefined || typeof value !== "number" || !Number.isFinite(value)) return [];
      const isPartial = Date.parse(at.slice(0, 10)) + DAYS[interval] * DAY_MS > final;
      return [{ at, value, ...(segment !== undefined && { segment }), ...(isPartial && { isPartial }) }];
    });
  });
  const sorted = points.toSorted((a, b) => compare(a.at, b.at) || compare(a.segment ?? "", b.segment ?? ""));
  return { shape: "series", interval, points: sorted.slice(-POINTS_AT_MOST) };
};

/** A day, or a time as PostHog writes it, both in the project's zone. */
const atOf = (told: string): string | undefined => {
  const [, day, time] = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}:\d{2}))?/.exec(told) ?? [];
  if (day === undefined) return undefined;
  return time === undefined || time === "00:00:00" ? day : `${day}T${time}`;
};

/** PostHog's own marks for the rest and for nothing. */
const MARKS: ReadonlyMap<string, string> = new Map([
  ["$$_posthog_breakdown_other_$$", "other"],
  ["$$_posthog_breakdown_null_$$", "none"],
]);

const segmentOf = (breakdown: unknown): string | undefined => {
  const parts = [breakdown].flat().filter((part) => ["string", "number", "boolean"].includes(typeof part));
  return parts.length === 0 ? undefined : parts.map((part) => MARKS.get(String(part)) ?? String(part)).join(" / ");
};

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const countOf = (told: number): number => Math.max(0, Math.round(told));

const measureFunnel = (told: readonly z.output<typeof FunnelStep>[]): Measured => {
  const ordered = told.toSorted((a, b) => a.order - b.order);
  const started = countOf(ordered[0]?.count ?? 0);
  const steps = ordered.map(({ name, custom_name: own, count, order }) => ({
    name: own || name || `step ${order + 1}`,
    count: countOf(count),
    ...(started > 0 && { ofFirst: Math.min(1, countOf(count) / started) }),
  }));
  return { shape: "funnel", unit: "people", steps };
};

const measureRetention = (insight: Insight, rows: readonly z.output<typeof RetentionRow>[]): Measured => ({
  shape: "retention",
  unit: "people",
  interval: intervalOf(sourceOf(insight)?.retentionFilter?.period),
  cohorts: rows
    .flatMap(({ date, values }) => {
      const at = atOf(date);
      const returned = values.map(({ count }) => countOf(count));
      return at === undefined ? [] : [{ at, size: returned[0] ?? 0, returned }];
    })
    .toSorted((a, b) => compare(a.at, b.at)),
});

/** How many were in a cohort when PostHog last counted it. */
export const normaliseCohort = (cohort: Cohort, context: NormaliseContext): readonly Draft[] => {
  const { id, name, description, count } = cohort;
  const updatedAt = newest(cohort.last_calculation, cohort.created_at);
  const counted = maybeInstant(cohort.last_calculation);
  const draft: Draft<"metric"> = {
    kind: "metric",
    external: { noun: "cohort", id, url: pageOf(cohort, `cohorts/${id}`) },
    scopes: scopesOf(cohort),
    createdAt: maybeInstant(cohort.created_at),
    updatedAt,
    archivedAt: archivedAt(cohort.deleted, updatedAt),
    fields: {
      name: name || `cohort ${id}`,
      shape: "cohort",
      unit: "people",
      query: description || undefined,
      points: counted !== undefined && typeof count === "number" ? [{ at: counted, value: count }] : undefined,
    },
    references: wordsOf({ title: name, body: description }),
  };
  return [draft, ...accountsOf(cohort.created_by, cohort, context)];
};
