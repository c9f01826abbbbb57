import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { type Connector, defineConnector, stream } from "../../shared/connector/contract.ts";
import { entityId } from "../../shared/domain/kind.ts";
import { ingest } from "../../shared/pipeline/ingest.ts";
import { InboxMessage, Job } from "../../shared/pipeline/messages.ts";
import { poll } from "../../shared/pipeline/poll.ts";
import { publish } from "../../shared/pipeline/publish.ts";
import type { Ports } from "../../shared/ports/ports.ts";
import { entityById, type StoredEntity } from "../../shared/store/entities.ts";
import { entityKey } from "../../shared/store/keys.ts";
import { bareTool, openPipeline } from "../pipeline/open-pipeline.ts";
import { mortal } from "../simulation/mortal-ports.ts";

const Team = z.looseObject({ id: z.string(), name: z.string(), at: z.string() });
const Body = z.object({ gone: z.boolean(), team: Team });

/** A tool whose records and deletions tell their time. */
const tool = defineConnector<unknown>({
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
          updatedAt: at,
          fields: { name },
        },
      ],
      reread: async () => [team("restored", 3)],
    }),
  },
  webhook: {
    signature: { sign: () => ({}), verify: () => {} },
    deliveryId: ({ headers }) => headers.get("x-delivery") ?? "",
    keeps: ["x-delivery"],
    records: (body) => {
      const { gone, team } = Body.parse(body);
      return [{ stream: "teams", record: team, ...(gone && { presence: "deleted" as const, at: team.at }) }];
    },
  },
});

const idOf = (id: string) => entityId("con_acme", { kind: "team", noun: "team", id });
const march = (day: number) => `2026-03-0${day}T09:00:00.000Z`;
const team = (name: string, day: number, id = "1") => ({ id, name, at: march(day) });

const opened = (around?: (ports: Ports) => Ports) => {
  const open = openPipeline({ connector: tool as Connector, ...(around && { around }) });
  const hub = open.hub("one");
  let deliveries = 0;
  const kept = async (note: object, body: unknown): Promise<InboxMessage> => {
    const receivedAt = hub.ports.clock.now().toISOString();
    const bytes = new TextEncoder().encode(JSON.stringify(body));
    const rawRef = await open.real.archive.put({ connectionId: "acme", receivedAt, ...note } as never, bytes);
    return { connection: "acme", rawRef };
  };
  return {
    ...open,
    one: hub,
    page: (...teams: readonly object[]) => kept({ what: "page", stream: "teams" }, { records: { teams } }),
    webhook: (body: z.output<typeof Body>) => {
      deliveries += 1;
      open.pass(1);
      return kept({ what: "webhook", headers: { "x-delivery": `d${deliveries}` } }, body);
    },
    held: () => entityById(open.real.table, idOf("1")),
    /** Asks the tool what waits to be asked, and reads its answers. */
    async settle() {
      for (;;) {
        const jobs = await open.consumers.jobs.receive(10, 60);
        if (jobs.length === 0) return;
        for (const { body } of jobs) await poll(hub, Job.parse(JSON.parse(body)), new AbortController().signal);
        open.pass(1);
        for (const { message } of await open.queued()) await ingest(hub, message);
        await open.consumers.jobs.delete(jobs.map(({ id }) => id));
      }
    },
    /** Versions in the order in which the feed tells them. */
    versions: () => open.feed.read(0, 1000).flatMap(({ record }) => teamIn(record.after.data)?.version ?? []),
  };
};

const teamIn = (data: unknown): StoredEntity | undefined =>
  (data as StoredEntity).kind === "team" ? (data as StoredEntity) : undefined;

describe("what arrives", () => {
  it("F01 is one change however late the same delivery comes again: at once, in six minutes, when it is forgotten", async () => {
    using open = opened();
    const message = await open.webhook({ gone: false, team: team("Web", 1) });
    const written: number[] = [];
    for (const seconds of [0, 0, 360, 40 * 86_400]) {
      open.pass(seconds);
      written.push((await ingest(open.one, message)).written);
    }
    expect({ written, versions: open.versions() }).toEqual({ written: [1, 0, 0, 0], versions: [1] });
  });

  it("F19 and was given up is sent again among newer news, in any order, and ends as if it had never failed", async () => {
    const orders = fc.shuffledSubarray([0, 1, 2, 3, 4, 5, 6, 7], { minLength: 8 });
    for (const order of fc.sample(orders, { numRuns: 10, seed: 7 })) {
      using open = opened();
      const names = ["a", "b", "c", "d"];
      const first = await Promise.all(names.map((name, at) => open.page(team(name, at + 1))));
      const messages = [...first, ...first];
      for (const at of order) await ingest(open.one, messages[at] ?? (first[0] as InboxMessage));
      const versions = open.versions();
      expect({ order, name: (await open.held())?.fields }).toEqual({ order, name: { name: "d" } });
      expect(versions).toEqual(versions.map((_, at) => at + 1));
    }
  });

  it("F35 as update, deletion and restoration ends the same in every order, with and without each webhook", async () => {
    const news = [
      { gone: false, team: team("before", 1) },
      { gone: true, team: team("before", 2) },
      { gone: false, team: team("restored", 3) },
    ];
    const orders = [
      [0, 1, 2],
      [0, 2, 1],
      [1, 0, 2],
      [1, 2, 0],
      [2, 0, 1],
      [2, 1, 0],
      [2],
      [1, 2],
      [2, 1, 2],
      [0, 1, 0, 2, 1],
    ];
    const ends = [];
    for (const order of orders) {
      using open = opened();
      for (const at of order) await ingest(open.one, await open.webhook(news[at] ?? (news[0] as never)));
      await open.settle();
      const entity = await open.held();
      const versions = open.versions();
      ends.push({
        order,
        name: entity?.fields,
        presence: entity?.presence.state,
        gaps: versions.filter((v, at) => v !== at + 1),
      });
    }
    expect(ends).toEqual(orders.map((order) => ({ order, name: { name: "restored" }, presence: "present", gaps: [] })));
  });

  it("F34 while our clock jumps an hour back and two ahead is versioned one by one, and announced once each", async () => {
    using open = opened();
    for (const [day, jump] of [
      [1, 0],
      [2, -3600],
      [3, 7200],
    ] as const) {
      open.pass(jump);
      await ingest(open.one, await open.page(team(`at ${day}`, day)));
    }
    const records = open.feed.read(0, 1000).map(({ record }) => record);
    await publish(open.one, records);
    await publish(open.one, records);
    const told = open.feed
      .read(0, 1000)
      .map(
        ({ record }) => record.after.data as { readonly name?: string; readonly data?: { readonly version: number } },
      )
      .filter(({ name }) => name === "record.upserted");
    expect(told.map(({ data }) => data?.version)).toEqual([1, 2, 3]);
    expect(open.versions()).toEqual([1, 2, 3]);
  });

  it("F18 of one product, much at once, is spread over partitions: no record's write waits for another's", async () => {
    const writes = new Map<string, number>();
    const lists = new Map<string, number>();
    using open = opened((ports) => ({
      ...ports,
      table: {
        ...ports.table,
        put: (row) => {
          writes.set(row.pk, (writes.get(row.pk) ?? 0) + 1);
          if (row.list !== undefined) lists.set(row.list.pk, (lists.get(row.list.pk) ?? 0) + 1);
          return ports.table.put(row);
        },
      },
    }));
    const many = Array.from({ length: 400 }, (_, at) => team(`Team ${at}`, 1, String(at)));
    await ingest(open.one, await open.page(...many));
    // One for each, and one in which all of them are noted.
    expect([writes.size, writes.get("T#recorded"), Math.max(...writes.values())]).toEqual([401, 1, 1]);
    // Sixteen shards, of which none has twice its share.
    expect([lists.size, Math.max(...lists.values()) < (2 * 400) / 16]).toEqual([16, true]);
  });

  it("F38 from newer code, with fields that this code does not know, is read; what newer code stored is kept, and gone on from", async () => {
    using open = opened();
    const message = await open.page(team("old", 1));
    await ingest(open.one, InboxMessage.parse({ ...message, later: true }));
    const { pk, sk } = entityKey(idOf("1"));
    const row = await open.real.table.get<StoredEntity>(pk, sk);
    if (row === undefined) throw new Error("nothing is stored");
    const newer = { ...row.data, version: 2, later: { any: 1 }, fields: { ...row.data.fields, later: "x" } };
    expect(await open.real.table.put({ ...row, version: row.version + 1, data: newer })).toBe(true);
    await ingest(open.one, await open.page(team("new", 2)));
    expect(await open.held()).toMatchObject({
      version: 3,
      later: { any: 1 },
      fields: { name: "new", later: "x" },
    });
    expect(open.versions()).toEqual([1, 2, 3]);
  });

  it.each(["before", "after"] as const)(
    "F09, F10, F11, F12 by a process that dies %s the k-th call of a port is read, kept and announced once, for all k",
    async (when) => {
      let deaths = 0;
      let undisturbed: unknown;
      for (let k = 0; ; k++) {
        using open = opened();
        const messages = [
          await open.page(team("a", 1), team("b", 2, "2")),
          await open.webhook({ gone: false, team: team("c", 3) }),
        ];
        const { ports, doom, death, isDead } = mortal(open.real);
        const work = async (hub: typeof open.one) => {
          for (const message of messages) await ingest(hub, message);
          await publish(
            hub,
            open.feed.read(0, 1000).map(({ record }) => record),
          );
          return "alive";
        };
        doom(k === 0 ? undefined : k, when);
        await Promise.race([work({ ...open.one, ports }), death]);
        if (isDead()) deaths += 1;
        // The messages were not taken from their queue, nor had the feed's reader moved on.
        await work(open.one);
        const feed = open.feed.read(0, 1000).map(({ record }) => record.after.data as StoredEntity & { name?: string });
        const events = feed.filter(({ name }) => name === "record.upserted").length;
        const found = { held: (await open.held())?.fields, versions: open.versions(), events };
        undisturbed ??= found;
        expect({ k, ...found }).toEqual({ k, ...(undisturbed as object) });
        if (k > 0 && !isDead()) break;
      }
      expect(undisturbed).toEqual({ held: { name: "c" }, versions: [1, 1, 2], events: 3 });
      process.stdout.write(`${deaths} deaths ${when} a call of a port, the state the same after each\n`);
      expect(deaths).toBeGreaterThan(10);
    },
  );
});
