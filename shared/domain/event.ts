import type * as z from "zod";
import { AROUND_EVENTS } from "./around-events.ts";
import type { EventType } from "./event-parts.ts";
import { FEATURE_EVENTS } from "./feature-events.ts";
import { HUB_EVENTS } from "./hub-events.ts";
import { RECORD_EVENTS } from "./record-events.ts";
import { snakeKeys } from "./snake-case.ts";

/** Every event type with the shape of its data. What is not public stays in the change log and never goes out. */
export const EVENTS = {
  ...RECORD_EVENTS,
  ...FEATURE_EVENTS,
  ...AROUND_EVENTS,
  ...HUB_EVENTS,
} as const satisfies Record<string, EventType>;

export type EventName = keyof typeof EVENTS;
export type EventData<N extends EventName> = z.output<(typeof EVENTS)[N]["data"]>;

export const EVENT_NAMES = Object.keys(EVENTS) as EventName[];
/** Those that may leave the hub. */
export const PUBLIC_EVENTS = EVENT_NAMES.filter((name) => EVENTS[name].public);

/** One thing that happened, before it is wrapped for the bus. */
export interface HubEvent<N extends EventName = EventName> {
  /** The same at every publication of the same happening. */
  readonly id: string;
  readonly name: N;
  /** The id of the entity that it happened to. */
  readonly subject: string;
  /** The subject's version: order within one subject. */
  readonly sequence: number;
  /** When it happened, as its tool tells. */
  readonly time: string;
  readonly recordedAt: string;
  readonly data: EventData<N>;
  /** Nothing happened: somebody tries how it arrives. */
  readonly test?: true | undefined;
}

/** The event as CloudEvents 1.0, the `detail` on EventBridge. */
export const cloudEvent = (event: HubEvent, hub: { readonly url: string; readonly typePrefix: string }) => ({
  specversion: "1.0" as const,
  id: event.id,
  source: hub.url,
  type: `${hub.typePrefix}.${event.name}`,
  subject: event.subject,
  time: event.time,
  recordedtime: event.recordedAt,
  datacontenttype: "application/json",
  dataschema: `${hub.url}/v1/schemas/${event.name}/1.json`,
  sequence: String(event.sequence).padStart(17, "0"),
  partitionkey: event.subject,
  ...(event.test === true && { test: true as const }),
  data: snakeKeys(event.data),
});

/** Whether a filter names a type: `feature.stage.changed`, `feature.*`, `*`. */
export const isNamedBy = (name: string, patterns: readonly string[]): boolean =>
  patterns.some((pattern) => (pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : pattern === name));
