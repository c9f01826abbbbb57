import * as z from "zod";
import { cloudEvent, EVENTS, type EventName } from "../../shared/domain/event.ts";
import { KINDS, type Kind } from "../../shared/domain/kind.ts";
import { snakeKeys } from "../../shared/domain/snake-case.ts";
import { EVENT_NAMES, eventSchema } from "../../shared/web/api/change-routes.ts";
import { code, fenced, page, table } from "./markdown.ts";

type Schema = {
  readonly type?: string;
  readonly description?: string;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema | boolean;
};

/** Made-up values by field name, so that an example reads like a real event. */
const SAMPLES: Readonly<Record<string, string>> = {
  key: "ACME-8",
  name: "Redesign checkout",
  url: "https://hub.example.com/features/ACME-8",
  tool: "jira",
  stream: "issues",
  environment: "production",
  rule: "deployed",
  detail: "In Progress",
  mappedBy: "vendor",
  idInTool: "10003",
  productIds: "prd_storefront",
  kind: "workItem",
  how: "webhook",
  code: "vendor_unreachable",
  message: "Jira did not answer within 30 seconds",
  from: "2026-12-01",
  to: "2026-12-15",
  result: "succeeded",
  mergeCommitSha: "9fceb02d0ae598e95dc970b74767f19372d61af8",
  claim: "ACME-8 is done in jira",
  against: "no deployment to production holds its commits",
  because: "all pull requests are merged",
  reasons: "the target is 3 days past",
  changed: "name",
  origin: "native",
  ruleSet: "1",
  field: "status",
};

/** What an event happens to, by the first word of its name. */
const SUBJECTS: Readonly<Record<string, Kind>> = {
  initiative: "initiative",
  feature: "feature",
  pull_request: "pullRequest",
  deployment: "deployment",
  release: "deployment",
};

/** Connections are no entities: their ids have a prefix of their own. */
const prefixOf = (name: EventName): string => {
  const word = name.split(".", 1)[0] ?? "";
  return ["connection", "mapping"].includes(word) ? "con" : KINDS[SUBJECTS[word] ?? "workItem"];
};

/** A mapped value has a category that changes with it, and an id in its tool. */
const nameOf = (key: string, parent: string): string => {
  if (key === "category") return parent;
  return key === "id" && ["from", "to", "value"].includes(parent) ? "idInTool" : key;
};

/** A value that the schema accepts: the first of each choice, optional fields too. */
const sampleOf = (schema: Schema, id: string, name = ""): unknown => {
  // What changes "from" one value changes "to" another.
  if (schema.enum !== undefined) return schema.enum[name === "to" ? 1 : 0];
  if (schema.anyOf !== undefined) return sampleOf(schema.anyOf[0] ?? {}, id, name);
  if (schema.type === "array") return [sampleOf(schema.items ?? {}, id, name)];
  if (schema.type === "object") {
    const own = Object.entries(schema.properties ?? {}).map(([key, part]) => [
      key,
      sampleOf(part, id, nameOf(key, name)),
    ]);
    if (own.length > 0 || typeof schema.additionalProperties !== "object") return Object.fromEntries(own);
    return { development: sampleOf(schema.additionalProperties, id) };
  }
  if (schema.type === "integer") return 1;
  if (schema.type === "number") return 0.95;
  if (schema.type === "boolean") return true;
  return name === "id" ? id : (SAMPLES[name] ?? "…");
};

/** An example as it goes out. @throws ZodError if the sample is not what the event's own schema accepts */
const exampleOf = (name: EventName) => {
  const shape: z.ZodObject = EVENTS[name].data;
  const subject = `${prefixOf(name)}_8c1f0d4e6a2b`;
  const data = shape.parse(sampleOf(z.toJSONSchema(shape, { io: "input" }) as Schema, subject));
  const event = {
    id: "evt_2f6d1c9b7a40",
    name,
    subject,
    sequence: 42,
    time: "2026-11-20T09:58:00.000Z",
    recordedAt: "2026-11-20T09:58:02.000Z",
    data: data as never,
  };
  const sent = cloudEvent(event, { url: "https://hub.example.com", typePrefix: "dev.throughline" });
  return { ...sent, data: snakeKeys(data) };
};

const typeOf = (schema: Schema): string => {
  if (schema.enum !== undefined) return schema.enum.map((value) => code(String(value))).join(", ");
  if (schema.anyOf !== undefined) return schema.anyOf.map(typeOf).join(" or ");
  if (schema.type === "array") return `list of ${typeOf(schema.items ?? {})}`;
  if (schema.properties !== undefined) {
    const required = new Set(schema.required);
    return `{ ${Object.keys(schema.properties)
      .map((key) => code(required.has(key) ? key : `${key}?`))
      .join(", ")} }`;
  }
  if (typeof schema.additionalProperties === "object") return `map of ${typeOf(schema.additionalProperties)}`;
  return schema.type ?? "any";
};

const section = (name: EventName): string[] => {
  const { when, public: isPublic } = EVENTS[name];
  const schema = eventSchema(name) as Schema;
  const required = new Set(schema.required);
  return [
    `## ${name}`,
    `Fires when ${when}. ${isPublic ? "On the bus and in the change log." : "**Change log only**: it never goes on the bus."} Schema: [${code(`${name}.json`)}](events/${name}.json)`,
    table(
      ["field of `data`", "holds"],
      Object.entries(schema.properties ?? {}).map(([field, part]) => [
        `${code(field)}${required.has(field) ? "" : " (optional)"}`,
        [typeOf(part), part.description].filter(Boolean).join("; "),
      ]),
    ),
    ...(isPublic ? [fenced("json", JSON.stringify(exampleOf(name), null, 2))] : []),
  ];
};

const PATTERN = {
  source: ["throughline"],
  "detail-type": ["feature.stage.changed"],
  detail: { data: { to: ["production"] } },
};

const indented = (text: string, spaces: number): string => text.replaceAll("\n", `\n${" ".repeat(spaces)}`);

/** How a stack of somebody else's listens, in the three ways that such stacks are written. */
const listening = (): string[] => [
  "## Listening on AWS",
  "A rule on the hub's bus (the output `BusArn` of its stack) picks events by `source`, `detail-type` (the event's name) and fields\nof `detail`, which is the CloudEvents object below. Give each target dead letters: the bus gives up after a day. A whole stack\nto start from: [`infra/aws/examples/subscriber`](../infra/aws/examples/subscriber/subscriber-stack.ts).",
  "CDK",
  fenced(
    "ts",
    `new Rule(this, "Production", {
  eventBus: EventBus.fromEventBusArn(this, "Hub", busArn),
  eventPattern: {
    source: ["throughline"],
    detailType: ["feature.stage.changed"],
    detail: { data: { to: ["production"] } },
  },
  targets: [new LambdaFunction(fn, { deadLetterQueue, retryAttempts: 5 })],
});`,
  ),
  "SAM",
  fenced(
    "yaml",
    `Events:
  Production:
    Type: EventBridgeRule
    Properties:
      EventBusName: !Ref HubBusArn
      Pattern:
        source: [throughline]
        detail-type: [feature.stage.changed]
        detail: { data: { to: [production] } }
      DeadLetterConfig: { Type: SQS }
      RetryPolicy: { MaximumRetryAttempts: 5 }`,
  ),
  "Terraform",
  fenced(
    "hcl",
    `resource "aws_cloudwatch_event_rule" "production" {
  event_bus_name = var.hub_bus_arn
  event_pattern = jsonencode(${indented(JSON.stringify(PATTERN, null, 2), 2)})
}

resource "aws_cloudwatch_event_target" "production" {
  rule           = aws_cloudwatch_event_rule.production.name
  event_bus_name = var.hub_bus_arn
  arn            = aws_lambda_function.on_production.arn
  retry_policy {
    maximum_event_age_in_seconds = 7200
    maximum_retry_attempts       = 5
  }
  dead_letter_config { arn = aws_sqs_queue.dead.arn }
}`,
  ),
];

/** `docs/events.md`. */
export const eventsPage = (): string =>
  page(
    "# Events",
    "Events are CloudEvents 1.0, delivered at least once. `sequence` orders the events of one subject; there is no order across\nsubjects. `source` and `id` are the same at every repetition. The same log can be read from `GET /v1/changes`. Fields are only ever\nadded; a break makes a new type. `cause` tells a consumer whether to act: skip side effects on `replay`.",
    table(
      ["type", "fires when", "goes on the bus"],
      EVENT_NAMES.map((name) => [
        `[${code(name)}](#${name.replaceAll(".", "")})`,
        EVENTS[name].when,
        EVENTS[name].public ? "yes" : "no",
      ]),
    ),
    "## Large events",
    "EventBridge takes less than 256 KB. A larger event goes out with `dataref`, the address in the change log that gives it\nwhole (look for its `id` there). Its `data` then hold only the ids of what it tells of, and in `claim_check` the key of the\nwhole in the archive's bucket, gzip, without its `.gz`.",
    ...listening(),
    ...EVENT_NAMES.flatMap(section),
  );

/** `docs/events/<name>.json`: the schema of each event's data, by file name. */
export const eventSchemas = (): [path: string, text: string][] =>
  EVENT_NAMES.map((name) => {
    const { $schema, ...shape } = eventSchema(name);
    const schema = { $schema, title: name, description: `Data of ${name}: ${EVENTS[name].when}.`, ...shape };
    return [`docs/events/${name}.json`, `${JSON.stringify(schema, null, 2)}\n`];
  });
