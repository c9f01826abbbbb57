import type { Instant } from "../domain/instant.ts";

/** What is known of raw bytes beside the bytes. */
export interface ArchiveNote {
  readonly connectionId: string;
  readonly receivedAt: Instant;
  readonly what: "page" | "webhook" | "reread" | "census" | "event";
  /** The stream of a page, re-read or census. */
  readonly stream?: string | undefined;
  /** Headers of a webhook that say what it is; never its signature. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

export interface Archived {
  readonly note: ArchiveNote;
  readonly bytes: Uint8Array;
}

/** Raw payloads, kept before anything is acknowledged. The same note and bytes have one address. */
export interface Archive {
  /** Durable when it resolves. @returns the address */
  put(note: ArchiveNote, bytes: Uint8Array): Promise<string>;
  /** @throws Error if there is none or its content does not fit its address */
  get(ref: string): Promise<Archived>;
  /** Addresses of one connection in order of receipt, from and to inclusive. */
  list(connectionId: string, from?: Instant, to?: Instant): AsyncIterable<string>;
}
