import { isZone } from "../domain/day.ts";
import { skippedDay } from "../report/schedule.ts";
import type { HubConfig } from "./define-hub.ts";
import { reportsOf } from "./reports.ts";

/** What works, but perhaps not as meant: times of day that the clocks skip in spring. */
export const reportWarnings = (config: HubConfig, now: Date): string[] =>
  reportsOf(config).flatMap(({ name, schedule, zone }) => {
    const day = isZone(zone) ? skippedDay(schedule, zone, now) : undefined;
    return day === undefined
      ? []
      : [
          `reports.${name}: on ${day} the clocks of ${zone} skip the time of "${schedule}"; the report is made late on that day. Choose another hour.`,
        ];
  });
