/** A signed message to one address. */
export interface WebhookMessage {
  readonly url: string;
  /** The same at every try. */
  readonly id: string;
  readonly at: Date;
  /** JSON. */
  readonly body: string;
  /** `whsec_…`, the newest first: one signature each. */
  readonly secrets: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
}

/** What came back, if anything did. */
export interface WebhookAnswer {
  /** Absent where no answer came. */
  readonly status?: number | undefined;
  /** Why none came, in our words. */
  readonly reason?: string | undefined;
  readonly retryAfterSeconds?: number | undefined;
  /** Its beginning. */
  readonly body: string;
}

/** The way to addresses that users enter. */
export interface WebhookSender {
  /** Never throws but for the signal. */
  send(message: WebhookMessage, signal: AbortSignal): Promise<WebhookAnswer>;
  /** @throws HubError address_not_allowed for what could never be sent to */
  check(url: string): Promise<void>;
}
