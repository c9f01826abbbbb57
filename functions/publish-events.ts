import type { DynamoDBStreamEvent, SQSBatchResponse, SQSEvent } from "aws-lambda";
import { LostMessage } from "../shared/pipeline/messages.ts";
import { publish, publishLost } from "../shared/pipeline/publish.ts";
import { batch } from "../shared/platform/batch.ts";
import { hub } from "../shared/platform/current.ts";
import { feedRecords, isQueued } from "../shared/platform/feed.ts";

const lost = batch(LostMessage, {
  each: (of, { ids }) => publishLost(of, ids),
  hopeless: (_of, _message, error) => Promise.reject(error),
  queue: (of) => of.ports.unpublished,
});

/** Change feed, or what the feed lost -> change log and bus. */
export const handler = async (event: DynamoDBStreamEvent | SQSEvent): Promise<SQSBatchResponse | undefined> => {
  if (isQueued(event)) return lost(event);
  await publish(hub(), feedRecords(event));
  return undefined;
};
