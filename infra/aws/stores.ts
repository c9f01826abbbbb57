import { CfnOutput, Duration, RemovalPolicy } from "aws-cdk-lib";
import { AttributeType, Billing, ProjectionType, StreamViewType, TableV2 } from "aws-cdk-lib/aws-dynamodb";
import { EventBus } from "aws-cdk-lib/aws-events";
import { BlockPublicAccess, Bucket, BucketEncryption, type IBucket, ObjectOwnership } from "aws-cdk-lib/aws-s3";
import { Queue, QueueEncryption } from "aws-cdk-lib/aws-sqs";
import type { Construct } from "constructs";
import { TABLE } from "../../shared/adapters/aws/table-shape.ts";
import { type Part, topology } from "../topology.ts";
import { polledBy, timeoutSecondsOf } from "./deployed-parts.ts";

/** Limits that the operator may move, from the context of the app. */
export interface StoreLimits {
  /** Most write and read units a second: what a mistake can cost at most. */
  readonly maxWriteUnits: number;
  readonly maxReadUnits: number;
}

export interface Stores {
  readonly table: TableV2;
  readonly archive: Bucket;
  readonly bus: EventBus;
  readonly inbox: Queue;
  /** Of the inbox: a redrive gives each message back to it. */
  readonly dead: Queue;
  /**
   * What Lambda gave up, told by Lambda: jobs whole, batches of the change feed by where they stand in it. Apart from
   * the dead letters, since a redrive stops at what came from no queue.
   */
  readonly failed: Queue;
  /** Below this name the values of secrets stand in the parameter store. */
  readonly secretsPrefix: string;
}

/** Receives until a message is dead. */
const MAX_RECEIVES = 5;
const MONTH = Duration.days(30);

/**
 * What holds data. Ids of the table, the archive and the bus are fixed: another id would be another, empty one
 * (test/infra/aws/hub-stack.test.ts pins them).
 */
export const makeStores = (
  scope: Construct,
  { environment, ...limits }: { environment: string } & StoreLimits,
): Stores => {
  const dead = queueOf(scope, "Dead");
  const stores: Stores = {
    table: tableOf(scope, limits),
    archive: archiveOf(scope),
    bus: busOf(scope),
    inbox: queueOf(scope, "Inbox", {
      visibilityTimeout: Duration.seconds(6 * timeoutOfReader()),
      deadLetterQueue: { queue: dead, maxReceiveCount: MAX_RECEIVES },
    }),
    dead,
    failed: queueOf(scope, "Failed"),
    secretsPrefix: `/throughline/${environment}`,
  };
  new CfnOutput(scope, "TableName", { value: stores.table.tableName });
  new CfnOutput(scope, "ArchiveBucket", { value: stores.archive.bucketName });
  new CfnOutput(scope, "BusArn", { value: stores.bus.eventBusArn });
  new CfnOutput(scope, "SecretsPrefix", { value: stores.secretsPrefix });
  new CfnOutput(scope, "InboxUrl", { value: stores.inbox.queueUrl });
  new CfnOutput(scope, "DeadLetters", { value: dead.queueUrl });
  new CfnOutput(scope, "FailedRuns", { value: stores.failed.queueUrl });
  return stores;
};

const tableOf = (scope: Construct, { maxReadUnits, maxWriteUnits }: StoreLimits): TableV2 => {
  const text = (name: string) => ({ name, type: AttributeType.STRING });
  return new TableV2(scope, "Table", {
    partitionKey: text(TABLE.key.pk),
    sortKey: text(TABLE.key.sk),
    globalSecondaryIndexes: Object.entries(TABLE.indexes).map(([indexName, { pk, sk }]) => ({
      indexName,
      partitionKey: text(pk),
      sortKey: text(sk),
      projectionType: ProjectionType[TABLE.projection],
    })),
    billing: Billing.onDemand({ maxReadRequestUnits: maxReadUnits, maxWriteRequestUnits: maxWriteUnits }),
    timeToLiveAttribute: TABLE.ttl,
    dynamoStream: StreamViewType[TABLE.stream],
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    deletionProtection: true,
    removalPolicy: RemovalPolicy.RETAIN,
  });
};

const archiveOf = (scope: Construct): Bucket => {
  const closed = {
    encryption: BucketEncryption.S3_MANAGED,
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
    enforceSSL: true,
    versioned: true,
    removalPolicy: RemovalPolicy.RETAIN,
  };
  const whatIsOld = { abortIncompleteMultipartUploadAfter: Duration.days(7), noncurrentVersionExpiration: MONTH };
  const log = new Bucket(scope, "ArchiveLog", {
    ...closed,
    lifecycleRules: [{ ...whatIsOld, expiration: Duration.days(90) }],
  });
  return new Bucket(scope, "Archive", {
    ...closed,
    serverAccessLogsBucket: log as IBucket,
    lifecycleRules: [whatIsOld],
  });
};

const busOf = (scope: Construct): EventBus => {
  const bus = new EventBus(scope, "Bus", { description: "What happens in the tools that a product is made with" });
  bus.archive("BusArchive", { eventPattern: { source: ["throughline"] }, retention: MONTH });
  bus.applyRemovalPolicy(RemovalPolicy.RETAIN);
  return bus;
};

const queueOf = (scope: Construct, id: string, props?: ConstructorParameters<typeof Queue>[2]): Queue =>
  new Queue(scope, id, {
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    ...(props?.deadLetterQueue === undefined && { retentionPeriod: Duration.days(14) }),
    ...props,
  });

/** Lambda hides a message for the time of its tries; six times the function's own limit is AWS's advice. */
const timeoutOfReader = (): number => {
  const reader = Object.values<Part>(topology).find(({ on }) => polledBy(on).includes("inbox"));
  if (reader === undefined) throw new Error("nothing in the topology reads the inbox");
  return timeoutSecondsOf(reader);
};
