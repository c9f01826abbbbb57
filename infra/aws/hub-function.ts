import { Duration, RemovalPolicy } from "aws-cdk-lib";
import { ManagedPolicy, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import {
  Architecture,
  type CfnFunction,
  Code,
  EventSourceMapping,
  Function as LambdaFunction,
  RecursiveLoop,
  Runtime,
  StartingPosition,
} from "aws-cdk-lib/aws-lambda";
import { LogGroup, RetentionDays } from "aws-cdk-lib/aws-logs";
import type { Construct } from "constructs";
import type { Store, Trigger } from "../topology.ts";
import {
  type DeployedPart,
  invokedBy,
  invokes,
  memoryMbOf,
  polledBy,
  storesOf,
  timeoutSecondsOf,
} from "./deployed-parts.ts";
import { allow, grantsOf, type SecretsOf } from "./grants.ts";
import { RUNS_AT_ONCE } from "./runs-at-once.ts";
import type { Stores } from "./stores.ts";

/** A deployed function with what belongs to it. */
export interface HubFunction {
  readonly deployed: DeployedPart;
  readonly fn: LambdaFunction;
  readonly role: Role;
  readonly logs: LogGroup;
}

const LONGEST_IN_FEED = Duration.hours(12);
const FEED_RETRIES = 100;

/** One function: its bundle, its role with its own grants, its log group, its environment and what starts it. */
export const hubFunction = (
  scope: Construct,
  deployed: DeployedPart,
  parts: {
    readonly stores: Stores;
    readonly secrets: SecretsOf;
    readonly folder: string;
    readonly url: string;
    readonly reserves: boolean;
    readonly traces: boolean;
    /** Of its metrics in CloudWatch. */
    readonly namespace: string;
  },
): HubFunction => {
  const { name, part, row } = deployed;
  const { stores } = parts;
  const logs = new LogGroup(scope, `${name}-logs`, {
    retention: RetentionDays.ONE_MONTH,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  const statements = [
    ...grantsOf(deployed, stores, parts.secrets),
    allow(["logs:CreateLogStream", "logs:PutLogEvents"], [logs.logGroupArn]),
    // X-Ray has no resources of its own.
    ...(parts.traces ? [allow(["xray:PutTraceSegments", "xray:PutTelemetryRecords"], ["*"])] : []),
  ];
  const role = new Role(scope, `${name}-role`, {
    assumedBy: new ServicePrincipal("lambda.amazonaws.com"),
    managedPolicies: [new ManagedPolicy(scope, `${name}-grants`, { statements })],
  });
  const fn = new LambdaFunction(scope, name, {
    description: deployed.connection === undefined ? row.does : `${row.does}: ${deployed.connection}`,
    runtime: Runtime.NODEJS_24_X,
    architecture: Architecture.ARM_64,
    handler: "index.handler",
    code: Code.fromAsset(parts.folder),
    role,
    timeout: Duration.seconds(timeoutSecondsOf(row)),
    memorySize: memoryMbOf(row),
    logGroup: logs,
    environment: {
      NODE_OPTIONS: "--enable-source-maps",
      THROUGHLINE_URL: parts.url,
      THROUGHLINE_METRICS: parts.namespace,
      ...environmentOf(deployed, stores),
    },
    ...asynchronously(deployed, stores),
    // A long read hands itself on, and so does the reading of an archive: Lambda takes sixteen rounds for a mistake.
    ...(invokes(row).length > 0 && queued(row.on) && { recursiveLoop: RecursiveLoop.ALLOW }),
    ...(parts.reserves && { reservedConcurrentExecutions: RUNS_AT_ONCE[part] }),
  });
  if (parts.traces) (fn.node.defaultChild as CfnFunction).tracingConfig = { mode: "Active" };
  for (const trigger of row.on) mapping(scope, deployed, fn, trigger, stores);
  return { deployed, fn, role, logs };
};

/**
 * What becomes of events that Lambda keeps until it has run them. A job is tried as often and as long as Lambda knows;
 * a timer alone comes round again by itself.
 */
const asynchronously = ({ row }: DeployedPart, { failed }: Stores) => {
  // Its own grant stands with the others.
  const onFailure = { bind: () => ({ destination: failed.queueArn }) };
  if (invokedBy(row.on).length > 0) return { retryAttempts: 2, maxEventAge: Duration.hours(6), onFailure };
  return row.on.some((trigger) => "everyMinutes" in trigger)
    ? { retryAttempts: 0, maxEventAge: Duration.minutes(5) }
    : {};
};

const queued = (on: readonly Trigger[]): boolean => on.some((trigger) => "queue" in trigger);

/** Names of functions that it calls stand in invocations.ts. */
const environmentOf = (deployed: DeployedPart, stores: Stores): Record<string, string> => {
  const all: Readonly<Record<Store, Readonly<Record<string, string>>>> = {
    table: { THROUGHLINE_TABLE: stores.table.tableName },
    inbox: { THROUGHLINE_INBOX: stores.inbox.queueUrl },
    jobs: {},
    unpublished: {},
    bus: { THROUGHLINE_BUS: stores.bus.eventBusName },
    archive: { THROUGHLINE_ARCHIVE: stores.archive.bucketName },
    secrets: { THROUGHLINE_SECRETS: stores.secretsPrefix },
    mailer: {},
  };
  return Object.assign({}, ...[...storesOf(deployed.row)].map((store) => all[store]));
};

/** Timers and routes stand in files of their own. */
const mapping = (
  scope: Construct,
  deployed: DeployedPart,
  target: LambdaFunction,
  trigger: Trigger,
  stores: Stores,
): void => {
  if ("queue" in trigger) {
    if (polledBy([trigger]).length === 0) return;
    new EventSourceMapping(scope, `${deployed.name}-on-${trigger.queue}`, {
      target,
      eventSourceArn: stores.inbox.queueArn,
      batchSize: trigger.batch,
      reportBatchItemFailures: true,
      maxConcurrency: RUNS_AT_ONCE["ingest-record"],
    });
  } else if ("feed" in trigger) {
    const stream = stores.table.tableStreamArn;
    if (stream === undefined) throw new Error("the table has no stream");
    new EventSourceMapping(scope, `${deployed.name}-on-feed`, {
      target,
      eventSourceArn: stream,
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize: trigger.batch,
      reportBatchItemFailures: true,
      bisectBatchOnError: true,
      maxRecordAge: LONGEST_IN_FEED,
      retryAttempts: FEED_RETRIES,
      parallelizationFactor: 1,
      // Its own grant stands with the others.
      onFailure: { bind: () => ({ destination: stores.failed.queueArn }) },
    });
  }
};
