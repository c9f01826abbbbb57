import { join } from "node:path";
import { handler as ingest } from "../../functions/ingest-record.ts";
import { handler as poll } from "../../functions/poll-source.ts";
import { handler as project } from "../../functions/project-lifecycle.ts";
import { handler as publish } from "../../functions/publish-events.ts";
import { billOf, PRICES, scaled, storageOf, sumOf, type Usage } from "../../infra/aws/prices.ts";
import { endless, feedPump, type Pump, queuePump } from "../../infra/local/pumps.ts";
import { openEmbedded } from "../../shared/adapters/sqlite/index.ts";
import { useHub } from "../../shared/platform/current.ts";
import { openHub } from "../../shared/platform/open-hub.ts";
import { openBenchCompany, scratchFolder, type Vendor } from "./bench-company.ts";
import { type Meter, metered } from "./metered-ports.ts";
import { table } from "./report.ts";

/** One function's memory and how long a call of it takes, assumed where no AWS is at hand: a tenth of the bill or less. */
const ASSUMED: Readonly<Record<string, { readonly gb: number; readonly ms: number }>> = {
  "poll-source": { gb: 0.25, ms: 600 },
  "ingest-record": { gb: 0.25, ms: 400 },
  "project-lifecycle": { gb: 0.25, ms: 1500 },
  "publish-events": { gb: 0.25, ms: 800 },
  "receive-webhook": { gb: 0.25, ms: 30 },
};
const LOG_LINE_GB = 250 / 1e9;

/** The whole hub with metered ports over one vendor's part of the made-up company. */
const openMetered = async (vendor: Vendor, issues: number) => {
  const { folder, remove } = scratchFolder();
  const { sandbox, time, config, secrets } = await openBenchCompany(vendor, issues);
  const clock = {
    now: () => new Date(time.now),
    sleep: async (ms: number) => {
      time.now += Math.max(0, ms);
    },
  };
  const embedded = openEmbedded({
    folder,
    exclusive: true,
    environment: secrets,
    envFile: join(folder, ".env"),
    url: "https://hub.example.com",
    clock,
  });
  const { ports, meter } = metered(embedded.ports);
  const failures: string[] = [];
  const log = {
    info: () => {},
    warn: (fields: object, verb: string) => void failures.push(`${verb} ${JSON.stringify(fields)}`),
  };
  useHub(
    await openHub({
      config,
      ports,
      log,
      url: "https://hub.example.com",
      alone: false,
      elastic: true,
      keepsIdentityKey: true,
    }),
  );
  const pumps = pumpsOf(embedded, meter, log);
  const drain = async (): Promise<void> => {
    for (let quiet = 0; quiet < pumps.length; ) {
      for (const pump of pumps) {
        if (await pump.step()) quiet = 0;
        else quiet += 1;
      }
      if (failures.length > 0) throw new Error(`the run failed: ${failures[0]}`);
    }
  };
  return {
    sandbox,
    time,
    meter,
    ports,
    drain,
    async poll() {
      meter.turn("poll-source");
      meter.invoked(false);
      await poll({ connection: vendor }, endless);
      await drain();
    },
    async close() {
      embedded.close();
      await sandbox.stop();
      remove();
    },
  };
};

const pumpsOf = (
  { consumers, feed }: ReturnType<typeof openEmbedded>,
  meter: Meter,
  log: Parameters<typeof feedPump>[4],
): Pump[] => {
  const counted =
    <Event>(name: string, fromQueue: boolean, handler: (event: Event) => Promise<unknown>) =>
    async (event: Event) => {
      meter.turn(name);
      meter.invoked(fromQueue);
      return handler(event) as never;
    };
  return [
    queuePump(
      "poll-source",
      "jobs",
      consumers.jobs,
      1,
      counted("poll-source", true, (event) => poll(event, endless)),
    ),
    queuePump("ingest-record", "inbox", consumers.inbox, 10, counted("ingest-record", true, ingest)),
    feedPump("project-lifecycle", feed, 1000, counted("project-lifecycle", false, project), log),
    feedPump("publish-events", feed, 1000, counted("publish-events", false, publish), log),
    queuePump("publish-events", "unpublished", consumers.unpublished, 1, counted("publish-events", true, publish)),
  ];
};

/** With what functions and logs cost, as assumed. */
const whole = (parts: ReadonlyMap<string, Usage>): Usage =>
  sumOf(
    [...parts].map(([name, usage]) => {
      const { gb, ms } = ASSUMED[name] ?? { gb: 0.25, ms: 500 };
      return {
        ...usage,
        gbSeconds: (usage.invocations * gb * ms) / 1000,
        logGb: usage.invocations * 3 * LOG_LINE_GB,
      };
    }),
  );

interface Case {
  readonly name: string;
  readonly changes: number;
  readonly parts: ReadonlyMap<string, Usage>;
}

const measure = async (
  vendor: Vendor,
  issues: number,
): Promise<{ cases: Case[]; idle: Usage; bytes: { table: number; archive: number } }> => {
  const hub = await openMetered(vendor, issues);
  try {
    const { sandbox, meter, time } = hub;
    await hub.poll();
    const bulk = meter.read();
    const bytes = { ...meter.stored };
    const records = sandbox.truth().filter(({ tracker }) => tracker === vendor).length;
    time.now += 16 * 60_000;
    await hub.poll();
    meter.read();
    time.now += 5 * 60_000;
    await hub.poll();
    await hub.poll();
    const idle = scaled(whole(meter.read()), 1 / 2);
    return { cases: [{ name: `first sync of ${vendor}, a work item`, changes: records, parts: bulk }], idle, bytes };
  } finally {
    await hub.close();
  }
};

export const cost = async (args: readonly string[]): Promise<void> => {
  const issues = Number(args[0] ?? 1000);
  for (const vendor of ["jira", "linear", "github"] as const) {
    const { cases, idle, bytes } = await measure(vendor, issues);
    for (const { name, changes, parts } of cases) {
      process.stdout.write(`\n${name} (${changes})\n`);
      const rows = [...parts].map(([part, usage]) => {
        const per = scaled(usage, 1 / changes);
        return [
          part,
          per.writeUnits.toFixed(2),
          per.readUnits.toFixed(2),
          per.events.toFixed(2),
          per.queueRequests.toFixed(3),
          per.invocations.toFixed(3),
        ];
      });
      process.stdout.write(`${table(["part", "WRU", "RRU", "events", "queue", "calls"], rows)}\n`);
      const bill = billOf(scaled(whole(parts), 1e6 / changes));
      process.stdout.write(
        `a million: ${JSON.stringify(bill, (_, v) => (typeof v === "number" ? Number(v.toFixed(2)) : v))}\n`,
      );
      process.stdout.write(
        `bytes an item: table ${Math.round(bytes.table / changes)}, archive ${Math.round(bytes.archive / changes)}\n`,
      );
    }
    process.stdout.write(
      `idle poll: ${JSON.stringify(idle)} a month at 5 min $${(billOf(idle).total * 8760).toFixed(4)}\n`,
    );
  }
  void storageOf;
  void PRICES;
};
