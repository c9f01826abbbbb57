import { safeReason } from "../../shared/connector/errors.ts";
import type { Hub } from "../../shared/pipeline/hub.ts";
import { noteReceipt, type Receipt } from "../../shared/pipeline/receive.ts";

/** A page that is a second behind misleads nobody, and a row for each webhook would cost as much as its record. */
const EVERY_MS = 1000;

/** The receipts of this process. */
export interface Receipts {
  /** Counts one webhook of a connection. */
  note(connection: string, accepted: boolean): void;
  /** Writes what is not written yet; resolves once all is. */
  end(): Promise<void>;
}

/** Counts webhooks by connection: the first is written at once, those that come within a second of it together. */
export const receipts = (hub: Hub): Receipts => {
  const counted = new Map<string, Receipt>();
  const timers = new Map<string, NodeJS.Timeout>();
  const writing = new Set<Promise<void>>();
  const write = (connection: string): void => {
    const came = counted.get(connection);
    timers.delete(connection);
    if (came === undefined) return;
    counted.delete(connection);
    timers.set(connection, setTimeout(write, EVERY_MS, connection).unref());
    const written: Promise<void> = noteReceipt(hub, connection, came)
      .catch((error: unknown) => hub.log.warn({ connection, reason: safeReason(error) }, "step failed"))
      .finally(() => writing.delete(written));
    writing.add(written);
  };
  return {
    note(connection, accepted) {
      const { rejected = 0, ...before } = counted.get(connection) ?? {};
      const came = accepted ? { lastReceivedAt: hub.ports.clock.now().toISOString() } : before;
      counted.set(connection, { ...came, rejected: rejected + Number(!accepted) });
      if (!timers.has(connection)) write(connection);
    },
    async end() {
      for (const timer of timers.values()) clearTimeout(timer);
      for (const connection of counted.keys()) write(connection);
      for (const timer of timers.values()) clearTimeout(timer);
      await Promise.all(writing);
    },
  };
};
