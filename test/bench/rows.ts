import { VENDORS, type Vendor } from "./bench-company.ts";
import { medianOf } from "./full-sync.ts";

/** One line of the table. */
export interface BenchRow {
  readonly work: string;
  /** Both in the same unit, which is told with them. */
  readonly ours: string;
  readonly floor: string;
  /** What is to be at most, or at least, `target`. */
  readonly ratio: number;
  readonly target: number;
  readonly atLeast?: boolean;
}

const seconds = (value: number): string => `${value.toFixed(2)} s`;
const cpu = (value: number): string => `${value.toFixed(2)} CPU s`;
const count = (value: number): string => value.toLocaleString("en");

/** CPU seconds, since others may have the core meanwhile. */
const fullSync = async (full: boolean): Promise<BenchRow[]> => {
  const { measureFullSync } = await import("./full-sync.ts");
  const sizes: Readonly<Record<Vendor, number>> = full
    ? { jira: 10_000, linear: 10_000, github: 2000 }
    : { jira: 2000, linear: 1000, github: 200 };
  const rows: BenchRow[] = [];
  for (const vendor of VENDORS) {
    const { issues, ours, floor } = await measureFullSync(vendor, sizes[vendor], 5);
    const [mine, bare] = [medianOf(ours.map((one) => one.cpuSeconds)), medianOf(floor.map((one) => one.cpuSeconds))];
    const { requests = 0, megabytes = 0 } = floor[0] ?? {};
    rows.push({
      work: `full sync of ${count(issues)} issues of ${vendor}: ${count(requests)} requests, ${megabytes.toFixed(0)} MB`,
      ours: cpu(mine),
      floor: cpu(bare),
      ratio: mine / bare,
      target: vendor === "jira" ? 2.5 : 3,
    });
  }
  return rows;
};

const LATENCY_MS = 50;

/** What is waited for: a slow vendor, and one that asks to come again later. */
const waits = async (full: boolean): Promise<BenchRow[]> => {
  const { openPages } = await import("./full-sync.ts");
  const { RETRY_AFTER } = await import("./page-server.ts");
  const rows: BenchRow[] = [];
  // Tokens chain the pages of Jira and Linear; those of GitHub have numbers and may be read side by side.
  for (const [vendor, atOnce, target] of [
    ["jira", 1, 1.15],
    ["linear", 1, 1.15],
    ["github", 8, 1.6],
  ] as const) {
    const issues = vendor === "github" ? 50 : full ? 5000 : 1000;
    const pages = await openPages(vendor, issues);
    try {
      await pages.manner({ latency: LATENCY_MS });
      const ours = await pages.ours();
      const floor = await pages.floor(atOnce);
      rows.push({
        work: `the same at ${LATENCY_MS} ms a request, ${count(issues)} issues of ${vendor}, beside ${atOnce === 1 ? "one read after the other" : `${atOnce} at once`}`,
        ours: seconds(ours.seconds),
        floor: seconds(floor.seconds),
        ratio: ours.seconds / floor.seconds,
        target,
      });
      if (vendor !== "jira") continue;
      await pages.manner({});
      const quiet = await pages.ours();
      await pages.manner({ refuseEvery: 8 });
      const refused = await pages.ours();
      const times = Math.floor(floor.requests / 7);
      const asked = times * RETRY_AFTER;
      rows.push({
        work: `${times} answers of 429 with Retry-After: ${RETRY_AFTER}; all rows are there in the end`,
        ours: seconds(refused.seconds - quiet.seconds),
        floor: seconds(asked),
        ratio: (refused.seconds - quiet.seconds) / asked,
        target: 1.2,
      });
    } finally {
      await pages.stop();
    }
  }
  return rows;
};

const memory = async (full: boolean): Promise<BenchRow[]> => {
  const { measureMemory } = await import("./memory.ts");
  const [few, many] = full ? [1000, 100_000] : [1000, 5000];
  const least = await measureMemory("jira", few, false);
  const most = await measureMemory("jira", many, false);
  const mb = (value: number): string => `${value.toFixed(0)} MB`;
  return [
    {
      work: `peak memory of a first sync of ${count(many)} issues, beside ${count(few)}`,
      ours: mb(most.first.rssMb),
      floor: mb(least.first.rssMb),
      ratio: most.first.rssMb / least.first.rssMb,
      target: 1.25,
    },
    {
      work: `the same in MB, beside the 256 of a small function`,
      ours: mb(most.first.rssMb),
      floor: mb(256),
      ratio: most.first.rssMb / 256,
      target: 1,
    },
  ];
};

/** Beside the fewest requests that the tool's API allows; two more for each stream and place are allowed. */
const requests = async (): Promise<BenchRow[]> => {
  const { measureRequests } = await import("./requests.ts");
  const { requestsOf } = await import("./requests-report.ts");
  const rows: BenchRow[] = [];
  for (const vendor of VENDORS) {
    const all = (await measureRequests(vendor, 300)).map(requestsOf);
    for (const phase of ["changed", "idle"] as const) {
      const one = all.findLast((each) => each.phase === phase);
      if (one === undefined) continue;
      rows.push({
        work: `${vendor}: sync after ${phase === "idle" ? "nothing" : `${one.issues} of ${count(one.size)} issues`} changed`,
        ours: `${one.requests} requests`,
        floor: `${one.fewest} requests`,
        ratio: one.requests / one.fewest,
        // Two more for each of the streams, none of which takes less than one request.
        target: (one.fewest + 2 * Object.keys(one.smallest).length) / one.fewest,
      });
    }
  }
  return rows;
};

const derive = async (full: boolean): Promise<BenchRow[]> => {
  const { measureChange } = await import("./derive.ts");
  const [few, many] = full ? [100, 100_000] : [100, 2000];
  const least = await measureChange(few);
  const most = await measureChange(many);
  return (["reads", "writes"] as const).map((what) => ({
    work: `${what} to re-derive one change in a hub of ${count(many)} features, beside ${count(few)}`,
    ours: `${most[what].toFixed(1)} ${what}`,
    floor: `${least[what].toFixed(1)} ${what}`,
    ratio: most[what] / least[what],
    target: 1.05,
  }));
};

const PAGE_NAMES: Readonly<Record<string, string>> = { "/": "board", "/features/…": "page of a feature" };

const pages = async (full: boolean): Promise<BenchRow[]> => {
  const { measurePages } = await import("./pages.ts");
  const sizes = full ? [1000, 10_000, 100_000] : [1000, 10_000];
  // The first size twice: what is measured first is how code warms up.
  const all = (await measurePages([1000, ...sizes])).slice(3).filter(({ page }) => page in PAGE_NAMES);
  const ms = (value: number): string => `${value.toFixed(1)} ms`;
  return Object.entries(PAGE_NAMES).flatMap(([path, name]) => {
    const some = all.filter(({ page }) => page === path);
    const [first, last] = [some[0], some.at(-1)];
    if (first === undefined || last === undefined) return [];
    return [
      {
        work: `${name} of ${count(last.features)} features, beside its bare render`,
        ours: ms(last.ms),
        floor: ms(last.bareMs),
        ratio: last.ms / last.bareMs,
        target: 2,
      },
      {
        work: `${name} of ${count(last.features)} features, beside ${count(first.features)}`,
        ours: ms(last.ms),
        floor: ms(first.ms),
        ratio: last.ms / first.ms,
        target: 1.5,
      },
    ];
  });
};

const report = async (full: boolean): Promise<BenchRow[]> => {
  const { measureReports } = await import("./reports.ts");
  const [few, many] = full ? [1000, 100_000] : [1000, 10_000];
  // Once before, so that code is warm when the smaller number is measured.
  const all = (await measureReports([few, few, many])).slice(4);
  return all
    .filter(({ items, report: name }) => items === many && !name.startsWith("bare"))
    .map((one) => {
      const least = all.find(({ items, report: name }) => items === few && name === one.report) ?? one;
      return {
        work: `weekly ${one.report} report over ${count(many)} work items${one.days > least.days ? " of ten times the time" : ""}, beside ${count(few)}`,
        ours: `${(one.seconds * 1000).toFixed(0)} CPU ms`,
        floor: `${(least.seconds * 1000).toFixed(0)} CPU ms`,
        ratio: one.seconds / least.seconds,
        target: 2,
      };
    });
};

const bundles = async (): Promise<BenchRow[]> => {
  const { measureBundles, TARGETS } = await import("./bundles.ts");
  return (await measureBundles(Object.keys(TARGETS))).flatMap(({ name, ms, first, clientsMs }) => {
    const row = (work: string, took: number, floor: number, target: number): BenchRow => ({
      work,
      ours: `${took.toFixed(1)} CPU ms`,
      floor: `${floor.toFixed(1)} CPU ms`,
      ratio: took / floor,
      target,
    });
    const target = TARGETS[name] ?? 1;
    const loading = row(`loading the bundle of ${name}, beside its SDK clients alone`, ms, clientsMs, target);
    if (first === undefined) return [loading];
    // The same target: what loading leaves out must not merely come later.
    return [
      loading,
      row(
        `loading ${name} and its first answer of /v1/status, beside its SDK clients and their first call`,
        first.ms,
        first.clientsMs,
        target,
      ),
    ];
  });
};

const cost = async (): Promise<BenchRow[]> => {
  const { measureCost } = await import("./cost.ts");
  const { cases } = await measureCost("jira", 200);
  return cases.flatMap(({ name, changes, parts }) => {
    const ingest = parts.get("ingest-record");
    if (ingest === undefined) return [];
    const units = (what: "readUnits" | "writeUnits"): number => ingest[what] / changes;
    const isUnchanged = name.startsWith("an unchanged");
    if (!isUnchanged && !name.endsWith("by poll")) return [];
    const row = (what: "readUnits" | "writeUnits", most: number): BenchRow => ({
      work: `${name}: ${what === "readUnits" ? "reads" : "writes"} of the table while it is ingested`,
      ours: `${units(what).toFixed(2)} units`,
      floor: `${most} units`,
      ratio: most === 0 ? units(what) : units(what) / most,
      target: most === 0 ? 0 : 1,
    });
    return isUnchanged ? [row("writeUnits", 0)] : [row("readUnits", 1), row("writeUnits", 2)];
  });
};

/** In the same process as who asks, so that both pay for the asking. */
const api = async (full: boolean): Promise<BenchRow[]> => {
  await import("../../infra/local/jsx.ts");
  const { measureApi } = await import("./api.ts");
  const [few, many] = full ? [1000, 100_000] : [1000, 10_000];
  const all = await measureApi([few, many], 1500);
  const name = (one: string): string => (one === "work-item filter" ? "work items by a filter" : one);
  return all.slice(-4).flatMap((one, index) => {
    const least = all[index] ?? one;
    return [
      {
        work: `API, ${name(one.name)}, ${count(one.items)} items: requests a CPU second beside bare Hono with the same bytes`,
        ours: `${one.ours.perSecond.toFixed(0)}/CPU s`,
        floor: `${one.bare.perSecond.toFixed(0)}/CPU s`,
        ratio: one.ours.perSecond / one.bare.perSecond,
        target: 0.4,
        atLeast: true,
      },
      {
        work: `API, ${name(one.name)}: p99 with ${count(one.items)} items, beside ${count(least.items)}`,
        ours: `${one.ours.p99.toFixed(1)} ms`,
        floor: `${least.ours.p99.toFixed(1)} ms`,
        ratio: one.ours.p99 / least.ours.p99,
        target: 1.5,
      },
    ];
  });
};

interface Start {
  readonly seconds: number;
  readonly cpuSeconds: number;
}

const start = async (full: boolean): Promise<BenchRow[]> => {
  const { benchProcess } = await import("./memory.ts");
  const { scratchFolder } = await import("./bench-company.ts");
  const items = full ? 100_000 : 20_000;
  const rooms = [scratchFolder(), scratchFolder()] as const;
  const run = (folder: string, fill = 0) => benchProcess<Start>("start-run", folder, String(fill)).said;
  try {
    await run(rooms[0].folder);
    await run(rooms[1].folder, items);
    const starts: [Start, Start][] = [];
    for (let round = 0; round < 5; round++) starts.push([await run(rooms[0].folder), await run(rooms[1].folder)]);
    const [empty, filled] = ([0, 1] as const).map((which) => medianOf(starts.map((one) => one[which].cpuSeconds)));
    return [
      {
        work: `start of a hub with ${count(items)} stored work items until it answers, beside an empty one`,
        ours: cpu(filled ?? 0),
        floor: cpu(empty ?? 0),
        ratio: (filled ?? 0) / (empty ?? 1),
        target: 1.5,
      },
    ];
  } finally {
    for (const room of rooms) room.remove();
  }
};

/** Sent without waiting for answers: what the machine does not hold shows in the times. */
const webhooks = async (full: boolean): Promise<BenchRow[]> => {
  const { measureWebhooks } = await import("./webhooks.ts");
  const { ours, floor } = await measureWebhooks(200, full ? 600 : 20);
  const { stored, published, lost = 0, doubled = 0 } = ours.ours ?? {};
  const ms = (value: number): string => `${value.toFixed(1)} ms`;
  const row = (what: string, p99: number): BenchRow => ({
    work: `${count(ours.rate)} webhooks a second: p99 until ${what}, beside a bare receiver's answer`,
    ours: ms(p99),
    floor: ms(floor.ack.p99),
    ratio: p99 / floor.ack.p99,
    target: 3,
  });
  return [
    row("the answer", ours.ack.p99),
    row("the record is stored", stored?.p99 ?? Number.POSITIVE_INFINITY),
    row("its event is published", published?.p99 ?? Number.POSITIVE_INFINITY),
    {
      work: `of ${count(ours.rate)} webhooks a second: reached, while none is lost or doubled`,
      ours: `${ours.reached.toFixed(0)} a second, ${lost} lost, ${doubled} doubled`,
      floor: `${floor.reached.toFixed(0)} a second`,
      ratio: lost + doubled > 0 ? 0 : ours.reached / floor.reached,
      target: 0.95,
      atLeast: true,
    },
  ];
};

/** The parts of the table, each a process of its own. */
export const GROUPS: Readonly<Record<string, (full: boolean) => Promise<BenchRow[]>>> = {
  "full-sync": fullSync,
  waits,
  memory,
  requests,
  derive,
  api,
  start,
  pages,
  report,
  bundles,
  cost,
  webhooks,
};

/** `main.ts rows <part of the table> [--full]`, as JSON. */
export const rowsBench = async ([group = "", size]: readonly string[]): Promise<void> => {
  const rows = await GROUPS[group]?.(size === "--full");
  process.stdout.write(`${JSON.stringify(rows ?? [])}\n`);
};
