/** At least once, in no promised order. Bodies are JSON texts below 256 KB: larger things go to the archive first. */
export interface Queue {
  /**
   * @param delaySeconds not delivered before; default 0, at most 900
   * @throws HubError message_too_large: none of them is sent
   */
  send(bodies: readonly string[], delaySeconds?: number): Promise<void>;
}

export interface QueueMessage {
  readonly id: string;
  readonly body: string;
  /** How often it was handed out, this time included. */
  readonly receives: number;
}

/** The receiving end, which AWS Lambda has built in and the local runner plays. */
export interface QueueConsumer {
  /** Hands out up to `most` messages and hides them for `visibilitySeconds`. */
  receive(most: number, visibilitySeconds: number): Promise<QueueMessage[]>;
  delete(ids: readonly string[]): Promise<void>;
  /** Gives messages back; after the last allowed receive they go to the dead letters instead. */
  release(ids: readonly string[], delaySeconds: number): Promise<void>;
  /** Messages that wait, are handed out, and are dead. */
  depth(): Promise<{ readonly waiting: number; readonly inFlight: number; readonly dead: number }>;
}
