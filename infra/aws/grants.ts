import { type Stack, Stack as StackOf } from "aws-cdk-lib";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import { parameterName } from "../../shared/adapters/aws/parameter-name.ts";
import { tokensName } from "../../shared/pipeline/token-store.ts";
import { accessSecrets } from "../../shared/platform/access-config.ts";
import { keepsTokens, secretNames } from "../../shared/platform/connections.ts";
import { CURSOR_KEY } from "../../shared/platform/on-aws.ts";
import { outputSecrets } from "../../shared/platform/output-problems.ts";
import { reportSecrets } from "../../shared/platform/report-problems.ts";
import type { Part, Store } from "../topology.ts";
import { type DeployedPart, invokedBy, polledBy, storesOf } from "./deployed-parts.ts";
import type { Stores } from "./stores.ts";

/** Names of the secrets that a function reads, and of those that it stores. */
export interface SecretsOf {
  readonly reads: readonly string[];
  readonly stores: readonly string[];
}

/** Which secrets a function may see: those of its own connection, those that verify webhooks, those of outputs, or the key of cursors and what signs people in. */
export const secretsOf = async ({ row, config, connection }: DeployedPart): Promise<SecretsOf> => {
  const settings = Object.values(config.connections);
  switch (row.secrets) {
    case "webhooks":
      return { reads: await namesOf(settings, "webhooks"), stores: [] };
    case "connection": {
      const own = connection === undefined ? undefined : config.connections[connection];
      const tokens =
        connection !== undefined && own !== undefined && (await keepsTokens(own)) ? [tokensName(connection)] : [];
      return { reads: [...(await namesOf(settings, "all")), ...tokens], stores: tokens };
    }
    case "cursors":
      return { reads: [CURSOR_KEY], stores: [] };
    case "surfaces":
      return { reads: [CURSOR_KEY, ...accessSecrets(config)], stores: [] };
    case "outputs":
      return { reads: outputSecrets(config), stores: [] };
    case "reports":
      return { reads: reportSecrets(config), stores: [] };
    default:
      return { reads: [], stores: [] };
  }
};

const namesOf = async (
  settings: readonly Parameters<typeof secretNames>[0][],
  knows: Parameters<typeof secretNames>[1],
): Promise<string[]> => [...new Set((await Promise.all(settings.map((one) => secretNames(one, knows)))).flat())];

/**
 * All that a function may do, from its row of the topology: the actions that the adapters use, on the resources of its
 * own stores, and no wildcard but where AWS knows no narrower name. Whom it may call stands in invocations.ts.
 */
export const grantsOf = (deployed: DeployedPart, stores: Stores, secrets: SecretsOf): PolicyStatement[] => {
  const { row } = deployed;
  const statements = [...storesOf(row)].flatMap((store) => storeGrants(store, deployed, stores, secrets));
  const isOnFeed = row.on.some((trigger) => "feed" in trigger);
  const givesUp = isOnFeed || invokedBy(row.on).length > 0;
  return [
    ...statements,
    ...polledBy(row.on).map(() => receive(stores.inbox.queueArn)),
    ...(isOnFeed ? feedGrants(stores) : []),
    ...(givesUp ? [allow(["sqs:SendMessage"], [stores.failed.queueArn])] : []),
  ];
};

const storeGrants = (store: Store, deployed: DeployedPart, stores: Stores, secrets: SecretsOf): PolicyStatement[] => {
  const { reads = [], writes = [] } = deployed.row;
  const [isRead, isWritten] = [reads.includes(store), writes.includes(store)];
  switch (store) {
    case "table":
      return [
        ...(isRead ? readTable(stores, deployed.row) : []),
        ...(isWritten ? [allow(["dynamodb:PutItem"], [stores.table.tableArn])] : []),
      ];
    case "archive":
      return archiveGrants(deployed, stores, isRead, isWritten);
    case "secrets":
      return secretGrants(stores, secrets);
    case "bus":
      return [allow(["events:PutEvents"], [stores.bus.eventBusArn])];
    case "inbox":
      return [allow(["sqs:SendMessage"], [stores.inbox.queueArn])];
    case "jobs":
    case "unpublished":
      return [];
    case "mailer":
      return mailGrants(stores, deployed.config.mail?.from);
  }
};

/** Stands where payloads have the name of their connection. */
const LARGE_EVENTS = "_events";

const readTable = ({ table }: Stores, { finds = [] }: Part): PolicyStatement[] => {
  const places = finds.map((by) => (by === "partition" ? table.tableArn : `${table.tableArn}/index/${by}`));
  return [
    allow(["dynamodb:GetItem", "dynamodb:BatchGetItem"], [table.tableArn]),
    ...(places.length > 0 ? [allow(["dynamodb:Query"], places)] : []),
  ];
};

/**
 * A connection's own function puts its own payloads there, and lists them, so that they are read again under another
 * mapping; who publishes keeps events there that are too large for the bus.
 */
const archiveGrants = (
  { connection, row }: DeployedPart,
  { archive }: Stores,
  isRead: boolean,
  isWritten: boolean,
): PolicyStatement[] => {
  const own = connection ?? (row.writes?.includes("bus") ? LARGE_EVENTS : undefined);
  const prefix = own === undefined ? "" : `${own}/`;
  const objects = [archive.arnForObjects(`${prefix}*`)];
  return [
    ...(isRead && connection === undefined ? [allow(["s3:GetObject"], objects)] : []),
    ...(isWritten ? [allow(["s3:PutObject"], objects)] : []),
    ...(isRead && connection !== undefined
      ? [allow(["s3:ListBucket"], [archive.bucketArn], { StringLike: { "s3:prefix": `${prefix}*` } })]
      : []),
  ];
};

const secretGrants = ({ table, secretsPrefix }: Stores, { reads, stores }: SecretsOf): PolicyStatement[] => {
  const stack: Stack = StackOf.of(table);
  const arn = (what: "set" | "kept", name: string) =>
    stack.formatArn({
      service: "ssm",
      resource: "parameter",
      resourceName: `${secretsPrefix.slice(1)}/${what}/${parameterName(name)}`,
    });
  const read = reads.flatMap((name) => [arn("set", name), arn("kept", name)]);
  return [
    ...(read.length > 0 ? [allow(["ssm:GetParameters"], read)] : []),
    ...(stores.length > 0
      ? [
          allow(
            ["ssm:PutParameter"],
            stores.map((name) => arn("kept", name)),
          ),
        ]
      : []),
  ];
};

/** From the one address that the config names, or from its domain, whichever SES was told of. */
const mailGrants = ({ table }: Stores, from: string | undefined): PolicyStatement[] => {
  const address = /(?<![^\s<>])[^\s<>]+@([^\s<>]+)/.exec(from ?? "");
  if (address === null) return [];
  const stack: Stack = StackOf.of(table);
  const arn = (resourceName: string) => stack.formatArn({ service: "ses", resource: "identity", resourceName });
  return [allow(["ses:SendEmail"], [arn(address[0]), arn(address[1] ?? "")])];
};

const receive = (queueArn: string): PolicyStatement =>
  allow(["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"], [queueArn]);

const feedGrants = ({ table }: Stores): PolicyStatement[] => {
  const stream = table.tableStreamArn;
  if (stream === undefined) throw new Error("the table has no stream");
  return [
    allow(["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"], [stream]),
    // Lambda asks for the streams of a table by the table's name.
    allow(["dynamodb:ListStreams"], [`${table.tableArn}/stream/*`]),
  ];
};

export const allow = (actions: string[], resources: string[], conditions?: Record<string, object>): PolicyStatement =>
  new PolicyStatement({ actions, resources, ...(conditions !== undefined && { conditions }) });
