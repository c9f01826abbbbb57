import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** One test or group of tests whose title begins with the numbers of what it proves, as `F07, F21 a sentence`. */
export interface Proof {
  readonly ids: readonly string[];
  /** Without the numbers. `%s` and the like stand for the values of a table of cases. */
  readonly title: string;
  /** What the group of tests that it stands in is called; "" for none. */
  readonly group: string;
  /** Path from the root. */
  readonly file: string;
  readonly line: number;
}

/** How the tests of one proof ended in a run: `none` where the run had none of them. */
export type Outcome = "passed" | "failed" | "skipped" | "none";

/** Results of one run, by file and title: what Vitest's JSON reporter writes. */
export interface RunResults {
  readonly startTime: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status?: string;
    readonly assertionResults: readonly {
      readonly ancestorTitles: readonly string[];
      readonly title: string;
      readonly status: string;
    }[];
  }[];
}

const TESTS = ["test/**/*.test.{ts,tsx}", "test/contract/*.ts"];

/**
 * The proofs of one family (`F` or `T`, a letter and two digits), by file and line. Titles are read from the source and
 * not from a run, so that the same source gives the same list.
 */
export const proofsOf = (root: string, family: string): Proof[] => {
  const ids = `${family}\\d\\d(?:, ${family}\\d\\d)*`;
  const titles = new RegExp(
    `\\(\\s*(?<quote>["'\`])(?<ids>${ids}) (?<title>(?:(?!\\k<quote>)[^\\\\\\n]|\\\\.)+)\\k<quote>`,
    "g",
  );
  return globSync(TESTS, { cwd: root })
    .map((path) => path.replaceAll("\\", "/"))
    .sort()
    .flatMap((file) => {
      const text = readFileSync(join(root, file), "utf8");
      return [...text.matchAll(titles)].map(({ index, groups = {} }) => ({
        ids: (groups["ids"] ?? "").split(", "),
        title: (groups["title"] ?? "").replaceAll(/\\(.)/g, "$1"),
        group: groupAt(text, index),
        file,
        line: text.slice(0, index).split("\n").length,
      }));
    });
};

/** Groups are told from what stands in them by how far they are indented. */
const groupAt = (text: string, index: number): string => {
  const indent = text.slice(text.lastIndexOf("\n", index) + 1).search(/\S/);
  const groups = [...text.slice(0, index).matchAll(/^( *)describe\b.*?\(\s*"([^"\n]+)"/gm)];
  return groups.findLast(([, space = ""]) => space.length < indent)?.[2] ?? "";
};

/** How every test below a proof ended; one that failed outweighs the others. */
export const outcomeOf = (proof: Proof, { testResults }: RunResults): Outcome => {
  const words = `${proof.ids.join(", ")} ${proof.title}`;
  const parts = words
    .split(/%[a-zA-Z#$]|\$\{[^}]*\}|\$[a-zA-Z.]+/)
    .map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, "\\$&"));
  const isOfIt = new RegExp(`^${parts.join("[^]*")}$`);
  const isShared = proof.file.startsWith("test/contract/");
  const files = testResults.filter(({ name }) => isShared || name.replaceAll("\\", "/").endsWith(`/${proof.file}`));
  // A file that could not be loaded has no tests at all.
  if (!isShared && files.some((one) => one.status === "failed" && one.assertionResults.length === 0)) return "failed";
  const states = files
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ ancestorTitles, title }) => [...ancestorTitles, title].some((text) => isOfIt.test(text)))
    .map(({ status }) => status);
  if (states.includes("failed")) return "failed";
  if (states.includes("passed")) return "passed";
  return states.length === 0 ? "none" : "skipped";
};

/** `F01` to `F42` for `F` and 42. */
export const numbered = (family: string, count: number): string[] =>
  Array.from({ length: count }, (_, at) => `${family}${String(at + 1).padStart(2, "0")}`);
