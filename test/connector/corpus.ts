import { existsSync, readFileSync } from "node:fs";

const CORPORA = new URL("../../../shared/corpora/", import.meta.url);

/** The text of a corpus file, or undefined, saying so, in a clone that has no corpora beside it. */
export const corpusText = (name: string): string | undefined => {
  const file = new URL(name, CORPORA);
  if (existsSync(file)) return readFileSync(file, "utf8");
  process.stdout.write(`skipped: there is no corpus ${name} beside this clone\n`);
  return undefined;
};

/** The rows of a corpus of one JSON value per line; none where it is absent. */
export const corpusRows = <Row>(name: string): Row[] =>
  (corpusText(name) ?? "")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Row);
