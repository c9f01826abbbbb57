import { chmodSync, existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { HubError } from "../../shared/connector/errors.ts";
import type { Terminal } from "./command.ts";

/**
 * Adds secrets to `.env`, which only its owner may read from then on. What stands there stays, in its order.
 *
 * @throws HubError usage if one is set to something else and nothing forces it
 */
export const keepSecrets = (
  { root, environment, note }: Terminal,
  secrets: Readonly<Record<string, string>>,
  isForced: boolean,
): void => {
  const path = join(root, ".env");
  const before = existsSync(path) ? readFileSync(path, "utf8") : "";
  const held = parseEnv(before);
  const wanted = Object.entries(secrets).filter(([name, value]) => held[name] !== value && environment[name] !== value);
  const taken = wanted.find(([name]) => held[name] !== undefined && held[name] !== "");
  if (taken !== undefined && !isForced)
    throw new HubError("usage", `.env has another ${taken[0]}: --force replaces it`, { retry: "never" });
  if (wanted.length === 0) return;
  const names = new Set(wanted.map(([name]) => name));
  const kept = before.split("\n").filter((line) => !names.has(/^\s*(?:export\s+)?(\w+)\s*=/.exec(line)?.[1] ?? ""));
  while (kept.at(-1) === "") kept.pop();
  const lines = [...kept, ...wanted.map(([name, value]) => `${name}=${quoted(name, value)}`), ""];
  writeFileSync(`${path}.part`, lines.join("\n"), { mode: 0o600 });
  renameSync(`${path}.part`, path);
  chmodSync(path, 0o600);
  note(`wrote ${[...names].join(", ")} to .env\n`);
};

/** In the one kind of quotes that the value does not have; line ends of keys as `\n`. */
const quoted = (name: string, value: string): string => {
  const line = value.replaceAll("\r", "").replaceAll("\n", "\\n");
  const mark = ["'", '"', "`"].find((one) => !line.includes(one));
  if (mark === undefined)
    throw new HubError("usage", `${name} has every kind of quotes: set it in the environment`, { retry: "never" });
  return `${mark}${line}${mark}`;
};
