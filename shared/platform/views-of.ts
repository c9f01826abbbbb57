import { connectionViews } from "../pipeline/connection-views.ts";
import type { Hub } from "../pipeline/hub.ts";
import { vocabulary } from "../pipeline/vocabulary.ts";
import { tableViews } from "../store/table-views.ts";
import type { Views } from "../store/views.ts";
import { connectionDetail } from "./connection-detail.ts";
import { reports } from "./current.ts";

/** What surfaces read of the hub of this process. */
export const viewsOf = (hub: () => Hub): Views =>
  tableViews(hub().ports.table, {
    products: hub().products,
    connections: () => connectionViews(hub()),
    now: () => hub().ports.clock.now(),
    detail: (connectionId) => connectionDetail(hub(), reports(), connectionId),
    statusOf: (connectionId) => vocabulary(hub())(connectionId),
  });
