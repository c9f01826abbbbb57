export interface Mail {
  /** The same id is delivered once. */
  readonly id: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly html?: string | undefined;
  /** Beside those that every mail has, e.g. `List-Unsubscribe`. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Shown within the HTML as `cid:<id>`. */
  readonly pictures?: readonly { readonly id: string; readonly png: Uint8Array }[] | undefined;
}

export interface Mailer {
  /** @throws HubError delivery_unknown: it may have been sent; any other error: it was not */
  send(mail: Mail): Promise<void>;
}
