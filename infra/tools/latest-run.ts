import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Outcome, outcomeOf, type Proof, proofsOf, type RunResults } from "./proof-titles.ts";

/** How each proof ended when it last ran, by numbers and title. */
export interface LatestRun {
  /** When the last run was noted: `YYYY-MM-DD`. */
  readonly on: string;
  readonly outcomes: Readonly<Record<string, Outcome>>;
}

/** Stands beside the sources, so that the pages made of it are the same wherever they are made. */
export const LATEST_RUN = "test/latest-run.json";
/** What each run of the tests leaves behind. */
export const RESULTS = "test-results.json";

export const latestRun = (root: string): LatestRun | undefined =>
  existsSync(join(root, LATEST_RUN)) ? JSON.parse(readFileSync(join(root, LATEST_RUN), "utf8")) : undefined;

/** Notes the results of a run that Vitest's JSON reporter wrote. @throws {Error} if there is no such file */
export const keepResults = (root: string, file: string): void => {
  if (!existsSync(file)) throw new Error(`there are no results in ${file}: run npm test first`);
  const note = noteOf(root, JSON.parse(readFileSync(file, "utf8")), ["F", "T"], latestRun(root));
  writeFileSync(join(root, LATEST_RUN), `${JSON.stringify(note, null, 2)}\n`);
};

/** What is noted of a run: how each proof of these families ended. What it did not run stays as it was before. */
export const noteOf = (
  root: string,
  results: RunResults,
  families: readonly string[],
  before?: LatestRun,
): LatestRun => {
  const proofs = families.flatMap((family) => proofsOf(root, family));
  const outcomes = proofs.flatMap((proof) => {
    const name = nameOf(proof);
    const ended = outcomeOf(proof, results);
    // A run of few files leaves out the others, and a run by a part of a title skips them.
    const outcome = ended === "none" || ended === "skipped" ? (before?.outcomes[name] ?? ended) : ended;
    return outcome === "none" ? [] : [[name, outcome] as const];
  });
  return { on: new Date(results.startTime).toISOString().slice(0, 10), outcomes: Object.fromEntries(outcomes) };
};

const WORDS: Readonly<Record<Outcome, string>> = {
  passed: "passed",
  failed: "**failed**",
  skipped: "skipped",
  none: "not run since it was written",
};

const nameOf = ({ ids, title, file }: Proof): string => `${file} ${ids.join(", ")} ${title}`;

/** How a proof ended last, behind its words; nothing where no run is noted. */
export const endedAs = (proof: Proof, run: LatestRun | undefined): string =>
  run === undefined ? "" : `: ${WORDS[run.outcomes[nameOf(proof)] ?? "none"]}`;

/** A proof as a line of a list: its words, where it stands, and how it ended last. */
export const line = (proof: Proof, run: LatestRun | undefined): string => {
  const words = [proof.group, proof.title].filter((text) => text !== "").join(": ");
  return `- ${words.replaceAll(/[[\]<>*_]/g, "\\$&")} ([${proof.file.slice(5)}](../${proof.file}))${endedAs(proof, run)}`;
};

/** How results come into a page, and of when they are. */
export const ran = (run: LatestRun | undefined): string =>
  `${run === undefined ? "No run is noted" : `Each test stands with how it ended when it last ran; the last run was noted on ${run.on}`}. To note one: \`npm test\`, then \`npm run gen -- --results\`.`;
