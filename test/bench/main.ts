import { bundlesBench } from "./bundles.ts";
import { cost } from "./cost.ts";
import { deriveBench } from "./derive.ts";
import { measuredRun } from "./measured-run.ts";
import { pages } from "./pages.ts";
import { sync } from "./sync.ts";

/** Every bench by its name. */
const BENCHES: Readonly<Record<string, (args: readonly string[]) => Promise<void>>> = {
  api: async (args) => {
    await import("../../infra/local/jsx.ts");
    await (await import("./api.ts")).apiBench(args);
  },
  cost,
  pages,
  sync,
  bundles: bundlesBench,
  derive: deriveBench,
  "measured-run": measuredRun,
  // Loaded when it is asked for: it needs a loader for pages, the others none.
  report: async (args) => (await import("./reports.ts")).reportsBench(args),
};

const [name = "", ...args] = process.argv.slice(2);
const bench = Object.hasOwn(BENCHES, name) ? BENCHES[name] : undefined;
if (bench === undefined) {
  process.stderr.write(
    `usage: npm run bench -- <name>, where the name is one of: ${Object.keys(BENCHES).join(", ")}\n`,
  );
  process.exitCode = 2;
} else await bench(args);
