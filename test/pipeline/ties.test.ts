import { describe, expect, it } from "vitest";
import * as z from "zod";
import { type Connector, defineConnector, stream } from "../../shared/connector/contract.ts";
import { TIMELESS } from "../../shared/domain/instant.ts";
import { entityId } from "../../shared/domain/kind.ts";
import { ingest } from "../../shared/pipeline/ingest.ts";
import { Job } from "../../shared/pipeline/messages.ts";
import { poll } from "../../shared/pipeline/poll.ts";
import { entityById } from "../../shared/store/entities.ts";
import { bareTool, openPipeline } from "./open-pipeline.ts";

const Team = z.looseObject({ id: z.string(), name: z.string(), at: z.string().optional() });
const Body = z.object({ gone: z.boolean(), team: z.unknown() });

/** A tool whose records tell their time or none, and whose deletions tell none; `now` is what it answers when asked. */
const tool = (now: () => readonly unknown[]) =>
  defineConnector<unknown>({
    ...bareTool,
    streams: {
      teams: stream({
        record: Team,
        kinds: ["team"],
        normalise: ({ id, name, at }) => [
          {
            kind: "team",
            external: { noun: "team", id, url: `https://tool.example/${id}` },
            scopes: [],
            updatedAt: at ?? TIMELESS,
            fields: { name },
          },
        ],
        reread: async () => now(),
      }),
    },
    webhook: {
      signature: { sign: () => ({}), verify: () => {} },
      deliveryId: () => "",
      records: (body) => {
        const { gone, team } = Body.parse(body);
        return [{ stream: "teams", record: team, ...(gone && { presence: "deleted" as const }) }];
      },
    },
  });

const ID = entityId("con_acme", { kind: "team", noun: "team", id: "1" });
const MARCH = "2026-03-01T10:00:00.000Z";

const opened = (now: readonly unknown[] = []) => {
  const open = openPipeline({ connector: tool(() => now) as Connector });
  const hub = open.hub("one");
  /** Archives now, and gives what will ingest it, whenever it is called. */
  const arrival = async (what: "page" | "reread" | "webhook", body: unknown) => {
    const receivedAt = hub.ports.clock.now().toISOString();
    const note = { connectionId: "acme", receivedAt, what, ...(what !== "webhook" && { stream: "teams" }) };
    const rawRef = await hub.ports.archive.put(note, new TextEncoder().encode(JSON.stringify(body)));
    open.pass(1);
    return () => ingest(hub, { connection: "acme", rawRef });
  };
  return {
    ...open,
    page: (name: string, at?: string) => arrival("page", { records: { teams: [{ id: "1", name, at }] } }),
    reread: (name: string, at?: string) => arrival("reread", { records: { teams: [{ id: "1", name, at }] } }),
    deletion: (name: string, at?: string) => arrival("webhook", { gone: true, team: { id: "1", name, at } }),
    held: () => entityById(hub.ports.table, ID),
    /** Asks the tool what waits to be asked, and reads its answers. @returns how many questions there were */
    async settle() {
      let questions = 0;
      for (;;) {
        const jobs = await open.consumers.jobs.receive(10, 60);
        if (jobs.length === 0) return questions;
        for (const { body } of jobs) await poll(hub, Job.parse(JSON.parse(body)), new AbortController().signal);
        for (const { message } of await open.queued()) await ingest(hub, message);
        await open.consumers.jobs.delete(jobs.map(({ id }) => id));
        questions += jobs.length;
      }
    },
    asked: async () => (await open.consumers.jobs.depth()).waiting,
  };
};

describe("a record without a time of change", () => {
  it("that was read late does not undo what was read after it, though that was no news then", async () => {
    using open = opened();
    const [first, second, third] = [await open.page("a"), await open.page("b"), await open.page("a")];
    await first();
    await third();
    await second();
    expect(await open.held()).toMatchObject({ fields: { name: "a" }, version: 1 });
    expect(await open.asked()).toBe(0);
  });

  it("that is read again unchanged is not written as a new version, nor told as news", async () => {
    using open = opened();
    const reads = [await open.page("a"), await open.page("a"), await open.page("a")];
    const written: number[] = [];
    for (const read of reads) written.push((await read()).written);
    expect(written).toEqual([1, 0, 0]);
    const { pk, sk } = { pk: `E#${ID}`, sk: "A" };
    const row = await open.real.table.get<{ version: number; askedAt: string }>(pk, sk);
    expect(row).toMatchObject({ data: { version: 1, askedAt: "2026-03-02T10:00:02.000Z" } });
    expect(row?.list).toBeDefined();
  });
});

describe("two records of one time", () => {
  it("F33 are settled by asking the tool, once", async () => {
    using open = opened();
    await (await open.page("a", MARCH))();
    await (await open.page("b", MARCH))();
    expect([(await open.held())?.fields, await open.asked()]).toEqual([{ name: "a" }, 1]);
    const older = await open.reread("b", MARCH);
    await (await open.reread("c", MARCH))();
    await older();
    expect([(await open.held())?.fields, await open.asked()]).toEqual([{ name: "c" }, 1]);
  });
});

describe("a deletion without a time", () => {
  it("holds once a read finds nothing, however often it is told, and against an older page that comes late", async () => {
    using open = opened([]);
    const late = await open.page("a", "2026-03-01T09:00:00.000Z");
    await (await open.page("a", MARCH))();
    for (let times = 0; times < 2; times++) await (await open.deletion("a", MARCH))();
    expect(await open.held()).toMatchObject({ presence: { state: "present" }, version: 1 });
    expect(await open.settle()).toBe(2);
    expect(await open.held()).toMatchObject({ presence: { state: "deleted" }, version: 2 });
    await late();
    expect(await open.held()).toMatchObject({ presence: { state: "deleted" }, version: 2 });
  });

  it("F35 is asked about before newer news of the record brings it back", async () => {
    const now: unknown[] = [];
    using open = opened(now);
    await (await open.page("a", MARCH))();
    await (await open.deletion("a", MARCH))();
    await open.settle();
    // An edit from before the deletion, told late: its time is newer than the one we held.
    await (await open.page("b", "2026-03-01T11:00:00.000Z"))();
    expect(await open.settle()).toBe(1);
    expect(await open.held()).toMatchObject({ presence: { state: "deleted" }, version: 2 });
    now.push({ id: "1", name: "b", at: "2026-03-01T11:00:00.000Z" });
    await (await open.page("b", "2026-03-01T11:00:00.000Z"))();
    expect(await open.settle()).toBe(1);
    expect(await open.held()).toMatchObject({ presence: { state: "present" }, version: 3 });
  });

  it("F35 gives way to a record that was found again later, though its own time is older", async () => {
    const now: unknown[] = [];
    using open = opened(now);
    await (await open.page("a", MARCH))();
    await (await open.deletion("a", MARCH))();
    await open.settle();
    const before = await open.reread("a", MARCH);
    await (await open.reread("a", "2026-02-01T10:00:00.000Z"))();
    expect(await open.held()).toMatchObject({ presence: { state: "present" }, version: 3 });
    await before();
    expect(await open.held()).toMatchObject({ presence: { state: "present" } });
  });

  it("is nothing where a read still finds the record", async () => {
    using open = opened([{ id: "1", name: "a", at: MARCH }]);
    await (await open.page("a", MARCH))();
    await (await open.deletion("a", MARCH))();
    expect(await open.settle()).toBe(1);
    expect(await open.held()).toMatchObject({ presence: { state: "present" }, version: 1 });
  });
});
