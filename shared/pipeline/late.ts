import type { Instant } from "../domain/instant.ts";
import { update } from "../store/entities.ts";
import { latenessKey } from "../store/keys.ts";
import { connectionViews } from "./connection-views.ts";
import { lagSeconds } from "./gauges.ts";
import type { Hub } from "./hub.ts";

/** Whether a connection was late at the last look that found it otherwise than the one before. */
export interface Lateness {
  readonly isLate: boolean;
  readonly at: Instant;
  readonly dataAsOf: Instant;
  readonly lagSeconds: number;
  readonly limitSeconds: number;
}

/**
 * Says of each connection that was not read to the end within its `freshWithin` that it is late, for whoever watches the log,
 * and notes it, so that the change feed tells it once.
 */
export const tellLate = async (hub: Hub): Promise<void> => {
  const now = hub.ports.clock.now();
  for (const view of await connectionViews(hub)) {
    const { name, dataAsOf, state, reason, streams } = view;
    const lag = lagSeconds(view, now);
    // Before the first read there is nothing that could be late; how that one goes stands on the connections page.
    // A tool that only sends is silent when nothing happens.
    if (dataAsOf === undefined || lag === undefined || streams.length === 0) continue;
    const { freshWithinSeconds: limitSeconds } = await hub.connection(name);
    const isLate = Math.floor(lag) > limitSeconds;
    if (isLate) hub.log.warn({ connection: name, reason: reason ?? state }, "connection late");
    const at = now.toISOString();
    await update<Lateness>(hub.ports.table, latenessKey(name), (held) =>
      (held?.data.isLate ?? false) === isLate
        ? undefined
        : { data: { ...held?.data, isLate, at, dataAsOf, lagSeconds: Math.floor(lag), limitSeconds } },
    );
  }
};
