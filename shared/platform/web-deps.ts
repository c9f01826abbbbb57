import { HubError, safeReason } from "../connector/errors.ts";
import { rulesFor } from "../pipeline/health-feeds.ts";
import type { Hub } from "../pipeline/hub.ts";
import type { Job } from "../pipeline/messages.ts";
import { repliesIn } from "../store/replies.ts";
import { sayings } from "../store/said.ts";
import { identifier } from "../web/access/identify.ts";
import { LOCAL, NOBODY } from "../web/access/identity.ts";
import type { AskedOfConnection, WebDeps } from "../web/web-deps.ts";
import { reports } from "./current.ts";
import { serving } from "./serving.ts";
import { VERSION } from "./version.ts";
import { viewsOf } from "./views-of.ts";
import { webReports } from "./web-reports.ts";

/** The jobs that people may ask for. */
const JOBS: Readonly<Record<AskedOfConnection["what"], Omit<Job, "connection">>> = {
  sync: {},
  replay: { replay: {} },
  check: { census: "now" },
};

/** What the surfaces over the hub of this process are given, pages and tools alike. */
export const webDepsOf = async (hub: () => Hub): Promise<WebDeps> => {
  const how = serving();
  const { table, jobs } = hub().ports;
  const now = () => hub().ports.clock.now();
  return {
    views: viewsOf(hub),
    table,
    say: sayings(table, now),
    now,
    identify: identifier({ table, now }, how.signIn.required ? NOBODY : LOCAL),
    cursorKey: await how.cursorKey(),
    version: VERSION,
    timezone: hub().timezone,
    url: () => hub().url,
    trustLimits: (productIds) => rulesFor(hub(), productIds).experiment,
    ask: ({ connection, what, full, letter }) =>
      jobs.send([
        JSON.stringify({
          connection,
          ...JOBS[what],
          ...(full !== undefined && { full }),
          ...(letter !== undefined && { replay: { letter } }),
        } satisfies Job),
      ]),
    replies: repliesIn(table),
    reports: webReports(hub(), reports()),
    ...(how.waiting !== undefined && { waiting: how.waiting }),
    demo: how.demo,
    ...(how.allowedHosts !== undefined && { allowedHosts: how.allowedHosts }),
    onFailure: (error, requestId) =>
      hub().log.warn(
        {
          deliveryId: requestId,
          code: error instanceof HubError ? error.code : "internal_error",
          reason: safeReason(error),
        },
        "request failed",
      ),
  };
};
