import * as z from "zod";
import type { Census, Page, ReadContext } from "../../shared/connector/contract.ts";
import { HubError } from "../../shared/connector/errors.ts";
import type { Instant } from "../../shared/domain/instant.ts";
import { placeOf, query, vendorNow } from "./ask.ts";
import { type Config, idOf, type Report } from "./config.ts";
import { addDays, dayIn } from "./zone.ts";

type Context = ReadContext<Config>;

const HOUR_MS = 3_600_000;

/**
 * When each query was last made, by Mixpanel's clock: what was made in the last hour is the part of the budget that is
 * spent. And the saved funnels, so that their list need not be asked for each time.
 */
export const ReportCursor = z.strictObject({
  asked: z.record(z.string(), z.string()),
  funnels: z.record(z.string(), z.string()),
});
export type ReportCursor = z.output<typeof ReportCursor>;

const FUNNELS = "funnels/list";
const FunnelList = z.array(
  z.looseObject({ funnel_id: z.union([z.string(), z.number()]).transform(String), name: z.string().nullish() }),
);

/**
 * Reads the reports that are due, those that waited longest first, and no more than a run and an hour may ask. A report
 * that fails keeps no other from being read: the run fails when all others are through.
 */
export async function* readReports(
  context: Context,
  cursor: ReportCursor,
): AsyncGenerator<Page<ReportCursor>, void, undefined> {
  const { config } = context;
  if (config.reports.length === 0 && !config.allFunnels) return;
  const now = await vendorNow(context);
  const asked = new Map(Object.entries(cursor.asked));
  let funnels = cursor.funnels;
  let left = allowed(config, [...asked.values()], now);
  if (config.allFunnels && left > 0 && isDue(config, asked.get(FUNNELS), now)) {
    funnels = await savedFunnels(context);
    asked.set(FUNNELS, now);
    left -= 1;
    yield { records: [], cursor: { asked: kept(asked, reportsOf(config, funnels)), funnels } };
  }
  const all = reportsOf(config, funnels);
  let failure: unknown;
  for (const report of byAge(all, asked)) {
    if (left <= 0 || !isDue(config, asked.get(idOf(report)), now)) break;
    left -= 1;
    const answered = await answerOf(context, report, funnels, now).catch((error: unknown) => {
      if (!isOfOneReport(error)) throw error;
      failure ??= error;
      return undefined;
    });
    asked.set(idOf(report), now);
    yield { records: answered === undefined ? [] : [answered], cursor: { asked: kept(asked, all), funnels } };
  }
  if (failure !== undefined) throw failure;
}

/** How many queries are left to this run. */
const allowed = (config: Config, asked: readonly Instant[], now: Instant): number => {
  const spent = asked.filter((at) => Date.parse(at) > Date.parse(now) - HOUR_MS).length;
  return Math.min(config.queriesPerRun, config.queriesPerHour - spent);
};

const isDue = ({ refreshHours }: Config, at: Instant | undefined, now: Instant): boolean =>
  at === undefined || Date.parse(at) <= Date.parse(now) - refreshHours * HOUR_MS;

/** Those of the config, and every other saved funnel. */
const reportsOf = ({ reports, allFunnels }: Config, funnels: ReportCursor["funnels"]): Report[] => {
  const named = new Set(reports.map(idOf));
  const saved = Object.keys(allFunnels ? funnels : {}).map((id): Report => ({ kind: "funnel", id }));
  return [...reports, ...saved.filter((report) => !named.has(idOf(report)))];
};

const byAge = (reports: readonly Report[], asked: ReadonlyMap<string, Instant>): Report[] =>
  reports.toSorted((a, b) => ((asked.get(idOf(a)) ?? "") < (asked.get(idOf(b)) ?? "") ? -1 : 1));

/** Queries of reports that are gone from the config still count for their hour, by then they are forgotten. */
const kept = (asked: ReadonlyMap<string, Instant>, reports: readonly Report[]): ReportCursor["asked"] => {
  const newest = [...asked.values()].toSorted().at(-1) ?? "";
  const named = new Set([FUNNELS, ...reports.map(idOf)]);
  return Object.fromEntries(
    [...asked].filter(([id, at]) => named.has(id) || Date.parse(at) > Date.parse(newest) - HOUR_MS),
  );
};

/** The credential, the budget and the network are everybody's; anything else is wrong with this report. */
const isOfOneReport = (error: unknown): boolean =>
  error instanceof HubError && (error.code === "vendor_not_found" || error.code === "vendor_answer_unreadable");

const savedFunnels = async (context: Context): Promise<ReportCursor["funnels"]> => {
  const list = await query(context, FunnelList, FUNNELS, {});
  return Object.fromEntries(list.map(({ funnel_id, name }) => [funnel_id, name ?? ""]));
};

/** @throws HubError that names the report */
const answerOf = async (
  context: Context,
  report: Report,
  funnels: ReportCursor["funnels"],
  now: Instant,
): Promise<object> => {
  const { config } = context;
  const id = idOf(report);
  const asOf = dayIn(config.timeZone, now);
  const window = { from_date: addDays(asOf, 1 - config.windowDays), to_date: asOf };
  const saved = report.kind === "funnel" ? funnels[report.id] : undefined;
  try {
    const answer = await ANSWERS[report.kind](context, report, window);
    const { name = saved, ...rest } = report;
    return { ...rest, ...placeOf(config), id, name, asOf, lateDays: config.lateDays, answer };
  } catch (error) {
    if (!(error instanceof HubError) || !isOfOneReport(error)) throw error;
    throw new HubError(error.code, `report ${id}: ${error.message}`, { retry: error.retry, cause: error });
  }
};

type Ask = (context: Context, report: Report, window: Readonly<Record<string, string>>) => Promise<unknown>;
const Answer = z.looseObject({});

const ANSWERS: Readonly<Record<Report["kind"], Ask>> = {
  insight: (context, report) =>
    query(context, Answer, "insights", { bookmark_id: report.kind === "insight" ? report.id : undefined }),
  funnel: (context, report, window) =>
    query(context, Answer, "funnels", {
      funnel_id: report.kind === "funnel" ? report.id : undefined,
      ...window,
      unit: "day",
    }),
  async retention(context, report, window) {
    if (report.kind !== "retention") return undefined;
    const { bornEvent, event, every, intervals } = report;
    const asked = { retention_type: "birth", born_event: bornEvent, event, unit: every };
    return query(context, Answer, "retention", { ...window, ...asked, interval_count: String(intervals) });
  },
  async segmentation(context, report, window) {
    if (report.kind !== "segmentation") return undefined;
    const { event, count, every, on, where } = report;
    return query(context, Answer, "segmentation", { ...window, event, type: count, unit: every, on, where });
  },
};

/** Reports by their ids here, as far as the config or Mixpanel's list of funnels still has them. */
export const rereadReports = async (context: Context, ids: readonly string[]): Promise<unknown[]> => {
  const now = await vendorNow(context);
  const wanted = (report: Report) => ids.includes(idOf(report));
  const needsList = context.config.allFunnels && ids.some((id) => id.startsWith("funnel:"));
  const funnels = needsList ? await savedFunnels(context) : {};
  const records: unknown[] = [];
  for (const report of reportsOf(context.config, funnels).filter(wanted)) {
    try {
      records.push(await answerOf(context, report, funnels, now));
    } catch (error) {
      if (!(error instanceof HubError) || error.code !== "vendor_not_found") throw error;
    }
  }
  return records;
};

/** Funnels come and go in Mixpanel, the others in the config. */
export const reportCensus: Census<Config> = {
  noun: "report",
  kinds: ["metric"],
  async *ids(context) {
    const funnels = context.config.allFunnels ? await savedFunnels(context) : {};
    yield reportsOf(context.config, funnels).map((report) => ({ id: idOf(report) }));
  },
  selects: ({ projectId }, place) => place === projectId,
  holds: () => true,
  reaches: () => Promise.resolve(true),
};
