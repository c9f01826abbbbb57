import { EVENT_NAMES, EVENTS, type EventName } from "../../shared/domain/event.ts";
import { type DataSchema, exampleCloudEvent } from "../../shared/domain/event-example.ts";
import { cdkRule, rulePattern, samRule } from "../../shared/domain/event-pattern.ts";
import { eventSchema, eventSchemaDocument } from "../../shared/domain/event-schema.ts";
import { code, fenced, page, table } from "./markdown.ts";
import { breaksIn, type Catalogue } from "./schema-breaks.ts";

const typeOf = (schema: DataSchema): string => {
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
  return [schema.type ?? "any"].flat().join(" or ");
};

const section = (name: EventName): string[] => {
  const { when, not, public: isPublic, optIn } = EVENTS[name];
  const schema = eventSchema(name) as DataSchema;
  const required = new Set(schema.required);
  return [
    `## ${name}`,
    `Fires when ${when}.${not === undefined ? "" : ` Not when ${not}.`}${optIn ? " Opt-in: name it under `events.include` of the config." : ""} ${isPublic ? "On the bus and in the change log." : "**Change log only**: it never goes on the bus."} Schema: [${code(`${name}.json`)}](events/${name}.json)`,
    table(
      ["field of `data`", "holds"],
      Object.entries(schema.properties ?? {}).map(([field, part]) => [
        `${code(field)}${required.has(field) ? "" : " (optional)"}`,
        [typeOf(part), part.description].filter(Boolean).join("; "),
      ]),
    ),
    ...(isPublic ? [fenced("json", JSON.stringify(exampleCloudEvent(name), null, 2))] : []),
  ];
};

const PATTERN = rulePattern("feature.stage.changed");

const indented = (text: string, spaces: number): string => text.replaceAll("\n", `\n${" ".repeat(spaces)}`);

/** How a stack of somebody else's listens, in the three ways that such stacks are written. */
const listening = (): string[] => [
  "## Listening on AWS",
  "A rule on the hub's bus (the output `BusArn` of its stack) picks events by `source`, `detail-type` (the event's name) and fields\nof `detail`, which is the CloudEvents object below. Give each target dead letters: the bus gives up after a day. A whole stack\nto start from: [`infra/aws/examples/subscriber`](../infra/aws/examples/subscriber/subscriber-stack.ts).",
  "CDK",
  fenced("ts", cdkRule("feature.stage.changed")),
  "SAM",
  fenced("yaml", samRule("feature.stage.changed")),
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
    "An event whose data have more than 20 KB goes out with `dataref`, the address in the change log that gives it whole (look for its\n`id` there). Its `data` then hold only the ids of what it tells of, and in `claim_check` the key of the whole in the archive:\non AWS in the archive's bucket, gzip, without its `.gz`. A webhook has `dataref` in its data.",
    ...listening(),
    ...EVENT_NAMES.flatMap(section),
  );

/** `docs/events/<name>.json`: the schema of each event's data, by file name. */
export const eventSchemas = (): [path: string, text: string][] =>
  EVENT_NAMES.map((name) => [`docs/events/${name}.json`, `${JSON.stringify(eventSchemaDocument(name), null, 2)}\n`]);

/** The schemas of all data by type, as they are now. */
export const schemasNow = (): Catalogue =>
  Object.fromEntries(
    EVENT_NAMES.map((name) => {
      const { $schema: _, ...shape } = eventSchema(name);
      return [name, shape];
    }),
  );

/**
 * `docs/schemas/events.json`: what subscribers may rely on. It takes up what is new; a change that would break them leaves it
 * as it is, for a test to refuse (a break makes a new type that ends in `.v2`).
 *
 * @param held the file as it is
 */
export const schemaSnapshot = (held: string | undefined): string => {
  const now = schemasNow();
  if (held !== undefined && breaksIn(JSON.parse(held) as Catalogue, now).length > 0) return held;
  return `${JSON.stringify(now, null, 1)}\n`;
};
