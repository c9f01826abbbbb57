import { randomUUID } from "node:crypto";
import { HubError } from "../../connector/errors.ts";
import type { EventName } from "../../domain/event.ts";
import { exampleOf } from "../../domain/event-example.ts";
import type { Row } from "../../ports/table.ts";
import { lists } from "../../store/keys.ts";
import type { WebhookDesk } from "../../store/webhook-desk.ts";
import type { StoredDelivery, StoredEndpoint } from "../../store/webhook-rows.ts";
import { hash } from "../entity-of.ts";
import type { Hub } from "../hub.ts";
import { againFrom, changeDelivery, deliveriesTo, deliveryOf, eventIn, queueDelivery } from "./deliveries.ts";
import {
  amendEndpoint,
  changeProgress,
  createEndpoint,
  endpointRow,
  endpointView,
  progressOf,
  removeEndpoint,
  rotateSecret,
} from "./endpoints.ts";
import { bodyOf, headersOf } from "./message.ts";
import { toldTo, type WebhookMeans } from "./send-due.ts";

/** What surfaces do with outgoing webhooks, over the table. @param means asked for when a secret or an address is at stake */
export const webhookDesk = (
  hub: () => Hub,
  means: () => Promise<Pick<WebhookMeans, "sender" | "key" | "told">>,
): WebhookDesk => {
  const table = () => hub().ports.table;
  const now = () => hub().ports.clock.now();
  const shown = async (row: Row<StoredEndpoint>) => endpointView(row, await progressOf(table(), row.data.id), now());
  const endpoint = async (id: string) => {
    const row = await endpointRow(table(), id);
    return row && shown(row);
  };
  const made = async (id: string, secret: string) => {
    const view = await endpoint(id);
    if (view === undefined) throw new Error("an endpoint that was just written is gone");
    return { endpoint: view, secret };
  };
  return {
    endpoint,
    async endpoints(after, limit) {
      const rows = await table().query<StoredEndpoint>({
        pk: lists.endpoints,
        by: "list",
        limit: limit + 1,
        ...(after !== undefined && { after }),
      });
      const some = rows.slice(0, limit);
      return {
        items: await Promise.all(some.map(shown)),
        next: rows.length > limit ? some.at(-1)?.list?.sk : undefined,
      };
    },
    async create(said, by, maker) {
      const { sender, key } = await means();
      await sender.check(said.url);
      const { id, secret } = await createEndpoint(hub(), key, said, by, maker);
      return made(id, secret);
    },
    async change(id, said, by) {
      if (said.url !== undefined) await (await means()).sender.check(said.url);
      return (await amendEndpoint(hub(), id, said, by)) ? endpoint(id) : undefined;
    },
    remove: (id) => removeEndpoint(hub(), id),
    async rotate(id) {
      const secret = await rotateSecret(hub(), (await means()).key, id);
      return secret === undefined ? undefined : made(id, secret);
    },
    deliveries: (id, state, after, limit) => deliveriesTo(table(), id, state, after, limit),
    async delivery(id, delivery) {
      const held = await deliveryOf(table(), id, delivery);
      if (held === undefined) return undefined;
      const endpoint = (await endpointRow(table(), id))?.data;
      const stored = await eventIn(table(), held);
      const event = stored && endpoint && (await toldTo(endpoint, (await means()).told, stored));
      return {
        ...held,
        ...(event !== undefined && { body: bodyOf(event, held.isReplay, hub().url) }),
        headers: {
          "content-type": "application/json",
          ...headersOf(event ?? held.event, held.isReplay),
          "webhook-id": held.event.id,
          "webhook-signature": "v1,…",
        },
      };
    },
    resend: (id, delivery) => changeDelivery(table(), { endpointId: id, id: delivery }, againFrom(now().toISOString())),
    async test(id, type: EventName): Promise<StoredDelivery | undefined> {
      if ((await endpointRow(table(), id)) === undefined) return undefined;
      const at = now().toISOString();
      const event = exampleOf(type, { id: `evt_${hash(["test", id, randomUUID()]).slice(0, 26)}`, at });
      return queueDelivery(table(), id, event, { at, order: at, isTest: true });
    },
    async replay(id, from, to) {
      if ((await endpointRow(table(), id)) === undefined) return undefined;
      const replay = { id: hash(["replay", randomUUID()]).slice(0, 12), from, to, place: from, queued: 0 };
      const isBegun = await changeProgress(table(), id, (held) =>
        held.replay === undefined ? { ...held, replay } : undefined,
      );
      if (!isBegun)
        throw new HubError("webhook_replay_running", "a replay to this endpoint is under way", { retry: "later" });
      return endpoint(id);
    },
  };
};
