import type { Entity } from "../../domain/entity.ts";
import { changeText, counted, numberText, rounded, shareOf, shareText } from "../figures.ts";
import { addDays, dayIn, daysFrom, dayWords, type Period, periodWords } from "../period.ts";
import { type About, byText, featureCell, line, linked, type Section, top } from "../section.ts";
import { shippedAt } from "../stage-path.ts";
import {
  ANOMALY_RULE,
  type Anomaly,
  anomaliesOf,
  changeOf,
  meanOf,
  type Point,
  sparkline,
  trendOf,
} from "../statistics.ts";

const ROWS = 40;
const CHARTED = 3;
const LAUNCHED = 50;
type Metric = Entity<"metric">;

/** Whole days of the whole metric: no parts, no segments, nothing that is still being counted. */
const pointsOf = ({ fields: { points = [], interval = "day" } }: Metric): Point[] =>
  interval === "week" || interval === "month"
    ? []
    : points.flatMap(({ at, value, segment, isPartial }) =>
        segment === undefined && isPartial !== true ? [{ day: at.slice(0, 10), value }] : [],
      );

/**
 * Means of the periods, newest first. Days that the newest has no value of yet are left out of all of them: a week without
 * its Sunday is compared with weeks without theirs.
 */
const meansOf = (points: readonly Point[], periods: readonly Period[]): readonly (number | undefined)[] => {
  const [newest] = periods;
  if (newest === undefined) return [];
  const within = ({ first, last }: Period) => points.filter(({ day }) => day >= first && day <= last);
  const told = new Set(within(newest).map(({ day }) => daysFrom(newest.first, day)));
  return periods.map((period) =>
    meanOf(within(period).flatMap(({ day, value }) => (told.has(daysFrom(period.first, day)) ? [value] : []))),
  );
};

const nameOf = ({ fields: { name, unit } }: Metric): string => (unit === undefined ? name : `${name} (${unit})`);

const figure = (value: number | undefined): number | null =>
  value === undefined ? null : rounded(Math.round(value * 100) / 100);

interface Row {
  readonly name: string;
  readonly url: string;
  readonly means: readonly (number | undefined)[];
  readonly points: readonly Point[];
  readonly change: number | undefined;
  /** Days of the period that it tells. */
  readonly days?: number;
}

/** Every series: its mean per day beside the period before and the mean of the four before. */
const metrics: Section = {
  id: "metrics",
  title: "Metrics",
  open: ({ period, periods, thresholds, runUrl }) => {
    const found = top<Row>(ROWS, (a, b) => Math.abs(b.change ?? 0) - Math.abs(a.change ?? 0) || byText(a.name, b.name));
    const released: { label: string; text: string }[] = [];
    let marked = 0;
    return {
      feature(view) {
        const at = shippedAt(view);
        const day = at === undefined ? "" : dayIn(new Date(at), period.zone);
        if (day >= addDays(period.last, -27) && day <= period.last && released.length < ROWS)
          released.push({ label: day, text: line(`${view.key ?? view.name} shipped`, 60) });
      },
      entity: {
        metric(metric) {
          if (metric.fields.shape !== "series") return;
          const points = pointsOf(metric);
          const means = meansOf(points, periods);
          if (means[0] === undefined) return;
          const change = changeOf(means[0], means[1]);
          if (Math.abs(change ?? 0) >= thresholds.change) marked += 1;
          // Four weeks are enough for a chart.
          const shown = points.filter(({ day }) => day > addDays(period.last, -28) && day <= period.last);
          const days = points.filter(({ day }) => day >= period.first && day <= period.last).length;
          found.add({ name: nameOf(metric), url: metric.source.url, means, points: shown, change, days });
        },
      },
      end: () => ({
        blocks: [
          {
            type: "table",
            caption: "Mean per day, the largest change first; of each period only the days that this one has data for",
            columns: [
              { name: "Metric", kind: "text" },
              { name: "Days", kind: "number" },
              { name: "Now", kind: "number" },
              { name: "Before", kind: "number" },
              { name: "Change", kind: "change" },
              { name: "Mean of 4 before", kind: "number" },
              { name: "Trend", kind: "text" },
            ],
            rows: found.items().map(({ name, url, means, change, days = 0 }) => {
              const known = means.toReversed().flatMap((mean) => mean ?? []);
              return [
                linked(name, url),
                days,
                figure(means[0]),
                figure(means[1]),
                change === undefined ? null : rounded(change),
                figure(meanOf(means.slice(1, 5).flatMap((mean) => mean ?? []))),
                `${sparkline(known)} ${trendOf(known)}`,
              ];
            }),
            more: found.more(),
            url: runUrl,
          },
          ...found
            .items()
            .slice(0, CHARTED)
            .map(({ name, points }) => ({
              type: "chart" as const,
              shape: "line" as const,
              caption: `${line(name)}, per day over four weeks`,
              series: [{ name: line(name), points: points.map(({ day, value }) => ({ label: day, value })) }],
              marks: released,
            })),
        ],
        ...(marked > 0 && {
          lead: [`${counted(marked, "metric")} changed by ${shareText(thresholds.change)} or more`],
        }),
        isNews: marked > 0,
      }),
    };
  },
};

const anomalies: Section = {
  id: "anomalies",
  title: "Unusual days",
  open: ({ period, thresholds, runUrl }) => {
    const rule = { ...ANOMALY_RULE, deviations: thresholds.deviations };
    const found = top<Anomaly & { name: string; url: string }>(
      ROWS,
      (a, b) => Math.abs(b.deviations) - Math.abs(a.deviations) || byText(a.name, b.name) || byText(a.day, b.day),
    );
    return {
      entity: {
        metric(metric) {
          if (metric.fields.shape !== "series") return;
          for (const one of anomaliesOf(pointsOf(metric), period.first, period.last, rule))
            found.add({ ...one, name: nameOf(metric), url: metric.source.url });
        },
      },
      end: () => ({
        blocks: [
          {
            type: "text",
            text: `A day counts as unusual beyond ${numberText(rule.deviations)} robust deviations (1.4826 × median absolute deviation) of the median of the ${rule.weekdays} same weekdays before; told if two days lie on one side, or one is beyond ${rule.times} times its usual value.`,
          },
          {
            type: "table",
            caption: "Unusual days, the furthest first",
            columns: [
              { name: "Metric", kind: "text" },
              { name: "Day", kind: "day" },
              { name: "Value", kind: "number" },
              { name: "Usual", kind: "number" },
              { name: "Deviations", kind: "text" },
            ],
            rows: found
              .items()
              .map(({ name, url, day, value, usual, deviations }) => [
                linked(name, url),
                day,
                figure(value),
                figure(usual),
                Number.isFinite(deviations) ? numberText(Math.round(deviations * 10) / 10) : "no variation before",
              ]),
            more: found.more(),
            url: runUrl,
          },
        ],
        ...(found.count() > 0 && { lead: [`${counted(found.count(), "unusual day")}`] }),
        isNews: found.count() > 0,
      }),
    };
  },
};

const funnels: Section = {
  id: "funnels",
  title: "Funnels",
  open: ({ runUrl }) => {
    const found = top<Metric>(10, (a, b) => byText(a.fields.name, b.fields.name));
    return {
      entity: { metric: (metric) => metric.fields.steps !== undefined && found.add(metric) },
      end: () => ({
        blocks: found.items().map(({ fields: { name, steps = [] }, source }) => ({
          type: "table" as const,
          caption: `Funnel: ${line(name)}, in the window that its tool counts`,
          columns: [
            { name: "Step", kind: "text" as const },
            { name: "People", kind: "number" as const },
            { name: "Of the first", kind: "share" as const },
          ],
          rows: steps
            .slice(0, ROWS)
            .map((step) => [
              linked(step.name, source.url),
              step.count,
              step.ofFirst ?? shareOf(step.count, steps[0]?.count ?? 0),
            ]),
          more: found.more(),
          url: runUrl,
        })),
      }),
    };
  },
};

const INTERVALS = [1, 2, 4] as const;

const retention: Section = {
  id: "retention",
  title: "Retention",
  open: ({ runUrl }) => {
    const found = top<Metric>(10, (a, b) => byText(a.fields.name, b.fields.name));
    return {
      entity: { metric: (metric) => metric.fields.cohorts !== undefined && found.add(metric) },
      end: () => ({
        blocks:
          found.count() === 0
            ? []
            : [
                {
                  type: "table",
                  caption: "Retention, across all cohorts that are old enough",
                  columns: [
                    { name: "Metric", kind: "text" },
                    { name: "People", kind: "number" },
                    ...INTERVALS.map((n) => ({ name: `After ${n}`, kind: "share" as const })),
                  ],
                  rows: found.items().map(({ fields: { name, interval = "day", cohorts = [] }, source }) => [
                    linked(`${name} (by ${interval})`, source.url),
                    cohorts.reduce((sum, { size }) => sum + size, 0),
                    ...INTERVALS.map((n) => {
                      const old = cohorts.filter(({ returned }) => returned[n] !== undefined);
                      const back = old.reduce((sum, { returned }) => sum + (returned[n] ?? 0), 0);
                      return shareOf(
                        back,
                        old.reduce((sum, { size }) => sum + size, 0),
                      );
                    }),
                  ]),
                  more: found.more(),
                  url: runUrl,
                },
              ],
      }),
    };
  },
};

/** How what shipped lately is used. */
const adoption: Section = {
  id: "adoption",
  title: "Usage of what shipped",
  open: ({ period, periods, thresholds, hubUrl, runUrl }: About) => {
    const since = addDays(period.last, -thresholds.adoptionDays);
    const launched = new Map<string, { cell: ReturnType<typeof featureCell>; day: string; metrics: Row[] }>();
    return {
      feature(view) {
        const at = shippedAt(view);
        if (at === undefined || launched.size === LAUNCHED) return;
        const day = dayIn(new Date(at), period.zone);
        if (day >= since && day <= period.last)
          launched.set(view.id, { cell: featureCell(hubUrl, view), day, metrics: [] });
      },
      entity: {
        metric(metric, features) {
          const about = features.flatMap((id) => launched.get(id) ?? []);
          if (metric.fields.shape !== "series" || about.length === 0) return;
          const means = meansOf(pointsOf(metric), periods);
          if (means[0] === undefined) return;
          const row = {
            name: nameOf(metric),
            url: metric.source.url,
            means,
            points: [],
            change: changeOf(means[0], means[1]),
          };
          for (const { metrics: held } of about) if (held.length < 5) held.push(row);
        },
      },
      end() {
        const rows = [...launched.values()]
          .sort((a, b) => byText(b.day, a.day))
          .flatMap(({ cell, day, metrics: held }) =>
            held.length === 0
              ? [[cell, day, "no metric is linked to it", null, null, null]]
              : held.map(({ name, url, means, change }) => [
                  cell,
                  day,
                  linked(name, url),
                  figure(means[0]),
                  figure(means[1]),
                  change === undefined ? null : rounded(change),
                ]),
          );
        return {
          blocks: [
            {
              type: "table",
              caption: `Features that shipped since ${dayWords(since)}: mean per day`,
              columns: [
                { name: "Feature", kind: "text" },
                { name: "Shipped", kind: "day" },
                { name: "Metric", kind: "text" },
                { name: "Now", kind: "number" },
                { name: "Before", kind: "number" },
                { name: "Change", kind: "change" },
              ],
              rows: rows.slice(0, ROWS),
              more: Math.max(0, rows.length - ROWS),
              url: runUrl,
            },
          ],
        };
      },
    };
  },
};

const AUDIENCE = /audience|list|subscriber|contact/i;

/** How large the lists are that campaigns go to. */
const audience: Section = {
  id: "audience",
  title: "Audience",
  open: ({ period, previous, runUrl }) => {
    const found = top<{ name: string; url: string; now: number; before: number | undefined }>(
      ROWS,
      (a, b) => b.now - a.now,
    );
    return {
      entity: {
        metric(metric) {
          const { key = "", name, shape } = metric.fields;
          if (shape !== "series" || !AUDIENCE.test(`${key} ${name}`)) return;
          const points = (metric.fields.points ?? []).map(({ at, value }) => ({ day: at.slice(0, 10), value }));
          const upTo = (last: string) => points.findLast(({ day }) => day <= last)?.value;
          const now = upTo(period.last);
          if (now !== undefined)
            found.add({ name: nameOf(metric), url: metric.source.url, now, before: upTo(previous.last) });
        },
      },
      end: () => ({
        blocks: [
          {
            type: "table",
            caption: `Size at the end of ${periodWords(period)}`,
            columns: [
              { name: "Audience", kind: "text" },
              { name: "Now", kind: "number" },
              { name: "Before", kind: "number" },
              { name: "Growth", kind: "text" },
            ],
            rows: found.items().map(({ name, url, now, before }) => {
              const change = changeOf(now, before);
              return [linked(name, url), now, before ?? null, change === undefined ? "not known" : changeText(change)];
            }),
            more: found.more(),
            url: runUrl,
          },
        ],
      }),
    };
  },
};

export const METRIC_SECTIONS = { metrics, anomalies, funnels, retention, adoption, audience } as const;
