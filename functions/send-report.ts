import { sendReports } from "../shared/pipeline/send-reports.ts";
import { hub, reporting } from "../shared/platform/current.ts";
import { deadline, type Running } from "../shared/platform/deadline.ts";

/** A report's own time, or a timer that looks for what was missed -> reports that are due, and their deliveries. */
export const handler = async (_event: unknown, context: Running): Promise<void> => {
  const reports = reporting();
  if (reports !== undefined) await sendReports(hub(), reports, deadline(context));
};
