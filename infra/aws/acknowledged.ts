import { type Stack, Validations } from "aws-cdk-lib";
import type { Stores } from "./stores.ts";

/** A rule of cdk-nag that this stack does not follow, and why. */
export interface Acknowledged {
  readonly rule: string;
  readonly reason: string;
}

const AT_REST =
  "Encrypted at rest by a key that AWS owns; a key of one's own would be a dollar a month for each hub that idles.";
const NO_DEAD_LETTERS =
  "Nothing calls these functions and forgets them but timers, whose next round makes up for a failed one; jobs have a destination for what fails, the inbox and the change feed dead letters of their own.";

/** At most fifteen: a rule that is added here needs a better reason than that it is loud. */
export const ACKNOWLEDGED: readonly Acknowledged[] = [
  {
    rule: "AwsSolutions-APIG4",
    reason: "No route has an authorizer: functions check the vendor's signature, or the key or session of who asks.",
  },
  {
    rule: "AwsSolutions-IAM5",
    reason:
      "Objects of a bucket, and streams of a table by its name, have no narrower form; test/infra/aws lists each.",
  },
  {
    rule: "AwsSolutions-SQS3",
    reason: "Failed holds what Lambda gave up: it is the end of the line itself, with an alarm.",
  },
  { rule: "Serverless-SQSRedrivePolicy", reason: "These are the dead letters." },
  {
    rule: "Serverless-LambdaEventSourceMappingDestination",
    reason: "Mappings of queues: a queue gives its own failures to its dead letters.",
  },
  { rule: "Serverless-LambdaDLQ", reason: NO_DEAD_LETTERS },
  { rule: "NIST.800.53.R5-LambdaDLQ", reason: NO_DEAD_LETTERS },
  { rule: "Serverless-LambdaAsyncFailureDestination", reason: NO_DEAD_LETTERS },
  {
    rule: "Serverless-LambdaTracing",
    reason:
      "Each trace is paid for, and a poll that finds nothing is most of them: --context tracing=true turns it on.",
  },
  {
    rule: "NIST.800.53.R5-LambdaInsideVPC",
    reason:
      "They talk to vendors over the internet and to AWS by IAM: a network of their own would only add a NAT gateway.",
  },
  {
    rule: "NIST.800.53.R5-LambdaConcurrency",
    reason: "All reserve theirs, unless --context reservedConcurrency=false says that the account has none to reserve.",
  },
  { rule: "NIST.800.53.R5-CloudWatchLogGroupEncrypted", reason: AT_REST },
  { rule: "NIST.800.53.R5-S3DefaultEncryptionKMS", reason: AT_REST },
  {
    rule: "NIST.800.53.R5-SNSEncryptedKMS",
    reason: "Alarms cannot be sent through AWS's own key; what they say is a number and the name of a function.",
  },
  {
    rule: "NIST.800.53.R5-S3BucketReplicationEnabled",
    reason: "One region: the archive is versioned, and the tools themselves hold what it holds.",
  },
];

/** Rules that name what they found: each wildcard is acknowledged by itself, so that a new one is still refused. */
const findings = (
  stack: Stack,
  { table, archive }: Stores,
  connections: readonly string[],
): Readonly<Record<string, readonly string[]>> => {
  const arn = (of: { readonly node: { readonly defaultChild?: object | undefined } }) =>
    `<${stack.getLogicalId(of.node.defaultChild as Parameters<Stack["getLogicalId"]>[0])}.Arn>`;
  return {
    "AwsSolutions-IAM5": [
      `Resource::${arn(archive)}/*`,
      `Resource::${arn(archive)}/_events/*`,
      ...connections.map((connection) => `Resource::${arn(archive)}/${connection}/*`),
      `Resource::${arn(table)}/stream/*`,
    ],
  };
};

export const acknowledge = (stack: Stack, stores: Stores, connections: readonly string[], traces: boolean): void => {
  const found = findings(stack, stores, connections);
  for (const { rule, reason } of ACKNOWLEDGED) {
    for (const finding of found[rule] ?? [""])
      Validations.of(stack).acknowledge({ id: finding === "" ? rule : `${rule}[${finding}]`, reason });
  }
  if (traces) {
    Validations.of(stack).acknowledge({
      id: "AwsSolutions-IAM5[Resource::*]",
      reason: "X-Ray has no resources to name.",
    });
  }
};
