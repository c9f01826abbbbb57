import * as z from "zod";
import { type ErrorCode, HubError } from "../connector/errors.ts";
import { WEEK_STARTS } from "../domain/day.ts";
import { STATUS_CATEGORIES } from "../domain/entity.ts";
import { EVENT_NAMES, EVENTS, type EventName } from "../domain/event.ts";
import { nearestWord } from "../domain/nearest-word.ts";
import { STAGES } from "../domain/stage.ts";
import { AccessShape } from "./access-config.ts";
import type { HubConfig } from "./define-hub.ts";
import { HealthShape } from "./health-shape.ts";
import { locate } from "./locate.ts";
import { OutputShape } from "./output-shape.ts";
import { HubRulesShape, withEnvironments } from "./production-environments.ts";
import { MailShape, ReportShape } from "./report-shape.ts";
import { RulesShape } from "./rules-shape.ts";
import { suggestion } from "./suggestion.ts";
import { Zone } from "./time-shape.ts";

export const Slug = z.string().regex(/^[a-z0-9][a-z0-9_-]{0,59}$/, "lower-case letters, digits, - and _");

const AccountText = z.string().regex(/^[^:\s]+:\S(?:.*\S)?$/, "a connection and an account of it, e.g. github:ana-d");

const Day = z.iso.date({ error: "a day, e.g. 2026-12-31" });

const Objective = z.strictObject({
  id: Slug.describe("Unique within the product."),
  title: z.string().min(1).max(300).describe("What is to be reached."),
  text: z.string().max(4000).optional().describe("Why, in a few sentences."),
  period: z.strictObject({ start: Day.optional(), end: Day.optional() }).optional().describe("From when until when."),
  keyResults: z
    .array(
      z.strictObject({
        title: z.string().min(1).max(300).describe("What is counted."),
        metric: z
          .string()
          .regex(/^[^:\s]+:\S(?:.*\S)?$/, "a connection and a metric of it, e.g. mixpanel:activation")
          .optional()
          .describe(
            "`connection:metric`, the metric by its name, key or id there; its newest point is the current value.",
          ),
        from: z.number().optional().describe("Where it started; 0 without it."),
        to: z.number().describe("What is to be reached."),
        unit: z.string().max(40).optional().describe("E.g. `%`: shares are then shown in percent."),
        by: Day.optional().describe("The day by which."),
        current: z.number().optional().describe("The current value, where no metric tells it."),
      }),
    )
    .max(20)
    .optional()
    .describe("What it is measured by."),
  initiatives: z.array(z.string().min(1)).max(50).optional().describe("Initiatives that serve it, by title or key."),
  features: z.array(z.string().min(1)).max(200).optional().describe("Features that serve it directly, by key."),
});

const Duration = z.string().regex(/^\d{1,4}[smhd]$/, "a number and s, m, h or d, e.g. 15m");

const OPT_IN = EVENT_NAMES.filter((name) => EVENTS[name].optIn) as [EventName, ...EventName[]];

/** The shape of `throughline.config.ts`. */
export const HubConfigShape = z.strictObject({
  products: z
    .record(
      Slug,
      z.strictObject({
        name: z.string().min(1).describe("What people call it."),
        vision: z.string().optional().describe("One sentence, shown above its features."),
        sources: z
          .array(z.string())
          .describe("What belongs to it: `connection` or `connection:scope`, e.g. `jira:ACME`, `github:acme/web`."),
        owner: z.string().min(1).max(200).optional().describe("A slug of `people`, or a name."),
        objectives: z.array(Objective).max(50).optional().describe("What it is to reach, and how that is measured."),
        health: HealthShape.optional().describe("Thresholds of its features' health, before those of the hub."),
        rules: RulesShape.optional().describe("How its stages are decided, where that differs from the hub's rules."),
      }),
    )
    .optional()
    .describe("Products by slug; without any, everything belongs to one product."),
  connections: z
    .record(
      Slug,
      z.strictObject({
        connector: z.string().describe("Id of the connector."),
        config: z.record(z.string(), z.unknown()).describe("Settings of that connector."),
        freshWithin: Duration.optional().describe("Data older than this counts as late; 1h without it."),
        pollEvery: Duration.optional().describe("How often it is read beside its webhooks; 5m without it."),
        censusEvery: Duration.optional().describe(
          "How often what the tool lists is compared with what the hub holds; 1d without it.",
        ),
        deletionFuse: z
          .number()
          .min(0)
          .max(1)
          .optional()
          .describe("A census that misses more than this share of a place removes nothing; 0.1 without it."),
      }),
    )
    .describe("Configured accounts of tools by name; the name is also the address of webhooks, /hooks/{name}."),
  statuses: z
    .record(z.string(), z.record(z.string(), z.enum([...STATUS_CATEGORIES, ...STAGES])))
    .optional()
    .describe(
      "By connection: status name or id to category, only the exceptions; or to a stage, which leaves the category as it is and makes items in that status evidence of the stage.",
    ),
  rules: HubRulesShape.optional().describe("How stages are decided, where that differs from the standard rules."),
  features: z
    .record(z.string().min(1), z.array(z.string().min(1)).min(1))
    .optional()
    .describe(
      "Features that several tools know: the key of the one that stands for all, and keys or addresses of the others.",
    ),
  environments: z
    .record(z.string(), z.enum(["production", "staging", "test", "other"]))
    .optional()
    .describe("Name of a deployment environment to what it is, only the exceptions."),
  health: HealthShape.optional().describe(
    "Thresholds of health; only the exceptions. What each is about: docs/health.md.",
  ),
  people: z
    .record(
      Slug,
      z.strictObject({
        name: z.string().min(1).describe("What people call them."),
        accounts: z
          .array(AccountText)
          .min(1)
          .describe("Accounts that are theirs, by handle, id or address: `github:ana-d`, `jira:5b10…`."),
        notAccounts: z.array(AccountText).optional().describe("Accounts that are not theirs, whatever rules say."),
      }),
    )
    .optional()
    .describe("People whose accounts no rule joins, or joins wrongly; `throughline people` prints what to add."),
  outputs: z
    .record(Slug, OutputShape)
    .optional()
    .describe("Where events go out to, by name; settings of each kind below."),
  access: AccessShape.optional().describe("Who may see the hub."),
  reports: z
    .record(Slug, ReportShape)
    .optional()
    .describe("Reports that are made and sent by a schedule, by name ([reports.md](reports.md))."),
  mail: MailShape.optional().describe("How reports go out as mails."),
  timezone: Zone.optional().describe(
    "IANA name of the zone that days and weeks are counted in, in reports and in `as_of`; UTC without it.",
  ),
  weekStart: z.enum(WEEK_STARTS).optional().describe("First day of the week; Monday without it."),
  events: z
    .strictObject({
      include: z
        .array(z.enum(OPT_IN))
        .optional()
        .describe("Types of events that are so frequent that they must be asked for."),
      limits: z
        .record(
          z.string().regex(/^[^:\s]+:\S/, "a connection and a metric of it, e.g. mixpanel:Sign-ups"),
          z
            .strictObject({ above: z.number().optional(), below: z.number().optional() })
            .refine(({ above, below }) => above !== undefined || below !== undefined, "give above or below"),
        )
        .optional()
        .describe("Limits of metrics, by `connection:metric`: crossing one is an event, `metric.threshold.crossed`."),
    })
    .optional()
    .describe("Events beyond those that every hub tells."),
  webhooks: z
    .strictObject({
      allowLoopback: z
        .boolean()
        .optional()
        .describe("Endpoints may lie on this machine, with http and any port; without effect on AWS."),
    })
    .optional()
    .describe("Where outgoing webhooks may go to, beside the public internet."),
  url: z.url().optional().describe("Where people reach the hub."),
  eventTypePrefix: z
    .string()
    .regex(/^[a-z0-9.-]{1,80}$/)
    .optional()
    .describe("Prefix of CloudEvents types, default dev.throughline."),
});

/** One thing wrong with a configuration, with its place where it is known. */
export interface ConfigProblem {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** `file:line:column  path: what is wrong. Did you mean …?` */
export const problemLine = ({ path, message }: ConfigProblem, file: string, text: string): string => {
  const { line, column } = locate(text, path);
  return `${file}:${line}:${column}  ${path.map(String).join(".") || "the file"}: ${message}`;
};

/** All problems at once, each as `file:line:column  path: what is wrong. Did you mean …?`. */
export const configInvalid = (
  problems: readonly ConfigProblem[],
  file: string,
  text: string,
  code: ErrorCode = "config_invalid",
): HubError => {
  const lines = problems.map((problem) => problemLine(problem, file, text));
  return new HubError(code, lines.join("\n"), { retry: "never", details: { problems: problems.length } });
};

/** A zod error in words for people, with the known words of unknown keys and values. */
export const problemsOf = (
  error: z.ZodError,
  at: readonly PropertyKey[],
  known: (path: readonly PropertyKey[]) => readonly string[],
): ConfigProblem[] =>
  error.issues.flatMap((issue): ConfigProblem[] => {
    const path = [...at, ...issue.path];
    if (issue.code === "unrecognized_keys") {
      return issue.keys.map((key) => ({
        path: [...path, key],
        message: `unknown key${suggestion(key, known(issue.path))}`,
      }));
    }
    if (issue.code === "invalid_value") {
      const given = "input" in issue ? JSON.stringify(issue.input) : undefined;
      const values = issue.values.map(String);
      const guess = typeof issue.input === "string" ? nearestWord(issue.input, values) : undefined;
      return [
        {
          path,
          message: `${given ?? "the value"} is none of ${values.join(", ")}${guess ? `. Did you mean "${guess}"?` : ""}`,
        },
      ];
    }
    const isMissing = issue.code === "invalid_type" && issue.message.endsWith("received undefined");
    return [{ path, message: isMissing ? "is missing" : issue.message }];
  });

/** The keys that a zod object declares, at a path inside it. */
export const keysAt = (shape: z.ZodType, path: readonly PropertyKey[]): readonly string[] => {
  let schema = schemaOf(shape);
  for (const part of path) {
    const inner: JsonSchema | undefined =
      schema.properties?.[String(part)] ??
      (typeof schema.additionalProperties === "object" ? schema.additionalProperties : undefined);
    if (inner === undefined) return [];
    schema = inner;
  }
  const forms = [schema, ...(schema.anyOf ?? []), ...(schema.oneOf ?? [])];
  return [...new Set(forms.flatMap(({ properties = {} }) => Object.keys(properties)))];
};

/** The settings of a shape as a config gives them. */
export const schemaOf = (shape: z.ZodType): JsonSchema =>
  z.toJSONSchema(shape, { unrepresentable: "any", io: "input" }) as JsonSchema;

export interface JsonSchema {
  type?: string;
  description?: string;
  secret?: boolean;
  anyOf?: readonly JsonSchema[];
  oneOf?: readonly JsonSchema[];
  properties?: Record<string, JsonSchema>;
  additionalProperties?: JsonSchema | boolean;
}

/** @throws HubError config_invalid with every problem of the hub's own part */
export const parseHubConfig = (value: unknown, file: string, text: string): HubConfig => {
  const result = HubConfigShape.safeParse(value, { reportInput: true });
  if (!result.success)
    throw configInvalid(
      problemsOf(result.error, [], (path) => keysAt(HubConfigShape, path)),
      file,
      text,
    );
  const { config, problems } = withEnvironments(result.data as HubConfig);
  if (problems.length > 0) throw configInvalid(problems, file, text);
  return config;
};
