import { NO_USAGE, type Usage } from "../../infra/aws/prices.ts";
import { packed } from "../../shared/adapters/archived.ts";
import { cloudEvent } from "../../shared/domain/event.ts";
import type { Ports } from "../../shared/ports/ports.ts";
import type { Queue } from "../../shared/ports/queue.ts";
import { sizeOf, storedImage } from "../../shared/ports/row-image.ts";
import type { Place, Row, Table } from "../../shared/ports/table.ts";

type Counting = { -readonly [Name in keyof Usage]: number };

/** What each part used, in the units that AWS bills. */
export interface Meter {
  /** Who uses the ports from now on. */
  turn(part: string): void;
  /** One call of the function whose turn it is. */
  invoked(fromQueue: boolean): void;
  /** Since the last reading, by part. */
  read(): ReadonlyMap<string, Usage>;
  /** Bytes put and not replaced since the start. */
  readonly stored: { table: number; archive: number };
}

/** How long things take, in milliseconds, assumed where no AWS is at hand; and the memory of a function. */
const TAKES = { invocation: 15, vendor: 300, table: 5, archive: 25, queue: 10, bus: 15 } as const;
export const FUNCTION_GB = 0.25;

const KB = 1024;
const EVENT_KB = 64;
/** A function logs its start, its end and a line of its own. */
const LOG_GB = 750 / 1e9;
/** Keys of a row and of its place: all that an index holds. */
const INDEXED_BYTES = 200;

/** The real ports, with what each call would use on AWS: the table with its two indexes, queues, bus, archive. */
export const metered = (real: Ports): { readonly ports: Ports; readonly meter: Meter } => {
  let usage = new Map<string, Counting>();
  let part = "";
  const stored = { table: 0, archive: 0 };
  const add = (name: keyof Usage, more: number) => {
    const held = usage.get(part) ?? { ...NO_USAGE };
    held[name] += more;
    usage.set(part, held);
  };
  const took = (what: keyof typeof TAKES) => add("gbSeconds", (TAKES[what] / 1000) * FUNCTION_GB);
  const bytesOf = (row: Row) => sizeOf(storedImage(row));
  const readOf = (bytes: number) => Math.max(1, Math.ceil(bytes / (4 * KB)));
  const indexed = (before: Place | undefined, after: Place | undefined): number =>
    before?.pk === after?.pk && before?.sk === after?.sk
      ? 0
      : Number(before !== undefined) + Number(after !== undefined);
  const table: Table = {
    async get<Data>(pk: string, sk: string) {
      took("table");
      const row = await real.table.get<Data>(pk, sk);
      add("readUnits", readOf(row === undefined ? 0 : bytesOf(row)));
      return row;
    },
    async getMany<Data>(keys: readonly { readonly pk: string; readonly sk: string }[]) {
      took("table");
      const rows = await real.table.getMany<Data>(keys);
      add(
        "readUnits",
        rows.reduce((sum, row) => sum + readOf(bytesOf(row)), keys.length - rows.length),
      );
      return rows;
    },
    async query<Data>(query: Parameters<Table["query"]>[0]) {
      took("table");
      const rows = await real.table.query<Data>(query);
      if (query.by === undefined) add("readUnits", readOf(rows.reduce((sum, row) => sum + bytesOf(row), 0)));
      else {
        add("readUnits", readOf(rows.length * INDEXED_BYTES) / 2);
        add(
          "readUnits",
          rows.reduce((sum, row) => sum + readOf(bytesOf(row)), 0),
        );
      }
      return rows;
    },
    async sortKeys(query) {
      took("table");
      const found = await real.table.sortKeys(query);
      add("readUnits", readOf(found.length * (query.by === undefined ? KB : INDEXED_BYTES)) / 2);
      return found;
    },
    async counted(query, by) {
      took("table");
      const found = await real.table.counted(query, by);
      add("readUnits", readOf(found.length * INDEXED_BYTES) / 2);
      add("readUnits", found.length * readOf(2 * KB));
      return found;
    },
    async count(query) {
      took("table");
      const found = await real.table.count(query);
      add("readUnits", readOf(found * (query.by === undefined ? KB : INDEXED_BYTES)) / 2);
      return found;
    },
    async put(row) {
      took("table");
      const before = await real.table.get(row.pk, row.sk);
      const isPut = await real.table.put(row);
      const bytes = bytesOf(row);
      add("writeUnits", Math.ceil(Math.max(bytes, before === undefined ? 0 : bytesOf(before)) / KB));
      if (isPut) {
        add("writeUnits", indexed(before?.list, row.list) + indexed(before?.due, row.due));
        stored.table += bytes - (before === undefined ? 0 : bytesOf(before));
      }
      return isPut;
    },
  };
  const queue = (of: Queue): Queue => ({
    async send(bodies, delaySeconds) {
      took("queue");
      await of.send(bodies, delaySeconds);
      add("queueRequests", Math.ceil(bodies.length / 10));
    },
  });
  const ports: Ports = {
    ...real,
    table,
    inbox: queue(real.inbox),
    jobs: queue(real.jobs),
    unpublished: queue(real.unpublished),
    bus: {
      async publish(events) {
        if (events.length > 0) took("bus");
        for (const event of events) {
          const json = JSON.stringify(
            cloudEvent(event, { url: "https://hub.example.com", typePrefix: "dev.throughline" }),
          );
          add("events", Math.ceil(json.length / (EVENT_KB * KB)));
        }
        return real.bus.publish(events);
      },
    },
    archive: {
      ...real.archive,
      async put(note, bytes) {
        took("archive");
        add("archivePuts", 1);
        stored.archive += packed(note, bytes).stored.byteLength;
        return real.archive.put(note, bytes);
      },
      async get(ref) {
        took("archive");
        add("archiveGets", 1);
        return real.archive.get(ref);
      },
    },
  };
  const meter: Meter = {
    stored,
    turn(name) {
      part = name;
    },
    invoked(fromQueue) {
      add("invocations", 1);
      add("logGb", LOG_GB);
      took("invocation");
      if (part === "poll-source") took("vendor");
      // Lambda takes and deletes a batch with one request each.
      if (fromQueue) add("queueRequests", 2);
    },
    read() {
      const read = usage;
      usage = new Map();
      return read;
    },
  };
  return { ports, meter };
};
