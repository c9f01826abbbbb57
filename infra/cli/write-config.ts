import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseHubConfig } from "../../shared/platform/config.ts";
import type { ConnectionConfig } from "../../shared/platform/define-hub.ts";
import type { Workspace } from "../local/workspace.ts";
import type { Terminal } from "./command.ts";

const JSON_FILE = "throughline.config.json";

/**
 * Puts a connection into a JSON config, or into a new one where there is none; for a config in code says what to paste.
 *
 * @throws HubError config_invalid if the hub could not read what would be written; then nothing is
 */
export const keepConnection = (
  { root, note, out }: Terminal,
  { config }: Workspace,
  name: string,
  connection: ConnectionConfig,
): void => {
  if (config !== undefined && config.file !== JSON_FILE) {
    out(`Paste into the connections of ${config.file}:\n\n${snippet(name, connection)}\n`);
    return;
  }
  const path = join(root, JSON_FILE);
  const held = config === undefined ? {} : (JSON.parse(readFileSync(path, "utf8")) as { connections?: object });
  const next = { ...held, connections: { ...held.connections, [name]: connection } };
  const written = `${JSON.stringify(next, undefined, 2)}\n`;
  parseHubConfig(next, JSON_FILE, written);
  writeFileSync(`${path}.part`, written);
  renameSync(`${path}.part`, path);
  note(`wrote connection ${name} to ${JSON_FILE}\n`);
};

/** As TypeScript; quotes as JSON does, so that no text of anybody's becomes code. */
const snippet = (name: string, { connector, config, ...common }: ConnectionConfig): string => {
  const value = (given: unknown): string => {
    if (typeof given !== "object" || given === null) return JSON.stringify(given);
    if (Array.isArray(given)) return `[${given.map(value).join(", ")}]`;
    const { secret } = given as { secret?: unknown };
    if (typeof secret === "string" && Object.keys(given).length === 1) return `secret(${JSON.stringify(secret)})`;
    return `{ ${Object.entries(given)
      .map(([key, inner]) => `${key}: ${value(inner)}`)
      .join(", ")} }`;
  };
  const lines = Object.entries({ ...config, ...common }).map(([key, given]) => `      ${key}: ${value(given)},`);
  return `    ${JSON.stringify(name)}: ${connector}({\n${lines.join("\n")}\n    }),\n`;
};
