import type { HubEvent } from "../domain/event.ts";

/** Where everybody may listen. At least once; order holds by `sequence` within one subject only. */
export interface Bus {
  /** @returns the events that were not taken, to be published again */
  publish(events: readonly HubEvent[]): Promise<readonly HubEvent[]>;
}
