import type { AttributeValue, DynamoDBRecord, DynamoDBStreamEvent, SQSEvent } from "aws-lambda";
import type { FeedRecord, Place, Row } from "../ports/table.ts";

type Image = Readonly<Record<string, AttributeValue>>;

/** Whether it came from a queue rather than from the feed. */
export const isQueued = (event: DynamoDBStreamEvent | SQSEvent): event is SQSEvent =>
  event.Records[0]?.eventSource === "aws:sqs";

/** A stream record's images as rows. `data` is stored as one JSON text, so that the table holds what SQLite holds. */
export const feedRecords = (event: DynamoDBStreamEvent): FeedRecord[] =>
  event.Records.flatMap(({ dynamodb }) => {
    const after = dynamodb?.NewImage && toRow(dynamodb.NewImage);
    if (after === undefined) return [];
    return [{ pk: after.pk, sk: after.sk, before: dynamodb?.OldImage && toRow(dynamodb.OldImage), after }];
  });

/** A feed record as DynamoDB Streams would send it. */
export const streamRecord = (sequence: number, { before, after }: FeedRecord): DynamoDBRecord => ({
  eventID: String(sequence),
  eventName: before === undefined ? "INSERT" : "MODIFY",
  eventSource: "aws:dynamodb",
  dynamodb: {
    SequenceNumber: String(sequence),
    StreamViewType: "NEW_AND_OLD_IMAGES",
    Keys: { pk: { S: after.pk }, sk: { S: after.sk } },
    NewImage: toImage(after),
    ...(before !== undefined && { OldImage: toImage(before) }),
  },
});

/** A row as attributes, both for the feed and for the table on AWS. */
const toImage = ({ pk, sk, version, data, list, due, expiresAt }: Row): Record<string, AttributeValue> => ({
  pk: { S: pk },
  sk: { S: sk },
  version: { N: String(version) },
  data: { S: JSON.stringify(data) },
  ...(list && { listPk: { S: list.pk }, listSk: { S: list.sk } }),
  ...(due && { duePk: { S: due.pk }, dueSk: { S: due.sk } }),
  ...(expiresAt !== undefined && { expiresAt: { N: String(expiresAt) } }),
});

const toRow = (image: Image): Row => {
  const text = (name: string) => image[name]?.S ?? "";
  const place = (name: string): Place | undefined =>
    image[`${name}Pk`] === undefined ? undefined : { pk: text(`${name}Pk`), sk: text(`${name}Sk`) };
  const list = place("list");
  const due = place("due");
  return {
    pk: text("pk"),
    sk: text("sk"),
    version: Number(image["version"]?.N),
    data: JSON.parse(text("data")),
    ...(list && { list }),
    ...(due && { due }),
    ...(image["expiresAt"] !== undefined && { expiresAt: Number(image["expiresAt"].N) }),
  };
};
