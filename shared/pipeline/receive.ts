import { parseJson } from "../connector/body.ts";
import type { Delivery } from "../connector/contract.ts";
import { HubError } from "../connector/errors.ts";
import { traceOf } from "../domain/trace.ts";
import { update } from "../store/entities.ts";
import { receiptKey } from "../store/keys.ts";
import type { Hub } from "./hub.ts";

/** Headers that are kept of every webhook; each connector adds those that say what its body is. */
const KEPT_HEADERS = ["content-type", "user-agent"];

/** Notes when a connection's webhooks last came and how many were refused. */
export interface Receipt {
  readonly lastReceivedAt?: string | undefined;
  readonly rejected: number;
}

/** Largest webhook body; vendors' largest ones come by poll. */
export const BODY_AT_MOST = 1_048_576;

/** Secrets that were shown, so that a repeated offer does not stand in the log twice. Bounded: anybody may offer one. */
const SHOWN_AT_MOST = 20;
const shown = new WeakMap<Hub, Set<string>>();

/** Nobody else has it: the vendor tells it once, and lets only those set the webhook up who can read it here. */
const show = (hub: Hub, connection: string, secret: string): void => {
  const before = shown.get(hub) ?? new Set();
  shown.set(hub, before);
  if (before.has(`${connection} ${secret}`) || before.size >= SHOWN_AT_MOST) return;
  before.add(`${connection} ${secret}`);
  hub.log.warn(
    { connection, reason: `give ${secret} back to the tool, then set webhookSecret to it` },
    "secret offered",
  );
};

/**
 * Takes a vendor's webhook: checks its signature over the raw bytes, keeps the bytes, queues them. Resolves only when
 * both are durable. What only sets the webhook up, or concerns nothing that is read, is neither kept nor queued.
 *
 * @returns what the vendor waits for as the body of the answer, if it asked for something, or takes 200 alone for success
 * @throws HubError connection_unknown | signature_rejected | payload_too_large | payload_unreadable
 */
export const receive = async (hub: Hub, connectionName: string, delivery: Delivery): Promise<string | undefined> => {
  const connection = await hub.connection(connectionName);
  const { webhook } = connection.connector;
  if (webhook === undefined)
    throw new HubError("connection_unknown", `${connectionName} takes no webhooks`, { retry: "never" });
  if (delivery.body.byteLength > BODY_AT_MOST) {
    throw new HubError("payload_too_large", `a webhook may have ${BODY_AT_MOST} bytes`, { retry: "never" });
  }
  const offered = webhook.offer?.(parseJson(delivery.body), connection.config);
  if (offered !== undefined) {
    show(hub, connection.name, offered);
    return undefined;
  }
  webhook.signature.verify(delivery, connection.config);
  const body = (webhook.parse ?? parseJson)(delivery.body);
  const answer = webhook.challenge?.(body);
  if (answer !== undefined) return answer;
  if (webhook.concerns?.(body, connection.config) === false) return undefined;
  const deliveryId = webhook.deliveryId(delivery);
  const kept = [...KEPT_HEADERS, ...(webhook.keeps ?? [])];
  const headers = Object.fromEntries([...delivery.headers].filter(([name]) => kept.includes(name)));
  const rawRef = await hub.ports.archive.put(
    { connectionId: connection.name, receivedAt: delivery.receivedAt.toISOString(), what: "webhook", headers },
    delivery.body,
  );
  await hub.ports.inbox.send([JSON.stringify({ connection: connection.name, rawRef })]);
  hub.meter?.add("webhooks_received", { connection: connection.name });
  hub.log.info({ connection: connection.name, trace: traceOf(rawRef), deliveryId }, "received");
  return webhook.accepted === 200 ? "" : undefined;
};

/** Counts webhooks that came of a connection, for its page. Not on the receiving path of AWS, whose receiver has no table. */
export const noteReceipt = async (hub: Hub, connectionName: string, came: Receipt): Promise<void> => {
  await update<Receipt>(hub.ports.table, receiptKey(connectionName), (held) => ({
    data: { ...held?.data, ...came, rejected: (held?.data.rejected ?? 0) + came.rejected },
  }));
};
