import { parseArgs } from "node:util";
import { scratchFolder, VENDORS, type Vendor } from "./bench-company.ts";
import type { Floor } from "./floor-run.ts";
import type { Order, Peak } from "./measured-run.ts";
import { benchProcess, companyProcess } from "./memory.ts";
import type { Manner } from "./page-server.ts";
import { table } from "./report.ts";

/** One full sync into the embedded table beside bare reads of the same pages, each in a process of its own. */
export interface FullSync {
  readonly vendor: Vendor;
  readonly issues: number;
  readonly rows: number;
  readonly ours: readonly Peak[];
  readonly floor: readonly Floor[];
}

/**
 * The pages of one first sync, kept in memory by a server of their own: the first read fills it and is not counted.
 *
 * @returns ways to read them, which count what they need; `stop` ends all of it
 */
export const openPages = async (vendor: Vendor, issues: number) => {
  const company = await companyProcess(vendor, issues);
  const origin = new URL(company.site.urls[vendor]).origin;
  const server = benchProcess<{ url: string }>("page-server", origin);
  const { url } = await server.said;
  const urls = { ...company.site.urls, [vendor]: company.site.urls[vendor].replace(origin, url) };
  const ours = async (): Promise<Peak> => {
    const room = scratchFolder();
    try {
      const site = { ...company.site, urls };
      const order: Order = { vendor, site, folder: room.folder, job: {}, whole: false };
      return await benchProcess<Peak>("measured-run", JSON.stringify(order)).said;
    } finally {
      room.remove();
    }
  };
  const { rows } = await ours();
  await company.stop();
  return {
    rows,
    async ours(): Promise<Peak> {
      const peak = await ours();
      if (peak.rows !== rows) throw new Error(`${peak.rows} rows were stored in place of ${rows}`);
      return peak;
    },
    floor: (atOnce = 1): Promise<Floor> => benchProcess<Floor>("floor-run", url, String(atOnce)).said,
    async manner(manner: Manner): Promise<void> {
      await fetch(`${url}/-/manner`, { method: "POST", body: JSON.stringify(manner) });
    },
    stop: () => server.stop(),
  };
};

/** By turns, so that a busy moment of the machine falls on both. */
export const measureFullSync = async (vendor: Vendor, issues: number, rounds: number): Promise<FullSync> => {
  const pages = await openPages(vendor, issues);
  try {
    const ours: Peak[] = [];
    const floor: Floor[] = [];
    for (let round = 0; round < rounds; round++) {
      floor.push(await pages.floor());
      ours.push(await pages.ours());
    }
    return { vendor, issues, rows: pages.rows, ours, floor };
  } finally {
    await pages.stop();
  }
};

export const medianOf = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;

/** `npm run bench -- full-sync`: CPU seconds of a whole first sync, beside `fetch` and `JSON.parse` of the same pages. */
export const fullSyncBench = async (args: readonly string[]): Promise<void> => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      vendor: { type: "string", multiple: true, default: ["jira"] },
      issues: { type: "string", default: "2000" },
      rounds: { type: "string", default: "5" },
    },
  });
  const rows: (string | number)[][] = [];
  for (const vendor of VENDORS.filter((one) => values.vendor.includes(one))) {
    const {
      issues,
      rows: stored,
      ours,
      floor,
    } = await measureFullSync(vendor, Number(values.issues), Number(values.rounds));
    const [cpu, bare] = [medianOf(ours.map((one) => one.cpuSeconds)), medianOf(floor.map((one) => one.cpuSeconds))];
    const { requests = 0, megabytes = 0 } = floor[0] ?? {};
    rows.push([
      vendor,
      issues,
      stored,
      requests,
      megabytes.toFixed(1),
      cpu.toFixed(2),
      bare.toFixed(2),
      (cpu / bare).toFixed(2),
    ]);
  }
  const head = ["tool", "issues", "rows", "requests", "MB", "CPU s", "CPU s, bare read", "ratio"];
  process.stdout.write(`${table(head, rows)}\n`);
};
