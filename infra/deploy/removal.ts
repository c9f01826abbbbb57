import {
  CloudFormationClient,
  DeleteStackCommand,
  UpdateTerminationProtectionCommand,
} from "@aws-sdk/client-cloudformation";
import { DeleteTableCommand, DynamoDBClient, UpdateTableCommand } from "@aws-sdk/client-dynamodb";
import { DeleteEventBusCommand, EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { DeleteBucketCommand, DeleteObjectsCommand, ListObjectVersionsCommand, S3Client } from "@aws-sdk/client-s3";
import { DeleteParametersCommand, GetParametersByPathCommand, SSMClient } from "@aws-sdk/client-ssm";
import { systemClock } from "../../shared/adapters/clock.ts";
import { HubError } from "../../shared/connector/errors.ts";
import { asking } from "./aws-failure.ts";
import { deployedTemplate, physicalNames, type Stack, stackOf } from "./stack.ts";
import { clientFor, type Target } from "./target.ts";

/** Something that outlives the stack, since it holds data. */
export interface Holding {
  /** As `--delete` names it. */
  readonly name: "table" | "archive" | "archive-log" | "bus" | "secrets";
  readonly holds: string;
  /** What AWS calls it. */
  readonly at: string;
}

const HOLDINGS: Readonly<Record<string, Pick<Holding, "name" | "holds">>> = {
  Table: { name: "table", holds: "everything that the hub knows" },
  Archive: { name: "archive", holds: "the payloads of the tools, as they came" },
  ArchiveLog: { name: "archive-log", holds: "who read the archive, of 90 days" },
  Bus: { name: "bus", holds: "rules of subscribers" },
};

/** What a stack leaves behind. */
export const holdingsOf = async (target: Target): Promise<Holding[]> => {
  const [{ Resources }, names] = await Promise.all([deployedTemplate(target), physicalNames(target)]);
  const kept = Object.entries(Resources).flatMap(([id, { DeletionPolicy }]): Holding[] => {
    const holding = HOLDINGS[id.replace(/[0-9A-F]{8}$/, "")];
    const at = names.get(id);
    return DeletionPolicy === "Retain" && holding !== undefined && at !== undefined ? [{ ...holding, at }] : [];
  });
  return [...kept, { name: "secrets", holds: "secrets that were set, and tokens", at: target.secretsPrefix }];
};

const LOOK_EVERY_MS = 3000;
const LONGEST_MS = 30 * 60_000;

/** Deletes the stack and waits for its end. @throws HubError aws_deploy_failed if something of it could not be deleted */
export const deleteStack = async (target: Target, stack: Stack, lookEveryMs = LOOK_EVERY_MS): Promise<void> => {
  const client = new CloudFormationClient(clientFor(target));
  await asking(
    "cloudformation:UpdateTerminationProtection",
    client.send(
      new UpdateTerminationProtectionCommand({ StackName: target.stack, EnableTerminationProtection: false }),
    ),
  );
  await asking("cloudformation:DeleteStack", client.send(new DeleteStackCommand({ StackName: stack.id })));
  for (const started = Date.now(); Date.now() - started < LONGEST_MS; ) {
    const now = await stackOf(target, stack.id);
    if (now === undefined) return;
    if (now.status === "DELETE_FAILED") break;
    await systemClock.sleep(lookEveryMs);
  }
  throw new HubError("aws_deploy_failed", `${target.stack} could not be deleted: its events say what is left of it`, {
    retry: "later",
  });
};

/** Deletes for good what holds data. */
export const deleteHolding = async (target: Target, { name, at }: Holding): Promise<void> => {
  switch (name) {
    case "table": {
      const client = new DynamoDBClient(clientFor(target));
      const open = new UpdateTableCommand({ TableName: at, DeletionProtectionEnabled: false });
      await asking("dynamodb:UpdateTable", client.send(open));
      await asking("dynamodb:DeleteTable", client.send(new DeleteTableCommand({ TableName: at })));
      return;
    }
    case "archive":
    case "archive-log":
      return deleteBucket(target, at);
    case "bus":
      await asking(
        "events:DeleteEventBus",
        new EventBridgeClient(clientFor(target)).send(new DeleteEventBusCommand({ Name: at })),
      );
      return;
    case "secrets":
      return deleteSecrets(target);
  }
};

/** With every version of every object. */
const deleteBucket = async (target: Target, Bucket: string): Promise<void> => {
  const client = new S3Client(clientFor(target));
  for (;;) {
    const { Versions = [], DeleteMarkers = [] } = await asking(
      "s3:ListBucketVersions",
      client.send(new ListObjectVersionsCommand({ Bucket })),
    );
    const Objects = [...Versions, ...DeleteMarkers].map(({ Key = "", VersionId = "" }) => ({ Key, VersionId }));
    if (Objects.length === 0) break;
    const { Errors = [] } = await asking(
      "s3:DeleteObjectVersion",
      client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } })),
    );
    if (Errors[0] !== undefined)
      throw new HubError("aws_forbidden", `s3:DeleteObjectVersion of ${Bucket}: ${Errors[0].Code}`, { retry: "never" });
  }
  await asking("s3:DeleteBucket", client.send(new DeleteBucketCommand({ Bucket })));
};

const deleteSecrets = async (target: Target): Promise<void> => {
  const client = new SSMClient(clientFor(target));
  for (;;) {
    const { Parameters = [] } = await asking(
      "ssm:GetParametersByPath",
      client.send(new GetParametersByPathCommand({ Path: target.secretsPrefix, Recursive: true, MaxResults: 10 })),
    );
    const Names = Parameters.flatMap(({ Name }) => Name ?? []);
    if (Names.length === 0) return;
    await asking("ssm:DeleteParameters", client.send(new DeleteParametersCommand({ Names })));
  }
};
