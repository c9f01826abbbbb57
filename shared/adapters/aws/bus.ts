import { EventBridgeClient, PutEventsCommand, type PutEventsRequestEntry } from "@aws-sdk/client-eventbridge";
import { goingOut } from "../../domain/claim-check.ts";
import { cloudEvent, type HubEvent } from "../../domain/event.ts";
import type { Archive } from "../../ports/archive.ts";
import type { Bus } from "../../ports/bus.ts";
import { clientSettings } from "./client-settings.ts";
import { parcels } from "./parcels.ts";
import { pause, TRIES } from "./pause.ts";

const SENT_AT_ONCE = 10;
/** Of all events in one call: below 256 KB. A single one is far smaller, or a claim. */
const BYTES_AT_MOST = 256 * 1024 - 1;
/** As EventBridge counts a time. */
const TIME_BYTES = 14;

interface Settings {
  /** Name or ARN. */
  readonly bus: string;
  /** Of the hub, without a slash at its end. */
  readonly url: string;
  readonly typePrefix: string;
  /** Takes the whole of an event that is too large for the bus. */
  readonly archive?: Archive | undefined;
}

interface Parcelled {
  readonly event: HubEvent;
  readonly entry: PutEventsRequestEntry;
}

/** Events on an EventBridge bus: `detail` is the CloudEvents object, `detail-type` the event's name. */
export const eventBridgeBus = (settings: Settings, client = new EventBridgeClient(clientSettings())): Bus => ({
  async publish(events) {
    const ready = await Promise.all(events.map(async (event) => ({ event, entry: await entryOf(settings, event) })));
    const left: HubEvent[] = [];
    const limits = { count: SENT_AT_ONCE, bytes: BYTES_AT_MOST };
    for (const parcel of parcels(ready, ({ entry }) => sizeOf(entry), limits))
      left.push(...(await putAll(client, parcel)));
    return left;
  },
});

/** @returns what the bus did not take: an answer that is a success as a whole may refuse any of its entries */
const putAll = async (client: EventBridgeClient, parcel: readonly Parcelled[]): Promise<HubEvent[]> => {
  let left = parcel;
  for (let tries = 0; tries < TRIES && left.length > 0; tries++) {
    if (tries > 0) await pause(tries);
    const sent = left;
    const { Entries = [] } = await client.send(new PutEventsCommand({ Entries: sent.map(({ entry }) => entry) }));
    left = sent.filter((_, at) => Entries[at]?.EventId === undefined);
  }
  return left.map(({ event }) => event);
};

const entryOf = async (settings: Settings, event: HubEvent): Promise<PutEventsRequestEntry> => {
  const { archive } = settings;
  const note = { connectionId: "_events", receivedAt: event.recordedAt, what: "event" } as const;
  const sent = await goingOut(event, cloudEvent(event, settings), async (bytes) => archive?.put(note, bytes));
  return {
    EventBusName: settings.bus,
    Source: "throughline",
    DetailType: event.name,
    Detail: JSON.stringify(sent),
    // Ours, which is always a sane one; when it happened stands in the detail.
    Time: new Date(event.recordedAt),
  };
};

/** In bytes, as EventBridge counts. */
const sizeOf = ({ Source = "", DetailType = "", Detail = "", Resources = [] }: PutEventsRequestEntry): number =>
  TIME_BYTES + [Source, DetailType, Detail, ...Resources].reduce((sum, text) => sum + Buffer.byteLength(text), 0);
