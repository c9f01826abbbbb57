import type { Hub } from "../pipeline/hub.ts";
import { previewRun } from "../pipeline/make-run.ts";
import { periodOf } from "../report/period.ts";
import type { PictureMaker } from "../report/render/mail.tsx";
import { deliveriesOf, runOf, runsOf } from "../store/report-store.ts";
import type { WebReports } from "../web/web-deps.ts";
import type { HubConfig } from "./define-hub.ts";
import { type BecauseAt, reportReads, reportsOf } from "./reports.ts";

/** The reports of a config as the surfaces show them. */
export const webReports = (
  hub: Hub,
  {
    config,
    picture,
    becauseAt,
  }: {
    readonly config: HubConfig;
    readonly picture?: PictureMaker | undefined;
    readonly becauseAt?: BecauseAt | undefined;
  },
): WebReports => {
  const { table } = hub.ports;
  return {
    settings: reportsOf(config),
    runs: (report, after, limit) => runsOf(table, report, after, limit),
    async run(report, run) {
      const found = (await runOf(table, report, run))?.data as Awaited<ReturnType<WebReports["run"]>>;
      return found?.document === undefined ? undefined : found;
    },
    deliveries: (report, run) => deliveriesOf(table, report, run),
    preview: (settings, asOf) => {
      const { length, zone, weekStart } = settings;
      return previewRun(hub, reportReads(hub, becauseAt), settings, periodOf(length, zone, weekStart, asOf));
    },
    picture,
  };
};
