import { spawn } from "node:child_process";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

/**
 * `npm run soak -- [--runs N] [--seed S] [--kills N]`: more histories than a test run has, and others each time, on all
 * cores; then kills of a process at random moments. Ends with 1 if anything ended wrong.
 */
const { values } = parseArgs({
  options: { runs: { type: "string" }, seed: { type: "string" }, kills: { type: "string" } },
});
const seed = Number(values.seed ?? Date.now() % 2 ** 31);
const runs = Number(values.runs ?? 5000);
const kills = Number(values.kills ?? 1000);

/**
 * Few enough that a process stays small, and that all cores end at about the same time; so many that loading the hub and
 * compiling it, which costs as much as twenty histories, is done seldom.
 */
const AT_MOST = 350;
const TOOLS = ["jira", "linear", "github"];
const count = TOOLS.length * Math.ceil(runs / TOOLS.length / AT_MOST);
const parts = Array.from({ length: count }, (_, part) => [
  TOOLS[part % TOOLS.length] ?? "jira",
  String((seed + part) % 2 ** 31),
  String(Math.floor((runs * (part + 1)) / count) - Math.floor((runs * part) / count)),
]).filter(([, , some]) => some !== "0");

const ended = (args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<number> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { stdio: "inherit", env: { ...process.env, ...env } });
    child.on("error", reject);
    child.on("close", (code) => resolve(code ?? 1));
  });

const begun = Date.now();
let wrong = 0;
const player = fileURLToPath(new URL("play-histories.ts", import.meta.url));
const play = async (): Promise<void> => {
  for (let part = parts.shift(); part !== undefined; part = parts.shift()) {
    if ((await ended([player, ...part])) !== 0) wrong += 1;
  }
};
await Promise.all(Array.from({ length: availableParallelism() }, play));
const seconds = Math.round((Date.now() - begun) / 1000);
process.stdout.write(`${runs} histories by seed ${seed} in ${seconds} s, ${wrong} parts ended wrong\n`);

if (kills > 0) {
  const vitest = fileURLToPath(new URL("../../node_modules/vitest/vitest.mjs", import.meta.url));
  const env = { THROUGHLINE_KILLS: String(kills), SOAK_SEED: String(seed) };
  if ((await ended([vitest, "run", "test/faults/kill.test.ts", "--testTimeout=43200000"], env)) !== 0) wrong += 1;
}
process.exitCode = wrong > 0 ? 1 : 0;
