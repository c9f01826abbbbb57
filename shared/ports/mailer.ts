export interface Mail {
  /** The same id is delivered once. */
  readonly id: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly html?: string | undefined;
}

export interface Mailer {
  send(mail: Mail): Promise<void>;
}
