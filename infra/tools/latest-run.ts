import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Outcome, outcomeOf, type Proof, proofsOf, type RunResults } from "./proof-titles.ts";

/** Outcomes of the latest run that was noted, by numbers and title. */
export interface LatestRun {
  /** `YYYY-MM-DD`. */
  readonly on: string;
  readonly outcomes: Readonly<Record<string, Outcome>>;
}

export const LATEST_RUN = "test/latest-run.json";

export const latestRun = (root: string): LatestRun | undefined =>
  existsSync(join(root, LATEST_RUN)) ? JSON.parse(readFileSync(join(root, LATEST_RUN), "utf8")) : undefined;

/** What is noted of a run: how each proof of these families ended. */
export const noteOf = (root: string, results: RunResults, families: readonly string[]): LatestRun => {
  const proofs = families.flatMap((family) => proofsOf(root, family));
  const outcomes = proofs.map((proof) => [nameOf(proof), outcomeOf(proof, results)] as const);
  return {
    on: new Date(results.startTime).toISOString().slice(0, 10),
    outcomes: Object.fromEntries(outcomes.filter(([, outcome]) => outcome !== "none")),
  };
};

const WORDS: Readonly<Record<Outcome, string>> = {
  passed: "passed",
  failed: "**failed**",
  skipped: "skipped",
  none: "not run since it was written",
};

const nameOf = ({ ids, title, file }: Proof): string => `${file} ${ids.join(", ")} ${title}`;

/** A proof as a line of a list: its words, where it stands, and how it ended last. */
export const line = (proof: Proof, run: LatestRun | undefined): string => {
  const words = [proof.group, proof.title].filter((text) => text !== "").join(": ");
  const ended = run === undefined ? "" : `: ${WORDS[run.outcomes[nameOf(proof)] ?? "none"]}`;
  return `- ${words.replaceAll(/[[\]<>*_]/g, "\\$&")} ([${proof.file.slice(5)}](../${proof.file}))${ended}`;
};

/** How results come into a page, and of which day they are. */
export const ran = (run: LatestRun | undefined): string =>
  `${run === undefined ? "No run is noted" : `Results are of ${run.on}`}. To note one: \`npx vitest run --reporter=json --outputFile=run.json\`, then \`npm run gen -- --results run.json\`.`;
