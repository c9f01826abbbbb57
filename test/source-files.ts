import { globSync, readFileSync } from "node:fs";
import { dirname, posix } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("..", import.meta.url)).replace(/\/$/, "");

export const textOf = (path: string): string => readFileSync(`${ROOT}/${path}`, "utf8");

/** Paths from the root, in order. */
export const filesBelow = (...patterns: readonly string[]): string[] =>
  globSync([...patterns], { cwd: ROOT, exclude: (path) => path.includes("node_modules") })
    .map((path) => path.replaceAll("\\", "/"))
    .sort();

export const SOURCES = filesBelow("{connectors,functions,infra,shared}/**/*.{ts,tsx,mjs}");
export const TESTS = filesBelow("test/**/*.{ts,tsx}");

/** One `import` or `export … from`, or one `import()`. */
export interface Import {
  readonly from: string;
  /** A path from the root for what is ours, else the name of a package or `node:` module. */
  readonly to: string;
  readonly isOurs: boolean;
  /** Costs nothing at run time. */
  readonly isType: boolean;
  readonly isDynamic: boolean;
  readonly words: string;
}

const STATIC = /^(?:import|export)\b(?<words>[^"'`;=]*?\bfrom\s*|\s*)"(?<to>[^"\n]+)"/gm;
const DYNAMIC = /\bimport\(\s*"(?<to>[^"\n$]+)"\s*,?\s*\)/g;

/** The imports of a source text, those inside comments left out. */
export const importsIn = (from: string, source: string): Import[] => {
  const text = source.replaceAll(/^\s*(?:\/\/|\/?\*).*$/gm, "");
  const one = (to: string, words: string, isDynamic: boolean): Import => {
    const isOurs = to.startsWith(".");
    return {
      from,
      to: isOurs ? posix.normalize(posix.join(dirname(from), to)) : to,
      isOurs,
      isType: /^\s*type\b/.test(words),
      isDynamic,
      words: words.trim(),
    };
  };
  return [
    ...[...text.matchAll(STATIC)].map(({ groups }) => one(groups?.["to"] ?? "", groups?.["words"] ?? "", false)),
    ...[...text.matchAll(DYNAMIC)].map(({ groups }) => one(groups?.["to"] ?? "", "", true)),
  ];
};

export const importsOf = (path: string): Import[] => importsIn(path, textOf(path));

/** `@octokit/rest/x` is of `@octokit/rest`. */
export const packageOf = (name: string): string =>
  name
    .split("/")
    .slice(0, name.startsWith("@") ? 2 : 1)
    .join("/");
