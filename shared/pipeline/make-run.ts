import type { Instant } from "../domain/instant.ts";
import type { Snapshot } from "../report/changed.ts";
import { Report } from "../report/document.ts";
import { type Earlier, makeReport, type ReportReads } from "../report/make.ts";
import { type Period, periodId } from "../report/period.ts";
import type { ReportSettings } from "../report/settings.ts";
import { keepRun, runOf, runsOf, snapshotsOf, snapshotWriter, takeRun } from "../store/report-store.ts";
import type { Hub } from "./hub.ts";

/** Longer than the making of any report. */
const LEASE_MS = 15 * 60_000;

/** The last run that was over before a period, with what it remembers. */
export const earlierRun = async (
  { ports: { table } }: Pick<Hub, "ports">,
  report: string,
  period: Pick<Period, "first">,
): Promise<Earlier | undefined> => {
  const { items } = await runsOf<Report>(table, report, period.first, 1);
  const [found] = items;
  if (found?.document === undefined) return undefined;
  const { period: before, madeAt } = found.document;
  return { period: before, madeAt, snapshots: snapshotsOf<Snapshot>(table, report, found.run) };
};

/** A report of a period as it would be made now, without keeping it. */
export const previewRun = async (
  hub: Pick<Hub, "ports" | "url">,
  reads: ReportReads,
  settings: ReportSettings,
  period: Period,
): Promise<Report> =>
  makeReport(
    settings,
    period,
    { reads, hubUrl: hub.url, madeAt: hub.ports.clock.now() },
    await earlierRun(hub, settings.name, period),
  );

/**
 * Makes the report of a period and keeps it, if that was not done yet.
 *
 * @returns the report that is kept, and whether this call made it; undefined while another process makes it
 */
export const makeRun = async (
  hub: Hub,
  reads: ReportReads,
  settings: ReportSettings,
  period: Period,
): Promise<{ readonly report: Report; readonly isNew: boolean } | undefined> => {
  const { table, clock } = hub.ports;
  const run = periodId(period);
  const now = clock.now();
  const until: Instant = new Date(now.getTime() + LEASE_MS).toISOString();
  const taken = await takeRun(table, settings.name, run, hub.instance, now.toISOString(), until);
  if (taken === "busy") return undefined;
  if (taken === "made") return { report: await madeRun(hub, settings.name, run), isNew: false };
  const kept = snapshotWriter<Snapshot>(table, settings.name, run);
  const earlier = await earlierRun(hub, settings.name, period);
  const around = { reads, hubUrl: hub.url, madeAt: now };
  const report = Report.parse(await makeReport(settings, period, around, earlier, kept.add));
  await kept.end();
  const isNew = await keepRun(table, settings.name, run, report, report.madeAt);
  hub.log.info({ report: settings.name, durationMs: clock.now().getTime() - now.getTime() }, "report made");
  return { report: isNew ? report : await madeRun(hub, settings.name, run), isNew };
};

/** A run that is known to be made. */
const madeRun = async ({ ports: { table } }: Hub, report: string, run: string): Promise<Report> =>
  Report.parse((await runOf<Report>(table, report, run))?.data.document);
