import { spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";
import { type Run, readRun, recordedTable } from "./recorded-table.ts";

/**
 * Runs every comparison with recorded payloads (`test/recorded`) and prints one table: what was compared, and where the
 * other tools' readings and ours differ. Names of vendors run those only. Exits 1 if a comparison fails.
 */
const root = fileURLToPath(new URL("../..", import.meta.url));
const vitest = join(root, "node_modules/vitest/vitest.mjs");
const AT_ONCE = 2;
const wanted = process.argv.slice(2);

const files = readdirSync(`${root}/test/recorded`)
  .filter((file) => file.endsWith(".test.ts"))
  .filter((file) => wanted.length === 0 || wanted.some((vendor) => file.startsWith(vendor)))
  .sort();
if (files.length === 0) {
  console.error(`no comparison of ${wanted.join(", ")} in test/recorded`);
  process.exit(2);
}

const run = async (file: string): Promise<Run> => {
  const args = [vitest, "run", `test/recorded/${file}`, "--root", root, "--no-color"];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return readRun(file, stripVTControlCharacters(out + err), await ended);
};

const runs: Run[] = [];
const waiting = [...files];
await Promise.all(
  Array.from({ length: AT_ONCE }, async () => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) runs.push(await run(file));
  }),
);
runs.sort((a, b) => (a.file < b.file ? -1 : 1));
console.log(recordedTable(runs));
process.exitCode = runs.some(({ state }) => state === "failed") ? 1 : 0;
