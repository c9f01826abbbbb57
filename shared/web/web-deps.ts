import type { EventName } from "../domain/event.ts";
import type { TrustLimits } from "../domain/experiment-trust.ts";
import type { Table } from "../ports/table.ts";
import type { Report } from "../report/document.ts";
import type { PictureMaker } from "../report/render/mail.tsx";
import type { ReportSettings } from "../report/settings.ts";
import type { Replies } from "../store/replies.ts";
import type { Delivery, StoredRun } from "../store/report-store.ts";
import type { Say } from "../store/said.ts";
import type { Slice, Views } from "../store/views.ts";
import type { WebhookDesk } from "../store/webhook-desk.ts";
import type { Identity, NOBODY } from "./access/identity.ts";
import type { Oidc } from "./access/oidc.ts";

/** Reports as the surfaces show them. */
export interface WebReports {
  readonly settings: readonly ReportSettings[];
  /** Newest period first. */
  readonly runs: (report: string, after: string | undefined, limit: number) => Promise<Slice<StoredRun<Report>>>;
  readonly run: (report: string, run: string) => Promise<StoredRun<Report> | undefined>;
  readonly deliveries: (report: string, run: string) => Promise<readonly Delivery[]>;
  /** As it would be made now for the last whole period before a moment; not kept. */
  readonly preview: (settings: ReportSettings, asOf: Date) => Promise<Report>;
  /** Draws charts for mails; absent where nothing can. */
  readonly picture?: PictureMaker | undefined;
}

/** All that the HTTP surfaces are given: they hold no clock, no environment and no files of their own. */
export interface WebDeps {
  readonly views: Views;
  /** Where keys, members, sessions and the audit log are kept. All else is read through {@link views}. */
  readonly table: Table;
  /** The writes of people: what they assert, post and decide. */
  readonly say: Say;
  readonly now: () => Date;
  /** Signs list cursors; at least 32 bytes, the same on every instance that serves one hub. */
  readonly cursorKey: Uint8Array;
  /** Outgoing webhooks; absent where nobody sends any. */
  readonly webhooks?: WebhookDesk | undefined;
  /** Sends an example of an event the way of all events. @returns its id */
  readonly sendTestEvent?: ((type: EventName) => Promise<string>) | undefined;
  readonly version: string;
  /** In which days end, a zone of the IANA data; UTC without it. */
  readonly timezone?: string | undefined;
  /** Where people reach this hub, without a slash at the end. */
  readonly url: () => string;
  /** When experiments of features of these products are not to be trusted, as for their health. */
  readonly trustLimits: (productIds: readonly string[]) => TrustLimits;
  /** Absent where the hub has none. */
  readonly reports?: WebReports | undefined;
  /** True when what is shown is the made-up demo company. */
  readonly demo?: boolean | undefined;
  /** Name of the rule set in force, shown under /docs/stages. */
  readonly ruleSet?: string | undefined;
  /** Asked by /healthz; absent means: ready as soon as it answers. */
  readonly ready?: (() => Promise<{ readonly ok: boolean; readonly reason?: string | undefined }>) | undefined;
  /** Host names that may be asked for, without port; absent allows all. Keeps other sites off a local hub. */
  readonly allowedHosts?: readonly string[] | undefined;
  /**
   * Who asks, {@link NOBODY} without a credential; absent on a hub that only its own machine reaches.
   *
   * @throws HubError key_unknown | key_expired
   */
  readonly identify?: ((request: Request) => Promise<Identity>) | undefined;
  /** Counts what was asked for; absent where nobody counts. */
  readonly metrics?:
    | {
        readonly answered: (
          what: { readonly route: string; readonly method: string; readonly status: string },
          seconds: number,
        ) => void;
        /** What `/metrics` answers; absent where there is no such page. */
        readonly page?: (() => Promise<{ readonly type: string; readonly text: string }>) | undefined;
      }
    | undefined;
  /** Hands work to whoever polls the connection; absent where nothing does. */
  readonly ask?: ((work: AskedOfConnection) => Promise<void>) | undefined;
  /** What waits in the queues of the hub; absent where they are not this process's own. */
  readonly waiting?: (() => Promise<readonly WaitingIn[]>) | undefined;
  /** Answers to requests that name themselves; absent: each request is a new one. */
  readonly replies?: Replies | undefined;
  /** Sign-in by an identity provider, where one is configured. */
  readonly oidc?: Oidc | undefined;
  /** Told of every failure that people only see as `internal_error`. */
  readonly onFailure?: ((error: unknown, requestId: string) => void) | undefined;
}

/** A queue with its messages. */
export interface WaitingIn {
  readonly queue: string;
  readonly waiting: number;
  /** Given up. */
  readonly dead: number;
}

/** Work for a connection that goes on after the answer. */
export interface AskedOfConnection {
  /** Its name. */
  readonly connection: string;
  readonly what: "sync" | "replay" | "check";
  /** Of a sync: from the beginning. */
  readonly full?: boolean | undefined;
  /** Of a replay: one record that was set aside, by its name. */
  readonly letter?: string | undefined;
}

/** What a request carries on its way through the app. */
export interface WebEnv {
  Bindings: {
    /** Of API Gateway, and of the local server alike; no environment at all where an app is asked directly. */
    readonly event?: { readonly requestContext?: { readonly http?: { readonly sourceIp?: string } } };
    /** Of requests that the hub makes to itself, for whom a link to a page was given. */
    readonly sharedAs?: Identity;
  };
  Variables: { requestId: string; identity: Identity; failures: Failures; frames?: "holds" | "held" };
}

/** Failed sign-ins of the caller. */
interface Failures {
  /** @throws HubError rate_limited */
  check(): void;
  note(): void;
}
