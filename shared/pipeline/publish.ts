import type { HubEvent } from "../domain/event.ts";
import { EVENTS } from "../domain/event.ts";
import type { FeedRecord } from "../ports/table.ts";
import { type StoredEntity, update } from "../store/entities.ts";
import { changeKey, entityKey } from "../store/keys.ts";
import { eventsOf } from "./events-of.ts";
import type { Hub } from "./hub.ts";

/**
 * Change feed to events: each goes into the change log and, if its type is public, on the bus. An event's id follows from
 * what happened, so that a repetition is the same event.
 *
 * @throws Error if the bus did not take all of them: the batch is handed out again
 */
export const publish = async (hub: Hub, records: readonly FeedRecord[]): Promise<void> => {
  const { table, bus } = hub.ports;
  const events = records.flatMap((record) => eventsOf(hub, record));
  for (const event of events) await log(hub, event);
  const left = await bus.publish(events.filter(({ name }) => EVENTS[name].public));
  if (left.length > 0) throw new Error(`the bus did not take ${left.length} events`);
  for (const { pk, sk, after } of records) {
    if (sk !== "A" || after.due?.pk !== "T#unpublished") continue;
    const { version, id } = after.data as StoredEntity;
    // Published unless a newer version came meanwhile, whose own record will say so.
    await update<StoredEntity>(table, entityKey(id), (held) =>
      held === undefined || held.data.version !== version || held.due === undefined || pk !== held.pk
        ? undefined
        : { data: held.data, ...(held.list && { list: held.list }) },
    );
  }
};

const log = (hub: Hub, event: HubEvent): Promise<boolean> =>
  update<HubEvent>(hub.ports.table, changeKey(event.recordedAt, event.id), (held) =>
    held === undefined ? { data: event } : undefined,
  );
