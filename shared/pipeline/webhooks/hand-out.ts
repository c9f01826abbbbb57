import { EVENTS, type HubEvent, isNamedBy } from "../../domain/event.ts";
import type { Instant } from "../../domain/instant.ts";
import { update } from "../../store/entities.ts";
import { endpointReplayKey, handedOutKey } from "../../store/keys.ts";
import type { EndpointProgress, StoredEndpoint } from "../../store/webhook-rows.ts";
import { changesAfter, type Logged } from "../change-log.ts";
import type { Hub } from "../hub.ts";
import type { LastReplay } from "../replays.ts";
import { queueDelivery } from "./deliveries.ts";
import { changeProgress } from "./endpoints.ts";
import { toldTo, type WebhookMeans } from "./send-due.ts";

type Told = WebhookMeans["told"];

const PAGE = 200;
/** On elastic ports a list may show a row a moment late: so much of the log's end is left to the next look. */
const SETTLING_MS = 10_000;

/** How far the change log was handed to endpoints. */
interface HandedOut {
  readonly place: string;
}

/**
 * Queues what the change log says since the last look for every endpoint that wants it. The place in the log moves on behind
 * the deliveries: what breaks off is done again, and a delivery that is queued already stays as it is.
 *
 * @returns whether there is more at once
 */
export const handOut = async (hub: Hub, told: Told, endpoints: readonly StoredEndpoint[]): Promise<boolean> => {
  const { table, clock } = hub.ports;
  const active = endpoints.filter(({ state }) => state === "active");
  const earliest = active.map(({ since }) => since).sort()[0];
  if (earliest === undefined) return false;
  const now = clock.now();
  const upTo = new Date(now.getTime() - (hub.elastic ? SETTLING_MS : 0)).toISOString();
  const held = (await table.get<HandedOut>(handedOutKey.pk, handedOutKey.sk))?.data.place ?? "";
  const from = [held, earliest].toSorted().at(-1) ?? earliest;
  const page = await changesAfter(table, from, upTo, PAGE);
  for (const logged of page) await queueFor(hub, told, active, logged, now.toISOString());
  // A quiet log costs no write but the day's.
  const next = page.at(-1)?.place ?? `${upTo.slice(0, 10)}T00:00:00.000Z`;
  await update<HandedOut>(table, handedOutKey, (row) =>
    (row?.data.place ?? "") >= next ? undefined : { data: { ...row?.data, place: next } },
  );
  return page.length === PAGE;
};

const queueFor = async (
  hub: Hub,
  told: Told,
  endpoints: readonly StoredEndpoint[],
  { place, event }: Logged,
  at: Instant,
): Promise<void> => {
  for (const endpoint of endpoints) {
    if (place < endpoint.since || !(await wants(told, endpoint, event))) continue;
    await queueDelivery(hub.ports.table, endpoint.id, event, { at, order: place });
  }
};

const wants = async (told: Told, endpoint: StoredEndpoint, event: HubEvent): Promise<boolean> =>
  EVENTS[event.name].public &&
  isNamedBy(event.name, endpoint.events) &&
  (await toldTo(endpoint, told, event)) !== undefined;

/** Goes on with an endpoint's replay, a page at a time. @returns whether there is more of it */
export const handOutReplay = async (
  hub: Hub,
  told: Told,
  endpoint: StoredEndpoint,
  { replay }: EndpointProgress = {},
): Promise<boolean> => {
  const { table, clock } = hub.ports;
  if (replay === undefined) return false;
  const page = await changesAfter(table, replay.place, replay.to, PAGE);
  const at = clock.now().toISOString();
  let queued = replay.queued;
  for (const { place, event } of page) {
    if (event.test === true || !(await wants(told, endpoint, event))) continue;
    await queueDelivery(table, endpoint.id, event, { at, order: place, replay: replay.id });
    queued += 1;
  }
  const isOver = page.length < PAGE;
  if (isOver) await noteEnd(hub, endpoint.id, replay, queued);
  const place = page.at(-1)?.place ?? replay.place;
  await changeProgress(table, endpoint.id, ({ replay: held, ...rest }) => {
    if (held?.id !== replay.id) return undefined;
    return isOver ? rest : { ...rest, replay: { ...replay, place, queued } };
  });
  return !isOver;
};

/** Before the replay is taken off: what breaks off in between is noted again, the same. */
const noteEnd = (
  { ports: { table, clock } }: Hub,
  id: string,
  { from, to }: NonNullable<EndpointProgress["replay"]>,
  queued: number,
) => {
  const at = clock.now().toISOString();
  const data: LastReplay = { of: "webhook_endpoint", id, at, from, to, counts: { queued } };
  return update<LastReplay>(table, endpointReplayKey(id), () => ({ data }));
};
