import * as z from "zod";
import type { Page, ReadContext } from "../../shared/connector/contract.ts";
import type { HubError } from "../../shared/connector/errors.ts";
import { refused } from "../../shared/connector/http.ts";
import { placeOf, vendorNow } from "./ask.ts";
import { type Config, exportUrlOf } from "./config.ts";
import { countEvents } from "./count-events.ts";
import { linesOf } from "./lines.ts";
import { addDays, dayIn } from "./zone.ts";

type Context = ReadContext<Config>;

/**
 * What was counted so far, by day and event, and up to which day that is whole. A window of days is small; the events
 * themselves are kept nowhere.
 */
export const ExportCursor = z.strictObject({
  askedAt: z.string().optional(),
  /** The next day to count while a read is under way, and when that began. */
  next: z.string().optional(),
  startedAt: z.string().optional(),
  days: z.record(z.string(), z.record(z.string(), z.tuple([z.number(), z.number()]))),
});
export type ExportCursor = z.output<typeof ExportCursor>;

/**
 * Counts the configured events day by day: the whole window at first, then the days that late events may have changed.
 * The counts go out once all days are through, so that a metric is never told with a hole in it.
 */
export async function* readExport(
  context: Context,
  cursor: ExportCursor,
): AsyncGenerator<Page<ExportCursor>, void, undefined> {
  const { config } = context;
  const now = await vendorNow(context);
  const age = Date.parse(now) - Date.parse(cursor.askedAt ?? "");
  if (cursor.next === undefined && age < config.refreshHours * 3_600_000) return;
  const startedAt = (cursor.next === undefined ? undefined : cursor.startedAt) ?? now;
  const today = dayIn(config.exportTimeZone, now);
  const first = addDays(today, 1 - config.windowDays);
  let days = within(cursor.days, first, config.events);
  for (let day = beginning(config, cursor, days, first, today); day <= today; day = addDays(day, 1)) {
    days = { ...days, [day]: await countDay(context, day) };
    const next = addDays(day, 1);
    if (day < today) yield { records: [], cursor: { ...cursor, next, startedAt, days } };
  }
  const records = config.events.map((event) => ({
    ...placeOf(config),
    id: event,
    timeZone: config.exportTimeZone,
    asOf: today,
    lateDays: config.lateDays,
    days: Object.fromEntries(Object.entries(days).map(([day, counts]) => [day, counts[event] ?? [0, 0]])),
  }));
  yield { records, cursor: { askedAt: startedAt, days } };
}

type Days = ExportCursor["days"];

/** A day on which one of the events was not counted yet is counted anew. */
const within = (days: Days, first: string, events: readonly string[]): Days =>
  Object.fromEntries(
    Object.entries(days).filter(([day, counts]) => day >= first && events.every((event) => event in counts)),
  );

/** Days that were young when they were last counted may have grown since, however long ago that was. */
const beginning = (config: Config, cursor: ExportCursor, days: Days, first: string, today: string): string => {
  if (cursor.next !== undefined && cursor.next > first && cursor.next <= today) return cursor.next;
  const last = cursor.askedAt === undefined ? first : dayIn(config.exportTimeZone, cursor.askedAt);
  const late = addDays(last, -config.lateDays);
  for (let day = first; day < late; day = addDays(day, 1)) if (days[day] === undefined) return day;
  return late < first ? first : late;
};

/** Source: https://developer.mixpanel.com/reference/raw-event-export */
const countDay = async ({ http, config }: Context, day: string): Promise<Days[string]> => {
  const search = new URLSearchParams({
    project_id: config.projectId,
    from_date: day,
    to_date: day,
    event: JSON.stringify(config.events),
    time_in_ms: "true",
  });
  const response = await http.fetch(`${exportUrlOf(config)}/api/2.0/export?${search}`, {
    headers: { accept: "text/plain" },
  });
  if (!response.ok) throw await refusedExport(response);
  return countEvents(linesOf(response.body), config.events);
};

/** The export answers 400 in plain words to a credential that it does not know. */
const refusedExport = async (response: Response): Promise<HubError> => {
  const words = response.status === 400 ? (await response.text()).slice(0, 500) : "";
  if (response.status !== 400) await response.body?.cancel();
  const status = /authenticat/i.test(words) ? 401 : response.status;
  return refused({ status }, "api/2.0/export");
};
