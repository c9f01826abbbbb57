import { describe, expect, it } from "vitest";
import * as z from "zod";
import { type Connector, defineConnector, stream } from "../../shared/connector/contract.ts";
import { HubError } from "../../shared/connector/errors.ts";
import { entityId } from "../../shared/domain/kind.ts";
import type { CensusState } from "../../shared/pipeline/census.ts";
import { connectionViews } from "../../shared/pipeline/connection-views.ts";
import { eventsOf } from "../../shared/pipeline/events-of.ts";
import { ingest } from "../../shared/pipeline/ingest.ts";
import { Job } from "../../shared/pipeline/messages.ts";
import { poll } from "../../shared/pipeline/poll.ts";
import { entityById } from "../../shared/store/entities.ts";
import { censusKey } from "../../shared/store/keys.ts";
import { bareTool, openPipeline } from "./open-pipeline.ts";

const Item = z.looseObject({ id: z.string(), name: z.string(), place: z.string(), kind: z.enum(["workItem", "team"]) });
type Item = z.output<typeof Item>;
const AT = "2026-03-01T10:00:00.000Z";
const items = (place: string, count: number): Item[] =>
  Array.from({ length: count }, (_, n) => ({ id: `${place}-${n}`, name: `Item ${n}`, place, kind: "team" }));

/** What the tool has, and how it behaves, for tests to change. */
interface Tool {
  items: Item[];
  /** Ids that its list leaves out though they are there. */
  lag: Set<string>;
  hidden: Set<string>;
  places: string[];
  elsewhere: Map<string, string>;
  failing: boolean;
  reread: number;
}

const toolOf = (tool: Tool): Connector =>
  defineConnector<unknown>({
    ...bareTool,
    streams: {
      items: stream({
        record: Item,
        kinds: ["team"],
        normalise: ({ id, name, place }) => [
          {
            kind: "team",
            external: { noun: "item", id, key: id.toUpperCase(), url: `https://tool.example/${id}` },
            scopes: [place],
            updatedAt: AT,
            fields: { name },
          },
        ],
        poll: {
          cursor: z.strictObject({}),
          start: {},
          scopes: () => ["A", "B"],
          read: async function* (_, cursor, scope) {
            if (tool.hidden.has(scope)) throw new HubError("vendor_forbidden", "no", { retry: "never" });
            yield { records: tool.items.filter(({ place }) => place === scope), cursor };
          },
        },
        reread: async (_, ids) => {
          tool.reread += ids.length;
          return tool.items.filter(({ id, place }) => ids.includes(id) && !tool.hidden.has(place));
        },
        census: {
          noun: "item",
          kinds: ["team"],
          ids: async function* (_, scope) {
            if (tool.hidden.has(scope)) throw new HubError("vendor_forbidden", "no", { retry: "never" });
            const listed = tool.items.filter(({ id, place }) => place === scope && !tool.lag.has(id));
            for (let at = 0; at < listed.length; at += 10) {
              if (tool.failing && at > 0) throw new HubError("vendor_unreachable", "gone", { retry: "later" });
              yield listed.slice(at, at + 10);
            }
          },
          selects: (_, place) => tool.places.includes(place),
          reaches: async (_, place) => !tool.hidden.has(place),
          whereabouts: async (_, { id }) => {
            const movedTo = tool.elsewhere.get(id);
            return movedTo === undefined ? { state: "deleted" } : { state: "moved", movedTo };
          },
        },
      }),
    },
    webhook: {
      signature: { sign: () => ({}), verify: () => {} },
      deliveryId: () => "",
      records: (body) => {
        const gone = tool.items.find(({ id }) => id === z.object({ id: z.string() }).parse(body).id);
        return [{ stream: "items", record: gone, presence: "deleted", at: "2026-03-01T11:00:00.000Z" }];
      },
    },
  }) as Connector;

const opened = async (all: Item[]) => {
  const tool: Tool = {
    items: all,
    lag: new Set(),
    hidden: new Set(),
    places: ["A", "B"],
    elsewhere: new Map(),
    failing: false,
    reread: 0,
  };
  const open = openPipeline({ connector: toolOf(tool) });
  const hub = open.hub("one");
  const signal = new AbortController().signal;
  const run = (job: Partial<Job>) => poll(hub, { connection: "acme", ...job }, signal);
  /** Until nothing waits. @returns how many records were read */
  const settle = async (): Promise<void> => {
    for (;;) {
      const jobs = await open.consumers.jobs.receive(10, 60);
      for (const { id, body } of jobs) {
        await poll(hub, Job.parse(JSON.parse(body)), signal);
        await open.consumers.jobs.delete([id]);
      }
      const pages = await open.queued();
      for (const { message } of pages) await ingest(hub, message);
      if (jobs.length + pages.length === 0) return;
    }
  };
  await run({});
  await settle();
  open.pass(60);
  return {
    ...open,
    tool,
    signal,
    run: async (job: Partial<Job>) => {
      await run(job);
      open.pass(1);
      await settle();
      open.pass(60);
    },
    held: async (id: string) => entityById(hub.ports.table, idOf(id)),
    /** By a webhook, whose word is written as it is. */
    toldDeleted: async (id: string) => {
      const note = { connectionId: "acme", receivedAt: hub.ports.clock.now().toISOString(), what: "webhook" } as const;
      await ingest(hub, {
        connection: "acme",
        rawRef: await hub.ports.archive.put(note, Buffer.from(`{"id":"${id}"}`)),
      });
    },
    result: async (scope: string) => {
      const { pk, sk } = censusKey("acme", "items", scope);
      return (await hub.ports.table.get<CensusState>(pk, sk))?.data;
    },
    hubOne: hub,
  };
};

const idOf = (id: string): string => entityId("con_acme", { kind: "team", noun: "item", id });

const presence = (state: string, over = {}) => ({ presence: { state, how: "census", ...over } });

describe("a census", () => {
  it("finds nothing to say where both sides hold the same", async () => {
    using open = await opened([...items("A", 25), ...items("B", 3)]);
    await open.run({ census: "now" });
    expect((await open.result("A"))?.result).toMatchObject({ theirs: 25, ours: 25, gaps: 0, gone: 0, fuse: [] });
    expect(await open.held("A-1")).toMatchObject({ version: 1, presence: { state: "present" } });
  });

  it("tells what was deleted without a word, and where the rest went, once a second read misses it too", async () => {
    using open = await opened([...items("A", 40), ...items("B", 3)]);
    open.tool.elsewhere.set("A-7", "C-1");
    open.tool.items = open.tool.items.filter(({ id }) => id !== "A-5" && id !== "A-7");
    open.tool.lag.add("A-9");
    await open.run({ census: "now" });
    expect((await open.result("A"))?.result).toMatchObject({ theirs: 37, ours: 40, gaps: 0, gone: 2, unlisted: 1 });
    expect(open.tool.reread).toBe(3);
    expect(await open.held("A-5")).toMatchObject({ ...presence("deleted"), version: 2 });
    expect(await open.held("A-7")).toMatchObject({ ...presence("moved", { movedTo: "C-1" }), version: 2 });
    expect(await open.held("A-9")).toMatchObject({ version: 1, presence: { state: "present" } });
    await open.run({ census: "now" });
    expect((await open.result("A"))?.result).toMatchObject({ theirs: 37, ours: 38, gone: 0 });
  });

  it("asks for what is listed and not held, and brings back what was taken for gone", async () => {
    using open = await opened([...items("A", 40), ...items("B", 3)]);
    const [one, ...rest] = open.tool.items;
    open.tool.items = rest;
    await open.run({ census: "now" });
    expect(await open.held("A-0")).toMatchObject(presence("deleted"));
    if (one !== undefined) open.tool.items = [one, ...rest, { id: "A-new", name: "New", place: "A", kind: "team" }];
    await open.run({ census: "now" });
    expect((await open.result("A"))?.result).toMatchObject({ theirs: 41, ours: 39, gaps: 2 });
    expect(await open.held("A-0")).toMatchObject({ version: 3, presence: { state: "present" } });
    expect(await open.held("A-new")).toMatchObject({ version: 1, presence: { state: "present" } });
  });

  it.each([
    [9, true],
    [10, true],
    [11, false],
    [100, false],
  ])("removes %i of 100: %s", async (missing, removed) => {
    using open = await opened(items("A", 100));
    open.tool.items = open.tool.items.slice(missing);
    await open.run({ census: "now", scope: "A" });
    const state = await open.result("A");
    expect(state?.result?.fuse).toEqual(removed ? [] : [{ name: "A", missing, of: 100 }]);
    expect((await open.held("A-0"))?.presence.state).toBe(removed ? "deleted" : "present");
    const { pk, sk } = censusKey("acme", "items", "A");
    const row = await open.hubOne.ports.table.get(pk, sk);
    const told = row === undefined ? [] : eventsOf({ url: "" }, { pk, sk, before: undefined, after: row });
    expect(told.map(({ name }) => name)).toEqual(removed ? [] : ["deletion.fuse.tripped"]);
    const [view] = await connectionViews(open.hubOne);
    expect(view?.state).toBe(removed ? "healthy" : "degraded");
    if (removed) return;
    await open.run({ census: "confirmed", scope: "A" });
    expect((await open.held("A-0"))?.presence.state).toBe("deleted");
    expect((await open.result("A"))?.result?.fuse).toEqual([]);
  });

  it.each([
    [9, 1, true],
    [9, 4, false],
    [4, 2, true],
    [4, 3, false],
    [30, 3, true],
    [30, 4, false],
  ])("of a place of %i lets %i go: %s", async (of, missing, removed) => {
    using open = await opened(items("A", of));
    open.tool.items = open.tool.items.slice(missing);
    await open.run({ census: "now", scope: "A" });
    expect((await open.held("A-0"))?.presence.state).toBe(removed ? "deleted" : "present");
  });

  it("tells of moves even where the fuse holds the deletions back", async () => {
    using open = await opened(items("A", 100));
    open.tool.elsewhere.set("A-0", "C-1");
    open.tool.items = open.tool.items.slice(30);
    await open.run({ census: "now", scope: "A" });
    expect((await open.result("A"))?.result?.fuse).toEqual([{ name: "A", missing: 29, of: 100 }]);
    expect(await open.held("A-0")).toMatchObject(presence("moved", { movedTo: "C-1" }));
    expect(await open.held("A-1")).toMatchObject({ presence: { state: "present" } });
  });

  it.each([
    ["moved", { movedTo: "C-1" }],
    ["deleted", {}],
  ])("tells of what was told to be deleted and is not found by a read that it was %s", async (state, over) => {
    using open = await opened(items("A", 5));
    if (state === "moved") open.tool.elsewhere.set("A-1", "C-1");
    open.tool.items = open.tool.items.filter(({ id }) => id !== "A-1");
    await open.run({ stream: "items", ids: ["A-1"], gone: { entityId: idOf("A-1"), state: "deleted" } });
    expect((await open.held("A-1"))?.presence).toMatchObject({ state, how: "read", ...over });
  });

  it("looks once for what only a webhook told to be deleted, and finds where it went or that it is gone", async () => {
    using open = await opened([...items("A", 5), ...items("B", 5)]);
    for (const id of ["A-1", "A-2", "B-1"]) await open.toldDeleted(id);
    open.tool.items = open.tool.items.filter(({ id }) => !["A-1", "A-2", "B-1"].includes(id));
    open.tool.elsewhere.set("A-1", "C-1");
    open.tool.hidden.add("B");
    await open.run({ census: "now" });
    expect((await open.result("A"))?.result).toMatchObject({ ours: 3, gone: 1, lost: 0 });
    await open.run({ census: "now" });
    expect(await open.held("A-1")).toMatchObject(presence("moved", { movedTo: "C-1" }));
    expect(await open.held("A-2")).toMatchObject({ version: 2, ...presence("deleted", { how: "webhook" }) });
    // A place that nobody sees proves nothing.
    expect(await open.held("B-1")).toMatchObject({ version: 2, ...presence("deleted", { how: "webhook" }) });
    expect(open.tool.reread).toBe(2);
  });

  it("is asked for once, however often the tool is polled before its turn comes", async () => {
    using open = await opened(items("A", 3));
    open.pass(600);
    const signal = open.signal;
    for (let times = 0; times < 5; times++) {
      await poll(open.hubOne, { connection: "acme" }, signal);
      open.pass(300);
    }
    const waiting = await open.consumers.jobs.receive(100, 60);
    expect(waiting.map(({ body }) => JSON.parse(body).scope).sort()).toEqual(["A", "B"]);
  });

  it("looks for no more than it must where very many are missing", async () => {
    using open = await opened(items("A", 400));
    open.tool.items = [];
    await open.run({ census: "now", scope: "A" });
    expect(open.tool.reread).toBe(0);
    expect((await open.result("A"))?.result).toMatchObject({ theirs: 0, ours: 400, fuse: [{ missing: 400, of: 400 }] });
  });

  it("changes nothing if a page of it fails", async () => {
    using open = await opened(items("A", 40));
    open.tool.items = open.tool.items.slice(1);
    open.tool.failing = true;
    await open.run({ census: "now", scope: "A" });
    expect(await open.result("A")).toMatchObject({ state: "failed", error: { code: "vendor_unreachable" } });
    expect(await open.held("A-0")).toMatchObject({ version: 1, presence: { state: "present" } });
  });

  it("hides what a lost place holds, all of it and none deleted, as soon as a read is refused; access brings it back", async () => {
    using open = await opened([...items("A", 30), ...items("B", 3)]);
    const before = await open.held("A-3");
    open.tool.hidden.add("A");
    await open.run({});
    expect((await open.result("A"))?.result).toMatchObject({ theirs: 0, ours: 30, lost: 30, gone: 0, fuse: [] });
    expect(await open.held("A-3")).toMatchObject({ ...presence("lost_access"), version: 2 });
    expect(await open.held("B-1")).toMatchObject({ version: 1, presence: { state: "present" } });
    open.tool.hidden.clear();
    await open.run({});
    const after = await open.held("A-3");
    expect(after).toMatchObject({ version: 3, presence: { state: "present" }, fields: before?.fields });
    expect(after?.contentHash).toBe(before?.contentHash);
  });

  it("lets go of places that the config no longer selects", async () => {
    using open = await opened([...items("A", 3), ...items("B", 3)]);
    open.tool.places = ["A"];
    await open.run({ census: "now", scope: "A" });
    expect(await open.held("B-1")).toMatchObject(presence("out_of_scope"));
    expect(await open.held("A-1")).toMatchObject({ presence: { state: "present" } });
  });

  it("is taken by itself, ten minutes after the first complete read and once a day from then on", async () => {
    using open = await opened(items("A", 3));
    await open.run({});
    expect(await open.result("A")).toBeUndefined();
    open.pass(600);
    await open.run({});
    const first = await open.result("A");
    expect(first?.state).toBe("completed");
    open.pass(3600);
    await open.run({});
    expect(await open.result("A")).toEqual(first);
    open.pass(86_400);
    await open.run({});
    expect((await open.result("A"))?.startedAt).not.toBe(first?.startedAt);
  });

  it("F29 leaves alone what came in while it was listing", async () => {
    using open = await opened(items("A", 20));
    const signal = open.signal;
    const ids = open.tool.items.map(({ id }) => id);
    open.tool.items.push({ id: "A-late", name: "Late", place: "A", kind: "team" });
    open.tool.lag.add("A-late");
    await poll(open.hubOne, { connection: "acme", stream: "items", ids: ["A-late"] }, signal);
    const pages = await open.queued();
    open.tool.items = open.tool.items.filter(({ id }) => ids.includes(id));
    const taking = poll(open.hubOne, { connection: "acme", census: "now", scope: "A" }, signal);
    for (const { message } of pages) await ingest(open.hubOne, message);
    await taking;
    expect((await open.result("A"))?.result?.gone).toBe(0);
  });
});
