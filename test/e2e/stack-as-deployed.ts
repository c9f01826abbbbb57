import { deployedParts } from "../../infra/aws/deployed-parts.ts";
import type { HubConfig } from "../../shared/platform/define-hub.ts";
import { ACCOUNT, arn, REGION } from "../doubles/aws-calls.ts";
import type { Allowed } from "../doubles/policy.ts";
import { functionsOf, ofType, type Resource, shortId, templateOf } from "../infra/aws/synthesised.ts";

/** A function of the stack, everything resolved. */
export interface StackFunction {
  /** As in the topology; also its name on AWS and what its calls are signed with. */
  readonly name: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  /** What its role may do. */
  readonly statements: readonly Allowed[];
  /** Of those, what Lambda does in its name: reads what starts it, keeps what failed and what was logged. */
  readonly byLambda: readonly Needed[];
}

export interface Needed {
  readonly action: string;
  readonly resource: string;
}

/** Where queues have their addresses. */
export const SQS_ORIGIN = `https://sqs.${REGION}.amazonaws.com`;

/** The stack as CloudFormation would make it here: names in place of references. */
export interface Stack {
  readonly functions: ReadonlyMap<string, StackFunction>;
  readonly table: string;
  readonly bucket: string;
  /** Below it the secrets stand. */
  readonly secretsPrefix: string;
  readonly queues: readonly { readonly name: string; readonly visibilitySeconds: number }[];
  /** What starts functions by SQS. */
  readonly onQueue: readonly { readonly queue: string; readonly fn: string; readonly batch: number }[];
  readonly onFeed: readonly { readonly fn: string; readonly batch: number }[];
  /** The input of each timer by function. */
  readonly timers: ReadonlyMap<string, string>;
  readonly routes: readonly { readonly method: string; readonly path: string; readonly fn: string }[];
}

/** https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html and .../services-ddb-eventsourcemapping.html */
const READS_QUEUE = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"];
const READS_STREAM = ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"];
const LOGS = ["logs:CreateLogStream", "logs:PutLogEvents"];

type Properties = Resource["Properties"];

/** The stack of a config, made by the real code of `cdk synth`. */
export const stackAsDeployed = async (config: HubConfig): Promise<Stack> => {
  const template = await templateOf({ alarms: "false" }, config);
  const names = functionsOf(
    template,
    deployedParts(config).map(({ name }) => name),
  );
  const nameOf = new Map([...names].map(([name, [id]]) => [id, name]));
  const resolved = resolver(template.Resources, (id) => nameOf.get(id) ?? shortId(id).toLowerCase());
  const all = (type: string): [string, Properties][] =>
    ofType(template, type).map(([id, { Properties }]) => [id, resolved(Properties)]);
  const one = (type: string, id: RegExp) => all(type).find(([found]) => id.test(found));
  const mappings = all("AWS::Lambda::EventSourceMapping").map(([, properties]) => properties);
  const invoked = all("AWS::Lambda::EventInvokeConfig").map(([, properties]) => properties);
  const integrations = new Map(all("AWS::ApiGatewayV2::Integration").map(([id, made]) => [id.toLowerCase(), made]));
  const [tableId] = one("AWS::DynamoDB::GlobalTable", /^Table/) ?? [""];
  const [bucketId] = one("AWS::S3::Bucket", /^Archive(?!Log)/) ?? [""];
  const roles = rolesOf(all("AWS::IAM::Role"), all("AWS::IAM::ManagedPolicy"));

  const functions = new Map(
    all("AWS::Lambda::Function").map(([id, made]): [string, StackFunction] => {
      const name = nameOf.get(id) ?? id;
      const own = (listed: Properties[]) => listed.filter(({ FunctionName }) => FunctionName === name);
      const byLambda = [
        ...own(mappings).flatMap(readsOf),
        ...[...own(mappings), ...own(invoked)].flatMap(({ DestinationConfig }) =>
          needed(["sqs:SendMessage"], DestinationConfig?.OnFailure?.Destination),
        ),
        ...needed(LOGS, arn("logs", `log-group:${made.LoggingConfig.LogGroup}:*`)),
      ];
      const statements = roles.get(String(made.Role)) ?? [];
      return [
        name,
        { name, environment: made.Environment.Variables, timeoutSeconds: made.Timeout, statements, byLambda },
      ];
    }),
  );
  const [{ environment = {} } = {}] = [...functions.values()].filter(
    ({ environment: of }) => of["THROUGHLINE_SECRETS"],
  );
  return {
    functions,
    table: shortId(tableId).toLowerCase(),
    bucket: shortId(bucketId).toLowerCase(),
    secretsPrefix: environment["THROUGHLINE_SECRETS"] ?? "",
    queues: all("AWS::SQS::Queue").map(([id, { VisibilityTimeout = 30 }]) => ({
      name: shortId(id).toLowerCase(),
      visibilitySeconds: VisibilityTimeout,
    })),
    onQueue: mappings
      .filter(({ EventSourceArn }) => EventSourceArn.startsWith("arn:aws:sqs:"))
      .map(({ EventSourceArn, FunctionName, BatchSize }) => ({
        queue: EventSourceArn.split(":").at(-1),
        fn: FunctionName,
        batch: BatchSize,
      })),
    onFeed: mappings
      .filter(({ EventSourceArn }) => EventSourceArn.startsWith("arn:aws:dynamodb:"))
      .map(({ FunctionName, BatchSize }) => ({ fn: FunctionName, batch: BatchSize })),
    timers: new Map(
      all("AWS::Scheduler::Schedule").map(([, { Target }]) => [Target.Arn.split(":").at(-1), Target.Input]),
    ),
    routes: all("AWS::ApiGatewayV2::Route").map(([, { RouteKey, Target }]) => {
      const [method = "", path = ""] = RouteKey.split(" ");
      const integration = [...integrations].find(([id]) => id.startsWith(Target.split("/")[1]))?.[1];
      return { method, path, fn: integration.IntegrationUri.split(":").at(-1) };
    }),
  };
};

const needed = (actions: readonly string[], resource: string | undefined): Needed[] =>
  resource === undefined ? [] : actions.map((action) => ({ action, resource }));

const readsOf = ({ EventSourceArn: source }: Properties): Needed[] =>
  source.startsWith("arn:aws:sqs:")
    ? needed(READS_QUEUE, source)
    : [...needed(READS_STREAM, source), ...needed(["dynamodb:ListStreams"], source)];

/** What each role may do, by its ARN. */
const rolesOf = (
  roles: readonly [string, Properties][],
  policies: readonly [string, Properties][],
): ReadonlyMap<string, Allowed[]> => {
  const nameOf = (id: string) => shortId(id).toLowerCase();
  return new Map(
    roles.map(([id, { ManagedPolicyArns = [] }]) => [
      arn("iam", `role/${nameOf(id)}`),
      policies
        .filter(([policy, { Roles = [] }]) => ManagedPolicyArns.includes(nameOf(policy)) || Roles.includes(nameOf(id)))
        .flatMap(([, { PolicyDocument }]) => (PolicyDocument.Statement as Properties[]).map(statementOf)),
    ]),
  );
};

const list = (value: string | string[]): string[] => (Array.isArray(value) ? value : [value]);

const statementOf = ({ Effect, Action, Resource: resources, Condition = {} }: Properties): Allowed => {
  const { StringLike: like = {}, ...others } = Condition;
  if (Effect !== "Allow" || Object.keys(others).length > 0) throw new Error("a statement of a kind that is not known");
  return { actions: list(Action), resources: list(resources), like };
};

/** Puts names and ARNs in the place of references. */
const resolver = (
  resources: Readonly<Record<string, Resource>>,
  nameOf: (id: string) => string,
): ((value: unknown) => Properties) => {
  const PSEUDO: Readonly<Record<string, string>> = {
    "AWS::Region": REGION,
    "AWS::AccountId": ACCOUNT,
    "AWS::Partition": "aws",
    "AWS::URLSuffix": "amazonaws.com",
  };
  const ARNS: Readonly<Record<string, (name: string) => string>> = {
    "AWS::DynamoDB::GlobalTable": (name) => arn("dynamodb", `table/${name}`),
    "AWS::SQS::Queue": (name) => arn("sqs", name),
    "AWS::S3::Bucket": (name) => arn("s3", name),
    "AWS::Events::EventBus": (name) => arn("events", `event-bus/${name}`),
    "AWS::Lambda::Function": (name) => arn("lambda", `function:${name}`),
    "AWS::IAM::Role": (name) => arn("iam", `role/${name}`),
    "AWS::Logs::LogGroup": (name) => arn("logs", `log-group:${name}:*`),
  };
  const attribute = ([id, name]: [string, string]): string => {
    const type = resources[id]?.Type ?? "";
    if (name === "ApiEndpoint") return "https://api.example.com";
    const own = ARNS[type]?.(nameOf(id)) ?? `${type}:${nameOf(id)}`;
    return name === "StreamArn" ? `${own}/stream/2026-03-01T00:00:00.000` : own;
  };
  const reference = (id: string): string =>
    PSEUDO[id] ?? (resources[id]?.Type === "AWS::SQS::Queue" ? `${SQS_ORIGIN}/${ACCOUNT}/${nameOf(id)}` : nameOf(id));
  const resolved = (value: unknown): unknown => {
    if (typeof value !== "object" || value === null) return value;
    if (Array.isArray(value)) return value.map(resolved);
    const made = value as Record<string, unknown>;
    if (typeof made["Ref"] === "string") return reference(made["Ref"]);
    if (made["Fn::GetAtt"] !== undefined) return attribute(made["Fn::GetAtt"] as [string, string]);
    if (made["Fn::Join"] !== undefined) {
      const [between, parts] = made["Fn::Join"] as [string, unknown[]];
      return parts.map(resolved).join(between);
    }
    return Object.fromEntries(Object.entries(made).map(([key, part]) => [key, resolved(part)]));
  };
  return resolved;
};
