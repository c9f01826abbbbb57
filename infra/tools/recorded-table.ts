/** What one file of `test/recorded` printed. */
export interface Run {
  readonly file: string;
  readonly state: "passed" | "failed" | "skipped";
  readonly compared: number;
  readonly disagreements: number;
  /** Each disagreement, or why it was skipped or failed, as the test says it. */
  readonly lines: readonly string[];
}

/** Tests print this line, and a line for each disagreement below it, begun by two spaces. */
const COUNTS = /(\d+) values? compared, (\d+) disagreements?/;
const FAILED_LINES = 20;

/** @param code how the test process ended */
export const readRun = (file: string, output: string, code: number | null): Run => {
  const lines = output.split("\n");
  let [compared, disagreements] = [0, 0];
  const told: string[] = [];
  for (const [at, line] of lines.entries()) {
    const [, values, differing] = COUNTS.exec(line) ?? [];
    if (values === undefined) continue;
    compared += Number(values);
    disagreements += Number(differing);
    told.push(...lines.slice(at + 1, at + 1 + Number(differing)).map((one) => one.trim()));
  }
  const skipped = lines.filter((line) => line.startsWith("skipped: "));
  if (code !== 0) {
    const why = lines.filter((line) => /^\s*(?:×|FAIL|AssertionError|Error:)/.test(line)).map((line) => line.trim());
    return { file, state: "failed", compared, disagreements, lines: [...told, ...why.slice(0, FAILED_LINES)] };
  }
  if (skipped.length > 0 && compared === 0) return { file, state: "skipped", compared, disagreements, lines: skipped };
  return { file, state: "passed", compared, disagreements, lines: told };
};

/** All runs as a table for a terminal, and below it what the counts stand for. */
export const recordedTable = (runs: readonly Run[]): string => {
  const rows = [
    ["comparison", "result", "values compared", "disagreements"],
    ...runs.map(({ file, state, compared, disagreements }) => [
      file.replace(".test.ts", ""),
      state,
      compared === 0 ? "-" : String(compared),
      compared === 0 ? "-" : String(disagreements),
    ]),
    [
      "all",
      `${runs.filter(({ state }) => state === "passed").length} of ${runs.length} passed`,
      String(runs.reduce((sum, { compared }) => sum + compared, 0)),
      String(runs.reduce((sum, { disagreements }) => sum + disagreements, 0)),
    ],
  ];
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  const table = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
  const below = runs.flatMap(({ file, lines }) =>
    lines.length === 0 ? [] : ["", file, ...lines.map((line) => `  ${line}`)],
  );
  return [...table, ...below].join("\n");
};
