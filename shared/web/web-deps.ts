import type { Replies } from "../store/replies.ts";
import type { Views } from "../store/views.ts";
import type { Identity, NOBODY } from "./access/identity.ts";

/** All that the HTTP surfaces are given: they hold no clock, no environment and no files of their own. */
export interface WebDeps {
  readonly views: Views;
  readonly now: () => Date;
  /** Signs list cursors; at least 32 bytes, the same on every instance that serves one hub. */
  readonly cursorKey: Uint8Array;
  readonly version: string;
  /** Where people reach this hub, without a slash at the end. */
  readonly url: () => string;
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
  /** Hands work to whoever polls the connection; absent where nothing does. */
  readonly ask?: ((work: AskedOfConnection) => Promise<void>) | undefined;
  /** Answers to requests that name themselves; absent: each request is a new one. */
  readonly replies?: Replies | undefined;
  /** Told of every failure that people only see as `internal_error`. */
  readonly onFailure?: ((error: unknown, requestId: string) => void) | undefined;
}

/** Work for a connection that goes on after the answer. */
export interface AskedOfConnection {
  /** Its name. */
  readonly connection: string;
  readonly what: "sync" | "replay" | "check";
  /** Of a sync: from the beginning. */
  readonly full?: boolean | undefined;
}

/** What a request carries on its way through the app. */
export interface WebEnv {
  Variables: { requestId: string; identity: Identity };
}
