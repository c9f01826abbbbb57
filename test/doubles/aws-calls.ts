import type { IncomingHttpHeaders } from "node:http";

export const REGION = "eu-west-1";
/** Of the double of SQS. */
export const ACCOUNT = "000000000000";

/** One call as IAM sees it. */
export interface AwsCall {
  /** The access key that signed it. */
  readonly by: string;
  readonly service: string;
  /** `dynamodb:PutItem`: what a policy must name, which is one name for single calls and batches of SQS. */
  readonly action: string;
  /** ARNs; the call needs the action on each of them. */
  readonly resources: readonly string[];
  /** What conditions of a policy may ask for. */
  readonly context: Readonly<Record<string, string>>;
}

export const arn = (service: string, resource: string): string =>
  service === "s3" ? `arn:aws:s3:::${resource}` : `arn:aws:${service}:${REGION}:${ACCOUNT}:${resource}`;

type Input = Readonly<Record<string, unknown>>;
type Needs = Pick<AwsCall, "action" | "resources"> & Partial<Pick<AwsCall, "context">>;

const last = (path: unknown): string => String(path).split("/").at(-1) ?? "";
const table = (name: unknown): string => arn("dynamodb", `table/${name}`);

/** By service, what a call of the JSON protocols needs. */
const JSON_CALLS: Readonly<Record<string, (action: string, input: Input) => Needs>> = {
  dynamodb: (action, { TableName, IndexName, RequestItems }) => ({
    action: `dynamodb:${action}`,
    resources:
      RequestItems === undefined
        ? [IndexName === undefined ? table(TableName) : `${table(TableName)}/index/${IndexName}`]
        : Object.keys(RequestItems as object).map(table),
  }),
  sqs: (action, { QueueUrl }) => ({
    action: `sqs:${action.replace(/Batch$/, "")}`,
    resources: [arn("sqs", last(QueueUrl))],
  }),
  ssm: (action, { Names, Name }) => ({
    action: `ssm:${action}`,
    resources: ((Names ?? [Name]) as string[]).map((name) => arn("ssm", `parameter${name}`)),
  }),
  events: (action, { Entries }) => ({
    action: `events:${action}`,
    resources: [
      ...new Set(
        (Entries as { EventBusName: string }[]).map(({ EventBusName }) =>
          arn("events", `event-bus/${last(EventBusName)}`),
        ),
      ),
    ],
  }),
};

const OBJECTS: Readonly<Record<string, string>> = { GET: "s3:GetObject", PUT: "s3:PutObject" };

/** A call of the REST protocols. */
const restCall = (service: string, method: string, { pathname, searchParams }: URL): Needs | undefined => {
  const [first = "", ...rest] = decodeURIComponent(pathname).slice(1).split("/");
  if (service === "lambda") {
    const [, name] = /^\/2015-03-31\/functions\/([\w-]+)\/invocations$/.exec(pathname) ?? [];
    return name === undefined || method !== "POST"
      ? undefined
      : { action: "lambda:InvokeFunction", resources: [arn("lambda", `function:${name}`)] };
  }
  if (service !== "s3") return undefined;
  const key = rest.join("/");
  if (key !== "" && OBJECTS[method] !== undefined)
    return { action: OBJECTS[method], resources: [arn("s3", `${first}/${key}`)] };
  return method === "GET" && searchParams.get("list-type") === "2"
    ? {
        action: "s3:ListBucket",
        resources: [arn("s3", first)],
        context: { "s3:prefix": searchParams.get("prefix") ?? "" },
      }
    : undefined;
};

/** What a request asks AWS for, by its signature, its target and its body; undefined for what is none of these calls. */
export const callOf = (
  request: { readonly method: string; readonly url: string; readonly headers: IncomingHttpHeaders },
  body: Buffer,
): AwsCall | undefined => {
  const { authorization, "x-amz-target": target } = request.headers;
  const [, by, service] =
    /^AWS4-HMAC-SHA256 Credential=([\w-]+)\/\d{8}\/[\w-]+\/(\w+)\/aws4_request/.exec(authorization ?? "") ?? [];
  if (by === undefined || service === undefined) return undefined;
  const needs =
    target === undefined
      ? restCall(service, request.method, new URL(request.url, "http://aws"))
      : JSON_CALLS[service]?.(String(target).split(".")[1] ?? "", JSON.parse(body.toString()) as Input);
  return needs === undefined ? undefined : { context: {}, ...needs, by, service };
};
