import fc from "fast-check";
import { checkHistory, companyOfHistories } from "./check-history.ts";
import type { Vendor } from "./company.ts";
import { histories } from "./history.ts";

/** One process of the soak: so many histories of one tool by one seed. Ends with 1 and the shortest that ended wrong. */
const [tool = "jira", seed = "0", runs = "100"] = process.argv.slice(2);
const vendor = tool as Vendor;
const company = await companyOfHistories(vendor);
const began = process.cpuUsage();
let played = 0;
let deaths = 0;
const result = await fc.check(
  fc.asyncProperty(histories, async (steps) => {
    played += 1;
    deaths += await checkHistory(company, vendor, steps);
  }),
  { seed: Number(seed), numRuns: Number(runs) },
);
const { user, system } = process.cpuUsage(began);
const each = Math.round((user + system) / 1000 / played);
process.stdout.write(`${vendor}: ${played} histories by seed ${seed}, ${deaths} deaths, ${each} ms of CPU each\n`);
if (result.failed) {
  const [steps] = result.counterexample ?? [];
  process.stdout.write(`ended wrong: ${JSON.stringify(steps)}\n${result.errorInstance}\n`);
  process.exitCode = 1;
}
await company.close();
