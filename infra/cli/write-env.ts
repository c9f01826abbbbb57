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
  for (const name of Object.keys(secrets).filter((one) => environment[one] && environment[one] !== secrets[one]))
    note(`warning: the environment sets ${name} to another value, which wins over .env: unset it there\n`);
  if (wanted.length === 0) return;
  const names = new Set(wanted.map(([name]) => name));
  const kept = entriesOf(before).filter((entry) => !names.has(NAMED.exec(entry)?.[1] ?? ""));
  while (kept.at(-1) === "") kept.pop();
  const lines = [...kept, ...wanted.map(([name, value]) => `${name}=${quoted(name, value)}`), ""];
  writeFileSync(`${path}.part`, lines.join("\n"), { mode: 0o600 });
  renameSync(`${path}.part`, path);
  chmodSync(path, 0o600);
  note(`wrote ${[...names].join(", ")} to .env\n`);
};

const NAMED = /^\s*(?:export\s+)?([\w.-]+)[^\S\n]*=[^\S\n]*(["'`]?)/;

/** The file's lines, those of one quoted value together: as `parseEnv` reads them. */
const entriesOf = (file: string): string[] => {
  const entries: string[] = [];
  for (let from = 0; from <= file.length; ) {
    const lineEnd = endOfLine(file, from);
    const begun = NAMED.exec(file.slice(from, lineEnd));
    const close = begun?.[2] ? file.indexOf(begun[2], from + begun[0].length) : -1;
    const end = close < 0 ? lineEnd : endOfLine(file, close);
    entries.push(file.slice(from, end));
    from = end + 1;
  }
  return entries;
};

const endOfLine = (file: string, from: number): number => {
  const at = file.indexOf("\n", from);
  return at < 0 ? file.length : at;
};

/** In the one kind of quotes that the value does not have; line ends of keys as `\n`. */
const quoted = (name: string, value: string): string => {
  const line = value.replaceAll("\r", "").replaceAll("\n", "\\n");
  const mark = ["'", '"', "`"].find((one) => !line.includes(one));
  if (mark === undefined)
    throw new HubError("usage", `${name} has every kind of quotes: set it in the environment`, { retry: "never" });
  return `${mark}${line}${mark}`;
};
