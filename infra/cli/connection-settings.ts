import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { text as textOf } from "node:stream/consumers";
import { parseEnv } from "node:util";
import { connectors } from "../../connectors/index.ts";
import type { Connector } from "../../shared/connector/contract.ts";
import { HubError } from "../../shared/connector/errors.ts";
import { snakeCase } from "../../shared/domain/snake-case.ts";
import { type JsonSchema, keysAt, problemsOf, schemaOf } from "../../shared/platform/config.ts";
import type { ConnectionConfig } from "../../shared/platform/define-hub.ts";
import { suggestion } from "../../shared/platform/suggestion.ts";
import type { Call, Terminal } from "./command.ts";
import { over, type Settings, valuesIn } from "./held-settings.ts";

/** A connection's settings as its config says them, and the values of the secrets that they name. */
export interface Gathered {
  readonly connector: Connector;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, string>>;
}

const usage = (message: string): HubError => new HubError("usage", message, { retry: "never" });

/**
 * The settings of a connection: from `--set`, and from whoever sits in front, over those that it has. A secret comes from stdin, from the
 * terminal without being shown, or from its variable if that is set already; never from the command line.
 *
 * @throws HubError usage, with every setting that is wrong or missing
 */
export const gather = async (
  { values, terminal }: Call,
  tool: string,
  name: string,
  before: ConnectionConfig | undefined,
): Promise<Gathered> => {
  const load = Object.hasOwn(connectors, tool) ? connectors[tool] : undefined;
  if (load === undefined) throw usage(`no tool "${tool}"${suggestion(tool, Object.keys(connectors))}`);
  const connector = await load();
  const shape = schemaOf(connector.config);
  const given = new Map<string, string>();
  for (const pair of (values["set"] ?? []) as string[]) {
    const [, setting = "", value = ""] = /^([\w.]+)=(.*)$/s.exec(pair) ?? [];
    if (setting === "") throw usage("--set takes setting=value, e.g. --set site=acme");
    if (shapeAt(shape, setting) === undefined)
      throw usage(`${tool} has no setting "${setting}"${suggestion(setting, keysAt(connector.config, []))}`);
    if (shapeAt(shape, setting)?.secret === true && value !== "-")
      throw usage(`--set ${setting}=-  reads the secret from stdin: other users can see a command line`);
    given.set(setting, value);
  }
  await fromStdin(terminal, given);
  const held: Settings = before?.connector === connector.id ? before.config : {};
  const whole = () => valuesIn(over(held, valuesOf(shape, given), shape));
  const isAnswered = () => connector.config.safeParse(whole()).success;
  if (Object.keys(held).length === 0 || !isAnswered()) takeFromEnvironment(terminal, connector, shape, name, given);
  const isAsked = !isAnswered() || (before !== undefined && values["set"] === undefined);
  if (terminal.ask !== undefined && isAsked) await askFor({ ...terminal, ask: terminal.ask }, connector, shape, given);
  const parsed = connector.config.safeParse(whole(), { reportInput: false });
  if (!parsed.success) {
    const wrong = problemsOf(parsed.error, [], (path) => keysAt(connector.config, path));
    const lines = wrong.map(({ path, message }) => `${path.map(String).join(".") || tool}: ${message}`);
    throw usage(`${lines.join("\n")}\nSettings are given by --set setting=value; secrets by --set setting=- and stdin`);
  }
  const secrets: Record<string, string> = {};
  const settings = valuesOf(shape, given, (setting, value) => {
    const variable = variableOf(name, setting);
    secrets[variable] = value;
    return { secret: variable };
  });
  return { connector, settings: over(held, settings, shape), secrets };
};

/** `jira` and `apiToken` make `JIRA_API_TOKEN`. */
export const variableOf = (name: string, setting: string): string =>
  `${name}_${setting.split(".").map(snakeCase).join("_")}`.replaceAll(/\W/g, "_").toUpperCase();

const shapeAt = (shape: JsonSchema, setting: string): JsonSchema | undefined => {
  let found: JsonSchema | undefined = shape;
  for (const part of setting.split("."))
    found = Object.hasOwn(found?.properties ?? {}, part) ? found?.properties?.[part] : undefined;
  return found;
};

/** Settings given as `-`, one line of stdin each; a single one takes all of it, so that keys of many lines fit. */
const fromStdin = async ({ input }: Terminal, given: Map<string, string>): Promise<void> => {
  const waiting = [...given].flatMap(([setting, value]) => (value === "-" ? [setting] : []));
  if (waiting.length === 0) return;
  const all = (await textOf(input as NodeJS.ReadableStream)).trim();
  const lines = waiting.length === 1 ? [all] : all.split(/\r?\n/);
  if (lines.length < waiting.length || all === "")
    throw usage(`stdin must have a line for each of ${waiting.join(", ")}`);
  for (const [index, setting] of waiting.entries()) given.set(setting, lines[index]?.trim() ?? "");
};

/** A secret whose variable is set already need not be given again. */
const takeFromEnvironment = (
  { root, environment }: Terminal,
  { setup }: Connector,
  shape: JsonSchema,
  name: string,
  given: Map<string, string>,
): void => {
  const path = join(root, ".env");
  const file = existsSync(path) ? parseEnv(readFileSync(path, "utf8")) : {};
  const inside = [...given.keys()].flatMap((setting) => {
    const outer = setting.includes(".") ? (setting.split(".")[0] ?? "") : "";
    return Object.keys(shape.properties?.[outer]?.properties ?? {}).map((inner) => `${outer}.${inner}`);
  });
  const isOther = [...given.keys()].some((setting) => setting.includes(".") || setting === "accessToken");
  for (const setting of isOther ? inside : (setup?.asks ?? [])) {
    if (given.has(setting) || shapeAt(shape, setting)?.secret !== true) continue;
    const variable = variableOf(name, setting);
    const value = environment[variable] || file[variable];
    if (value) given.set(setting, value);
  }
};

const askFor = async (
  { ask, note }: Terminal & { readonly ask: NonNullable<Terminal["ask"]> },
  { title, setup, docs }: Connector,
  shape: JsonSchema,
  given: Map<string, string>,
): Promise<void> => {
  note(`${title}: make a credential at ${setup?.credentialAt ?? docs}\nEnter leaves a setting out.\n`);
  for (const setting of setup?.asks ?? []) {
    if (given.has(setting)) continue;
    const { description = "", secret = false } = shapeAt(shape, setting) ?? {};
    const answer = await ask(`${setting} (${description}): `, secret);
    if (answer !== "") given.set(setting, answer);
  }
};

/** @param secret what stands in the place of a secret's value */
const valuesOf = (
  shape: JsonSchema,
  given: ReadonlyMap<string, string>,
  secret: (setting: string, value: string) => unknown = (_, value) => value,
): Record<string, unknown> => {
  const values: Record<string, unknown> = {};
  for (const [setting, value] of given) {
    const at = shapeAt(shape, setting) ?? {};
    const made = at.secret === true ? secret(setting, value) : typed(at, value);
    const [outer = "", inner] = setting.split(".");
    values[outer] = inner === undefined ? made : { ...(values[outer] as object | undefined), [inner]: made };
  }
  return values;
};

/** Lists are given with commas. */
const typed = ({ type, anyOf }: JsonSchema, value: string): unknown => {
  if (type === "array") return value.split(",").map((one) => one.trim());
  if (type === "boolean") return value === "true" ? true : value === "false" ? false : value;
  if (type === "integer" || type === "number") return value.trim() === "" ? value : Number(value);
  return anyOf?.some((one) => one.type === "integer") === true && /^\d+$/.test(value) ? Number(value) : value;
};
