import { setTimeout } from "node:timers/promises";
import { getHeapStatistics } from "node:v8";
import { handler as ingest } from "../../functions/ingest-record.ts";
import { handler as poll } from "../../functions/poll-source.ts";
import { endless, type Pump, queuePump } from "../../infra/local/pumps.ts";
import { localRunner } from "../../infra/local/runner.ts";
import { type Embedded, openEmbedded, type Told } from "../../shared/adapters/sqlite/index.ts";
import type { Log } from "../../shared/pipeline/hub.ts";
import type { Job } from "../../shared/pipeline/messages.ts";
import { useHub } from "../../shared/platform/current.ts";
import { openHub } from "../../shared/platform/open-hub.ts";
import { partition } from "../../shared/store/keys.ts";
import { configOf, type Site, secretsFor, type Vendor } from "./bench-company.ts";

/** What one process needed for one job and all that followed from it. */
export interface Peak {
  readonly seconds: number;
  /** Of this process, from the first request to the last row; without loading the program. */
  readonly cpuSeconds: number;
  /** Stored by the end, so that nobody is quick by doing less. */
  readonly rows: number;
  readonly rssMb: number;
  /** Used by JavaScript objects, garbage that was not collected yet among them. */
  readonly heapMb: number;
}

/** What the process is to do; a string, since it is handed over on a command line. */
export interface Order {
  readonly vendor: Vendor;
  readonly site: Site;
  readonly folder: string;
  readonly job: Omit<Job, "connection">;
  /** Derives and publishes too, as `start` does; else it polls and ingests. */
  readonly whole: boolean;
}

const URL_ = "http://localhost:4100";
const SAMPLE_MS = 5;
const PROGRESS_MS = 5000;
const MB = 1024 * 1024;

/**
 * Does one job in this process, over a data folder and by the machine's clock, the inbox being emptied while it is filled.
 * Meant for a process of its own, since it tells that process's peaks; prints them as JSON.
 */
export const measuredRun = async ([order = ""]: readonly string[]): Promise<void> => {
  const { vendor, site, folder, job, whole } = JSON.parse(order) as Order;
  let wake = (_: Told) => {};
  const embedded = openEmbedded({
    folder,
    exclusive: true,
    environment: secretsFor(site),
    envFile: `${folder}/.env`,
    url: URL_,
    told: (what) => wake(what),
  });
  const failures: string[] = [];
  const log: Log = { info: () => {}, warn: (fields, verb) => failures.push(`${verb} ${JSON.stringify(fields)}`) };
  useHub(await openHub({ config: configOf(vendor, site), ports: embedded.ports, log, url: URL_, alone: true }));
  const runner = whole ? localRunner(() => embedded, log) : syncRunner(embedded);
  wake = runner.wake;
  let heap = 0;
  const sampler = setInterval(() => {
    heap = Math.max(heap, getHeapStatistics().used_heap_size);
  }, SAMPLE_MS);
  const before = process.cpuUsage();
  const begun = performance.now();
  const teller = setInterval(async () => {
    const { waiting } = await embedded.consumers.inbox.depth();
    const at = Math.round((performance.now() - begun) / 1000);
    const rss = Math.round(process.memoryUsage.rss() / MB);
    process.stderr.write(`  ${at} s, ${waiting} pages wait, feed ${embedded.feed.lag()} behind, ${rss} MB\n`);
  }, PROGRESS_MS);
  const loops = runner.run();
  await embedded.ports.jobs.send([JSON.stringify({ connection: vendor, ...job })]);
  await runner.quiet();
  const seconds = (performance.now() - begun) / 1000;
  const { user, system } = process.cpuUsage(before);
  clearInterval(sampler);
  clearInterval(teller);
  await runner.stop();
  await loops;
  // How many notes of what was brought there are goes by how many pages waited at once.
  const counted = embedded.db.prepare("SELECT count(*) AS n FROM item WHERE pk <> ?").get(partition.ofRecorded);
  const rows = Number(counted?.["n"]);
  embedded.close();
  if (failures.length > 0) throw new Error(`the run failed: ${failures.slice(0, 3).join("; ")}`);
  const peak: Peak = {
    seconds,
    cpuSeconds: (user + system) / 1e6,
    rows,
    rssMb: process.resourceUsage().maxRSS / 1024,
    heapMb: heap / MB,
  };
  process.stdout.write(`${JSON.stringify(peak)}\n`);
};

const LOOK_MS = 20;
const BATCH = 10;

/** The runner's loops for what is polled and ingested, without those of the change feed. */
const syncRunner = ({ consumers: { inbox, jobs } }: Embedded) => {
  let isStopping = false;
  const pumps: readonly Pump[] = [
    queuePump("ingest-record", "inbox", inbox, BATCH, ingest),
    queuePump("poll-source", "jobs", jobs, 1, (event) => poll(event, endless)),
  ];
  const loop = async (pump: Pump): Promise<void> => {
    while (!isStopping) if (!(await pump.step())) await setTimeout(LOOK_MS);
  };
  return {
    wake: () => {},
    run: () => Promise.all(pumps.map(loop)),
    stop: async () => {
      isStopping = true;
    },
    async quiet() {
      for (;;) {
        const [i, j] = await Promise.all([inbox.depth(), jobs.depth()]);
        if (i.waiting + i.inFlight + j.waiting + j.inFlight === 0) return;
        await setTimeout(LOOK_MS);
      }
    },
  };
};
