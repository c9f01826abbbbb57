import type { Exposure } from "../company/exposure.ts";
import { hash } from "../company/random.ts";
import { dateOf, dayOf, daysBetween, peopleOn, reportName } from "../company/usage.ts";
import type { World } from "../company/world.ts";
import { eventOf, measured } from "./project.ts";

const DAY_MS = 86_400_000;

/** One event as the raw export tells it. */
interface Raw {
  readonly event: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** Share of events that phones send days later, and that are sent twice. */
const LATE_IN_100 = 6;
const TWICE_IN_100 = 4;

/** What of a day has arrived by now: each who used the feature sent one event, some late, some twice. */
export function* rawOf(world: World, exposure: Exposure, day: number): Iterable<Raw> {
  const count = peopleOn(world, exposure, day);
  for (let n = 0; n < count; n += 1) {
    const h = hash(world.company.seed, 86, exposure.feature.index * 4096 + n, day / DAY_MS);
    const time = day + 8 * 3_600_000 + (h % 50_000) * 1000;
    const arrived = time + 60_000 + (h % 100 < LATE_IN_100 ? 1 + (h % 3) : 0) * DAY_MS;
    if (arrived > world.clock) continue;
    const raw: Raw = {
      event: eventOf(exposure),
      properties: {
        time,
        distinct_id: `u${hash(world.company.seed, 87, exposure.feature.index, n) % 900}`,
        $insert_id: `${exposure.feature.index}-${day / DAY_MS}-${n}`,
        $os: n % 3 === 0 ? "iOS" : "Web",
        mp_processing_time_ms: arrived,
      },
    };
    yield raw;
    if (h % 100 >= 100 - TWICE_IN_100)
      yield { ...raw, properties: { ...raw.properties, mp_processing_time_ms: arrived + 900 } };
  }
}

/** Counts as Mixpanel's own reports tell them: each event once. */
const counted = (world: World, exposure: Exposure, day: number): number =>
  new Set([...rawOf(world, exposure, day)].map(({ properties }) => properties["$insert_id"])).size;

const dates = (from: string, to: string): readonly number[] => daysBetween(Date.parse(from), Date.parse(to));

export const insightAnswer = (world: World, exposure: Exposure): object => {
  const today = dayOf(world.clock);
  const days = daysBetween(today - 29 * DAY_MS, today);
  return {
    computed_at: new Date(Math.floor(world.clock / 600_000) * 600_000).toISOString().replace("Z", "+00:00"),
    date_range: {
      from_date: `${dateOf(days[0] ?? today)}T00:00:00+00:00`,
      to_date: `${dateOf(today)}T23:59:59.999000+00:00`,
    },
    headers: ["$event"],
    series: {
      [`Uniques of ${reportName(exposure, "mixpanel")}`]: Object.fromEntries(
        days.map((day) => [`${dateOf(day)}T00:00:00+00:00`, counted(world, exposure, day)]),
      ),
    },
  };
};

/** Dates come unsorted, as Mixpanel gives them. */
export const segmentationAnswer = (world: World, event: string, from: string, to: string): object => {
  const exposure = measured(world).find((one) => eventOf(one) === event);
  const days = [...dates(from, to)].reverse();
  const values = exposure && Object.fromEntries(days.map((day) => [dateOf(day), counted(world, exposure, day)]));
  return { data: { series: days.map(dateOf), values: values ? { [event]: values } : {} }, legend_size: values ? 1 : 0 };
};

export const funnelAnswer = (world: World, exposure: Exposure, from: string, to: string): object => {
  const days = dates(from, to).filter((day) => day <= world.clock);
  const data = days.map((day) => {
    const done = counted(world, exposure, day);
    const counts = [done * 3, done * 2, done];
    const steps = ["Cart viewed", "Checkout started", eventOf(exposure)].map((event, index) => ({
      count: counts[index],
      avg_time: index === 0 ? null : 40,
      step_conv_ratio: index === 0 ? 1 : (counts[index] ?? 0) / Math.max(1, counts[index - 1] ?? 1),
      overall_conv_ratio: (counts[index] ?? 0) / Math.max(1, counts[0] ?? 1),
      goal: event,
      event,
      step_label: event,
    }));
    return [dateOf(day), { steps, analysis: { completion: done, starting_amount: done * 3, steps: 3, worst: 1 } }];
  });
  return { meta: { dates: days.map(dateOf) }, data: Object.fromEntries(data) };
};

export const retentionAnswer = (world: World, bornEvent: string, from: string, to: string, weeks: number): object => {
  const exposure = measured(world).find((one) => eventOf(one) === bornEvent);
  const starts = dates(from, to).filter((day) => new Date(day).getUTCDay() === 1);
  return Object.fromEntries(
    starts.map((day) => {
      const first = exposure === undefined ? 0 : counted(world, exposure, day) * 5;
      const passed = Math.min(weeks, Math.floor((world.clock - day) / (7 * DAY_MS)) + 1);
      return [dateOf(day), { first, counts: Array.from({ length: passed }, (_, n) => Math.round(first * 0.7 ** n)) }];
    }),
  );
};
