import type { HubEvent } from "../domain/event.ts";

/** Something that happened, as people are told of it. Texts are plain and of bounded length, but not escaped for anything. */
export interface Notice {
  readonly event: HubEvent;
  /** What it happened to. */
  readonly title: string;
  /** The rest of the sentence. */
  readonly happened: string;
  readonly reasons: readonly string[];
  /** Absolute addresses, http or https; `label` is ours. */
  readonly links: readonly { readonly label: string; readonly url: string }[];
}

/** What a channel will never take, with why in our own words. */
export interface Refused {
  readonly eventId: string;
  readonly reason: string;
}

/** A way out of the hub: a messenger, an analytics tool. */
export interface Channel {
  /** Notices of one delivery, at the most. */
  readonly atOnce: number;
  /**
   * Delivers them in this order. After an error all of them are given again: what the other side can tell apart by the
   * event's id it shows once.
   *
   * @returns those that no retry will deliver; the rest was taken
   * @throws HubError whose `retry` says when the same may succeed
   */
  deliver(notices: readonly Notice[], signal: AbortSignal): Promise<readonly Refused[]>;
}
