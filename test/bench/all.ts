import { readFileSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { parseArgs } from "node:util";
import { benchProcess } from "./memory.ts";
import { table } from "./report.ts";
import { type BenchRow, GROUPS } from "./rows.ts";

const PAGE = new URL("../../docs/performance.md", import.meta.url);
const HEAD = ["work", "ours", "floor", "ratio", "target", "met"];

const isMet = ({ ratio, target, atLeast = false }: BenchRow): boolean => (atLeast ? ratio >= target : ratio <= target);

const lineOf = (row: BenchRow): string[] => [
  row.work,
  row.ours,
  row.floor,
  `${row.ratio.toFixed(2)}x`,
  `${row.atLeast === true ? "at least" : "at most"} ${Number(row.target.toFixed(2))}x`,
  isMet(row) ? "yes" : "no",
];

/** Of the machine, what figures depend on. */
const machine = (): string =>
  `${cpus().length} cores of ${cpus()[0]?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.versions.node}`;

/**
 * `npm run bench [-- --only <part>]… [--full] [--json] [--write]`: all benches as one table, each figure beside a floor
 * that was measured in the same run. `--full` grows to 100,000, which takes over an hour; `--write` puts the table into
 * the documentation. A part that fails is told, and the others go on.
 */
export const allBenches = async (args: readonly string[]): Promise<void> => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: "string", multiple: true, default: Object.keys(GROUPS) },
      full: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      write: { type: "boolean", default: false },
    },
  });
  const unknown = values.only.filter((part) => !Object.hasOwn(GROUPS, part));
  if (unknown.length > 0) {
    process.stderr.write(`--only ${unknown[0]}: is none of ${Object.keys(GROUPS).join(", ")}\n`);
    process.exitCode = 2;
    return;
  }
  const rows: BenchRow[] = [];
  for (const part of Object.keys(GROUPS).filter((one) => values.only.includes(one))) {
    process.stderr.write(`${part}\n`);
    try {
      rows.push(...(await benchProcess<BenchRow[]>("rows", part, ...(values.full ? ["--full"] : [])).said));
    } catch (error) {
      process.stderr.write(`${part} failed: ${error instanceof Error ? error.message : error}\n`);
      process.exitCode = 1;
    }
  }
  if (values.write) write(rows);
  const out = values.json
    ? JSON.stringify({ machine: machine(), rows: rows.map((row) => ({ ...row, met: isMet(row) })) }, undefined, 2)
    : `${table(HEAD, rows.map(lineOf))}\n\n${machine()}`;
  process.stdout.write(`${out}\n`);
};

const [BEGIN, END] = ["<!-- table: npm run bench -- --write -->", "<!-- end of the table -->"];

/** Puts the table between its marks; rows of parts that were not run stay as they are. */
const write = (rows: readonly BenchRow[]): void => {
  const text = readFileSync(PAGE, "utf8");
  const [before = "", rest = ""] = text.split(BEGIN);
  const [held = "", after = ""] = rest.split(END);
  const lines = new Map(
    held
      .split("\n")
      .filter((line) => line.startsWith("| ") && !line.startsWith("| work") && !line.startsWith("| ---"))
      .map((line) => [line.split(" | ")[0]?.slice(2) ?? "", line]),
  );
  for (const row of rows) lines.set(row.work, `| ${lineOf(row).join(" | ")} |`);
  const head = `| ${HEAD.join(" | ")} |\n| --- | ---: | ---: | ---: | ---: | --- |`;
  writeFileSync(
    PAGE,
    `${before}${BEGIN}\n\n${machine()}, shared with other work:\n\n${head}\n${[...lines.values()].join("\n")}\n\n${END}${after}`,
  );
};
