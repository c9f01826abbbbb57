import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { camelOf, nameProblem, withExport, withSite } from "./connector-name.ts";

/** `npm run new:connector -- <id> [--title Title] [--category planning]`: a connector that passes its tests as it is. */
const root = fileURLToPath(new URL("../..", import.meta.url));
const template = join(root, "infra/tools/connector-template");
const CATEGORIES = "planning code analytics experiments research design marketing support communication data".split(
  " ",
);
const USAGE = "usage: npm run new:connector -- <id> [--title Title] [--category planning]";

const refuse = (why: string): never => {
  console.error(why);
  process.exit(2);
};

const given = () => {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { title: { type: "string" }, category: { type: "string" } },
    });
    return { ...values, words: positionals };
  } catch (error) {
    return refuse(`${(error as Error).message}\n${USAGE}`);
  }
};

const { words, title: wanted, category = "planning" } = given();
const [id = ""] = words;
if (words.length !== 1) refuse(USAGE);
const problem = nameProblem(id);
if (problem !== undefined) refuse(problem);
if (!CATEGORIES.includes(category)) refuse(`no category "${category}": ${CATEGORIES.join(", ")}`);
const title =
  wanted ?? id.replaceAll(/(^|-)([a-z])/g, (_, dash: string, first: string) => `${dash && " "}${first.toUpperCase()}`);
if (!/^[\p{L}\p{N}][\p{L}\p{N} .&+-]{0,40}$/u.test(title))
  refuse(`the title "${title}" must be letters, digits, spaces and .&+-`);

/** Where each file of the template goes. */
const placeOf = (file: string): string => {
  const name = file.replace(".txt", "");
  if (name === "fixture.json") return `test/fixtures/${id}/issues.json`;
  if (name === "test.ts") return `test/connectors/${id}.test.ts`;
  return name === "server.ts" ? `infra/sandbox/${id}/server.ts` : `connectors/${id}/${name}`;
};

const files = readdirSync(template).sort();
const taken = [`connectors/${id}`, `infra/sandbox/${id}`, `test/fixtures/${id}`, ...files.map(placeOf)];
const there = taken.filter((path) => existsSync(join(root, path)));
if (there.length > 0)
  refuse(`${there.join(" and ")} ${there.length > 1 ? "are" : "is"} there already: nothing was written`);

const write = (path: string, text: string): void => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
  console.log(`wrote ${path}`);
};
const change = (path: string, to: (text: string) => string): void =>
  write(path, to(readFileSync(join(root, path), "utf8")));

for (const file of files) {
  const text = readFileSync(join(template, file), "utf8")
    .replaceAll("__id__", id)
    .replaceAll("__camel__", camelOf(id))
    .replaceAll("__title__", title)
    .replaceAll("__category__", category);
  write(placeOf(file), text);
}
change("infra/sandbox/site/sites.ts", (text) => withSite(text, id));
change("shared/platform/define-hub.ts", (text) => withExport(text, id, title));
const node = (...args: readonly string[]) => execFileSync(process.execPath, args, { cwd: root, stdio: "inherit" });
node(join(root, "node_modules/@biomejs/biome/bin/biome"), "format", "--write", "--log-level=error", ...taken);
node("infra/tools/gen.ts");
