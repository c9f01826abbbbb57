import "../../infra/cli/compiled.mjs";

type Bench = (args: readonly string[]) => Promise<void>;

/** Every bench by its name, loaded when it is asked for: some need a loader for pages, others are processes of their own. */
const BENCHES: Readonly<Record<string, () => Promise<Bench>>> = {
  all: async () => (await import("./all.ts")).allBenches,
  api: async () => {
    await import("../../infra/local/jsx.ts");
    return (await import("./api.ts")).apiBench;
  },
  bundles: async () => (await import("./bundles.ts")).bundlesBench,
  cost: async () => (await import("./cost.ts")).cost,
  derive: async () => (await import("./derive.ts")).deriveBench,
  "full-sync": async () => (await import("./full-sync.ts")).fullSyncBench,
  pages: async () => (await import("./pages.ts")).pages,
  report: async () => (await import("./reports.ts")).reportsBench,
  sync: async () => (await import("./sync.ts")).sync,
  webhooks: async () => (await import("./webhooks.ts")).webhooksBench,
};

/** What a bench starts as a process of its own. */
const PARTS: Readonly<Record<string, () => Promise<Bench>>> = {
  "floor-run": async () => (await import("./floor-run.ts")).floorRun,
  "measured-run": async () => (await import("./measured-run.ts")).measuredRun,
  "page-server": async () => (await import("./page-server.ts")).pageServer,
  "start-run": async () => {
    await import("../../infra/local/jsx.ts");
    return (await import("./api.ts")).startRun;
  },
  "webhook-floor": async () => (await import("./webhook-servers.ts")).webhookFloor,
  "webhook-hub": async () => {
    await import("../../infra/local/jsx.ts");
    return (await import("./webhook-servers.ts")).webhookHub;
  },
  rows: async () => (await import("./rows.ts")).rowsBench,
};

const [name = "all", ...args] = process.argv.slice(2);
const isOption = name.startsWith("-");
const load = { ...BENCHES, ...PARTS }[isOption ? "all" : name];
if (load === undefined) {
  process.stderr.write(
    `usage: npm run bench [-- <name>], where the name is one of: ${Object.keys(BENCHES).join(", ")}\n`,
  );
  process.exitCode = 2;
} else await (await load())(isOption ? [name, ...args] : args);
