/** What one acceptance check found. */
export interface Result {
  readonly check: number;
  readonly what: string;
  readonly figure: string;
  readonly limit: string;
  /** What is wrong, one line each; nothing if the check holds. */
  readonly wrong: readonly string[];
}

const SHOWN = 12;

const line = (cells: readonly string[], widths: readonly number[]): string =>
  cells
    .map((cell, at) => cell.padEnd(widths[at] ?? 0))
    .join("  ")
    .trimEnd();

/** The results as a table, with what is wrong below it. */
export const resultTable = (results: readonly Result[]): string => {
  const sorted = [...results].sort((a, b) => a.check - b.check);
  const rows = sorted.map(({ check, what, figure, limit, wrong }) => [
    String(check),
    what,
    figure,
    limit,
    wrong.length === 0 ? "ok" : "FAILED",
  ]);
  const all = [["check", "what", "figure", "limit", ""], ...rows];
  const widths = [0, 1, 2, 3, 4].map((at) => Math.max(...all.map((row) => row[at]?.length ?? 0)));
  const details = sorted.flatMap(({ check, what, wrong }) =>
    wrong.length === 0
      ? []
      : [
          `\n${check} ${what}:`,
          ...wrong.slice(0, SHOWN).map((one) => `  ${one}`),
          ...(wrong.length > SHOWN ? [`  and ${wrong.length - SHOWN} more`] : []),
        ],
  );
  return `${[...all.map((row) => line(row, widths)), ...details].join("\n")}\n`;
};
