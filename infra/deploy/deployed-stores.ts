import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { S3Client } from "@aws-sdk/client-s3";
import { SQSClient } from "@aws-sdk/client-sqs";
import { s3Archive } from "../../shared/adapters/aws/archive.ts";
import {
  connectionsIn,
  messagesIn,
  removeVersions,
  replaceInMessages,
  replaceInTable,
} from "../../shared/adapters/aws/erase.ts";
import { dynamoTable } from "../../shared/adapters/aws/table.ts";
import { systemClock } from "../../shared/adapters/clock.ts";
import { HubError } from "../../shared/connector/errors.ts";
import type { Replace } from "../../shared/domain/erased-words.ts";
import type { Place } from "../../shared/ports/table.ts";
import { asking } from "./aws-failure.ts";
import { deployedStack } from "./stack.ts";
import { clientFor, type Target } from "./target.ts";

/** All that holds data of a hub that is deployed, as whoever is signed in to AWS may use it. */
export type DeployedStores = ReturnType<typeof storesOf>;

/** @throws HubError aws_stack_missing, also where the stack is older than its output `InboxUrl` */
export const deployedStores = async (target: Target): Promise<DeployedStores> => {
  const { outputs } = await deployedStack(target);
  const { TableName = "", ArchiveBucket = "", InboxUrl = "", DeadLetters = "", FailedRuns = "" } = outputs;
  if (InboxUrl === "")
    throw new HubError("aws_stack_missing", `${target.stack} does not tell its inbox: deploy it anew`, {
      retry: "never",
    });
  const settings = clientFor(target);
  return storesOf(
    { table: TableName, archive: ArchiveBucket, inbox: InboxUrl, dead: DeadLetters, failed: FailedRuns },
    { dynamo: new DynamoDBClient(settings), s3: new S3Client(settings), sqs: new SQSClient(settings) },
  );
};

/** @param names of table and bucket, and addresses of the queues */
export const storesOf = (
  { table, archive, inbox, dead, failed }: Readonly<Record<"table" | "archive" | "inbox" | "dead" | "failed", string>>,
  { dynamo, s3, sqs }: { readonly dynamo: DynamoDBClient; readonly s3: S3Client; readonly sqs: SQSClient },
) => ({
  table: dynamoTable(table, dynamo),
  archive: s3Archive(archive, s3),
  clock: systemClock,
  connections: () => asking("s3:ListBucket", connectionsIn(archive, s3)),
  /** Messages of the inbox. */
  waiting: () => asking("sqs:GetQueueAttributes", messagesIn(inbox, sqs)),
  replaceInRows: (replace: Replace, wants: (place: Place) => boolean) =>
    asking("dynamodb:Scan, PutItem, DeleteItem", replaceInTable(table, dynamo, replace, wants)),
  removePayloads: (refs: Iterable<string>) => asking("s3:DeleteObjectVersion", removeVersions(archive, s3, refs)),
  /** Dead letters go back to the inbox: a redrive would stop at what came from no queue. */
  replaceInMessages: async (replace: Replace) =>
    (await asking("sqs:ReceiveMessage", replaceInMessages(dead, sqs, replace, inbox))) +
    (await asking("sqs:ReceiveMessage", replaceInMessages(failed, sqs, replace))),
});
