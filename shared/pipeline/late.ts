import { connectionViews } from "./connection-views.ts";
import type { Hub } from "./hub.ts";

/** Says of each connection that was not read to the end within its `freshWithin` that it is late, for whoever watches the log. */
export const tellLate = async (hub: Hub): Promise<void> => {
  const now = hub.ports.clock.now().getTime();
  for (const { name, dataAsOf, state, reason, streams } of await connectionViews(hub)) {
    // Before the first read there is nothing that could be late; how that one goes stands on the connections page.
    // A tool that only sends is silent when nothing happens.
    if (dataAsOf === undefined || streams.length === 0) continue;
    const { freshWithinSeconds } = await hub.connection(name);
    if (now - Date.parse(dataAsOf) > freshWithinSeconds * 1000)
      hub.log.warn({ connection: name, reason: reason ?? state }, "connection late");
  }
};
