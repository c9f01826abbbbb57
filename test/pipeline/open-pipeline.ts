import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as z from "zod";
import { fileArchive } from "../../shared/adapters/sqlite/archive.ts";
import { sqliteBus } from "../../shared/adapters/sqlite/bus.ts";
import { openDatabase } from "../../shared/adapters/sqlite/database.ts";
import { outboxMailer } from "../../shared/adapters/sqlite/mailer.ts";
import { sqliteQueue } from "../../shared/adapters/sqlite/queue.ts";
import { environmentSecrets } from "../../shared/adapters/sqlite/secrets.ts";
import { sqliteFeed, sqliteTable } from "../../shared/adapters/sqlite/table.ts";
import { type Connector, defineConnector } from "../../shared/connector/contract.ts";
import { vendorHttp } from "../../shared/connector/http.ts";
import { emailHasher } from "../../shared/domain/email-hash.ts";
import { type Declarations, declarations } from "../../shared/domain/identity.ts";
import type { Connection, Hub, LogFields } from "../../shared/pipeline/hub.ts";
import { InboxMessage } from "../../shared/pipeline/messages.ts";
import { rulesOf } from "../../shared/platform/rules.ts";
import type { Ports } from "../../shared/ports/ports.ts";
import { stillClock } from "../connector/vendor-server.ts";

/** A tool that declares nothing but itself. */
export const bareTool = defineConnector({
  id: "tool",
  title: "Tool",
  category: "planning",
  docs: "https://tool.example/docs",
  config: z.unknown(),
  http: () => ({ baseUrl: "https://tool.example", headers: {}, requestsPerMinute: 60 }),
  streams: {},
});

/** The real embedded adapters, the table and queues in memory, around one connection named `acme`. */
export const openPipeline = (parts: {
  readonly connector: Connector;
  readonly config?: unknown;
  /** Puts faults in front of the real ports. */
  readonly around?: (ports: Ports) => Ports;
  readonly alone?: boolean;
  readonly elastic?: boolean;
  readonly people?: Declarations;
  readonly rules?: Hub["rules"];
}) => {
  const folder = mkdtempSync(join(tmpdir(), "throughline-test-"));
  const db = openDatabase(":memory:");
  const time = stillClock("2026-03-02T10:00:00.000Z");
  const clock = { now: () => new Date(time.around.now()), sleep: async () => undefined };
  const inbox = sqliteQueue(db, "inbox", clock);
  const jobs = sqliteQueue(db, "jobs", clock);
  const unpublished = sqliteQueue(db, "unpublished", clock);
  const bus = sqliteBus(db, { url: "http://localhost:4100", typePrefix: "dev.throughline" });
  const real: Ports = {
    table: sqliteTable(db),
    inbox,
    jobs,
    unpublished,
    bus,
    archive: fileArchive(join(folder, "archive")),
    secrets: environmentSecrets({}, join(folder, ".env"), join(folder, "secrets")),
    clock,
    mailer: outboxMailer(join(folder, "outbox")),
  };
  const logged: (LogFields & { readonly verb: string })[] = [];
  const note = (fields: LogFields, verb: string) => {
    logged.push({ ...fields, verb });
  };
  const connection: Connection = {
    id: "con_acme",
    name: "acme",
    connector: parts.connector,
    config: parts.config ?? {},
    statuses: new Map(),
    productsOf: () => ["prd_web"],
    productIds: ["prd_web"],
    freshWithinSeconds: 3600,
    pollEverySeconds: 300,
    censusEverySeconds: 86_400,
    deletionFuse: 0.1,
    credential: { kind: "none", expiresAt: () => undefined },
    http: (signal) =>
      vendorHttp({ baseUrl: "http://127.0.0.1:1", headers: {}, requestsPerMinute: 600 }, time.around, signal),
  };
  const hub = (instance: string): Hub => ({
    ports: parts.around?.(real) ?? real,
    log: { info: note, warn: note },
    url: "http://localhost:4100",
    timezone: "UTC",
    weekStart: "monday",
    products: [{ id: "prd_web", slug: "web", name: "Web" }],
    rules: parts.rules ?? rulesOf({}),
    connectionNames: ["acme"],
    connection: async () => connection,
    mapping: async () => ({
      version: 1,
      people: parts.people ?? declarations([]),
      emailHash: emailHasher(Buffer.from("a key of this test")),
    }),
    instance,
    alone: parts.alone ?? false,
    elastic: parts.elastic ?? false,
  });
  return {
    /** Another process on the same ports, if named so. */
    hub,
    /** The ports without faults. */
    real,
    consumers: { inbox, jobs, unpublished },
    feed: sqliteFeed(db, ["test"]),
    logged,
    /** What went on the bus, oldest first. */
    sent: () => bus.read(0, 1000).map(({ event }) => event),
    pass: (seconds: number) => time.pass(seconds * 1000),
    /** Every queued payload, oldest first, each taken from the queue. */
    async queued() {
      const all: { readonly bytes: Uint8Array; readonly message: InboxMessage }[] = [];
      for (;;) {
        const messages = await inbox.receive(100, 3600);
        if (messages.length === 0) return all;
        for (const { body } of messages) {
          const message = InboxMessage.parse(JSON.parse(body));
          all.push({ message, bytes: (await real.archive.get(message.rawRef)).bytes });
        }
        await inbox.delete(messages.map(({ id }) => id));
      }
    },
    [Symbol.dispose]() {
      db.close();
      rmSync(folder, { recursive: true });
    },
  };
};

/** What a crash looks like to whoever called: an error that no code of ours knows. */
export class Crash extends Error {
  override readonly name = "Crash";
}

/** Ports whose n-th call (of table, inbox and archive together) fails, before or after it took effect. */
export const crashing = (nth: number, when: "before" | "after") => {
  let calls = 0;
  const guarded =
    <Args extends unknown[], Result>(call: (...args: Args) => Promise<Result>) =>
    async (...args: Args): Promise<Result> => {
      calls += 1;
      const dies = calls === nth;
      if (dies && when === "before") throw new Crash(`before call ${nth}`);
      const result = await call(...args);
      if (dies) throw new Crash(`after call ${nth}`);
      return result;
    };
  return {
    /** Whether the call was reached. */
    reached: () => calls >= nth,
    around: (ports: Ports): Ports => ({
      ...ports,
      table: {
        get: guarded(ports.table.get) as Ports["table"]["get"],
        getMany: guarded(ports.table.getMany) as Ports["table"]["getMany"],
        query: guarded(ports.table.query) as Ports["table"]["query"],
        sortKeys: guarded(ports.table.sortKeys),
        counted: guarded(ports.table.counted),
        count: guarded(ports.table.count),
        put: guarded(ports.table.put),
      },
      inbox: { send: guarded(ports.inbox.send) },
      archive: { ...ports.archive, put: guarded(ports.archive.put) },
    }),
  };
};
