import { sendReports } from "../shared/pipeline/send-reports.ts";
import { hub, reports } from "../shared/platform/current.ts";
import { deadline, type Running } from "../shared/platform/deadline.ts";
import { reportingOf } from "../shared/platform/reporting.ts";

/** A report's own time, or a timer that looks for what was missed -> reports that are due, and their deliveries. */
export const handler = (_event: unknown, context: Running): Promise<void> =>
  sendReports(hub(), reportingOf(hub(), reports()), deadline(context));
