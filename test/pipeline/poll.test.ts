import { setTimeout } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { defineConnector, type Page, stream } from "../../shared/connector/contract.ts";
import { HubError } from "../../shared/connector/errors.ts";
import type { Hub } from "../../shared/pipeline/hub.ts";
import { ingest } from "../../shared/pipeline/ingest.ts";
import type { Job } from "../../shared/pipeline/messages.ts";
import { poll } from "../../shared/pipeline/poll.ts";
import type { StreamState } from "../../shared/pipeline/poll-stream.ts";
import { everyOf } from "../../shared/store/entities.ts";
import { streamKey } from "../../shared/store/keys.ts";
import { bareTool, Crash, crashing, openPipeline } from "./open-pipeline.ts";

interface Team {
  readonly id: string;
  readonly name: string;
  readonly at: number;
}
const Team = z.looseObject({ id: z.string(), name: z.string(), at: z.number() });
const Cursor = z.object({ page: z.int() });
type Read = (cursor: z.output<typeof Cursor>) => AsyncGenerator<Page<z.output<typeof Cursor>>, void, undefined>;

const at = (second: number) => new Date(Date.UTC(2026, 2, 1) + second * 1000).toISOString();

/** A tool of this process with two streams, whose reading the test decides. */
const tool = (read: Readonly<Record<"teams" | "others", Read>>, scopes?: readonly string[]) => {
  const of = (name: "teams" | "others") =>
    stream<unknown, Team, z.output<typeof Cursor>>({
      record: Team,
      kinds: ["team"],
      normalise: ({ id, name: title, at: second }) => [
        {
          kind: "team",
          external: { noun: name, id, url: `https://tool.example/${id}` },
          scopes: [],
          updatedAt: at(second),
          fields: { name: title },
        },
      ],
      poll: {
        cursor: Cursor,
        start: { page: 0 },
        read: (_, cursor) => read[name](cursor),
        ...(scopes && { scopes: () => scopes }),
      },
      ...(name === "teams" && {
        reread: async (_, ids) => ids.filter((id) => id !== "gone").map((id) => ({ id, name: "as it is now", at: 9 })),
      }),
    });
  return defineConnector({
    ...bareTool,
    streams: { teams: of("teams"), others: of("others") },
  });
};

const team = (id: string, second = 1): Team => ({ id, name: `team ${id}`, at: second });
/** Pages from the cursor's on; the last one can be read again, as tools with an inclusive cursor do. */
const pages = (...all: readonly (readonly Team[])[]): Read =>
  async function* ({ page }) {
    for (let next = Math.min(page, all.length - 1); next < all.length; next++)
      yield { records: all[next] ?? [], cursor: { page: next + 1 } };
  };
const nothing: Read = async function* () {};
const failing = (error: unknown): Read =>
  async function* () {
    yield { records: [team("first")], cursor: { page: 1 } };
    throw error;
  };

const signal = new AbortController().signal;
const stateOf = async (hub: Hub, name: string, scope = "") => {
  const { pk, sk } = streamKey("acme", name, scope);
  return (await hub.ports.table.get<StreamState>(pk, sk))?.data;
};
const idsIn = (queued: readonly { readonly bytes: Uint8Array }[]): string[] =>
  queued.flatMap(({ bytes }) =>
    Object.values(JSON.parse(new TextDecoder().decode(bytes)).records as Record<string, Team[]>).flatMap((list) =>
      list.map(({ id }) => id),
    ),
  );

const jobsOf = async ({ consumers: { jobs } }: ReturnType<typeof openPipeline>): Promise<Job[]> => {
  const messages = await jobs.receive(100, 3600);
  await jobs.delete(messages.map(({ id }) => id));
  return messages.map(({ body }) => JSON.parse(body) as Job);
};

const THREE = pages([team("a"), team("b")], [team("c")], [team("d")]);

describe("a poll", () => {
  it("queues page by page and keeps the last cursor", async () => {
    using open = openPipeline({ connector: tool({ teams: THREE, others: nothing }) });
    const hub = open.hub("one");
    await poll(hub, { connection: "acme" }, signal);
    expect(idsIn(await open.queued())).toEqual(["a", "b", "c", "d"]);
    expect(await stateOf(hub, "teams")).toMatchObject({
      cursor: { page: 3 },
      run: { state: "completed", pages: 3, records: 4 },
      firstCompletedAt: "2026-03-02T10:00:00.000Z",
    });
    expect((await stateOf(hub, "teams"))?.lease).toBeUndefined();
    expect(await stateOf(hub, "others")).toMatchObject({ cursor: { page: 0 }, run: { state: "completed", pages: 0 } });
  });

  it("goes on from its cursor, and queues a page that is the same again once", async () => {
    using open = openPipeline({ connector: tool({ teams: THREE, others: nothing }) });
    const hub = open.hub("one");
    await poll(hub, { connection: "acme" }, signal);
    await open.queued();
    await poll(hub, { connection: "acme" }, signal);
    expect(idsIn(await open.queued())).toEqual([]);
    expect(await stateOf(hub, "teams")).toMatchObject({ run: { state: "completed", pages: 1, records: 1 } });
    await poll(hub, { connection: "acme", full: true }, signal);
    expect(idsIn(await open.queued())).toEqual(["a", "b", "c", "d"]);
  });

  it("F38 starts anew from a cursor that an older version wrote in another shape", async () => {
    using open = openPipeline({ connector: tool({ teams: THREE, others: nothing }) });
    const hub = open.hub("one");
    const run = { state: "completed" as const, startedAt: at(0), pages: 1, records: 1 };
    await open.real.table.put({ ...streamKey("acme", "teams", ""), version: 1, data: { cursor: "page=7", run } });
    await poll(hub, { connection: "acme" }, signal);
    expect(idsIn(await open.queued())).toEqual(["a", "b", "c", "d"]);
  });

  it.each<[string, unknown, object]>([
    [
      "a refusal",
      new HubError("vendor_forbidden", "teams answered 403", { retry: "never" }),
      { code: "vendor_forbidden" },
    ],
    ["a defect", new TypeError("x is not a function"), { code: "internal_error" }],
    ["something thrown that is no error", "boom", { code: "internal_error" }],
  ])(
    "reads the other streams though one ends in %s, and keeps the cursor of its last whole page",
    async (_, error, told) => {
      using open = openPipeline({ connector: tool({ teams: failing(error), others: THREE }) });
      const hub = open.hub("one");
      await poll(hub, { connection: "acme" }, signal);
      expect(idsIn(await open.queued())).toEqual(["first", "a", "b", "c", "d"]);
      expect(await stateOf(hub, "teams")).toMatchObject({ cursor: { page: 1 }, run: { state: "failed", error: told } });
      expect(await stateOf(hub, "teams")).not.toHaveProperty("firstCompletedAt");
      expect((await stateOf(hub, "teams"))?.lease).toBeUndefined();
      expect(await stateOf(hub, "others")).toMatchObject({ run: { state: "completed" } });
    },
  );

  it("reads each scope on its own", async () => {
    using open = openPipeline({ connector: tool({ teams: THREE, others: nothing }, ["Acme/Web", "acme/a#b"]) });
    const hub = open.hub("one");
    await poll(hub, { connection: "acme", stream: "teams" }, signal);
    for (const scope of ["Acme/Web", "acme/a#b"])
      expect(await stateOf(hub, "teams", scope)).toMatchObject({ run: { state: "completed", records: 4 } });
    expect(await stateOf(hub, "others", "Acme/Web")).toBeUndefined();
  });

  it.each(["nowhere", "constructor", "__proto__"])("refuses the stream %s", async (name) => {
    using open = openPipeline({ connector: tool({ teams: THREE, others: nothing }) });
    const failed = poll(open.hub("one"), { connection: "acme", stream: name }, signal);
    await expect(failed).rejects.toMatchObject({ code: "stream_unknown", retry: "never" });
  });

  it("F31 ends with its deadline, keeps what it has read and hands the rest on", async () => {
    const time = new AbortController();
    const slow: Read = async function* () {
      yield { records: [team("a")], cursor: { page: 1 } };
      time.abort(new Error("time is up"));
      yield { records: [team("b")], cursor: { page: 2 } };
    };
    using open = openPipeline({ connector: tool({ teams: slow, others: nothing }) });
    const hub = open.hub("one");
    await poll(hub, { connection: "acme", full: true }, time.signal);
    expect(await stateOf(hub, "teams")).toMatchObject({ cursor: { page: 1 }, run: { state: "syncing" } });
    expect(await stateOf(hub, "teams")).not.toHaveProperty("lease");
    expect(idsIn(await open.queued())).toEqual(["a"]);
    expect(await jobsOf(open)).toEqual([
      { connection: "acme", stream: "teams", scope: "" },
      { connection: "acme", stream: "others", scope: "", full: true },
    ]);
  });

  it("reads scopes side by side, eight at once, and hands on whole what its deadline kept from being begun", async () => {
    const time = new AbortController();
    let [inFlight, most] = [0, 0];
    const slow: Read = async function* () {
      inFlight += 1;
      most = Math.max(most, inFlight);
      await setTimeout(1);
      inFlight -= 1;
      yield { records: [], cursor: { page: 1 } };
      time.abort(new Error("time is up"));
    };
    const scopes = Array.from({ length: 20 }, (_, at) => `scope ${at}`);
    using open = openPipeline({ connector: tool({ teams: slow, others: slow }, scopes) });
    await poll(open.hub("one"), { connection: "acme", full: true }, time.signal);
    expect(most).toBe(8);
    const jobs = await jobsOf(open);
    const begun = jobs.filter(({ full }) => full !== true).length;
    expect(begun).toBeLessThanOrEqual(8);
    expect(jobs.filter(({ stream, full }) => stream === "teams" && full === true)).toHaveLength(12);
    expect(jobs.filter(({ stream, full }) => stream === "others" && full === true)).toHaveLength(20);
  });

  it("reads the streams behind the first side by side, once the first has proved the credential", async () => {
    const begun: string[] = [];
    const read = (name: string, error?: HubError): Read =>
      async function* () {
        begun.push(name);
        await setTimeout(1);
        if (error !== undefined) throw error;
        yield { records: [], cursor: { page: 1 } };
        begun.push(`${name} ended`);
      };
    const refused = new HubError("vendor_auth_expired", "answered 401", { retry: "never" });
    using wrong = openPipeline({ connector: tool({ teams: read("teams", refused), others: read("others") }) });
    await poll(wrong.hub("one"), { connection: "acme" }, signal);
    expect(begun.splice(0)).toEqual(["teams"]);
    using right = openPipeline({
      connector: tool({ teams: read("teams"), others: read("others") }, ["a", "b"]),
    });
    await poll(right.hub("one"), { connection: "acme" }, signal);
    expect(begun.indexOf("others")).toBeGreaterThan(begun.lastIndexOf("teams ended"));
    expect(begun.slice(-4)).toEqual(["others", "others", "others ended", "others ended"]);
  });

  it("ends only when all that it began has ended, though the table failed one", async () => {
    let ended = 0;
    const slow: Read = async function* () {
      await setTimeout(20);
      yield { records: [], cursor: { page: 1 } };
      ended += 1;
    };
    using open = openPipeline({ connector: tool({ teams: slow, others: nothing }, ["a", "b", "c"]) });
    const hub = open.hub("one");
    const table: typeof hub.ports.table = {
      ...hub.ports.table,
      put: (row) => (row.sk.endsWith("b") ? Promise.reject(new Error("no space")) : hub.ports.table.put(row)),
    };
    const failed = poll({ ...hub, ports: { ...hub.ports, table } }, { connection: "acme", stream: "teams" }, signal);
    await expect(failed).rejects.toThrow("no space");
    expect(ended).toBe(2);
  });

  it("reads single records anew, and leaves out what is gone", async () => {
    using open = openPipeline({ connector: tool({ teams: THREE, others: nothing }) });
    await poll(open.hub("one"), { connection: "acme", stream: "teams", ids: ["a", "gone"] }, signal);
    expect(idsIn(await open.queued())).toEqual(["a"]);
    const failed = poll(open.hub("one"), { connection: "acme", stream: "others", ids: ["a"] }, signal);
    await expect(failed).rejects.toMatchObject({ code: "stream_unknown" });
  });
});

describe("on elastic ports, a poll", () => {
  const scopes = ["a", "b", "c"];
  const opened = (read: { readonly teams: Read; readonly others: Read }, of: readonly string[] = scopes) =>
    openPipeline({ connector: tool(read, of), elastic: true });

  it("makes each first read a job of its own, once, and each goes on by itself", async () => {
    using open = opened({ teams: THREE, others: nothing });
    const hub = open.hub("one");
    await poll(hub, { connection: "acme" }, signal);
    expect(await open.queued()).toEqual([]);
    const asked = await jobsOf(open);
    expect(asked).toEqual(
      ["teams", "others"].flatMap((stream) => scopes.map((scope) => ({ connection: "acme", stream, scope }))),
    );
    await poll(hub, { connection: "acme" }, signal);
    expect(await jobsOf(open)).toEqual([]);
    const [first, ...lost] = asked;
    for (const job of [first, ...lost.slice(1)]) if (job !== undefined) await poll(hub, job, signal);
    expect(idsIn(await open.queued())).toHaveLength(4 * 2);
    open.pass(901);
    await poll(hub, { connection: "acme" }, signal);
    expect((await jobsOf(open)).filter(({ census }) => census === undefined)).toEqual(lost.slice(0, 1));
  });

  it("makes a full read a job for each part, which begins at the start", async () => {
    using open = opened({ teams: THREE, others: nothing }, ["a"]);
    const hub = open.hub("one");
    const all = [
      { connection: "acme", stream: "teams", scope: "a" },
      { connection: "acme", stream: "others", scope: "a" },
    ];
    await poll(hub, { connection: "acme" }, signal);
    for (const job of await jobsOf(open)) await poll(hub, job, signal);
    await open.queued();
    await poll(hub, { connection: "acme", full: true }, signal);
    const asked = await jobsOf(open);
    expect(asked).toEqual(all.map((job) => ({ ...job, full: true })));
    for (const job of asked) await poll(hub, job, signal);
    expect(idsIn(await open.queued())).toEqual(["a", "b", "c", "d"]);
  });

  it("writes nothing where it found nothing new, but now and then that it looked", async () => {
    const empty: Read = async function* ({ page }) {
      yield { records: [], cursor: { page } };
    };
    using open = opened({ teams: empty, others: empty }, ["a"]);
    const hub = open.hub("one");
    for (const stream of ["teams", "others"]) await poll(hub, { connection: "acme", stream, scope: "a" }, signal);
    const rowsOf = () => open.feed.read(0, 1000).filter(({ record }) => record.pk === "C#acme").length;
    const before = rowsOf();
    open.pass(300);
    await poll(hub, { connection: "acme" }, signal);
    await poll(hub, { connection: "acme" }, signal);
    expect(rowsOf()).toBe(before);
    open.pass(1501);
    await poll(hub, { connection: "acme" }, signal);
    expect(rowsOf()).toBe(before + 2);
    expect(await stateOf(hub, "teams", "a")).toMatchObject({ lastCompletedAt: hub.ports.clock.now().toISOString() });
  });

  it("takes its lease as soon as there is news", async () => {
    let isHeld: boolean | undefined;
    let round = 0;
    const news: Read = async function* () {
      round += 1;
      yield { records: [team(`t${round}`)], cursor: { page: round } };
      isHeld = (await stateOf(open.hub("two"), "teams", "a"))?.lease !== undefined;
    };
    using open = opened({ teams: news, others: nothing }, ["a"]);
    const job = { connection: "acme", stream: "teams", scope: "a" };
    await poll(open.hub("one"), job, signal);
    isHeld = undefined;
    await poll(open.hub("one"), job, signal);
    expect(isHeld).toBe(true);
    expect(idsIn(await open.queued())).toEqual(["t1", "t2"]);
  });
});

describe("a lease", () => {
  it("F32 keeps another process from reading the same, until it is over", async () => {
    using open = openPipeline({ connector: tool({ teams: THREE, others: nothing }) });
    const run = { state: "syncing" as const, startedAt: at(0), pages: 0, records: 0 };
    const lease = { holder: "two", until: "2026-03-02T10:02:00.000Z" };
    await open.real.table.put({ ...streamKey("acme", "teams", ""), version: 1, data: { lease, run } });
    await poll(open.hub("one"), { connection: "acme", stream: "teams" }, signal);
    expect(await open.queued()).toEqual([]);
    open.pass(901);
    await poll(open.hub("one"), { connection: "acme", stream: "teams" }, signal);
    expect(idsIn(await open.queued())).toEqual(["a", "b", "c", "d"]);
  });

  it("that a dead process left behind binds nobody where only one can be at work", async () => {
    using open = openPipeline({ connector: tool({ teams: THREE, others: nothing }), alone: true });
    const run = { state: "syncing" as const, startedAt: at(0), pages: 0, records: 0 };
    const lease = { holder: "two", until: "2026-03-02T10:02:00.000Z" };
    await open.real.table.put({ ...streamKey("acme", "teams", ""), version: 1, data: { lease, run } });
    await poll(open.hub("one"), { connection: "acme", stream: "teams" }, signal);
    expect(idsIn(await open.queued())).toHaveLength(4);
  });

  it("F32 lost in the middle of a run keeps the old owner from moving the cursor or ending the new run", async () => {
    let takeOver = async () => {};
    const slow: Read = async function* () {
      yield { records: [team("a")], cursor: { page: 1 } };
      await takeOver();
      yield { records: [team("b")], cursor: { page: 77 } };
    };
    using open = openPipeline({ connector: tool({ teams: slow, others: nothing }) });
    const hub = open.hub("one");
    const key = streamKey("acme", "teams", "");
    const theirs = {
      cursor: { page: 5 },
      lease: { holder: "two", until: "2026-03-02T10:09:00.000Z" },
      run: { state: "syncing" as const, startedAt: at(5), pages: 5, records: 5 },
    };
    takeOver = async () => {
      const row = await open.real.table.get(key.pk, key.sk);
      await open.real.table.put({ ...key, version: (row?.version ?? 0) + 1, data: theirs });
    };
    await poll(hub, { connection: "acme", stream: "teams" }, signal);
    expect(await stateOf(hub, "teams")).toEqual(theirs);
    expect(open.logged).toContainEqual(expect.objectContaining({ code: "lease_held", verb: "poll failed" }));
  });
});

describe("a crash of a poll", () => {
  /** Everything in the table after all that is queued was ingested: what is stored, without when it was. */
  const stored = async (open: ReturnType<typeof openPipeline>) => {
    const hub: Hub = { ...open.hub("check"), ports: open.real };
    for (const { message } of await open.queued()) await ingest(hub, message);
    const names: string[] = [];
    for await (const { fields, version, source } of everyOf(open.real.table, "team"))
      names.push(`${source.externalId} ${fields.name} v${version}`);
    const state = await stateOf(hub, "teams");
    return { names: names.sort(), cursor: state?.cursor, state: state?.run.state };
  };
  const expected = {
    names: ["a team a v1", "b team b v1", "c team c v1", "d team d v1"],
    cursor: { page: 3 },
    state: "completed",
  };

  it.each(["before", "after"] as const)(
    "F05, F31 %s any call of a port loses nothing, once it has run again",
    async (when) => {
      let crashes = 0;
      for (let nth = 1; ; nth++) {
        const fault = crashing(nth, when);
        using open = openPipeline({ connector: tool({ teams: THREE, others: nothing }), around: fault.around });
        const outcome = await poll(open.hub("one"), { connection: "acme" }, signal).catch((error: unknown) => error);
        if (outcome instanceof Crash) crashes += 1;
        open.pass(901);
        await poll({ ...open.hub("two"), ports: open.real }, { connection: "acme" }, signal);
        expect({ nth, ...(await stored(open)) }).toEqual({ nth, ...expected });
        if (!fault.reached()) break;
      }
      expect(crashes).toBeGreaterThan(3);
    },
  );
});
