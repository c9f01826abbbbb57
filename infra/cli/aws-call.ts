import { join } from "node:path";
import type { ParseArgsOptionsConfig } from "node:util";
import { environmentSecrets } from "../../shared/adapters/sqlite/secrets.ts";
import { HubError } from "../../shared/connector/errors.ts";
import { configInvalid } from "../../shared/platform/config.ts";
import { connectionProblems } from "../../shared/platform/connections.ts";
import type { HubConfig } from "../../shared/platform/define-hub.ts";
import { type Target, targetOf } from "../deploy/target.ts";
import { findConfig } from "../local/read-config.ts";
import { type Call, type Terminal, text, type Values } from "./command.ts";

/** Options of every command that asks AWS. */
export const AWS_OPTIONS = {
  env: { type: "string" },
  region: { type: "string" },
} as const satisfies ParseArgsOptionsConfig;

/** Options of those that make the template. */
export const CONTEXT_OPTIONS = {
  context: { type: "string", multiple: true },
} as const satisfies ParseArgsOptionsConfig;

export const targetFrom = ({ values }: Call): Promise<Target> =>
  targetOf({ environment: text(values, "env"), region: text(values, "region") });

/** `--context name=value` as `cdk` takes them, with the environment's. */
export const contextFrom = (values: Values): string[] => {
  const given = values["context"];
  const named = (Array.isArray(given) ? given : []).map(String);
  const wrong = named.find((one) => !/^[A-Za-z]\w*=/.test(one) || one.startsWith("env="));
  if (wrong !== undefined)
    throw new HubError("usage", `--context ${wrong}: name=value is wanted, and --env for the environment`, {
      retry: "never",
    });
  return [...named, `env=${text(values, "env") ?? "dev"}`];
};

/** The config of this folder, all of it checked but the values of secrets. @throws HubError config_missing | config_invalid */
export const configHere = async ({ root }: Terminal): Promise<HubConfig> => {
  const found = await findConfig(root);
  if (found === undefined)
    throw new HubError("config_missing", "there is no throughline.config.ts here: nothing else is deployed", {
      retry: "never",
    });
  const problems = await connectionProblems(found.config, { get: async (name) => name });
  if (problems.length > 0) throw configInvalid(problems, found.file, found.text);
  return found.config;
};

/** What stands in the environment and in `.env`. */
export const localSecrets = ({ root, environment }: Terminal): Pick<ReturnType<typeof environmentSecrets>, "get"> =>
  environmentSecrets(environment, join(root, ".env"), join(root, ".throughline", "secrets"));

/** @throws HubError prompt_not_possible */
export const confirmed = async ({ values, terminal, json }: Call, question: string): Promise<boolean> => {
  if (values["yes"] === true) return true;
  if (terminal.ask === undefined || json)
    throw new HubError("prompt_not_possible", `"${question}" could not be asked`, { retry: "never" });
  const isYes = /^y(?:es)?$/i.test(await terminal.ask(`${question} [y/N] `, false));
  if (!isYes) terminal.note("nothing was changed\n");
  return isYes;
};
