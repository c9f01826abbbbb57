import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** One place of the source that writes a log line. */
export interface LogLine {
  /** From the root, with the line's number. */
  readonly at: string;
  readonly level: "info" | "warn";
  /** Names of the fields that are written out; a spread stands as `...` and its name. */
  readonly fields: readonly string[];
  /** Undefined where it is no constant. */
  readonly verb: string | undefined;
}

/** Every call of a log in the product, in order of files. */
export const logLines = (root: string): LogLine[] =>
  globSync("{functions,infra,shared}/**/*.{ts,tsx}", { cwd: root })
    .map((path) => path.replaceAll("\\", "/"))
    .sort()
    .flatMap((path) => logLinesIn(path, readFileSync(join(root, path), "utf8")));

export const logLinesIn = (path: string, source: string): LogLine[] =>
  [...source.matchAll(/\blog\.(info|warn)\(/g)].map(({ 0: call, 1: level, index }) => {
    const [fields = "", verb = ""] = partsOf(source.slice(index + call.length));
    return {
      at: `${path}:${source.slice(0, index).split("\n").length}`,
      level: level as LogLine["level"],
      fields: partsOf(fields.trim().replace(/^\{/, "")).flatMap((part) => nameOf(part.trim()) ?? []),
      verb: /^"([^"]+)"$/.exec(verb.trim())?.[1],
    };
  });

const nameOf = (part: string): string | undefined => /^(?:\.\.\.)?\(?\w+/.exec(part)?.[0];

/** What stands between commas up to the bracket that closes the text, brackets and strings inside left whole. */
const partsOf = (text: string): string[] => {
  const parts = [""];
  let depth = 0;
  for (const [piece] of text.matchAll(/"(?:[^"\\]|\\.)*"|`(?:[^`\\]|\\.)*`|\/\/.*|[\s\S]/g)) {
    if ("([{".includes(piece)) depth += 1;
    if (")]}".includes(piece)) depth -= 1;
    if (depth < 0) break;
    if (piece === "," && depth === 0) parts.push("");
    else parts[parts.length - 1] += piece;
  }
  return parts.filter((part) => part.trim() !== "");
};
