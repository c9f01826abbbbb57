import type { Context, DynamoDBStreamEvent, SQSBatchResponse, SQSEvent } from "aws-lambda";
import type { Told } from "../../shared/adapters/sqlite/index.ts";
import type { SqliteFeed } from "../../shared/adapters/sqlite/table.ts";
import { safeReason } from "../../shared/connector/errors.ts";
import { breathe } from "../../shared/pipeline/give-way.ts";
import type { Log } from "../../shared/pipeline/hub.ts";
import { streamRecord } from "../../shared/platform/feed.ts";
import type { QueueConsumer } from "../../shared/ports/queue.ts";

/** A loop that AWS runs for us: does one step, says whether there may be more. */
export interface Pump {
  readonly name: string;
  /** What wakes it. */
  readonly on: Told;
  step(): Promise<boolean>;
}

/** Longer than any first sync: a process that is gone gives back what it had when the next one starts. */
const VISIBILITY_SECONDS = 24 * 3600;
const MISSED_AGAIN_MS = 60_000;

/** A context like Lambda's for a process without time limit. */
export const endless = { getRemainingTimeInMillis: () => 2 ** 31 - 1 } as Context;

/** Queue -> SQS-shaped event -> handler; what failed comes again. */
export const queuePump = (
  name: string,
  on: Exclude<Told, "table">,
  consumer: QueueConsumer,
  batch: number,
  handler: (event: SQSEvent, context: Context) => Promise<SQSBatchResponse | undefined>,
): Pump => ({
  name,
  on,
  async step() {
    const messages = await consumer.receive(batch, VISIBILITY_SECONDS);
    if (messages.length === 0) return false;
    const event = {
      Records: messages.map(({ id, body, receives }) => ({
        messageId: id,
        receiptHandle: id,
        body,
        attributes: {
          ApproximateReceiveCount: String(receives),
          SentTimestamp: "0",
          SenderId: "local",
          ApproximateFirstReceiveTimestamp: "0",
        },
        messageAttributes: {},
        md5OfBody: "",
        eventSource: "aws:sqs",
        eventSourceARN: `arn:aws:sqs:local:0:${name}`,
        awsRegion: "local",
      })),
    };
    const all = messages.map(({ id }) => id);
    const result = await handler(event, endless).catch(() => ({
      batchItemFailures: all.map((itemIdentifier) => ({ itemIdentifier })),
    }));
    const failed = new Set((result?.batchItemFailures ?? []).map(({ itemIdentifier }) => itemIdentifier));
    await consumer.delete(all.filter((id) => !failed.has(id)));
    const attempts = Math.max(...messages.map(({ receives }) => receives));
    if (failed.size > 0) await consumer.release([...failed], Math.min(900, 2 ** attempts));
    return true;
  },
});

/** So many changes are read at once: a few milliseconds of reading JSON. */
const READ_AT_ONCE = 50;

/** Changes behind a place, with turns for others in between. */
const readFrom = async (feed: SqliteFeed, place: number, most: number) => {
  const records = feed.read(place, Math.min(READ_AT_ONCE, most));
  for (let isMore = records.length === READ_AT_ONCE; isMore && records.length < most; ) {
    await breathe();
    const some = feed.read(records.at(-1)?.seq ?? place, Math.min(READ_AT_ONCE, most - records.length));
    records.push(...some);
    isMore = some.length === READ_AT_ONCE;
  }
  return records;
};

/** Change feed -> DynamoDB-stream-shaped event -> handler; a batch that fails is cut in halves until one record is left. */
export const feedPump = (
  name: string,
  feed: SqliteFeed,
  batch: number,
  handler: (event: DynamoDBStreamEvent) => Promise<unknown>,
  log: Log,
  /** Waited for before a batch that is not likely to be full. */
  more: () => Promise<void> = async () => {},
): Pump => {
  let size = batch;
  let isFull = false;
  let failures = 0;
  let nextTry = 0;
  /** What was passed over is tried again, one record at a time and not often: its cause may be gone. */
  const tryMissed = async (): Promise<void> => {
    const found = Date.now() < nextTry ? undefined : feed.missed(name);
    if (found === undefined) return;
    try {
      await handler({ Records: [streamRecord(found.seq, found.record)] });
      feed.settled(name, found.seq);
    } catch {
      nextTry = Date.now() + MISSED_AGAIN_MS;
    }
  };
  return {
    name,
    on: "table",
    async step() {
      await tryMissed();
      if (!isFull) await more();
      const records = await readFrom(feed, feed.place(name), size);
      const last = records.at(-1);
      isFull = records.length === size;
      if (last === undefined) return false;
      try {
        await handler({ Records: records.map(({ seq, record }) => streamRecord(seq, record)) });
        feed.passed(name, last.seq);
        size = Math.min(batch, size * 2);
        failures = 0;
      } catch (error) {
        failures += 1;
        log.warn(
          {
            stream: name,
            attempt: failures,
            records: records.length,
            reason: safeReason(error),
          },
          "feed batch failed",
        );
        if (records.length > 1) size = Math.ceil(records.length / 2);
        else if (failures > 5) {
          // Kept aside, so that one bad record does not hold up all that follow.
          feed.miss(name, last.seq);
          failures = 0;
        } else await new Promise((resolve) => setTimeout(resolve, 200 * failures));
      }
      return true;
    },
  };
};
