import type { Draft, FieldsDraft } from "../../shared/domain/entity.ts";
import { METRIC_KINDS } from "../../shared/domain/fields-around.ts";
import { maybeInstant, TIMELESS } from "../../shared/domain/instant.ts";
import type { Mapped } from "../../shared/domain/mapped.ts";
import { markersIn, referencesIn } from "../../shared/domain/reference.ts";
import { pageOf, scopesOf } from "./envelope.ts";
import { cut, intervalOf, type Point, pointsIn, sorted, withLateness } from "./points.ts";
import { type Answered, type AnsweredOf, type Cohort, type EventDays, Steps } from "./schema.ts";

type Metric = FieldsDraft<"metric">;
type Measured = Omit<Metric, "name" | "type" | "direction" | "timeZone">;

/** A report and what it answered, as one metric: it is measured anew at each read, and the last answer counts. */
export const normaliseReport = (report: Answered): readonly Draft[] => {
  const { kind, id, name, feature, unit } = report;
  const measured = measure(report);
  const draft: Draft<"metric"> = {
    kind: "metric",
    external: { noun: "report", id, url: pageOf(report, PAGES[kind](id)) },
    scopes: scopesOf(report),
    updatedAt: (kind === "insight" ? maybeInstant(report.answer.computed_at) : undefined) ?? TIMELESS,
    fields: {
      name: name || nameOf(report),
      ...measured,
      type: typeOf(report),
      direction: DIRECTIONS.find((known) => known === report.direction),
      unit: unit || measured.unit,
      timeZone: report.timeZone ?? undefined,
    },
    references: [...referencesIn(feature, "declared"), ...referencesIn(name, "title"), ...markersIn(name)],
  };
  return [draft];
};

const DIRECTIONS = ["up_good", "down_good"] as const;

const PAGES: Readonly<Record<Answered["kind"], (id: string) => string>> = {
  insight: (id) => `insights#report/${id.replace("insight:", "")}`,
  funnel: (id) => `funnels#view/${id.replace("funnel:", "")}`,
  retention: () => "retention",
  segmentation: () => "insights",
};

/** The config's word; of a retention report Mixpanel itself says what kind it is. */
const typeOf = ({ type, kind }: Answered): Mapped<(typeof METRIC_KINDS)[number]> | undefined => {
  const own = METRIC_KINDS.find((known) => known === type);
  if (own !== undefined) return { category: own, detail: own, mappedBy: "user" };
  return kind === "retention" ? { category: "retention", detail: kind, mappedBy: "tool" } : undefined;
};

const nameOf = (report: Answered): string => {
  if (report.kind === "retention")
    return `Back to ${report.event ?? "anything"} after ${report.bornEvent ?? report.id}`;
  return report.kind === "segmentation" ? (report.event ?? report.id) : `${report.kind} ${report.id.split(":")[1]}`;
};

const measure = (report: Answered): Measured => {
  switch (report.kind) {
    case "insight":
      return measureInsight(report);
    case "funnel":
      return measureFunnel(report);
    case "retention":
      return measureRetention(report);
    case "segmentation":
      return measureSegmentation(report);
  }
};

const measureInsight = (report: AnsweredOf<"insight">): Measured => {
  const points = sorted(pointsIn(report.answer.series));
  return { shape: "series", interval: intervalOf(points), points: cut(withLateness(points, report)) };
};

/** Steps are summed over the days of the window; the points say how many of those who started a day came through. */
const measureFunnel = (report: AnsweredOf<"funnel">): Measured => {
  const days = Object.entries(report.answer.data).flatMap(([at, day]) => {
    const told = day as { readonly $overall?: unknown } | null;
    const { data } = Steps.safeParse(Array.isArray(told?.$overall) ? { steps: told.$overall } : day);
    return data === undefined || !/^\d{4}-\d{2}-\d{2}/.test(at) ? [] : [{ at: at.slice(0, 10), steps: data.steps }];
  });
  const first = days.find(({ steps }) => steps.length > 0)?.steps ?? [];
  const counts = first.map((_, index) => days.reduce((sum, { steps }) => sum + countOf(steps[index]?.count), 0));
  const started = counts[0] ?? 0;
  const points = days.map(({ at, steps }): Point => {
    const n = countOf(steps[0]?.count);
    return { at, value: n === 0 ? 0 : countOf(steps.at(-1)?.count) / n, n };
  });
  return {
    shape: "funnel",
    unit: "share of those who started",
    interval: "day",
    points: cut(withLateness(sorted(points), report, "day")),
    steps: first.map(({ step_label, event, goal }, index) => ({
      name: step_label || event || goal || `step ${index + 1}`,
      count: counts[index] ?? 0,
      ...(started > 0 && { ofFirst: Math.min(1, (counts[index] ?? 0) / started) }),
    })),
  };
};

const countOf = (told: number | null | undefined): number => Math.max(0, Math.round(told ?? 0));
const INTERVALS = ["hour", "day", "week", "month"] as const;
const everyOf = (told: string | null | undefined): Metric["interval"] => INTERVALS.find((one) => one === told);

const measureRetention = (report: AnsweredOf<"retention">): Measured => ({
  shape: "retention",
  key: report.bornEvent ?? undefined,
  interval: everyOf(report.every),
  query: `of those who did ${report.bornEvent ?? "something"}, how many did ${report.event ?? "anything"} later`,
  cohorts: Object.entries(report.answer)
    .map(([at, { first, counts }]) => ({ at, size: countOf(first), returned: counts.map(countOf) }))
    .toSorted((a, b) => (a.at < b.at ? -1 : 1)),
});

const COUNTED: ReadonlyMap<string, string> = new Map([
  ["general", "events"],
  ["unique", "people"],
  ["average", "events per person"],
]);

const measureSegmentation = (report: AnsweredOf<"segmentation">): Measured => {
  const { event, count, on, where } = report;
  return {
    shape: "series",
    key: event ?? undefined,
    unit: COUNTED.get(count ?? ""),
    interval: everyOf(report.every),
    query: [event, on && `by ${on}`, where && `where ${where}`].filter(Boolean).join(" ") || undefined,
    points: cut(withLateness(sorted(pointsIn(report.answer.data.values)), report, everyOf(report.every))),
  };
};

/** How many are in a cohort on the day that it was asked for. */
export const normaliseCohort = (cohort: Cohort): readonly Draft[] => {
  const { id, name, description, count, asOf, timeZone } = cohort;
  const draft: Draft<"metric"> = {
    kind: "metric",
    external: { noun: "cohort", id, url: pageOf(cohort, `users#cohort/${id}`) },
    scopes: scopesOf(cohort),
    createdAt: maybeInstant(cohort.created),
    updatedAt: TIMELESS,
    fields: {
      name: name || `cohort ${id}`,
      shape: "cohort",
      unit: "people",
      query: description || undefined,
      timeZone: timeZone ?? undefined,
      points: asOf && typeof count === "number" ? [{ at: asOf, value: count }] : undefined,
    },
    references: [
      ...referencesIn(name, "title"),
      ...referencesIn(description, "body"),
      ...markersIn(`${name ?? ""}\n${description ?? ""}`),
    ],
  };
  return [draft];
};

/** An event of the raw export: how often a day, and by how many people. */
export const normaliseEventDays = (event: EventDays): readonly Draft[] => {
  const points = Object.entries(event.days).map(([at, [value, people]]): Point => ({ at, value, n: countOf(people) }));
  const draft: Draft<"metric"> = {
    kind: "metric",
    external: { noun: "event", id: event.id, url: pageOf(event, "events") },
    scopes: scopesOf(event),
    updatedAt: TIMELESS,
    fields: {
      name: event.id,
      key: event.id,
      shape: "series",
      unit: "events",
      interval: "day",
      query: "raw events, each counted once by $insert_id; n counts people",
      timeZone: event.timeZone ?? undefined,
      points: cut(withLateness(sorted(points), event, "day")),
    },
    references: [...referencesIn(event.id, "title"), ...markersIn(event.id)],
  };
  return [draft];
};
