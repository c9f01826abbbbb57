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

/** A feed record as DynamoDB Streams would send it, but never compressed: it stays in this process. Made as far as it is looked at. */
export const streamRecord = (sequence: number, record: FeedRecord): DynamoDBRecord => {
  const made: DynamoDBRecord = {
    eventID: String(sequence),
    eventSource: "aws:dynamodb",
    get eventName(): "INSERT" | "MODIFY" {
      return record.before === undefined ? "INSERT" : "MODIFY";
    },
    get dynamodb() {
      const { before, after } = record;
      return {
        SequenceNumber: String(sequence),
        StreamViewType: "NEW_AND_OLD_IMAGES",
        Keys: { pk: { S: after.pk }, sk: { S: after.sk } },
        NewImage: textImage(after),
        ...(before !== undefined && { OldImage: textImage(before) }),
      } as const;
    },
  };
  inProcess.set(made, record);
  return made;
};
