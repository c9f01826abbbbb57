import { safeReason } from "../connector/errors.ts";
import { connectionViews } from "../pipeline/connection-views.ts";
import type { Hub } from "../pipeline/hub.ts";
import type { Job } from "../pipeline/messages.ts";
import { vocabulary } from "../pipeline/vocabulary.ts";
import { repliesIn } from "../store/replies.ts";
import { tableViews } from "../store/table-views.ts";
import type { AskedOfConnection, WebDeps } from "../web/web-deps.ts";
import { serving } from "./serving.ts";
import { VERSION } from "./version.ts";

/** The jobs that people may ask for. */
const JOBS: Readonly<Record<AskedOfConnection["what"], Omit<Job, "connection">>> = {
  sync: {},
  replay: { replay: {} },
  check: { census: "now" },
};

/** What the surfaces over the hub of this process are given. */
export const webDepsOf = async (hub: () => Hub): Promise<WebDeps> => {
  const how = serving();
  const views = tableViews(hub().ports.table, {
    products: hub().products,
    connections: () => connectionViews(hub()),
    now: () => hub().ports.clock.now(),
    statusOf: (connectionId) => vocabulary(hub())(connectionId),
  });
  return {
    views,
    now: () => hub().ports.clock.now(),
    cursorKey: await how.cursorKey(),
    version: VERSION,
    url: () => hub().url,
    ask: ({ connection, what, full }) =>
      hub().ports.jobs.send([
        JSON.stringify({ connection, ...JOBS[what], ...(full !== undefined && { full }) } satisfies Job),
      ]),
    replies: repliesIn(hub().ports.table),
    demo: how.demo,
    ...(how.allowedHosts !== undefined && { allowedHosts: how.allowedHosts }),
    onFailure: (error, requestId) =>
      hub().log.warn({ deliveryId: requestId, code: "internal_error", reason: safeReason(error) }, "request failed"),
  };
};
