import type { DynamoDBStreamEvent, SQSBatchResponse, SQSEvent } from "aws-lambda";
import type { Hub } from "../shared/pipeline/hub.ts";
import { LostMessage } from "../shared/pipeline/messages.ts";
import { publish, publishLost } from "../shared/pipeline/publish.ts";
import { alone, batch } from "../shared/platform/batch.ts";
import { hub } from "../shared/platform/current.ts";
import { feedRecords, isQueued } from "../shared/platform/feed.ts";

const lost = {
  each: (of: Hub, { ids }: LostMessage) => publishLost(of, ids),
  hopeless: (_of: Hub, _message: LostMessage, error: Error) => Promise.reject(error),
};

/** Change feed, or what the feed lost -> change log and bus. */
export const handler = async (
  event: DynamoDBStreamEvent | SQSEvent | LostMessage,
): Promise<SQSBatchResponse | undefined> => {
  if (!("Records" in event)) await alone(LostMessage, lost)(event);
  else if (isQueued(event)) return batch(LostMessage, lost)(event);
  else await publish(hub(), feedRecords(event));
  return undefined;
};
