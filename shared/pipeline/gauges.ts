import type { QueueConsumer } from "../ports/queue.ts";
import type { ConnectionView } from "../store/views.ts";
import { connectionViews } from "./connection-views.ts";
import type { Hub } from "./hub.ts";
import { type Gauge, gauge } from "./metrics.ts";

/** What waits in this process's own stores. On AWS, CloudWatch knows it by itself. */
export interface Waiting {
  readonly consumers: Readonly<Record<string, Pick<QueueConsumer, "depth"> & { oldestSeconds(): number }>>;
  readonly feed: { lag(): number };
}

/** How old a connection's data is; undefined before anything was read to its end. */
export const lagSeconds = ({ dataAsOf }: Pick<ConnectionView, "dataAsOf">, now: Date): number | undefined =>
  dataAsOf === undefined ? undefined : Math.max(0, (now.getTime() - Date.parse(dataAsOf)) / 1000);

/** How connections are doing, in numbers: of the same views as their page, the API and the doctor. */
export const connectionGauges = (views: readonly ConnectionView[], now: Date): Gauge[] =>
  views.flatMap((view) => {
    const labels = { connection: view.name };
    const lag = lagSeconds(view, now);
    return [
      ...(lag === undefined ? [] : [gauge("connection_lag_seconds", labels, lag)]),
      gauge("connection_healthy", labels, view.state === "healthy" ? 1 : 0),
      gauge("connection_set_aside", labels, view.quarantined),
      gauge("connection_webhooks_refused", labels, view.webhooks.rejected),
    ];
  });

/** What waits, in numbers. */
export const waitingGauges = async ({ consumers, feed }: Waiting): Promise<Gauge[]> => {
  const queues = await Promise.all(
    Object.entries(consumers).map(async ([queue, consumer]) => {
      const { waiting, inFlight, dead } = await consumer.depth();
      return [
        gauge("queue_messages", { queue, state: "waiting" }, waiting),
        gauge("queue_messages", { queue, state: "in_flight" }, inFlight),
        gauge("queue_messages", { queue, state: "dead" }, dead),
        gauge("queue_oldest_seconds", { queue }, consumer.oldestSeconds()),
      ];
    }),
  );
  return [...queues.flat(), gauge("feed_lag_records", {}, feed.lag())];
};

/** All that is looked up for `/metrics`. */
export const gaugesOf = async (hub: Hub, waiting: Waiting): Promise<Gauge[]> => [
  ...connectionGauges(await connectionViews(hub), hub.ports.clock.now()),
  ...(await waitingGauges(waiting)),
];
