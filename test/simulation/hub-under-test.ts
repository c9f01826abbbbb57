import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { handler as ingest } from "../../functions/ingest-record.ts";
import { handler as poll } from "../../functions/poll-source.ts";
import { handler as project } from "../../functions/project-lifecycle.ts";
import { handler as publish } from "../../functions/publish-events.ts";
import { handler as receive } from "../../functions/receive-webhook.ts";
import { answer, httpEvent } from "../../infra/local/http-event.ts";
import { endless, feedPump, queuePump } from "../../infra/local/pumps.ts";
import { fileArchive } from "../../shared/adapters/sqlite/archive.ts";
import { sqliteBus } from "../../shared/adapters/sqlite/bus.ts";
import { commit, openDatabase } from "../../shared/adapters/sqlite/database.ts";
import { outboxMailer } from "../../shared/adapters/sqlite/mailer.ts";
import { sqliteQueue } from "../../shared/adapters/sqlite/queue.ts";
import { sqliteFeed, sqliteTable } from "../../shared/adapters/sqlite/table.ts";
import type { Hub } from "../../shared/pipeline/hub.ts";
import type { Job } from "../../shared/pipeline/messages.ts";
import { useHub } from "../../shared/platform/current.ts";
import type { HubConfig } from "../../shared/platform/define-hub.ts";
import { openHub } from "../../shared/platform/open-hub.ts";
import type { Ports } from "../../shared/ports/ports.ts";
import type { StoredEntity } from "../../shared/store/entities.ts";
import { type Fate, type Mortal, mortal } from "./mortal-ports.ts";

/** Time that tests move, shared by the hub and the company: it also passes while somebody sleeps. */
export interface Time {
  now: number;
}

const URL_ = "http://localhost:4100";
const STEPS_AT_MOST = 20_000;
/** The last goes on counting where the numbers of the feed ended, or its readers would pass over what is new. */
const TABLES = ["item", "feed", "feed_reader", "message", "sqlite_sequence"];

/** The real handlers on the real embedded adapters over real connectors; the clock is the test's, and the process can die. */
export class HubUnderTest {
  readonly db: DatabaseSync;
  readonly logged: string[] = [];
  readonly #time: Time;
  #config: HubConfig;
  #secrets: Readonly<Record<string, string>>;
  readonly #real: Ports;
  readonly #queues: Readonly<Record<"inbox" | "jobs" | "unpublished", ReturnType<typeof sqliteQueue>>>;
  readonly #feed: ReturnType<typeof sqliteFeed>;
  #mortal: Mortal;
  #hub: Hub | undefined;
  /** Requests to vendors. */
  requests = 0;
  /** What happens at the tool while it is being read. */
  beforeRequest: (body: unknown) => Promise<void> = async () => {};
  /** How vendors are asked: over the network, unless a test says otherwise. */
  fetch: typeof fetch = fetch;
  /** Payloads that were kept. */
  archived = 0;
  /** How often it died. */
  deaths = 0;

  private constructor(config: HubConfig, secrets: Readonly<Record<string, string>>, time: Time, archive: string) {
    this.#config = config;
    this.#secrets = secrets;
    this.#time = time;
    this.db = openDatabase(":memory:");
    const clock = {
      now: () => new Date(time.now),
      sleep: async (milliseconds: number, signal?: AbortSignal) => {
        signal?.throwIfAborted();
        time.now += Math.max(0, milliseconds);
      },
    };
    const queue = (name: string) => sqliteQueue(this.db, name, clock);
    this.#queues = { inbox: queue("inbox"), jobs: queue("jobs"), unpublished: queue("unpublished") };
    this.#real = {
      table: sqliteTable(this.db),
      ...this.#queues,
      bus: sqliteBus(this.db, { url: URL_, typePrefix: "dev.throughline" }),
      archive: this.#counted(fileArchive(archive)),
      secrets: {
        get: async (name) => this.#secrets[name],
        put: async (name, value) => {
          this.#secrets = { ...this.#secrets, [name]: value };
        },
      },
      clock,
      mailer: outboxMailer(join(archive, "outbox")),
    };
    this.#feed = sqliteFeed(this.db, ["project-lifecycle", "publish-events"]);
    this.#mortal = mortal(this.#real);
  }

  #counted(archive: Ports["archive"]): Ports["archive"] {
    return {
      ...archive,
      put: (note, bytes) => {
        this.archived += 1;
        return archive.put(note, bytes);
      },
    };
  }

  static async open(
    config: HubConfig,
    secrets: Readonly<Record<string, string>>,
    time: Time,
    archive: string,
    before?: string,
  ): Promise<HubUnderTest> {
    const opened = new HubUnderTest(config, secrets, time, archive);
    if (before !== undefined) opened.#fill(before);
    await opened.#start();
    return opened;
  }

  /** Keeps all that is stored, so that other hubs can begin with it. */
  keep(file: string): void {
    commit(this.db);
    this.db.prepare("VACUUM INTO ?").run(file);
  }

  #fill(file: string): void {
    this.db.prepare("ATTACH ? AS before").run(file);
    for (const table of TABLES)
      this.db.exec(`DELETE FROM ${table}; INSERT INTO ${table} SELECT * FROM before.${table}`);
    this.db.exec("DETACH before");
  }

  get hub(): Hub {
    if (this.#hub === undefined) throw new Error("not started");
    return this.#hub;
  }

  async #start(): Promise<void> {
    this.#mortal = mortal(this.#real);
    const note = (fields: object, verb: string) => {
      this.logged.push(`${verb} ${JSON.stringify(fields)}`);
    };
    this.#hub = await openHub({
      config: this.#config,
      ports: this.#mortal.ports,
      log: { info: () => {}, warn: note },
      url: URL_,
      alone: true,
      fetch: async (input, init) => {
        this.requests += 1;
        await this.beforeRequest(init?.body);
        return this.fetch(input, init);
      },
    });
    useHub(this.#hub);
  }

  /** As after `kill -9`: what was taken from the queues is there again. */
  async #restart(): Promise<void> {
    this.deaths += 1;
    for (const queue of Object.values(this.#queues)) queue.recover();
    await this.#start();
  }

  /** Does some work, in which the n-th call of a port fails; if the process dies of it, it is started again. @returns undefined if it died */
  async live<Result>(work: () => Promise<Result>, doom?: number, when: Fate = "before"): Promise<Result | undefined> {
    this.#mortal.doom(doom, when);
    const ended = await Promise.race([work(), this.#mortal.death]);
    if (this.#mortal.isDead()) {
      await this.#restart();
      return undefined;
    }
    this.#mortal.doom(undefined, "before");
    return ended as Result;
  }

  /** As a deployment with another config: what runs had not finished goes on under it. */
  async reconfigure(config: HubConfig): Promise<void> {
    this.#config = config;
    await this.#start();
  }

  ask(job: Job): Promise<void> {
    return this.#real.jobs.send([JSON.stringify(job)]);
  }

  /** Takes up to so many messages or feed records, of whichever part. @returns whether there may be more */
  async step(part: "jobs" | "inbox" | "project" | "publish", most = 10): Promise<boolean> {
    const { jobs, inbox, unpublished } = this.#queues;
    const { log } = this.hub;
    switch (part) {
      case "jobs":
        return queuePump("poll-source", "jobs", jobs, 1, (event) => poll(event, endless)).step();
      case "inbox":
        return queuePump("ingest-record", "inbox", inbox, most, ingest).step();
      case "project":
        return feedPump("project-lifecycle", this.#feed, 1000, project, log).step();
      case "publish":
        return (
          (await feedPump("publish-events", this.#feed, 1000, publish, log).step()) ||
          queuePump("publish-events", "unpublished", unpublished, 1, publish).step()
        );
    }
  }

  /** Until nothing waits any more; time passes where messages wait for it. */
  async drain(derived = false): Promise<void> {
    for (let steps = 0; steps < STEPS_AT_MOST; steps++) {
      if (await this.step("inbox")) continue;
      if (await this.step("jobs")) continue;
      if (derived && ((await this.step("project")) || (await this.step("publish")))) continue;
      const [inbox, jobs] = [await this.#queues.inbox.depth(), await this.#queues.jobs.depth()];
      if (inbox.dead + jobs.dead > 0) throw new Error(`dead letters: ${this.logged.slice(-3).join("\n")}`);
      if (inbox.waiting + inbox.inFlight + jobs.waiting + jobs.inFlight === 0) return;
      this.#time.now += 30_000;
    }
    throw new Error(`never quiet: ${this.logged.slice(-5).join("\n")}`);
  }

  /** Every stored entity by id, what was written last being the last. */
  entities(): Map<string, StoredEntity> {
    const rows = this.db.prepare("SELECT data FROM item WHERE pk GLOB 'E#*' AND sk = 'A' ORDER BY rowid").all();
    return new Map(
      rows.map(({ data }) => {
        const entity = JSON.parse(String(data)) as StoredEntity;
        return [entity.id, entity];
      }),
    );
  }

  /** Addresses of what was set aside, in order. */
  setAside(): string[] {
    const rows = this.db.prepare("SELECT data FROM item WHERE pk GLOB 'Q#*'").all();
    return rows.map(({ data }) => (JSON.parse(String(data)) as { readonly rawRef: string }).rawRef).sort();
  }

  close(): void {
    this.db.close();
  }
}

/** Where webhooks arrive, whichever hub is at work: the receiver's own handler behind HTTP. */
export const webhookDoor = async (): Promise<{ readonly url: string; close(): Promise<void> }> => {
  const server = createServer((request, response) => {
    httpEvent(request)
      .then((event) => receive(event, endless))
      .then((result) => answer(response, result))
      .catch(() => {
        response.writeHead(500);
        response.end();
      });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};

/** Where a sync to the disk costs nothing, if there is such a place: histories wait for little else. */
const QUICK = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();

/** A folder for one test run. */
export const scratch = (): { readonly folder: string; remove(): void } => {
  const folder = mkdtempSync(join(QUICK, "throughline-simulation-"));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
};
