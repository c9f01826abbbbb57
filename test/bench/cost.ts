import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { handler as ingest } from "../../functions/ingest-record.ts";
import { handler as poll } from "../../functions/poll-source.ts";
import { handler as project } from "../../functions/project-lifecycle.ts";
import { handler as publish } from "../../functions/publish-events.ts";
import { billOf, NO_USAGE, PRICES, scaled, storageOf, sumOf, type Usage } from "../../infra/aws/prices.ts";
import { endless, feedPump, type Pump, queuePump } from "../../infra/local/pumps.ts";
import { openEmbedded } from "../../shared/adapters/sqlite/index.ts";
import { sweep } from "../../shared/pipeline/sweep.ts";
import { useHub } from "../../shared/platform/current.ts";
import { openHub } from "../../shared/platform/open-hub.ts";
import { SECRET } from "../e2e/company-config.ts";
import { webhookDoor } from "../simulation/hub-under-test.ts";
import { openBenchCompany, scratchFolder, type Vendor } from "./bench-company.ts";
import { FUNCTION_GB, type Meter, metered } from "./metered-ports.ts";

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
    warn: (fields: object, verb: string) => {
      // An hour passes before each sweep, and no poll with it.
      if (verb !== "connection late") failures.push(`${verb} ${JSON.stringify(fields)}`);
    },
  };
  const hub = await openHub({
    config,
    ports,
    log,
    url: "https://hub.example.com",
    alone: false,
    elastic: true,
    keepsIdentityKey: true,
  });
  useHub(hub);
  const door = await webhookDoor();
  sandbox.setWebhooks({ [vendor]: { url: `${door.url}/hooks/${vendor}`, secret: SECRET } });
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
    async poll(full = false) {
      meter.turn("poll-source");
      meter.invoked(false);
      await poll({ connection: vendor, ...(full && { full }) }, endless);
      await drain();
    },
    /** The sweep that looks, an hour later, whether all that was written was announced. */
    async sweep() {
      time.now += 65 * 60_000;
      meter.turn("sweep");
      meter.invoked(false);
      await sweep(hub);
      await drain();
    },
    async close() {
      await door.close();
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

const whole = (parts: ReadonlyMap<string, Usage>): Usage => sumOf(parts.values());

/** What one kind of work used, for so many changes. */
interface Case {
  readonly name: string;
  readonly changes: number;
  readonly parts: ReadonlyMap<string, Usage>;
}

interface Measured {
  readonly cases: readonly Case[];
  /** One poll that finds nothing new, on average of those of an hour. */
  readonly idle: Usage;
  /** Kept after the first sync, a work item. */
  readonly bytes: { readonly table: number; readonly archive: number };
}

/** One vendor: the first sync, changes by poll and by webhook, all of it read again, and an hour without news. */
export const measureCost = async (vendor: Vendor, issues: number): Promise<Measured> => {
  const hub = await openMetered(vendor, issues);
  const cases: Case[] = [];
  const note = (name: string, changes: number) => cases.push({ name, changes, parts: hub.meter.read() });
  try {
    const { sandbox, meter, time } = hub;
    await hub.poll();
    const items = sandbox.truth().filter(({ tracker }) => tracker === vendor);
    const bytes = { table: meter.stored.table / items.length, archive: meter.stored.archive / items.length };
    await hub.sweep();
    note("first sync, a work item with its past", items.length);

    // The first censuses, and the polls around them.
    for (let round = 0; round < SETTLING; round++) {
      time.now += 16 * 60_000;
      await hub.poll();
    }
    note("a work item that a census counts", items.length);

    const present = items.filter(({ presence }) => presence === "present");
    const some = present.filter((_, at) => at % ONE_IN === 0);
    const change = async (round: 0 | 1) => {
      for (const [at, { key }] of some.entries())
        await sandbox.control({ do: "rename", key, title: titleOf(2 * at + round) });
    };
    await sandbox.control({ do: "webhooks", mode: "off" });
    await change(0);
    time.now += 5 * 60_000;
    meter.read();
    await hub.poll();
    await hub.sweep();
    note("a changed work item, by poll", some.length);

    await sandbox.control({ do: "webhooks", mode: "send" });
    meter.read();
    meter.turn("receive-webhook");
    await change(1);
    await hub.drain();
    await hub.sweep();
    note("a changed work item, by webhook", some.length);

    await sandbox.control({ do: "webhooks", mode: "off" });
    for (const { key } of present) await sandbox.control({ do: "assign", key, to: ASSIGNEE });
    const had = new Map(items.map(({ id, assignee }) => [id, assignee]));
    const given = sandbox.truth().filter(({ id, assignee }) => had.has(id) && had.get(id) !== assignee);
    time.now += 5 * 60_000;
    meter.read();
    await hub.poll();
    await hub.sweep();
    note("a work item changed in bulk, by poll", given.length);

    time.now += 5 * 60_000;
    await hub.poll();
    meter.read();
    await hub.poll(true);
    note("an unchanged work item read again", items.length);

    // Behind the first polls after it.
    for (let round = 0; round < SETTLING; round++) {
      time.now += 16 * 60_000;
      await hub.poll();
    }
    meter.read();
    for (let round = 0; round < POLLS_AN_HOUR; round++) {
      time.now += 5 * 60_000;
      await hub.poll();
    }
    const idleParts = meter.read();
    for (const [part, usage] of idleParts)
      process.stderr.write(`${part} ${JSON.stringify(scaled(usage, 1 / POLLS_AN_HOUR))}\n`);
    return { cases, idle: scaled(whole(idleParts), 1 / POLLS_AN_HOUR), bytes };
  } finally {
    await hub.close();
  }
};

/** Of all items of a tool, one in so many is renamed. */
const ONE_IN = 10;
/** Who is given all work at once. */
const ASSIGNEE = "eli.marsh@acme.example";
/** Polls until nothing is left that only the first ones do. */
const SETTLING = 3;

const VERBS = [
  "Show",
  "Export",
  "Explain",
  "Merge",
  "Split",
  "Archive",
  "Preview",
  "Schedule",
  "Filter",
  "Translate",
  "Retry",
];
const THINGS = [
  "invoices",
  "seats",
  "coupons",
  "webhooks",
  "avatars",
  "exports",
  "drafts",
  "refunds",
  "quotas",
  "themes",
];
const PLACES = ["tablets", "admins", "auditors", "resellers", "guests", "trials", "workspaces", "imports", "mobile"];

/** As people call things: another word in each place than its neighbours, and all three alike only after 990 titles. */
const titleOf = (at: number): string =>
  `${VERBS[at % VERBS.length]} ${THINGS[at % THINGS.length]} for ${PLACES[at % PLACES.length]}`;

/** Verifies, keeps, queues. */
const RECEIVING_MS = 50;
const POLLS_AN_HOUR = 12;
const POLLS_A_MONTH = 8760;
const SWEEPS_A_MONTH = 2920;

/** `npm run bench -- cost [issues] [--write]`: counts on the embedded set what AWS would bill, and what that costs. */
export const cost = async (args: readonly string[]): Promise<void> => {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { write: { type: "boolean" } },
  });
  const issues = Number(positionals[0] ?? 400);
  const measured = new Map<Vendor, Measured>();
  for (const vendor of ["jira", "linear", "github"] as const) {
    process.stderr.write(`${vendor}: ${issues} issues\n`);
    measured.set(vendor, await measureCost(vendor, issues));
  }
  const text = page(issues, measured);
  process.stdout.write(text);
  if (values.write === true) writeFileSync(new URL("../../docs/cost.md", import.meta.url), text);
};

const dollars = (value: number): string => (value >= 0.1 ? value.toFixed(2) : value.toFixed(value >= 0.001 ? 3 : 5));
const markdown = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");

/** The documentation's page on costs. */
const page = (issues: number, measured: ReadonlyMap<Vendor, Measured>): string => {
  const million = [...measured].flatMap(([vendor, { cases }]) =>
    cases.map(({ name, changes, parts }) => {
      const { table, functions, queues, bus, archive, http, logs, total } = billOf(
        scaled(withHttp(whole(parts), name, changes), 1e6 / changes),
      );
      return [vendor, name, ...[table, functions, queues, bus, archive, http, logs, total].map(dollars)];
    }),
  );
  const monthly = [1e5, 1e7].flatMap((count) =>
    (measured.get("jira")?.cases ?? [])
      .filter(({ name }) => name.startsWith("a changed"))
      .map(({ name, changes, parts }) => {
        const { table, functions, queues, bus, archive, http, logs, total } = billOf(
          scaled(withHttp(whole(parts), name, changes), count / changes),
        );
        const how = name.replace("a changed work item, ", "");
        return [
          count.toLocaleString("en"),
          how,
          ...[table, functions, queues, bus, archive, http, logs, total].map(dollars),
        ];
      }),
  );
  const units = [...measured].flatMap(([vendor, { cases }]) =>
    cases.flatMap(({ name, changes, parts }) =>
      [...parts]
        .filter(([part]) => part !== "")
        .map(([part, usage]) => {
          const { writeUnits, readUnits, events, queueRequests, invocations } = scaled(usage, 1 / changes);
          return [
            vendor,
            name,
            part,
            ...[writeUnits, readUnits, events, queueRequests, invocations].map((n) => n.toFixed(2)),
          ];
        }),
    ),
  );
  const idleOf = (vendor: Vendor) => billOf(scaled(measured.get(vendor)?.idle ?? NO_USAGE, POLLS_A_MONTH)).total;
  const sweep =
    billOf({ ...NO_USAGE, readUnits: 12, invocations: 1, gbSeconds: 0.1, logGb: 1e-6 }).total * SWEEPS_A_MONTH;
  const idle = (["jira", "linear", "github"] as const).map((vendor) => [vendor, dollars(idleOf(vendor))]);
  const five = 2 * idleOf("jira") + 2 * idleOf("linear") + idleOf("github") + sweep;
  const storage = [...measured].map(([vendor, { bytes }]) => [
    vendor,
    Math.round(bytes.table).toString(),
    Math.round(bytes.archive).toString(),
    dollars(storageOf({ table: (bytes.table * 1e5) / 1e9, archive: (bytes.archive * 1e5) / 1e9 })),
  ]);
  return `# What it costs on AWS

Written by \`npm run bench -- cost ${issues} --write\`. The real pipeline runs over the made-up company with ports that count what
AWS would bill for each call: table writes by the KB with both indexes, reads by 4 KB, queue requests, events, archive
requests. Prices (\`infra/aws/prices.ts\`) are those of us-east-1 on demand, **without any free tier**. How long functions run
is assumed (5 ms a table call, 25 ms an archive call, 300 ms a vendor, 256 MB: \`test/bench/metered-ports.ts\`), since that
cannot be measured without AWS. Each connection's jobs are counted as queue requests.

## A million

Dollars a million, by service.

${markdown(["tool", "what", "table", "functions", "queues", "bus", "archive", "HTTP", "logs", "total"], million)}

A work item of a first sync brings its past, its links, its people, and with GitHub its pull requests, reviews, commits
and runs: many records each. A webhook costs more than a poll's share since its bytes are kept before it is acknowledged,
each for itself: over five dollars of archive requests a million. Most make the hub read the whole record at the tool, once
for all webhooks that are ingested in one batch of ten, as here; where they come one at a time, each is read and kept for
itself. In bulk, all items are given to one person at once. What else changes is the title: every tenth item, features among them,
gets one of its own, of words that names have. It is written where it is shown: the item, its feature's facts, timeline and
view, and for a feature the words that it is found and compared by. So few items share the requests and reads of the polls that
bring them. A census, once a day, compares the items that the tool lists with those that are held; with three polls around it.

## A month with changes

Dollars by service, for changes of work items in Jira.

${markdown(["changes", "how", "table", "functions", "queues", "bus", "archive", "HTTP", "logs", "total"], monthly)}

## A month without news

Polls every five minutes that find nothing, dollars a month by connection, and five of them (two like Jira, two like
Linear, one like GitHub) with the sweep: **${dollars(five)}**. Alarms cost ${dollars(10 * PRICES.alarm)} more and the dashboard ${dollars(PRICES.dashboard)}, where an account has used up
its ten free alarms and three free dashboards. The one queue that is polled all the time makes about 650,000 of the
million requests that are always free; without them it would cost ${dollars(650_000 * PRICES.queueRequest)}.

${markdown(["connection like", "a month"], idle)}

## What is kept

Dollars a month for 100,000 work items, point-in-time recovery included.

${markdown(["tool", "table bytes an item", "archive bytes an item", "a month"], storage)}

## Units

What each function uses for one change.

${markdown(["tool", "what", "function", "write units", "read units", "events", "queue requests", "calls"], units)}
`;
};

/** A webhook comes by HTTP, is kept and queued by a function of its own, and is taken from the queue. */
const withHttp = (usage: Usage, name: string, changes: number): Usage =>
  name.endsWith("by webhook")
    ? {
        ...usage,
        httpRequests: changes,
        invocations: usage.invocations + changes,
        gbSeconds: usage.gbSeconds + (changes * FUNCTION_GB * RECEIVING_MS) / 1000,
        logGb: usage.logGb + changes * 1e-6,
      }
    : usage;
