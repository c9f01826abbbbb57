import { HubError, safeReason } from "../connector/errors.ts";
import type { Report } from "../report/document.ts";
import { periodOf } from "../report/period.ts";
import type { ReportSettings } from "../report/settings.ts";
import { asksOf, type ReportAsk, setAsk } from "../store/report-asks.ts";
import { type Post, queueAgain } from "./deliver-report.ts";
import { hash } from "./entity-of.ts";
import type { Hub } from "./hub.ts";
import { makeRun, previewRun } from "./make-run.ts";
import type { Reporting } from "./send-reports.ts";

/** Whoever took a run this long ago died over it. A run is made and sent once however often it is taken; a test is not. */
const TAKEN_MS = 15 * 60_000;

/** Does what people asked of a report: makes its run now, to be sent to whoever has not got it, or shows it to one of them. */
export const doAsked = async (
  hub: Hub,
  reporting: Reporting,
  settings: ReportSettings,
  signal: AbortSignal,
): Promise<void> => {
  const { table, clock } = hub.ports;
  for (const ask of await asksOf(table, settings.name)) {
    if (signal.aborted) return;
    const now = clock.now();
    const isLeft = ask.state === "taken" && now.getTime() - Date.parse(ask.takenAt ?? ask.at) > TAKEN_MS;
    if (ask.state !== "waiting" && !isLeft) continue;
    if (isLeft && ask.what === "test") {
      await setAsk(table, ask, { state: "unknown", reason: "whoever sent it stopped in between" });
      continue;
    }
    const taken: ReportAsk = { ...ask, state: "taken", takenAt: now.toISOString() };
    if (!(await setAsk(table, ask, taken))) continue;
    await setAsk(table, taken, await outcomeOf(hub, reporting, settings, taken, signal));
  }
};

const outcomeOf = async (
  hub: Hub,
  { reads, post }: Reporting,
  settings: ReportSettings,
  ask: ReportAsk,
  signal: AbortSignal,
): Promise<Partial<ReportAsk>> => {
  const { length, zone, weekStart, to } = settings;
  const period = periodOf(length, zone, weekStart, hub.ports.clock.now());
  try {
    if (ask.what === "test") {
      const id = `${settings.name}.test.${hash([ask.by.id, ask.at]).slice(0, 24)}`;
      await sendTest(post, await previewRun(hub, reads, settings, period), ask.to ?? "", id, signal);
      return { state: "done" };
    }
    const made = await makeRun(hub, reads, settings, period);
    // Another process makes it: whoever looks next sends it.
    if (made === undefined) return { state: "waiting" };
    await queueAgain(hub, made.report, to);
    return { state: "done" };
  } catch (error) {
    const code = error instanceof HubError ? error.code : "internal_error";
    hub.log.warn({ report: settings.name, code, reason: safeReason(error) }, "report not made");
    return { state: code === "delivery_unknown" ? "unknown" : "failed", reason: safeReason(error) };
  }
};

/** Sends a report to one recipient as a test: it says so, and is noted as no delivery. */
export const sendTest = (post: Post, report: Report, to: string, id: string, signal: AbortSignal): Promise<void> =>
  post(to, { ...report, subject: `Test: ${report.subject}`, title: `Test: ${report.title}` }, id, signal);
