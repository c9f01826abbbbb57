import { randomUUID } from "node:crypto";
import type { EventName } from "../domain/event.ts";
import type { Instant } from "../domain/instant.ts";
import { testEventKey } from "../store/keys.ts";
import { hash } from "./entity-of.ts";
import type { Hub } from "./hub.ts";

/** Somebody wants to see how an event of this type arrives. */
export interface TestEvent {
  readonly type: EventName;
  readonly at: Instant;
}

const KEPT_SECONDS = 24 * 60 * 60;

/**
 * Asks for an example of an event to be sent the way that every event goes: through the change feed, into the change log, on
 * the bus, to outputs and webhooks, marked as a test.
 *
 * @returns the id that it will have
 */
export const sendTestEvent = async ({ ports: { table, clock } }: Hub, type: EventName): Promise<string> => {
  const at = clock.now();
  const id = `evt_${hash(["test", type, randomUUID()]).slice(0, 26)}`;
  const data: TestEvent = { type, at: at.toISOString() };
  const expiresAt = Math.floor(at.getTime() / 1000) + KEPT_SECONDS;
  await table.put({ ...testEventKey(id), version: 1, data, expiresAt });
  return id;
};
