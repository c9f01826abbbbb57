import type { EventName } from "../domain/event.ts";
import type { Instant } from "../domain/instant.ts";
import type { Who } from "./access.ts";
import type { Slice } from "./views.ts";
import type { EndpointProgress, StoredDelivery, StoredEndpoint } from "./webhook-rows.ts";

/** An endpoint as surfaces show it: never with its secret. */
export interface EndpointView
  extends Omit<StoredEndpoint, "secret" | "before" | "state">,
    Pick<EndpointProgress, "failingSince" | "lastFailure" | "lastDeliveredAt" | "waitUntil" | "replay"> {
  readonly state: "active" | "paused" | "disabled";
  /** Until when the secret before the present one is used too. */
  readonly oldSecretUntil?: Instant | undefined;
  /** Rises with each change by people. */
  readonly version: number;
}

/** A delivery with what is sent: the body, and the headers but for the signature itself. */
export interface DeliveryView extends StoredDelivery {
  readonly body?: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
}

/** What people say of an endpoint. */
export interface EndpointSaid {
  readonly url: string;
  readonly description?: string | undefined;
  readonly events: readonly string[];
  readonly products?: readonly string[] | undefined;
}

/** All that surfaces do with outgoing webhooks. Undefined: there is no such endpoint or delivery. */
export interface WebhookDesk {
  endpoints(after: string | undefined, limit: number): Promise<Slice<EndpointView>>;
  endpoint(id: string): Promise<EndpointView | undefined>;
  /** @param maker id. @returns the secret too, this once. @throws HubError address_not_allowed */
  create(
    said: EndpointSaid,
    by: string,
    maker?: string,
  ): Promise<{ readonly endpoint: EndpointView; readonly secret: string }>;
  /**
   * @param by whoever lets one go on that has no maker any more is its maker from then on
   * @throws HubError address_not_allowed
   */
  change(
    id: string,
    said: Partial<EndpointSaid> & { readonly isPaused?: boolean | undefined },
    by?: Who,
  ): Promise<EndpointView | undefined>;
  remove(id: string): Promise<boolean>;
  /** A new secret, shown this once; the one before signs too for a day. */
  rotate(id: string): Promise<{ readonly endpoint: EndpointView; readonly secret: string } | undefined>;
  /** Newest first. */
  deliveries(
    id: string,
    state: StoredDelivery["state"] | undefined,
    after: string | undefined,
    limit: number,
  ): Promise<Slice<StoredDelivery>>;
  delivery(id: string, delivery: string): Promise<DeliveryView | undefined>;
  /** Sends a delivery once more, at once, and again by the table of retries where that fails. */
  resend(id: string, delivery: string): Promise<StoredDelivery | undefined>;
  /** Sends an example to this endpoint alone. */
  test(id: string, type: EventName): Promise<StoredDelivery | undefined>;
  /** Sends what the log holds of a time once more. @throws HubError webhook_replay_running */
  replay(id: string, from: Instant, to: Instant): Promise<EndpointView | undefined>;
}
