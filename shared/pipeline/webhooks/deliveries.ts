import type { HubEvent } from "../../domain/event.ts";
import type { Instant } from "../../domain/instant.ts";
import type { Row, Table } from "../../ports/table.ts";
import { update } from "../../store/entities.ts";
import { dues, eventKey, lists, webhookDeliveryKey } from "../../store/keys.ts";
import type { Slice } from "../../store/views.ts";
import type { Attempt, StoredDelivery } from "../../store/webhook-rows.ts";
import { hash } from "../entity-of.ts";

/** How long what was sent can be looked up, and sent again. */
const KEPT_SECONDS = 30 * 24 * 60 * 60;
const ATTEMPTS_AT_MOST = 20;

/** A delivery's row: in the list of its endpoint, and among what is due as long as it waits. */
const rowOf = (data: StoredDelivery): Omit<Row<StoredDelivery>, "pk" | "sk" | "version"> => {
  const { endpointId, id, queuedAt, nextAt, order } = data;
  return {
    data,
    list: lists.ofDelivery(endpointId, queuedAt, id),
    ...(nextAt !== undefined && { due: dues.delivery(endpointId, nextAt, order, id) }),
    expiresAt: Math.floor(Date.parse(queuedAt) / 1000) + KEPT_SECONDS,
  };
};

/**
 * Queues an event for an endpoint, due now. The same event is queued once, and once for each replay.
 *
 * @param of.replay id of the replay that sends it again
 * @param of.order place in the log
 */
export const queueDelivery = async (
  table: Table,
  endpointId: string,
  event: HubEvent,
  of: { readonly at: Instant; readonly order: string; readonly replay?: string | undefined; readonly isTest?: boolean },
): Promise<StoredDelivery> => {
  const { id: eventId, name, subject, sequence } = event;
  const id = `whd_${hash([endpointId, eventId, of.replay ?? ""]).slice(0, 26)}`;
  const data: StoredDelivery = {
    id,
    endpointId,
    event: { id: eventId, name, subject, sequence },
    ...(of.isTest === true && { whole: event }),
    isReplay: of.replay !== undefined,
    queuedAt: of.at,
    state: "pending",
    tries: 0,
    nextAt: of.at,
    order: of.order,
    attempts: [],
  };
  await table.put({ ...webhookDeliveryKey(endpointId, id), version: 1, ...rowOf(data) });
  return data;
};

export const deliveryOf = async (table: Table, endpointId: string, id: string): Promise<StoredDelivery | undefined> => {
  const { pk, sk } = webhookDeliveryKey(endpointId, id);
  return (await table.get<StoredDelivery>(pk, sk))?.data;
};

/** The event that it brings: every one stands in the change log, whole, but for tests of one endpoint. */
export const eventIn = async (table: Table, delivery: StoredDelivery): Promise<HubEvent | undefined> => {
  if (delivery.whole !== undefined) return delivery.whole;
  const { pk, sk } = eventKey(delivery.event.id);
  return (await table.get<HubEvent>(pk, sk))?.data;
};

export const changeDelivery = async (
  table: Table,
  { endpointId, id }: Pick<StoredDelivery, "endpointId" | "id">,
  next: (held: StoredDelivery) => StoredDelivery,
): Promise<StoredDelivery | undefined> => {
  let changed: StoredDelivery | undefined;
  await update<StoredDelivery>(table, webhookDeliveryKey(endpointId, id), (row) => {
    changed = row && next(row.data);
    return changed && rowOf(changed);
  });
  return changed;
};

/** Due now, with the table of retries from its beginning. What is under way already is left to go on. */
export const againFrom =
  (now: Instant) =>
  (held: StoredDelivery): StoredDelivery => ({ ...held, state: "pending", tries: 0, nextAt: now });

/** After a try. @param nextAt when the next one comes; undefined: none does */
export const tried =
  (attempt: Attempt, isTaken: boolean, nextAt: Instant | undefined) =>
  ({ nextAt: _, ...held }: StoredDelivery): StoredDelivery => ({
    ...held,
    tries: held.tries + 1,
    attempts: [...held.attempts, attempt].slice(-ATTEMPTS_AT_MOST),
    state: isTaken ? "delivered" : nextAt === undefined ? "failed" : "pending",
    ...(!isTaken && nextAt !== undefined && { nextAt }),
  });

/** Deliveries to an endpoint that wait and are due, in the order of the log. */
export const dueDeliveries = async (
  table: Table,
  endpointId: string,
  upTo: Instant,
  limit: number,
): Promise<StoredDelivery[]> => {
  const rows = await table.query<StoredDelivery>({
    pk: dues.deliveriesTo(endpointId),
    by: "due",
    upTo: `${upTo}#~`,
    limit,
  });
  return rows.map(({ data }) => data);
};

/** Looked at for a page of one state; the next page goes on. */
const LOOK_AT_MOST = 1000;

/** Newest first. */
export const deliveriesTo = async (
  table: Table,
  endpointId: string,
  state: StoredDelivery["state"] | undefined,
  after: string | undefined,
  limit: number,
): Promise<Slice<StoredDelivery>> => {
  const items: StoredDelivery[] = [];
  let place = after;
  for (let looked = 0; ; ) {
    const rows: Row<StoredDelivery>[] = await table.query<StoredDelivery>({
      pk: lists.deliveriesTo(endpointId),
      by: "list",
      descending: true,
      limit: 100,
      ...(place !== undefined && { after: place }),
    });
    for (const { list, data } of rows) {
      if (items.length === limit || looked === LOOK_AT_MOST) return { items, next: place };
      place = list?.sk ?? place;
      looked += 1;
      if (state === undefined || data.state === state) items.push(data);
    }
    if (rows.length < 100) return { items, next: undefined };
  }
};
