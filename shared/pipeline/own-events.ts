import type { HubEvent } from "../domain/event.ts";
import { exampleOf } from "../domain/event-example.ts";
import type { StoredEndpoint } from "../store/webhook-rows.ts";
import type { DeclaredProduct } from "./declare-products.ts";
import { changedFields, happened } from "./happened.ts";
import type { Lateness } from "./late.ts";
import type { LastReplay } from "./replays.ts";
import type { TestEvent } from "./test-event.ts";

/** A product that came into the config, or is said otherwise there. @param version of its row */
export const productEvents = (version: number, was: DeclaredProduct | undefined, is: DeclaredProduct): HubEvent[] => {
  const { id, slug, name } = is;
  const when = { subject: id, sequence: version, time: is.seenAt, recordedAt: is.seenAt };
  const product = { id, slug, name };
  if (was === undefined) return [happened("product.created", when, { product, cause: "sync" })];
  const changed = changedFields({ ...was, seenAt: "" }, { ...is, seenAt: "" });
  return changed.length === 0 ? [] : [happened("product.updated", when, { product, changed, cause: "sync" })];
};

/** A connection that became late. */
export const lagEvents = (name: string, was: Lateness | undefined, is: Lateness): HubEvent[] => {
  if (!is.isLate || was?.isLate === true) return [];
  const { at, dataAsOf, lagSeconds, limitSeconds } = is;
  const when = { subject: `con_${name}`, sequence: Date.parse(at), time: at, recordedAt: at };
  const connection = { id: `con_${name}`, name };
  return [happened("connection.lag.exceeded", when, { connection, dataAsOf, lagSeconds, limitSeconds })];
};

/** A replay that ended, of a connection's payloads or of events to an endpoint. */
export const replayEvents = (was: LastReplay | undefined, is: LastReplay): HubEvent[] => {
  if (was?.at === is.at) return [];
  const { of, id, at, from, to, counts } = is;
  const when = { subject: id, sequence: Date.parse(at), time: at, recordedAt: at };
  const data = { of, id, from: from ?? null, to: to ?? null, counts: { ...counts }, cause: "replay" as const };
  return [happened("replay.completed", when, data)];
};

/** An endpoint that the hub gave up. */
export const endpointEvents = (url: string, was: StoredEndpoint | undefined, is: StoredEndpoint): HubEvent[] => {
  if (is.state !== "disabled" || was?.state === "disabled") return [];
  const { id, changedAt: at, disabled } = is;
  const when = { subject: id, sequence: Date.parse(at), time: at, recordedAt: at };
  const endpoint = { id, host: new URL(is.url).host, url: `${url}/settings/webhooks/${id}` };
  const reason = disabled?.reason ?? "";
  return [
    happened("webhook_endpoint.disabled", when, { endpoint, reason, failingSince: disabled?.failingSince ?? null }),
  ];
};

/** An event that nothing made happen. */
export const testEvents = (id: string, isKnown: boolean, { type, at }: TestEvent): HubEvent[] =>
  isKnown ? [] : [exampleOf(type, { id, at })];
