import type * as z from "zod";
import type { EmailHash } from "../domain/email-hash.ts";
import type { Draft, FieldedKind, PresenceState, StatusCategory } from "../domain/entity.ts";
import type { Instant } from "../domain/instant.ts";
import type { Ref } from "../domain/kind.ts";
import type { Mapped, Table, Word } from "../domain/mapped.ts";
import type { Credential } from "./credential.ts";
import type { VendorHttp } from "./http.ts";
import type { Limits } from "./limits.ts";
import type { HookSetup, Setup } from "./setup.ts";

/** Products' tool categories, as the connections page groups them. */
export type Category =
  | "planning"
  | "code"
  | "analytics"
  | "experiments"
  | "research"
  | "design"
  | "marketing"
  | "support"
  | "communication"
  | "data";

/** What a normaliser may know beside the record. It has no clock, no network and no store. */
export interface NormaliseContext {
  readonly connectionId: string;
  /** The hub's own exceptions of the status mapping, by status id or name. */
  readonly statuses: Table<StatusCategory>;
  /** The hub's own names of deployment environments. */
  readonly environments?: Table<"production" | "staging" | "test" | "other"> | undefined;
  /** With the hub's key; absent where there is no hub: then drafts carry no hash. The address itself is never kept. */
  readonly emailHash?: EmailHash | undefined;
}

/** What a poll or re-read gets. */
export interface ReadContext<Config> {
  readonly http: VendorHttp;
  readonly config: Config;
  readonly signal: AbortSignal;
}

/** One page as the vendor gave it: records of this stream, records of others that were read along, and where to go on. */
export interface Page<Cursor> {
  readonly records: readonly unknown[];
  /** By stream id, e.g. the reviews of the pull requests of this page. */
  readonly also?: Readonly<Record<string, readonly unknown[]>>;
  /** What the vendor listed as deleted on this page. */
  readonly gone?: readonly Ref<FieldedKind>[];
  /** Is stored after the page is safely queued; must be resumable at any page. */
  readonly cursor: Cursor;
}

/** A record that a listing of ids names. */
export interface Counted {
  /** As in the external id of its draft. */
  readonly id: string;
  /** What {@link Stream.reread} takes for it; default the id. */
  readonly rereadId?: string | undefined;
  readonly isArchived?: boolean | undefined;
}

/** What we hold of a record that a listing no longer names. */
export interface Missed {
  readonly id: string;
  readonly key?: string | undefined;
  readonly url: string;
}

/** Where a record went that was not found where it was. */
export interface Whereabouts {
  readonly state: "deleted" | "moved" | "out_of_scope" | "lost_access";
  /** The key under which it lives on. */
  readonly movedTo?: string | undefined;
}

/** How to see what is gone, restored or was never told: all ids of a scope, to be compared with what the hub holds. */
export interface Census<Config> {
  /** Of the external ids that are counted. */
  readonly noun: string;
  readonly kinds: readonly FieldedKind[];
  /** Every record that the selector takes, archived ones included, page by page. */
  readonly ids: (context: ReadContext<Config>, scope: string) => AsyncGenerator<readonly Counted[], void, undefined>;
  /** Whether a record's place (project, team, repository) is read at all by this config. */
  readonly selects: (config: Config, place: string) => boolean;
  /** Whether a place belongs to a scope; default: they are the same, or the scope is all. */
  readonly holds?: (scope: string, place: string) => boolean;
  /** Whether the credential still sees a place. Asked before anything in it is taken for deleted. */
  readonly reaches: (context: ReadContext<Config>, place: string) => Promise<boolean>;
  /** What {@link Stream.reread} takes for a record that we hold; default its id. */
  readonly rereadId?: (missed: Missed) => string | undefined;
  /** What became of records that neither the listing nor a re-read found; default: deleted. */
  readonly whereabouts?: (context: ReadContext<Config>, missed: Missed) => Promise<Whereabouts>;
}

/** One kind of record of a vendor: a poll page and a webhook both yield these. */
export interface Stream<Config, Record_, Cursor> {
  /** The vendor fields we read; unknown fields and unknown enum values must pass. */
  readonly record: z.ZodType<Record_>;
  /** The kinds of entity that its records become: decides which stages a connection can see. */
  readonly kinds: readonly FieldedKind[];
  /** Pure: vendor record to drafts, first the record itself, then what it names: people, sprints, statuses. */
  readonly normalise: (record: Record_, context: NormaliseContext) => readonly Draft[];
  /** The records inside an answer of the vendor's own list endpoints, or undefined if it is no such answer. */
  readonly listed?: (answer: unknown) => readonly unknown[] | undefined;
  /** The vendor tells no time of change: later reads win. */
  readonly timeless?: boolean;
  readonly poll?: {
    readonly cursor: z.ZodType<Cursor>;
    readonly start: Cursor;
    /** Parts that are read on their own, each with a cursor of its own (repositories, for example); default one. */
    readonly scopes?: (config: Config) => readonly string[];
    readonly read: (
      context: ReadContext<Config>,
      cursor: Cursor,
      scope: string,
    ) => AsyncGenerator<Page<Cursor>, void, undefined>;
  };
  /** What {@link reread} takes for a record; default the external id of the draft. */
  readonly rereadId?: (record: unknown) => string | undefined;
  /** Reads records anew by the vendor's ids, to settle a tie or to follow a webhook's hint. What is gone is left out. */
  readonly reread?: (context: ReadContext<Config>, ids: readonly string[]) => Promise<readonly unknown[]>;
  /** Needs {@link reread}. */
  readonly census?: Census<Config>;
}

/** What a webhook tells: a whole record, or only that one should be read again. */
export type Told =
  | { readonly stream: string; readonly record: unknown; readonly presence?: PresenceState; readonly at?: Instant }
  | {
      readonly stream: string;
      readonly reread: string;
      /** The record as this body has it: to be looked at by people, never stored. */
      readonly hint?: unknown;
    };

/** A webhook request as it came in, body untouched. */
export interface Delivery {
  readonly headers: Headers;
  readonly body: Uint8Array;
  /** The address as the vendor called it, query included; absent where it is not known. */
  readonly url?: string | undefined;
  readonly receivedAt: Date;
}

export interface Signature<Config> {
  /** Headers that {@link verify} accepts for this body; the sandbox, replays and tests use it. */
  readonly sign: (body: Uint8Array, config: Config, sentAt: Date, url?: string) => Record<string, string>;
  /** How it is proved, in words for people, e.g. `HMAC-SHA256 of the body as hex in X-Signature`. */
  readonly scheme?: string;
  /** `sender`: the body is not signed, so that webhooks may only ask for records to be read again; default `body`. */
  readonly covers?: "body" | "sender";
  /** @throws HubError signature_rejected */
  readonly verify: (delivery: Delivery, config: Config) => void;
}

/** A vendor, declared. Nothing runs on import, and the vendor's package is loaded only where it is used. */
export interface Connector<Config = unknown> {
  readonly id: string;
  readonly title: string;
  readonly category: Category;
  /** The vendor's own API documentation. */
  readonly docs: string;
  /** Strict object; secrets are marked by `.meta({ secret: true })`. */
  readonly config: z.ZodType<Config>;
  readonly http: (config: Config) => HttpSettings;
  readonly setup?: Setup<Config>;
  /** One function for a work item's present status and its past, so that the two cannot disagree. `type` is the vocabulary's. */
  readonly status?: (word: Word, own: Table<StatusCategory>) => Mapped<StatusCategory>;
  // biome-ignore lint/suspicious/noExplicitAny: each stream has record and cursor types of its own; `stream()` checked them
  readonly streams: Readonly<Record<string, Stream<Config, any, any>>>;
  readonly webhook?: {
    readonly signature: Signature<Config>;
    /** Paths of the config values that {@link signature} needs, e.g. `oauth.clientSecret`; default `webhookSecret` and `previousWebhookSecret`. */
    readonly secrets?: readonly string[];
    /** The only answer that the vendor takes for success, where it is not any of 2xx; default 202. */
    readonly accepted?: 200;
    /** A body as {@link records} takes it; default JSON. @throws HubError payload_unreadable */
    readonly parse?: (body: Uint8Array) => unknown;
    /** A delivery of that id that tells nothing, unsigned: to see whether webhooks come through. */
    readonly probe?: (id: string, at: Date) => { readonly headers: Record<string, string>; readonly body: object };
    /** The vendor's id of the delivery; empty where it has none. */
    readonly deliveryId: (delivery: Delivery) => string;
    /** The answer that the vendor waits for to know that somebody is there; undefined for any other body. Given once the signature holds. */
    readonly challenge?: (body: unknown) => string | undefined;
    /**
     * The secret with which the vendor begins before it signs anything, to be shown to people once: they hand it back to
     * the vendor and put it into the config. Undefined for any other body, and for a connection that has a secret.
     */
    readonly offer?: (body: unknown, config: Config) => string | undefined;
    /** Headers that {@link records} reads, in small letters: kept with the body. Signatures are never among them. */
    readonly keeps?: readonly string[];
    /** False for a body that tells of nothing that the config names: it is accepted, and not even its bytes are kept. Default true. */
    readonly concerns?: (body: unknown, config: Config) => boolean;
    /** @throws ZodError if the body is none of the vendor's */
    readonly records: (body: unknown, headers: Headers, config: Config) => readonly Told[];
    /** Absent where only people can set webhooks up. */
    readonly setup?: HookSetup<Config>;
  };
}

export interface HttpSettings {
  /** Where the vendor answers; every connection may override it, plain http only for loopback. */
  readonly baseUrl: string;
  /** Further addresses of the vendor that the credential may go to, where its API has more than one host. */
  readonly alsoAt?: readonly string[] | undefined;
  /** Of every request; the credential is none of them. */
  readonly headers: Readonly<Record<string, string>>;
  readonly credential?: Credential | undefined;
  /** What the vendor's headers say of its budget, where they are not the usual ones. */
  readonly limits?: ((headers: Headers, now: number) => Limits | undefined) | undefined;
  /** Start value of the budget until the vendor's headers say otherwise. */
  readonly requestsPerMinute: number;
  /** Longest time of one call, its body included, in milliseconds; default 30,000. */
  readonly timeoutMs?: number | undefined;
  /** How often a call is tried; default 5. Once, where a repetition would do a thing twice. */
  readonly attempts?: number | undefined;
  /** Whether an answer means that the vendor is overloaded, where neither its status nor its headers say so. */
  readonly isOverloaded?: ((answer: { readonly status: number; readonly headers: Headers }) => boolean) | undefined;
}

/** Checks a stream's types where it is written. */
export const stream = <Config, Record_, Cursor = never>(
  declared: Stream<Config, Record_, Cursor>,
): Stream<Config, Record_, Cursor> => declared;

/** Checks a connector where it is written, stream names of its webhook included. */
export const defineConnector = <Config>(declared: Connector<Config>): Connector<Config> => declared;
