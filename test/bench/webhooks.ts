import { parseArgs } from "node:util";
import { scratchFolder } from "./bench-company.ts";
import { benchProcess, companyProcess } from "./memory.ts";
import { table, times } from "./report.ts";
import { type Sample, type Sent, samplesOf, sendOpenLoop } from "./webhook-load.ts";
import { watchHub } from "./webhook-watch.ts";

/** From the moment a webhook is sent, in milliseconds. */
interface Spread {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
}

export interface Webhooks {
  /** Webhooks a second: what was asked for, and what went out. */
  readonly rate: number;
  readonly reached: number;
  readonly sent: number;
  readonly duplicates: number;
  /** Answered otherwise than with 2xx, or not at all. */
  readonly refused: number;
  readonly ack: Spread;
  readonly ours?: {
    readonly stored: Spread;
    readonly viewed: Spread;
    readonly published: Spread;
    /** Messages and changes that waited when the last one had been sent, and how long that took to go. */
    readonly backlog: number;
    readonly drainSeconds: number;
    readonly lost: number;
    readonly doubled: number;
    readonly dead: number;
  };
}

/** Records that webhooks tell of: so many that one changes every few seconds. */
const RECORDS = 240;
const FIRST_SYNC_SECONDS = 120;
const WARM_SECONDS = 3;

/** Sends the same webhooks to the whole hub and to the barest receiver, one after the other, each in a process of its own. */
export const measureWebhooks = async (
  rate: number,
  seconds: number,
): Promise<{ readonly ours: Webhooks; readonly floor: Webhooks }> => {
  const samples = await samplesOf(RECORDS);
  const floor = await floorRun(samples, rate, seconds);
  return { ours: await hubRun(samples, rate, seconds), floor };
};

const floorRun = async (samples: readonly Sample[], rate: number, seconds: number): Promise<Webhooks> => {
  const room = scratchFolder();
  const server = benchProcess<{ url: string }>("webhook-floor", room.folder);
  try {
    const { url } = await server.said;
    const { sent } = await sendOpenLoop(url, samples, rate, WARM_SECONDS);
    return acked(await sendOpenLoop(url, samples, rate, seconds, sent.length), rate);
  } finally {
    await server.stop();
    room.remove();
  }
};

const hubRun = async (samples: readonly Sample[], rate: number, seconds: number): Promise<Webhooks> => {
  const room = scratchFolder();
  const company = await companyProcess("github", RECORDS * 1.5);
  const server = benchProcess<{ url: string }>("webhook-hub", room.folder, JSON.stringify(company.site));
  try {
    const { url } = await server.said;
    const hub = watchHub(room.folder);
    await hub.quiet(FIRST_SYNC_SECONDS);
    const stop = await hub.watch();
    // Each issue is closed and opened by turns, so none may be passed over in between.
    const warm = await sendOpenLoop(`${url}/hooks/github`, samples, rate, WARM_SECONDS);
    await hub.quiet(FIRST_SYNC_SECONDS);
    const run = await sendOpenLoop(`${url}/hooks/github`, samples, rate, seconds, warm.sent.length);
    const backlog = hub.waits().n;
    const ended = performance.now();
    await hub.quiet(FIRST_SYNC_SECONDS + seconds);
    const drainSeconds = (performance.now() - ended) / 1000;
    const { dead } = hub.waits();
    await stop();
    const { seen } = hub;
    return {
      ...acked(run, rate),
      ours: {
        stored: since(run.sent, seen.stored),
        viewed: since(run.sent, seen.viewed),
        published: since(run.sent, seen.published),
        backlog,
        drainSeconds,
        lost: lostOf(run.sent, seen.stored),
        doubled: seen.doubled,
        dead,
      },
    };
  } finally {
    await server.stop();
    await company.stop();
    room.remove();
  }
};

const acked = ({ sent, duplicates, seconds }: Awaited<ReturnType<typeof sendOpenLoop>>, rate: number): Webhooks => ({
  rate,
  reached: (sent.length + duplicates) / seconds,
  sent: sent.length,
  duplicates,
  refused: sent.filter(({ failed }) => failed !== undefined).length,
  ack: spread(sent.flatMap(({ sentAt, ackAt }) => (ackAt === undefined ? [] : [ackAt - sentAt]))),
});

const since = (sent: readonly Sent[], seen: ReadonlyMap<number, number>): Spread =>
  spread(sent.flatMap(({ number, sentAt }) => (seen.has(number) ? [(seen.get(number) ?? 0) - sentAt] : [])));

const spread = (all: readonly number[]): Spread => {
  const sorted = all.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return { count: sorted.length, p50: at(0.5), p99: at(0.99) };
};

/** Taken, and neither they nor a later one of the same record were ever seen in the store. */
const lostOf = (sent: readonly Sent[], stored: ReadonlyMap<number, number>): number => {
  const latest = new Map<number, number>();
  for (const { record, number } of sent) if (stored.has(number)) latest.set(record, number);
  return sent.filter(({ failed, record, number }) => failed === undefined && (latest.get(record) ?? -1) < number)
    .length;
};

/**
 * `npm run bench -- webhooks [--rate 200] [--seconds 20] [--json]`: signed webhooks of GitHub into the whole hub,
 * sent without waiting for answers, beside a bare server that compares the signature and inserts the body. A rate that
 * the machine does not hold shows as what was reached and what waited at the end.
 */
export const webhooksBench = async (args: readonly string[]): Promise<void> => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rate: { type: "string", default: "200" },
      seconds: { type: "string", default: "20" },
      json: { type: "boolean", default: false },
    },
  });
  const [rate, seconds] = [Number(values.rate), Number(values.seconds)];
  if (!(rate > 0 && seconds > 0)) {
    process.stderr.write("--rate and --seconds: numbers above 0\n");
    process.exitCode = 2;
    return;
  }
  const { ours, floor } = await measureWebhooks(rate, seconds);
  process.stdout.write(`${values.json ? JSON.stringify({ ours, floor }) : told(ours, floor)}\n`);
  if (ours.ours !== undefined && ours.ours.lost + ours.ours.doubled + ours.ours.dead > 0) process.exitCode = 1;
};

const told = (ours: Webhooks, floor: Webhooks): string => {
  const line = (name: string, one: Spread | undefined) => [
    name,
    one?.count ?? 0,
    one?.p50.toFixed(1) ?? "-",
    one?.p99.toFixed(1) ?? "-",
    times(one?.p50 ?? 0, floor.ack.p50),
    times(one?.p99 ?? 0, floor.ack.p99),
  ];
  const lines = [
    line("floor: answered, and synced to disk", floor.ack),
    line("hub: answered", ours.ack),
    line("hub: the record is stored", ours.ours?.stored),
    line("hub: the view of its feature", ours.ours?.viewed),
    line("hub: its event is published", ours.ours?.published),
  ];
  const { backlog = 0, drainSeconds = 0, lost = 0, doubled = 0, dead = 0 } = ours.ours ?? {};
  const rates = `asked for ${ours.rate} a second, reached ${ours.reached.toFixed(1)} (the floor ${floor.reached.toFixed(1)})`;
  return [
    table(["since it was sent", "webhooks", "p50 ms", "p99 ms", "p50 of the floor's", "p99"], lines),
    "",
    `${rates}; ${ours.sent} webhooks and ${ours.duplicates} duplicates, ${ours.refused} refused (the floor ${floor.refused})`,
    `${lost} lost, ${doubled} doubled, ${dead} set aside; ${backlog} messages and changes waited at the end, for ${drainSeconds.toFixed(1)} s`,
  ].join("\n");
};
