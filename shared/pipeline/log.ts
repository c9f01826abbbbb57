/** What a log line may say beside its time, level and verb: nothing else is ever written, so no payload, config or secret fits in. */
export const LOG_FIELDS = {
  connection: { is: "text", says: "name of the connection in the config" },
  output: { is: "text", says: "name of the output in the config" },
  report: { is: "text", says: "name of the report in the config" },
  stream: { is: "text", says: "stream of the connector, or reader of a queue or feed" },
  scope: { is: "text", says: "the part of the tool that was read: a project, a repository" },
  trace: {
    is: "text",
    says: "the delivery or page that it goes back to: the trace id in `traceparent` of its events, and the first half of the digest that its address in the archive ends in",
  },
  deliveryId: { is: "text", says: "the vendor's id of a webhook, or the id of a request" },
  run: { is: "text", says: "when the run began that it belongs to: one of a stream and scope at a time" },
  entity: { is: "text", says: "id of a record, feature or event's subject" },
  code: { is: "text", says: "one of docs/errors.md" },
  reason: { is: "text", says: "in words, without the vendor's" },
  attempt: { is: "number", says: "which try this was" },
  pages: { is: "number", says: "how many were read" },
  records: { is: "number", says: "how many it was about" },
  written: { is: "number", says: "how many of them changed what is stored" },
  setAside: { is: "number", says: "how many of them could not be read" },
  durationMs: { is: "number", says: "how long it took" },
} as const satisfies Readonly<Record<string, { readonly is: "text" | "number"; readonly says: string }>>;

type Is = { readonly text: string; readonly number: number };

/** The only fields that a log line may have. */
export type LogFields = {
  readonly [Name in keyof typeof LOG_FIELDS]?: Is[(typeof LOG_FIELDS)[Name]["is"]] | undefined;
};

/** One line per outcome. The verb is a constant in lower case, so that lines can be counted by it. */
export interface Log {
  info(fields: LogFields, verb: string): void;
  warn(fields: LogFields, verb: string): void;
}
