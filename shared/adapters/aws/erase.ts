import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  ScanCommand,
} from "@aws-sdk/client-dynamodb";
import {
  DeleteObjectsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import { HubError } from "../../connector/errors.ts";
import type { Replace } from "../../domain/erased-words.ts";
import { rowOf } from "../../ports/row-image.ts";
import type { Place, Row, Table } from "../../ports/table.ts";
import { dynamoTable } from "./table.ts";

/** Messages that were looked at stay out of sight for so long, so that each comes once. */
const OUT_OF_SIGHT_SECONDS = 600;

/**
 * Replaces words in every row of the table, keys included, while a hub may be at work: each write fences out whoever read
 * the row before. What the rows say of versions stays, so nothing is announced.
 *
 * @param wants rows that are to be looked at
 * @returns how many rows were changed
 */
export const replaceInTable = async (
  name: string,
  client: DynamoDBClient,
  replace: Replace,
  wants: (place: Place) => boolean,
): Promise<number> => {
  const table = dynamoTable(name, client);
  let changed = 0;
  for (let ExclusiveStartKey: Record<string, AttributeValue> | undefined; ; ) {
    const { Items = [], LastEvaluatedKey } = await client.send(
      new ScanCommand({ TableName: name, ConsistentRead: true, ...(ExclusiveStartKey && { ExclusiveStartKey }) }),
    );
    for (const row of Items.map(rowOf)) if (wants(row) && (await replaceRow(table, row))) changed += 1;
    if (LastEvaluatedKey === undefined) return changed;
    ExclusiveStartKey = LastEvaluatedKey;
  }

  /** @returns whether there was something to replace */
  async function replaceRow(table: Table, found: Row): Promise<boolean> {
    for (let row: Row | undefined = found; row !== undefined; row = await table.get(row.pk, row.sk)) {
      const next = replacedIn(row, replace);
      if (next === undefined) return false;
      const isInPlace = next.pk === row.pk && next.sk === row.sk;
      const there = isInPlace ? row : await table.get(next.pk, next.sk);
      if (!(await table.put({ ...next, version: (there?.version ?? 0) + 1 }))) continue;
      if (isInPlace || (await remove(row))) return true;
    }
    return true;
  }

  /** @returns false if somebody wrote it meanwhile */
  async function remove({ pk, sk, version }: Row): Promise<boolean> {
    try {
      await client.send(
        new DeleteItemCommand({
          TableName: name,
          Key: { pk: { S: pk }, sk: { S: sk } },
          ConditionExpression: "#version = :version",
          ExpressionAttributeNames: { "#version": "version" },
          ExpressionAttributeValues: { ":version": { N: String(version) } },
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  }
};

/** The row without those words, or undefined if it has none of them. */
const replacedIn = (row: Row, replace: Replace): Row | undefined => {
  const place = (of: Place): Place => ({ pk: replace(of.pk), sk: replace(of.sk) });
  const { data, list, due } = row;
  const next = {
    ...row,
    ...place(row),
    data: JSON.parse(replace(JSON.stringify(data))),
    ...(list && { list: place(list) }),
    ...(due && { due: place(due) }),
  };
  return JSON.stringify(next) === JSON.stringify(row) ? undefined : next;
};

/** Connections of which a bucket holds payloads. */
export const connectionsIn = async (Bucket: string, client: S3Client): Promise<string[]> => {
  const found: string[] = [];
  for (let ContinuationToken: string | undefined; ; ) {
    const { CommonPrefixes = [], NextContinuationToken } = await client.send(
      new ListObjectsV2Command({ Bucket, Delimiter: "/", ...(ContinuationToken && { ContinuationToken }) }),
    );
    found.push(...CommonPrefixes.flatMap(({ Prefix }) => Prefix?.slice(0, -1) ?? []));
    if (NextContinuationToken === undefined) return found;
    ContinuationToken = NextContinuationToken;
  }
};

/** Removes payloads for good, with every version and mark of a deletion. @throws HubError aws_forbidden */
export const removeVersions = async (Bucket: string, client: S3Client, refs: Iterable<string>): Promise<void> => {
  for (const Prefix of refs) {
    // An address ends in a digest of its content: no other begins with it.
    const { Versions = [], DeleteMarkers = [] } = await client.send(new ListObjectVersionsCommand({ Bucket, Prefix }));
    const Objects = [...Versions, ...DeleteMarkers].map(({ Key = "", VersionId = "" }) => ({ Key, VersionId }));
    if (Objects.length === 0) continue;
    const { Errors: [refused] = [] } = await client.send(
      new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }),
    );
    if (refused !== undefined)
      throw new HubError("aws_forbidden", `s3:DeleteObjectVersion of ${Bucket}: ${refused.Code}`, { retry: "never" });
  }
};

/** Messages that wait, are delayed or are out of sight, as SQS counts them: nearly so. */
export const messagesIn = async (QueueUrl: string, client: SQSClient): Promise<number> => {
  const kinds = ["", "Delayed", "NotVisible"].map((kind) => `ApproximateNumberOfMessages${kind}` as const);
  const names = kinds as ("ApproximateNumberOfMessages" | "ApproximateNumberOfMessagesDelayed")[];
  const { Attributes = {} } = await client.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: names }));
  return names.reduce((sum, name) => sum + Number(Attributes[name] ?? 0), 0);
};

/**
 * Replaces words in every message of a queue that nobody reads.
 *
 * @param to where a message that was changed goes
 * @returns how many were changed
 */
export const replaceInMessages = async (
  QueueUrl: string,
  client: SQSClient,
  replace: Replace,
  to = QueueUrl,
): Promise<number> => {
  const kept: string[] = [];
  let changed = 0;
  for (;;) {
    const { Messages = [] } = await client.send(
      new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: 10,
        VisibilityTimeout: OUT_OF_SIGHT_SECONDS,
        WaitTimeSeconds: 1,
      }),
    );
    if (Messages.length === 0) break;
    for (const { Body = "", ReceiptHandle = "" } of Messages) {
      const MessageBody = replace(Body);
      if (MessageBody === Body) kept.push(ReceiptHandle);
      else {
        await client.send(new SendMessageCommand({ QueueUrl: to, MessageBody }));
        await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
        changed += 1;
      }
    }
  }
  for (const ReceiptHandle of kept)
    await client.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 0 }));
  return changed;
};
