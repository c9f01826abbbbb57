import * as z from "zod";
import { connectors } from "../../connectors/index.ts";
import { HubConfigShape } from "../../shared/platform/config.ts";
import { MixpanelOutput, SlackOutput, TeamsOutput } from "../../shared/platform/output-shape.ts";
import { code, page, sentence, table } from "./markdown.ts";

type Schema = {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly oneOf?: readonly Schema[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly secret?: boolean;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema | boolean;
};

const schemaOf = (shape: z.ZodType): Schema => z.toJSONSchema(shape, { io: "input", unrepresentable: "any" }) as Schema;

/** More words than that stand where they are explained. */
const MANY = 20;

/** The values that a setting takes, in words. */
const valuesOf = (schema: Schema): string => {
  if (schema.secret === true) return "secret";
  if (schema.const !== undefined) return code(JSON.stringify(schema.const));
  if (schema.oneOf !== undefined) return "object";
  if (schema.enum !== undefined && schema.enum.length > MANY)
    return `one of ${schema.enum.length} words, such as ${code(JSON.stringify(schema.enum[0]))}`;
  if (schema.enum !== undefined) return schema.enum.map((value) => code(JSON.stringify(value))).join(", ");
  if (schema.type === "array") return `list of ${valuesOf(schema.items ?? {})}`;
  if (schema.type === "object")
    return typeof schema.additionalProperties === "object"
      ? `map of ${valuesOf(schema.additionalProperties)}`
      : "object";
  if (schema.type === "integer" || schema.type === "number") {
    const { minimum = Number.MIN_SAFE_INTEGER, maximum = Number.MAX_SAFE_INTEGER } = schema;
    const least = minimum > Number.MIN_SAFE_INTEGER ? ` from ${minimum}` : "";
    return `${schema.type === "integer" ? "whole number" : "number"}${least}${maximum < Number.MAX_SAFE_INTEGER ? ` to ${maximum}` : ""}`;
  }
  return schema.type === "string" ? "text" : (schema.type ?? "anything");
};

type Row = readonly [setting: string, values: string, standard: string, about: string];

/** One row per setting; maps are walked into as `{name}`. */
const rowsOf = (schema: Schema, at = ""): Row[] =>
  Object.entries(schema.properties ?? {}).flatMap(([key, part]): Row[] => {
    const path = at === "" ? key : `${at}.${key}`;
    const isNeeded = schema.required?.includes(key) === true;
    const standard = part.default === undefined ? (isNeeded ? "required" : "") : code(JSON.stringify(part.default));
    const row: Row = [
      code(path),
      valuesOf(part),
      standard,
      part.description === undefined ? "" : sentence(part.description),
    ];
    if (part.secret === true) return [row];
    const inner = part.additionalProperties;
    return [
      row,
      ...rowsOf(typeof inner === "object" ? inner : part, typeof inner === "object" ? `${path}.{name}` : path),
    ];
  });

/** Every setting of a configuration's shape. */
export const settingsTable = (shape: z.ZodType): string =>
  table(["setting", "values", "default", "about"], rowsOf(schemaOf(shape)));

const OUTPUTS = { Mixpanel: MixpanelOutput, Slack: SlackOutput, "Microsoft Teams": TeamsOutput } as const;

/** `docs/config.md`. */
export const configPage = async (): Promise<string> => {
  const declared = await Promise.all(Object.values(connectors).map((load) => load()));
  return page(
    "# Configuration",
    "`throughline.config.ts` in the folder where the hub starts: `export default defineHub({ … })`, pure data. Mistakes are\nlisted all at once, each with file, line, column and the nearest known word. Without the file the demo workspace starts.",
    'A **secret** is never written into the file: `secret("JIRA_TOKEN")` names it, and its value comes from the environment or\nfrom `.env` beside the file.',
    "## The hub",
    settingsTable(HubConfigShape),
    "For each tool a function of the package makes a connection (`jira`, `linear`, …): it takes the connector's settings below\ntogether with `freshWithin` and `pollEvery` (a number and `s`, `m`, `h` or `d`).",
    "## Outputs",
    "Each entry of `outputs` is one of these; how they behave: [outputs.md](outputs.md).",
    ...Object.entries(OUTPUTS).flatMap(([title, shape]) => [`### ${title}`, settingsTable(shape)]),
    ...declared.flatMap(({ id, title, config }) => [
      `## ${title}`,
      `Connector ${code(id)}; set-up, permissions and what it brings: [docs/connectors/${id}.md](connectors/${id}.md).`,
      settingsTable(config),
    ]),
  );
};
