import { setTimeout } from "node:timers/promises";
import { safeReason } from "../../connector/errors.ts";
import { allEndpoints } from "../../store/all-endpoints.ts";
import type { Hub } from "../hub.ts";
import { progressesOf } from "./endpoints.ts";
import { handOut, handOutReplay } from "./hand-out.ts";
import { type Ends, sendDue, type WebhookMeans } from "./send-due.ts";

/** How often the log is looked at while some endpoint takes its time. */
const LOOK_MS = 250;

/**
 * Hands out the change log to webhook endpoints and sends what is due, until nothing is. Each endpoint is sent to by itself:
 * one that is slow or down holds up no other.
 */
export const deliverWebhooks = async (hub: Hub, means: WebhookMeans, until: Ends): Promise<void> => {
  const sending = new Map<string, Promise<void>>();
  const start = (id: string) => {
    const work = sendDue(hub, means, id, until)
      .catch((error: unknown) => {
        hub.log.warn({ output: id, code: "internal_error", reason: safeReason(error) }, "webhooks failed");
      })
      .finally(() => sending.delete(id));
    sending.set(id, work);
  };
  while (!until.starts.aborted) {
    const endpoints = await allEndpoints(hub.ports.table);
    let more = await handOut(hub, means.told, endpoints);
    const active = endpoints.filter(({ state }) => state === "active");
    const progresses = active.length === 0 ? new Map() : await progressesOf(hub.ports.table, active);
    for (const endpoint of active) {
      more = (await handOutReplay(hub, means.told, endpoint, progresses.get(endpoint.id))) || more;
      if (!sending.has(endpoint.id)) start(endpoint.id);
    }
    if (sending.size === 0 && !more) return;
    const isOver = await quietly(Promise.all(sending.values()), until.starts);
    if (isOver && !more) return;
  }
  await Promise.all(sending.values());
};

/** Waits for all, but not long. @returns whether all are through */
const quietly = async (all: Promise<unknown>, signal: AbortSignal): Promise<boolean> => {
  const waited = new AbortController();
  const pause = setTimeout(LOOK_MS, false, { signal: AbortSignal.any([signal, waited.signal]) }).catch(() => false);
  const isOver = await Promise.race([all.then(() => true), pause]);
  waited.abort();
  return isOver;
};
