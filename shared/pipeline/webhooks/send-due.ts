import { HubError } from "../../connector/errors.ts";
import type { HubEvent } from "../../domain/event.ts";
import type { Instant } from "../../domain/instant.ts";
import type { WebhookAnswer, WebhookSender } from "../../ports/webhook-sender.ts";
import type { EndpointProgress, StoredDelivery, StoredEndpoint } from "../../store/webhook-rows.ts";
import type { Hub } from "../hub.ts";
import { changeDelivery, deliveryOf, dueDeliveries, eventIn, tried } from "./deliveries.ts";
import { changeProgress, disableEndpoint, endpointRow, progressOf } from "./endpoints.ts";
import { bodyOf, headersOf } from "./message.ts";
import { redacted } from "./redact.ts";
import { failureOf, isGone, isTaken, nextTryAt, waitUntil } from "./retries.ts";
import { unsealed } from "./seal.ts";

/** What sending needs beside the hub. */
export interface WebhookMeans {
  readonly sender: WebhookSender;
  /** Seals the endpoints' secrets. */
  readonly key: Uint8Array;
  /** 0 to 1 */
  readonly random: () => number;
  /** The event as an endpoint of these products alone may be told of it; undefined: not at all. */
  told(event: HubEvent, products: readonly string[]): Promise<HubEvent | undefined>;
}

/** When a process must end. */
export interface Ends {
  /** Nothing new is begun any more. */
  readonly starts: AbortSignal;
  /** What is under way breaks off, and is done again by the next process. */
  readonly ends: AbortSignal;
}

/** At once to one endpoint, each of another subject. */
const AT_ONCE = 4;
const LOOK_AT = 40;
/** Longer than one round of sending takes. */
const LEASE_MS = 120_000;
const GIVEN_UP_AFTER_MS = 5 * 24 * 60 * 60 * 1000;

/**
 * Sends an endpoint what is due to it, until nothing is. One process at a time does; what one does that is stopped in between
 * is sent again by the next: at least once. Events of one subject are never under way at the same moment.
 */
export const sendDue = async (hub: Hub, means: WebhookMeans, endpointId: string, until: Ends): Promise<void> => {
  const { table, clock } = hub.ports;
  const { waitUntil: silence = "" } = await progressOf(table, endpointId);
  const isQuiet = async () =>
    silence > clock.now().toISOString() ||
    (await dueDeliveries(table, endpointId, clock.now().toISOString(), 1)).length === 0;
  if ((await isQuiet()) || !(await take(hub, endpointId))) return;
  try {
    while (!until.starts.aborted && (await sendSome(hub, means, endpointId, until.ends)));
  } finally {
    await changeProgress(table, endpointId, ({ lease, ...held }) => (lease?.by === hub.instance ? held : undefined));
  }
};

/** Takes the endpoint for this process. @returns false if another one is at it */
const take = (hub: Hub, endpointId: string): Promise<boolean> => {
  const now = hub.ports.clock.now();
  const until = new Date(now.getTime() + LEASE_MS).toISOString();
  return changeProgress(hub.ports.table, endpointId, (held) => {
    const isFree =
      hub.alone || held.lease === undefined || held.lease.by === hub.instance || held.lease.until < now.toISOString();
    return isFree ? { ...held, lease: { by: hub.instance, until } } : undefined;
  });
};

/** @returns whether there may be more */
const sendSome = async (hub: Hub, means: WebhookMeans, endpointId: string, signal: AbortSignal): Promise<boolean> => {
  const { table, clock } = hub.ports;
  const endpoint = (await endpointRow(table, endpointId))?.data;
  if (endpoint?.state !== "active") return false;
  const now = clock.now().toISOString();
  const due = await dueDeliveries(table, endpointId, now, LOOK_AT);
  const some = [...new Map(due.toReversed().map((one) => [one.event.subject, one])).values()]
    .sort((a, b) => (`${a.nextAt}#${a.order}` < `${b.nextAt}#${b.order}` ? -1 : 1))
    .slice(0, AT_ONCE);
  const secrets = secretsOf(means.key, endpoint, now);
  const answers = await Promise.all(some.map((one) => sendOne(hub, means, endpoint, secrets, one, signal)));
  const told = answers.filter((answer) => answer !== undefined);
  if (told.length === 0) return false;
  return noteOutcome(hub, endpoint, told);
};

/** The newest first; empty where the hub's key is another one than the secret was sealed with. */
const secretsOf = (key: Uint8Array, { id, secret, before }: StoredEndpoint, now: Instant): readonly string[] => {
  const sealed = [secret, ...(before !== undefined && before.until > now ? [before.secret] : [])];
  return sealed.flatMap((one) => {
    try {
      return [unsealed(key, id, one)];
    } catch (error) {
      if (error instanceof HubError) return [];
      throw error;
    }
  });
};

/** The event as the endpoint may be told of it: an example of a test is nobody's. */
export const toldTo = async (
  { products }: Pick<StoredEndpoint, "products">,
  told: WebhookMeans["told"],
  event: HubEvent,
): Promise<HubEvent | undefined> => (products === undefined || event.test === true ? event : told(event, products));

/** @returns undefined if it was not tried: somebody else had done it, or the process is to end */
const sendOne = async (
  hub: Hub,
  { sender, random, told }: WebhookMeans,
  endpoint: StoredEndpoint,
  secrets: readonly string[],
  due: StoredDelivery,
  signal: AbortSignal,
): Promise<WebhookAnswer | undefined> => {
  const { table, clock } = hub.ports;
  // A list may show a row as it was a moment ago: what counts is the row.
  const delivery = await deliveryOf(table, endpoint.id, due.id);
  if (delivery?.state !== "pending" || delivery.nextAt !== due.nextAt || signal.aborted) return undefined;
  const stored = await eventIn(table, delivery);
  const event = stored && (await toldTo(endpoint, told, stored));
  const at = clock.now();
  const began = performance.now();
  const send = async (): Promise<WebhookAnswer> => {
    if (event === undefined)
      return {
        body: "",
        reason:
          stored === undefined
            ? "the event is not in the change log any more"
            : "the endpoint's products have no part in it any more",
      };
    if (secrets.length === 0)
      return { body: "", reason: "the secret cannot be opened: the hub's key changed; rotate it" };
    const body = bodyOf(event, delivery.isReplay, hub.url);
    const headers = headersOf(event, delivery.isReplay);
    return sender.send({ url: endpoint.url, id: event.id, at, body, secrets, headers }, signal);
  };
  const answer = await send().catch((error: unknown) => {
    if (signal.aborted) return undefined;
    throw error;
  });
  if (answer === undefined) return undefined;
  const taken = isTaken(answer);
  const attempt = {
    at: at.toISOString(),
    ms: Math.round(performance.now() - began),
    ...(answer.status !== undefined && { status: answer.status }),
    ...(!taken && { reason: failureOf(answer) }),
    ...(answer.body !== "" && { answer: redacted(answer.body) }),
  };
  const isFinal = taken || isGone(answer);
  const nextAt = isFinal ? undefined : nextTryAt(delivery.tries + 1, answer, clock.now(), random());
  await changeDelivery(table, delivery, tried(attempt, taken, nextAt));
  return answer;
};

/** What the answers say of the endpoint itself. @returns whether it may be sent more now */
const noteOutcome = async (hub: Hub, endpoint: StoredEndpoint, answers: readonly WebhookAnswer[]): Promise<boolean> => {
  const { table, clock } = hub.ports;
  const now = clock.now();
  const at = now.toISOString();
  const failed = answers.find((answer) => !isTaken(answer));
  const silence = answers
    .map((answer) => waitUntil(answer, now) ?? "")
    .sort()
    .at(-1);
  let progress: EndpointProgress = {};
  await changeProgress(table, endpoint.id, ({ failingSince, waitUntil: _, ...held }) => {
    const isAlive = answers.some(isTaken);
    progress = {
      ...held,
      lease: { by: hub.instance, until: new Date(now.getTime() + LEASE_MS).toISOString() },
      ...(isAlive && { lastDeliveredAt: at }),
      ...(!isAlive && { failingSince: failingSince ?? at }),
      ...(failed !== undefined && { lastFailure: { at, reason: failureOf(failed) } }),
      ...(silence && { waitUntil: silence }),
    };
    return progress;
  });
  if (answers.some(isGone)) return giveUp(hub, endpoint, "the endpoint answered 410 Gone", progress.failingSince);
  const { failingSince } = progress;
  if (failingSince !== undefined && now.getTime() - Date.parse(failingSince) >= GIVEN_UP_AFTER_MS)
    return giveUp(hub, endpoint, "nothing was taken for five days", failingSince);
  return !silence;
};

const giveUp = async (hub: Hub, endpoint: StoredEndpoint, reason: string, failingSince: Instant | undefined) => {
  await disableEndpoint(hub, endpoint.id, reason, failingSince);
  hub.log.warn({ output: endpoint.id, reason }, "webhook endpoint disabled");
  return false;
};
