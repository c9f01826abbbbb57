import { becauseAt } from "../pipeline/because-at.ts";
import type { Hub } from "../pipeline/hub.ts";
import type { Reporting } from "../pipeline/send-reports.ts";
import type { PictureMaker } from "../report/render/mail.tsx";
import type { HubConfig } from "./define-hub.ts";
import { reportPosts } from "./report-posts.ts";
import { reportReads, reportsOf } from "./reports.ts";

/** The reports of a config over a hub, ready to be made and sent. */
export const reportingOf = (
  hub: Hub,
  { config, picture }: { readonly config: HubConfig; readonly picture?: PictureMaker | undefined },
): Reporting => ({
  settings: reportsOf(config),
  reads: reportReads(hub, becauseAt),
  post: reportPosts(hub, config, picture),
});
