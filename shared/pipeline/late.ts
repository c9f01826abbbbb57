import { connectionViews } from "./connection-views.ts";
import { lagSeconds } from "./gauges.ts";
import type { Hub } from "./hub.ts";

/** Says of each connection that was not read to the end within its `freshWithin` that it is late, for whoever watches the log. */
export const tellLate = async (hub: Hub): Promise<void> => {
  const now = hub.ports.clock.now();
  for (const view of await connectionViews(hub)) {
    const { name, state, reason, streams } = view;
    const lag = lagSeconds(view, now);
    // Before the first read there is nothing that could be late; how that one goes stands on the connections page.
    // A tool that only sends is silent when nothing happens.
    if (lag === undefined || streams.length === 0) continue;
    const { freshWithinSeconds } = await hub.connection(name);
    if (lag > freshWithinSeconds) hub.log.warn({ connection: name, reason: reason ?? state }, "connection late");
  }
};
