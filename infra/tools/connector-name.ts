const LONGEST = 31;
/** Beside connectors and the sandbox's own parts, what `throughline` exports already. */
const TAKEN = new Set([
  "index",
  "control",
  "access",
  "company",
  "faults",
  "http",
  "site",
  "webhooks",
  "secret",
  "define-hub",
]);
/** Names of leftovers, which no file of the project may have. */
const CATCH_ALL = /(?:^|-)(?:utils?|helpers?|types?|common|managers?|misc|stuff)$/;

/** `one-tool` as a name in code: `oneTool`. */
export const camelOf = (id: string): string => id.replaceAll(/-([a-z0-9])/g, (_, next: string) => next.toUpperCase());

/** Why an id cannot be a connector's, or undefined. */
export const nameProblem = (id: string): string | undefined => {
  if (!/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/.test(id) || id.length < 2 || id.length > LONGEST)
    return `"${id}" is no id of a connector: lower-case letters and digits, parts joined by -, begun by a letter, 2 to ${LONGEST} long`;
  if (TAKEN.has(id) || CATCH_ALL.test(id)) return `"${id}" means something else here: choose the vendor's name`;
  return isWordOfTheLanguage(camelOf(id))
    ? `"${id}" is a word of the language: choose another, e.g. ${id}-app`
    : undefined;
};

const isWordOfTheLanguage = (name: string): boolean => {
  try {
    new Function(`"use strict"; const ${name} = 1;`);
    return false;
  } catch {
    return true;
  }
};

/** `infra/sandbox/site/sites.ts` with one site more, imports and sites in order. */
export const withSite = (text: string, id: string): string => {
  const name = `${camelOf(id)}Site`;
  const line = `import { ${name} } from "../${id}/server.ts";`;
  const isSite = (row: string) => row.includes(' from "../');
  const [head = "", body = ""] = text.split("= {\n", 2);
  const imports = [...head.split("\n").filter(isSite), line].sort((a, b) => (fromOf(a) < fromOf(b) ? -1 : 1));
  const rest = head.split("\n").filter((row) => !isSite(row));
  const row = `  ${camelOf(id) === id ? id : JSON.stringify(id)}: ${name},`;
  return `${[...imports, ...rest].join("\n")}= {\n${body.replace(/\};\n$/, `${row}\n};\n`)}`;
};

const fromOf = (line: string): string => line.slice(line.indexOf('from "'));

/** `shared/platform/define-hub.ts` with one function more. */
export const withExport = (text: string, id: string, title: string): string =>
  `${text.trimEnd()}\n/** ${title}; settings in connectors/${id}/README.md. */\nexport const ${camelOf(id)} = connection("${id}");\n`;
