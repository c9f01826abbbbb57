/** What is counted, what is measured, and what is looked up when somebody asks. */
type Type = "counter" | "histogram" | "gauge";

interface Metric {
  readonly type: Type;
  /** Of a histogram: upper bounds of its buckets, in its unit. */
  readonly bounds?: readonly number[];
  /** Part of the name, as OpenMetrics has it. */
  readonly unit?: "seconds";
  readonly help: string;
  /** Of words of ours and of the config only, never of what a vendor or a caller sends: their number is bounded. */
  readonly labels: readonly string[];
  /** Name in CloudWatch: few have one, since each costs a price by the month there. */
  readonly cloud?: string;
}

/** Fast pages and slow ones, in seconds. */
const REQUEST = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
/** From a step to a whole first sync, in seconds. */
const LONG = [0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600];

/** Every metric of the hub: the registry, CloudWatch, `/metrics` and docs/operate.md have no other list. */
export const METRICS = {
  records_read: {
    type: "counter",
    help: "Records on pages that were read from a tool, known or not.",
    labels: ["connection", "stream"],
    cloud: "RecordsRead",
  },
  records_kept: {
    type: "counter",
    help: "What records turned out to be: new, changed, the same as held, or set_aside because nobody could read them.",
    labels: ["connection", "result"],
  },
  quarantined: {
    type: "counter",
    help: "Times that a record was set aside, by the code that says why.",
    labels: ["connection", "code"],
  },
  webhooks_received: { type: "counter", help: "Webhooks that were verified, kept and queued.", labels: ["connection"] },
  signature_failures: {
    type: "counter",
    help: "Webhooks that were refused because their signature is wrong.",
    labels: ["connection"],
  },
  runs: {
    type: "counter",
    help: "Runs over a stream and scope, by how they ended: completed, failed or broken_off.",
    labels: ["connection", "stream", "outcome"],
  },
  run_duration_seconds: {
    type: "histogram",
    unit: "seconds",
    bounds: LONG,
    help: "How long a run over a stream and scope took.",
    labels: ["connection"],
  },
  vendor_requests: {
    type: "counter",
    help: "Requests to a tool, by the class of the answer's status, 429, or none where no answer came.",
    labels: ["connection", "status"],
    cloud: "VendorRequests",
  },
  vendor_wait_seconds: {
    type: "counter",
    unit: "seconds",
    help: "Time waited for a tool's budget, and before a request was tried again.",
    labels: ["connection"],
    cloud: "VendorWaitSeconds",
  },
  projection_duration_seconds: {
    type: "histogram",
    unit: "seconds",
    bounds: LONG,
    help: "How long it took to derive what a batch of changes touched.",
    labels: [],
  },
  features_derived: { type: "counter", help: "Features that were derived because of changes.", labels: [] },
  events_published: {
    type: "counter",
    help: "Events that went on the bus, by type.",
    labels: ["type"],
    cloud: "EventsPublished",
  },
  event_age_seconds: {
    type: "histogram",
    unit: "seconds",
    bounds: LONG,
    help: "From the write of a change to its event on the bus.",
    labels: [],
    cloud: "EventAgeSeconds",
  },
  messages_failed: {
    type: "counter",
    help: "Messages and jobs that failed and come again, by code.",
    labels: ["code"],
    cloud: "MessagesFailed",
  },
  report_deliveries: {
    type: "counter",
    help: "Deliveries of reports: sent, waiting for another try, failed for good, or unknown.",
    labels: ["report", "outcome"],
  },
  output_deliveries: {
    type: "counter",
    help: "Events sent to outputs: delivered, or refused by the other side.",
    labels: ["output", "outcome"],
  },
  output_failures: { type: "counter", help: "Runs of an output that failed, by code.", labels: ["output", "code"] },
  webhook_deliveries: {
    type: "counter",
    help: "Tries to send an event to somebody's webhook: delivered, or failed and tried again for days.",
    labels: ["outcome"],
  },
  http_requests: {
    type: "counter",
    help: "Requests to the API and the pages, by route, method and status.",
    labels: ["route", "method", "status"],
  },
  http_request_duration_seconds: {
    type: "histogram",
    unit: "seconds",
    bounds: REQUEST,
    help: "How long a request to the API or a page took.",
    labels: ["route"],
  },
  connection_lag_seconds: {
    type: "gauge",
    unit: "seconds",
    help: "Age of a connection's data: since the oldest of its streams was last read to its end, or since its last webhook where it only sends. Absent before the first.",
    labels: ["connection"],
  },
  connection_healthy: {
    type: "gauge",
    help: "1 while a connection is healthy, 0 while its page says otherwise.",
    labels: ["connection"],
  },
  connection_set_aside: {
    type: "gauge",
    help: "Records of a connection that are set aside and wait for a person.",
    labels: ["connection"],
  },
  connection_webhooks_refused: {
    type: "gauge",
    help: "Webhooks of a connection that were refused since it was set up, as its page shows.",
    labels: ["connection"],
  },
  queue_messages: {
    type: "gauge",
    help: "Messages in a queue: waiting, in_flight or dead.",
    labels: ["queue", "state"],
  },
  queue_oldest_seconds: {
    type: "gauge",
    unit: "seconds",
    help: "How long the message has been due that waits longest; 0 while none waits.",
    labels: ["queue"],
  },
  feed_lag_records: {
    type: "gauge",
    help: "Changes that the slowest reader of the change feed has not read yet.",
    labels: [],
  },
} as const satisfies Readonly<Record<string, Metric>>;

type Table = typeof METRICS;
export type MetricName = keyof Table;
type NameOf<T extends Type> = { [N in MetricName]: Table[N]["type"] extends T ? N : never }[MetricName];
export type LabelsOf<N extends MetricName> = { readonly [L in Table[N]["labels"][number]]: string };

/** One value of a metric that is looked up. */
export interface Gauge<N extends NameOf<"gauge"> = NameOf<"gauge">> {
  readonly name: N;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Where use cases count. Never fails and never waits. */
export interface Meter {
  add<N extends NameOf<"counter">>(name: N, labels: LabelsOf<N>, by?: number): void;
  observe<N extends NameOf<"histogram">>(name: N, labels: LabelsOf<N>, value: number): void;
}

export const gauge = <N extends NameOf<"gauge">>(name: N, labels: LabelsOf<N>, value: number): Gauge<N> => ({
  name,
  labels,
  value,
});
