import type { Instant } from "../domain/instant.ts";
import type { Row, Table } from "../ports/table.ts";
import { rowsOf, update } from "./entities.ts";
import { dues, lists, partition, reportDeliveryKey, reportRunKey, snapshotKey } from "./keys.ts";
import type { Slice } from "./views.ts";

/** A report of one period: being made, then made and never changed. */
export interface StoredRun<Document = unknown> {
  readonly report: string;
  /** Names the period. */
  readonly run: string;
  /** Absent while it is made. */
  readonly document?: Document | undefined;
  readonly madeAt?: Instant | undefined;
  /** Who makes it, and when another process may. */
  readonly lease?: { readonly by: string; readonly until: Instant } | undefined;
}

export const DELIVERY_STATES = ["waiting", "sending", "sent", "failed", "unknown", "skipped"] as const;

/** How a report reached, or did not reach, one recipient. */
export interface Delivery {
  readonly report: string;
  readonly run: string;
  /** As the config writes it. */
  readonly recipient: string;
  /** `unknown`: the answer to it got lost; `skipped`: not wanted, with the reason. */
  readonly state: (typeof DELIVERY_STATES)[number];
  readonly tries: number;
  readonly since: Instant;
  readonly at: Instant;
  readonly code?: string | undefined;
  readonly reason?: string | undefined;
}

/** So many features stand in one row. */
const PAGE = 500;

export const runOf = async <Document>(
  table: Table,
  report: string,
  run: string,
): Promise<Row<StoredRun<Document>> | undefined> => {
  const { pk, sk } = reportRunKey(report, run);
  return table.get<StoredRun<Document>>(pk, sk);
};

/** Runs that were made, newest period first. @param before only periods before this one */
export const runsOf = async <Document>(
  table: Table,
  report: string,
  before: string | undefined,
  limit: number,
): Promise<Slice<StoredRun<Document>>> => {
  const rows = await table.query<StoredRun<Document>>({
    pk: lists.reportRuns(report),
    by: "list",
    descending: true,
    limit: limit + 1,
    ...(before !== undefined && { after: before }),
  });
  const shown = rows.slice(0, limit);
  return {
    items: shown.flatMap(({ data }) => (data.document === undefined ? [] : [data])),
    next: rows.length > limit ? shown.at(-1)?.list?.sk : undefined,
  };
};

/**
 * Takes the making of a run for one process.
 *
 * @returns "made" if it is made already, "busy" while another process makes it
 */
export const takeRun = async (
  table: Table,
  report: string,
  run: string,
  by: string,
  now: Instant,
  until: Instant,
): Promise<"taken" | "made" | "busy"> => {
  let found: "taken" | "made" | "busy" = "taken";
  const taken = await update<StoredRun>(table, reportRunKey(report, run), (held) => {
    const { document, lease } = held?.data ?? {};
    found =
      document !== undefined ? "made" : lease !== undefined && lease.by !== by && lease.until > now ? "busy" : "taken";
    return found === "taken" ? { data: { ...held?.data, report, run, lease: { by, until } } } : undefined;
  });
  return taken ? "taken" : found;
};

/** Stores what was made, once and for ever. */
export const keepRun = (
  table: Table,
  report: string,
  run: string,
  document: unknown,
  madeAt: Instant,
): Promise<boolean> =>
  update<StoredRun>(table, reportRunKey(report, run), (held) =>
    held?.data.document === undefined
      ? {
          data: { ...held?.data, report, run, document, madeAt, lease: undefined },
          list: lists.ofReportRun(report, run),
        }
      : undefined,
  );

/** Keeps states of features page by page. @returns what takes the next one, and what ends it */
export const snapshotWriter = <Snapshot extends { readonly id: string }>(table: Table, report: string, run: string) => {
  let page: Snapshot[] = [];
  const flush = async () => {
    const [first] = page;
    const data = page;
    page = [];
    if (first !== undefined) await update(table, snapshotKey(report, run, first.id), () => ({ data }));
  };
  return {
    async add(snapshot: Snapshot): Promise<void> {
      page.push(snapshot);
      if (page.length === PAGE) await flush();
    },
    end: flush,
  };
};

export async function* snapshotsOf<Snapshot>(table: Table, report: string, run: string): AsyncGenerator<Snapshot> {
  for await (const { data } of rowsOf<readonly Snapshot[]>(table, partition.ofReportRun(report, run), "S#"))
    yield* data;
}

export const deliveriesOf = async (table: Table, report: string, run: string): Promise<Delivery[]> => {
  const found: Delivery[] = [];
  for await (const { data } of rowsOf<Delivery>(table, partition.ofReportRun(report, run), "D#")) found.push(data);
  return found;
};

/** Writes what became of a delivery. @param next undefined leaves it as it is; `dueAt`: when somebody must look again */
export const setDelivery = (
  table: Table,
  { report, run, recipient }: Pick<Delivery, "report" | "run" | "recipient">,
  next: (held: Delivery | undefined) => (Delivery & { readonly dueAt?: Instant | undefined }) | undefined,
): Promise<boolean> =>
  update<Delivery>(table, reportDeliveryKey(report, run, recipient), (held) => {
    const wanted = next(held?.data);
    if (wanted === undefined) return undefined;
    const { dueAt, ...data } = wanted;
    return { data, ...(dueAt !== undefined && { due: dues.reportDelivery(dueAt, report, run, recipient) }) };
  });

/** Deliveries that are due, the longest due first. */
export const dueDeliveries = async (table: Table, now: Instant, limit: number): Promise<Delivery[]> => {
  const rows = await table.query<Delivery>({ pk: dues.reportDeliveries, by: "due", upTo: `${now}~`, limit });
  return rows.map(({ data }) => data);
};
