import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { HubError } from "../../shared/connector/errors.ts";
import { parseHubConfig } from "../../shared/platform/config.ts";
import type { HubConfig } from "../../shared/platform/define-hub.ts";
import { suggestion } from "../../shared/platform/suggestion.ts";

const FILES = ["throughline.config.ts", "throughline.config.json"] as const;

/** The config of a folder, checked in its own part, or undefined if there is none. @throws HubError config_invalid */
export const findConfig = async (
  root: string,
): Promise<{ config: HubConfig; file: string; text: string } | undefined> => {
  const file = FILES.find((name) => existsSync(join(root, name)));
  if (file === undefined) return undefined;
  const path = join(root, file);
  const text = readFileSync(path, "utf8");
  const value = await read(path, file, text);
  return { config: parseHubConfig(value, file, text), file, text };
};

const read = async (path: string, file: string, text: string): Promise<unknown> => {
  try {
    if (file.endsWith(".json")) return JSON.parse(text);
    // The time of the last edit, so that a reload in the same process sees it.
    const module: unknown = await import(`${pathToFileURL(path).href}?at=${statSync(path).mtimeMs}`);
    return (module as { default?: unknown }).default;
  } catch (cause) {
    const why = cause instanceof Error ? (cause.message.split("\n", 1)[0] ?? "") : "";
    throw new HubError("config_invalid", `${file}${placeIn(cause)} cannot be read: ${why}${await hintOf(why)}`, {
      retry: "never",
      cause,
    });
  }
};

/** `:2:62` of an error about the text of a file: Node shows the lines up to it, and marks the column below. */
const placeIn = (cause: unknown): string => {
  const shown = cause instanceof SyntaxError ? /^.*:(\d+)\n[\s\S]*?^( *)\^/m.exec(cause.stack ?? "") : null;
  return shown === null ? "" : `:${shown[1]}:${(shown[2] ?? "").length + 1}`;
};

/** Of a module or a name that is imported and is not there. */
const hintOf = async (why: string): Promise<string> => {
  if (why.startsWith("Cannot find package 'throughline'"))
    return ". It stands in the folder of Throughline's own package.json: move it there";
  const asked = /'throughline' does not provide an export named '(\w+)'/.exec(why)?.[1];
  return asked === undefined ? "" : suggestion(asked, Object.keys(await import("../../shared/platform/define-hub.ts")));
};
