import { parseArgs } from "node:util";
import { startVitest } from "vitest/node";

/**
 * `npm run soak -- [--runs N] [--seed S] [--kills N]`: more histories than a test run has, and others each time; then
 * kills of a process at random moments.
 */
const { values } = parseArgs({
  options: { runs: { type: "string" }, seed: { type: "string" }, kills: { type: "string" } },
});
process.env["SOAK_RUNS"] = values.runs ?? process.env["SOAK_RUNS"] ?? "5000";
process.env["SOAK_SEED"] = values.seed ?? process.env["SOAK_SEED"] ?? String(Date.now() % 2 ** 31);
process.env["THROUGHLINE_KILLS"] = values.kills ?? process.env["THROUGHLINE_KILLS"] ?? "1000";
const vitest = await startVitest("test", [], {
  config: false,
  watch: false,
  run: true,
  include: ["test/simulation/sync.test.ts", "test/faults/kill.test.ts"],
  testTimeout: 12 * 3_600_000,
  hookTimeout: 60_000,
  maxWorkers: 2,
});
await vitest.close();
