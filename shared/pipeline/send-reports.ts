import { HubError, safeReason } from "../connector/errors.ts";
import type { Instant } from "../domain/instant.ts";
import type { ReportReads } from "../report/make.ts";
import { periodOf } from "../report/period.ts";
import { runAfter, runUpTo } from "../report/schedule.ts";
import type { ReportSettings } from "../report/settings.ts";
import { update } from "../store/entities.ts";
import { reportKey } from "../store/keys.ts";
import { deliverReports, type Post, queueDeliveries } from "./deliver-report.ts";
import type { Hub } from "./hub.ts";
import { makeRun } from "./make-run.ts";
import { doAsked } from "./report-asks.ts";

/** All that reports need beside the hub. */
export interface Reporting {
  readonly settings: readonly ReportSettings[];
  readonly reads: ReportReads;
  readonly post: Post;
}

/** How far a report's schedule got. */
interface ScheduleState {
  /** When the hub first knew of it. */
  readonly since: Instant;
  /** Its last time that was done; absent before the first run. */
  readonly upTo?: Instant | undefined;
}

/** So many missed times are made up for at most. */
const MISSED = 60;
/** A first report waits so long for the first reads. */
const WAIT_MS = 15 * 60_000;
/** What the last read brought is on its way into the views for about so long. */
const ARRIVES_MS = 10_000;

/**
 * Makes every report whose time has come since it was last looked at, late rather than never, and sends what is due. Of
 * several that were missed only the newest is sent, the others are kept.
 */
export const sendReports = async (hub: Hub, reporting: Reporting, signal: AbortSignal): Promise<void> => {
  for (const settings of reporting.settings) {
    if (signal.aborted) return;
    try {
      await makeDue(hub, reporting, settings);
      await doAsked(hub, reporting, settings, signal);
    } catch (error) {
      const code = error instanceof HubError ? error.code : "internal_error";
      hub.log.warn({ report: settings.name, code, reason: safeReason(error) }, "report not made");
    }
  }
  await deliverReports(hub, reporting.post, signal);
};

const makeDue = async (hub: Hub, { reads }: Reporting, settings: ReportSettings): Promise<void> => {
  const { table, clock } = hub.ports;
  const { name, schedule, zone, weekStart, length, to } = settings;
  const now = clock.now();
  const { pk, sk } = reportKey(name);
  const state = (await table.get<ScheduleState>(pk, sk))?.data;
  if (state === undefined)
    await update<ScheduleState>(table, reportKey(name), (held) =>
      held === undefined ? { data: { since: now.toISOString() } } : undefined,
    );
  if (state?.upTo === undefined) {
    const waits = now.getTime() - Date.parse(state?.since ?? now.toISOString()) < WAIT_MS;
    if (waits && !(await isRead(reads, now))) return;
    // The first one is kept and sent to nobody: it is what the next is compared with.
    const made = await makeRun(hub, reads, settings, periodOf(length, zone, weekStart, now));
    if (made === undefined) return;
    if (made.isNew) await queueDeliveries(hub, made.report, to, "the first one, which the next is compared with");
    await moveOn(hub, name, runUpTo(schedule, zone, now));
    return;
  }
  const times = timesSince(settings, new Date(state.upTo), now);
  for (const time of times) {
    const made = await makeRun(hub, reads, settings, periodOf(length, zone, weekStart, time));
    if (made === undefined) return;
    const isLast = time === times.at(-1);
    const skip = !isLast
      ? "made late: a newer one followed"
      : settings.onlyIfChanged && !made.report.isNews
        ? "no change"
        : undefined;
    await queueDeliveries(hub, made.report, to, skip);
    await moveOn(hub, name, time);
  }
};

const timesSince = ({ schedule, zone }: ReportSettings, after: Date, now: Date): Date[] => {
  const times: Date[] = [];
  for (let time = runAfter(schedule, zone, after); time <= now; time = runAfter(schedule, zone, time)) times.push(time);
  return times.slice(-MISSED);
};

const moveOn = (hub: Hub, name: string, time: Date): Promise<boolean> =>
  update<ScheduleState>(hub.ports.table, reportKey(name), (held) => {
    const upTo = time.toISOString();
    return held === undefined || (held.data.upTo ?? "") >= upTo ? undefined : { data: { ...held.data, upTo } };
  });

/** Whether every stream was read to its end once, and what that brought had time to arrive. */
const isRead = async (reads: ReportReads, now: Date): Promise<boolean> => {
  const streams = (await reads.connections()).flatMap((connection) => connection.streams);
  const before = new Date(now.getTime() - ARRIVES_MS).toISOString();
  return streams.length > 0 && streams.every(({ firstCompletedAt = "never" }) => firstCompletedAt <= before);
};
