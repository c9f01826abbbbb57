import type { HubEvent } from "../domain/event.ts";
import type { Instant } from "../domain/instant.ts";

/** An address that somebody wants events sent to. */
export interface StoredEndpoint {
  readonly id: string;
  readonly url: string;
  readonly description?: string | undefined;
  /** Types, or patterns such as `feature.*`. */
  readonly events: readonly string[];
  /** Ids; absent for all. */
  readonly products?: readonly string[] | undefined;
  /** `paused` by a person, `disabled` by the hub; `removed` stays for a while, empty. */
  readonly state: "active" | "paused" | "disabled" | "removed";
  readonly disabled?:
    | {
        readonly reason: string;
        readonly failingSince?: Instant | undefined;
        /** Whoever was its maker is no member any more, or their key was revoked: an administrator takes it over. */
        readonly isMakerGone?: true | undefined;
      }
    | undefined;
  /** Sealed: nobody reads it from the table. */
  readonly secret: string;
  /** The one before, with which deliveries are signed too until then. */
  readonly before?: { readonly secret: string; readonly until: Instant } | undefined;
  /** Events that were logged before are not sent by themselves. */
  readonly since: Instant;
  readonly createdAt: Instant;
  /** Name of the maker. */
  readonly createdBy: string;
  /** Id of the maker, or of who took it over: once they are gone it waits. Absent in rows of before this was kept. */
  readonly maker?: string | undefined;
  readonly changedAt: Instant;
}

/** How far deliveries to an endpoint got. */
export interface EndpointProgress {
  /** Which process delivers now, and when another one may take over. */
  readonly lease?: { readonly by: string; readonly until: Instant } | undefined;
  /** The first failure since the last success. */
  readonly failingSince?: Instant | undefined;
  readonly lastFailure?: { readonly at: Instant; readonly reason: string } | undefined;
  readonly lastDeliveredAt?: Instant | undefined;
  /** The endpoint asked to be left alone until then. */
  readonly waitUntil?: Instant | undefined;
  /** Under way: events of a time that are sent again. */
  readonly replay?:
    | {
        readonly id: string;
        readonly from: Instant;
        readonly to: Instant;
        /** The log is handed out up to here. */
        readonly place: string;
        readonly queued: number;
      }
    | undefined;
}

export interface Attempt {
  readonly at: Instant;
  readonly ms: number;
  /** Absent where no answer came. */
  readonly status?: number | undefined;
  /** Why it failed, in our words. */
  readonly reason?: string | undefined;
  /** The beginning of the answer, without what looks like a secret. */
  readonly answer?: string | undefined;
}

/** One event on its way to one endpoint. */
export interface StoredDelivery {
  readonly id: string;
  readonly endpointId: string;
  readonly event: Pick<HubEvent, "id" | "name" | "subject" | "sequence">;
  /** Only of an event that does not stand in the change log: a test of this endpoint. */
  readonly whole?: HubEvent | undefined;
  /** Sent again on purpose: its cause says `replay`. */
  readonly isReplay: boolean;
  readonly queuedAt: Instant;
  readonly state: "pending" | "delivered" | "failed";
  /** Of this round: sending it again by hand begins anew. */
  readonly tries: number;
  readonly nextAt?: Instant | undefined;
  /** Keeps the order of the log among deliveries of one moment. */
  readonly order: string;
  /** Oldest first, the last twenty. */
  readonly attempts: readonly Attempt[];
}
