import type { DynamoDBRecord, DynamoDBStreamEvent, SQSEvent } from "aws-lambda";
import { rowOf, textImage } from "../ports/row-image.ts";
import type { FeedRecord } from "../ports/table.ts";

/** Whether it came from a queue rather than from the feed. */
export const isQueued = (event: DynamoDBStreamEvent | SQSEvent): event is SQSEvent =>
  event.Records[0]?.eventSource === "aws:sqs";

/** Records of {@link streamRecord} in the process that made them, which need not be read from their own images. */
const inProcess = new WeakMap<DynamoDBRecord, FeedRecord>();

/** A stream record's images as rows. */
export const feedRecords = (event: DynamoDBStreamEvent): FeedRecord[] =>
  event.Records.flatMap((record) => {
    const known = inProcess.get(record);
    if (known !== undefined) return [known];
    const { dynamodb } = record;
    const after = dynamodb?.NewImage && rowOf(dynamodb.NewImage);
    if (after === undefined) return [];
    return [{ pk: after.pk, sk: after.sk, before: dynamodb?.OldImage && rowOf(dynamodb.OldImage), after }];
  });

/** A feed record as DynamoDB Streams would send it, but never compressed: it stays in this process. Its images are made when they are asked for. */
export const streamRecord = (sequence: number, record: FeedRecord): DynamoDBRecord => {
  const { before, after } = record;
  const made: DynamoDBRecord = {
    eventID: String(sequence),
    eventName: before === undefined ? "INSERT" : "MODIFY",
    eventSource: "aws:dynamodb",
    dynamodb: {
      SequenceNumber: String(sequence),
      StreamViewType: "NEW_AND_OLD_IMAGES",
      Keys: { pk: { S: after.pk }, sk: { S: after.sk } },
      get NewImage() {
        return textImage(after);
      },
    },
  };
  if (before !== undefined)
    Object.defineProperty(made.dynamodb, "OldImage", { get: () => textImage(before), enumerable: true });
  inProcess.set(made, record);
  return made;
};
