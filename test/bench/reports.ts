import "../../infra/local/jsx.ts";
import type { Entity } from "../../shared/domain/entity.ts";
import { table } from "./report.ts";

/** How many things of a kind there are beside so many work items. */
const FEATURES = 20;
const TICKETS = 5;
const FEEDBACK = 10;
const CAMPAIGNS = 200;
const METRICS = 40;

const NOW = "2026-03-09T09:00:00.000Z";
const day = (n: number) => new Date(Date.parse(NOW) - n * 86_400_000).toISOString();

/** Tickets are solved within so many days. */
const SOLVED_DAYS = 14;

/** A hub that holds so many work items and all that goes with them, which came in so many days. */
const filled = async (items: number, days: number) => {
  const { openReports } = await import("../report/reports-hub.ts");
  const to = ["archive"];
  const hub = openReports({
    reports: {
      product: { kind: "product", schedule: "0 9 * * 1", to },
      marketing: { kind: "marketing", schedule: "0 9 * * 1", to },
      analytics: { kind: "analytics", schedule: "0 9 * * 1", to },
    },
  });
  hub.passTo(NOW);
  const ids: string[] = [];
  for (let n = 1; n <= items / FEATURES; n++) {
    const path = [
      { headline: "development" as const, at: day(60) },
      ...(n % 3 === 0 ? [{ headline: "production" as const, at: day(n % (days + 20)) }] : []),
    ];
    ids.push((await hub.feature(n * 977, path)).id);
  }
  const about = (n: number) => [ids[n % ids.length] ?? ""];
  const status = (age: number) => {
    const category = age < SOLVED_DAYS ? ("open" as const) : ("solved" as const);
    return { category, detail: category, mappedBy: "tool" as const };
  };
  for (let n = 1; n <= items; n++)
    await hub.record("workItem", n * 7919, {
      title: `Work ${n}`,
      type: { category: "task", detail: "Task", mappedBy: "tool" },
      status: { category: "todo", detail: "To Do", mappedBy: "tool" },
    });
  for (let n = 1; n <= items / TICKETS; n++)
    await hub.record("supportTicket", n * 7919, { subject: `Ticket ${n}`, status: status(n % days) }, about(n), {
      sourceCreatedAt: day(n % days),
    } as Partial<Entity<"supportTicket">>);
  for (let n = 1; n <= items / FEEDBACK; n++)
    await hub.record("feedback", n * 7919, { title: `Wish ${n}`, at: day(n % days) }, about(n));
  for (let n = 1; n <= items / CAMPAIGNS; n++)
    await hub.record(
      "campaign",
      n * 7919,
      {
        name: `Mail ${n}`,
        channel: { category: "email", detail: "email", mappedBy: "tool" },
        status: { category: "sent", detail: "sent", mappedBy: "tool" },
        sentAt: day(n % days),
        sent: 1000 + n,
        opens: 400,
        clicks: 40,
      },
      about(n),
    );
  for (let n = 1; n <= METRICS; n++)
    await hub.record(
      "metric",
      n * 7919,
      {
        name: `Metric ${n}`,
        shape: "series",
        points: Array.from({ length: 90 }, (_, at) => ({
          at: day(90 - at).slice(0, 10),
          value: 100 + ((at * n) % 17),
        })),
      },
      about(n),
    );
  return hub;
};

/** Seconds of CPU time of some work, since others may have the core meanwhile, and how far the heap rose above where it began, in MB. */
const measured = async (work: () => Promise<unknown>): Promise<readonly [seconds: number, megabytes: number]> => {
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  let most = before;
  const watch = setInterval(() => {
    most = Math.max(most, process.memoryUsage().heapUsed);
  }, 5);
  const begun = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(begun);
  const seconds = (user + system) / 1e6;
  clearInterval(watch);
  most = Math.max(most, process.memoryUsage().heapUsed);
  return [seconds, (most - before) / 1e6];
};

/** What one report needs over so many work items; the first of each number is a bare walk over the same rows. */
export interface ReportTime {
  readonly items: number;
  /** In how many days its tickets, feedback and campaigns came. */
  readonly days: number;
  readonly report: string;
  readonly seconds: number;
  readonly megabytes: number;
  readonly mailKb: number;
}

const DAYS = 30;
const ROUNDS = 3;
/** So many times the largest number is measured once more of a hub that is older and not busier. */
const OLDER = 10;

/**
 * Time and memory of each report at numbers of work items, beside a bare walk over the same rows: as many in a month,
 * and the largest number once more in ten months.
 */
export const measureReports = async (numbers: readonly number[]): Promise<ReportTime[]> => {
  const { previewRun } = await import("../../shared/pipeline/make-run.ts");
  const { periodOf } = await import("../../shared/report/period.ts");
  const { reportMail } = await import("../../shared/report/render/mail.tsx");
  const { everyOf } = await import("../../shared/store/entities.ts");
  const found: ReportTime[] = [];
  const sizes = [
    ...numbers.map((items) => ({ items, days: DAYS })),
    { items: Math.max(...numbers), days: DAYS * OLDER },
  ];
  for (const { items, days } of sizes) {
    const hub = await filled(items, days);
    const { table: rowsOf } = hub.one.ports;
    const [walked, held] = await measured(async () => {
      for (const kind of ["feature", "supportTicket", "feedback", "campaign", "metric"] as const)
        for await (const _ of everyOf(rowsOf, kind));
    });
    found.push({ items, days, report: "bare walk of the rows", seconds: walked, megabytes: held, mailKb: 0 });
    for (const settings of hub.reporting.settings) {
      const period = periodOf(settings.length, settings.zone, settings.weekStart, hub.now());
      let mailKb = 0;
      const rounds: (readonly [number, number])[] = [];
      for (let round = 0; round < ROUNDS; round++)
        rounds.push(
          await measured(async () => {
            const report = await previewRun(hub.one, hub.reporting.reads, settings, period);
            mailKb = Buffer.byteLength(reportMail(report).html) / 1000;
          }),
        );
      const [seconds, megabytes] = rounds.toSorted(([a], [b]) => a - b)[ROUNDS >> 1] ?? [0, 0];
      found.push({ items, days, report: settings.name, seconds, megabytes, mailKb });
    }
    hub[Symbol.dispose]();
  }
  return found;
};

/**
 * `npm run bench -- report [numbers]`
 *
 * @param args numbers of work items; default 1,000 and 10,000
 */
export const reportsBench = async (args: readonly string[]): Promise<void> => {
  const rows = (await measureReports(args.length > 0 ? args.map(Number) : [1000, 10_000])).map((one) => [
    one.items,
    one.days,
    one.report,
    one.seconds.toFixed(2),
    one.megabytes.toFixed(1),
    one.mailKb === 0 ? "" : one.mailKb.toFixed(1),
  ]);
  process.stdout.write(
    `${table(["work items", "days", "report", "CPU seconds", "heap at most, MB", "mail, KB"], rows)}\nWithout --expose-gc the heap holds what nobody collected yet.\n`,
  );
};
