import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Draft, FieldedKind } from "../../shared/domain/entity.ts";
import { entityId, type Ref } from "../../shared/domain/kind.ts";
import { entityOf } from "../../shared/pipeline/entity-of.ts";
import type { Hub } from "../../shared/pipeline/hub.ts";
import { project } from "../../shared/pipeline/project.ts";
import type { FeedRecord, Row } from "../../shared/ports/table.ts";
import type { StoredEntity } from "../../shared/store/entities.ts";
import { entityKey, lists } from "../../shared/store/keys.ts";
import { bareTool, crashing, openPipeline } from "./open-pipeline.ts";

const T = "2026-03-01T10:00:00.000Z";
const MERGE = "c0ffee".repeat(6).slice(0, 40);
const done = <const C extends string>(category: C) => ({ category, detail: category, mappedBy: "tool" as const });
const ref = <K extends FieldedKind>(kind: K, id: string): Ref<K> => ({ kind, noun: kind, id });
const idOf = (kind: FieldedKind, id: string): string => entityId("con_acme", ref(kind, id));

type Rest<K extends FieldedKind> = Partial<Omit<Draft<K>, "kind" | "fields">> & Pick<Draft<K>, "fields">;
const draft = <K extends FieldedKind>(kind: K, id: string, rest: Rest<K>): Draft<K> => ({
  kind,
  external: { noun: kind, id, url: `https://tool.example/${kind}/${id}`, key: id },
  scopes: ["ACME"],
  createdAt: T,
  updatedAt: T,
  ...rest,
});
const feature = (id: string) => draft("feature", id, { fields: { title: id, declaredStatus: done("active") } });
const item = (id: string, parent: Ref | undefined, more: Partial<Draft<"workItem">> = {}) =>
  draft("workItem", id, {
    fields: { title: id, type: done("story"), status: done("in_progress"), ...(parent && { parentId: parent }) },
    ...more,
  });
const pull = (references: Draft["references"]) =>
  draft("pullRequest", "acme/web#7", {
    fields: {
      title: "Sign in",
      repository: "acme/web",
      number: 7,
      state: done("merged"),
      isDraft: false,
      base: "main",
      head: "acme-3-sign-in",
      mergeCommitSha: MERGE,
      mergedAt: T,
    },
    aliases: [`sha:${MERGE}`],
    references,
  });

const BRANCH = [{ alias: "ACME-3", place: "branch" }] as const;
/** An epic with a story, its subtask, and what delivered it, of several streams of one connection. */
const WORLD: readonly Draft[] = [
  feature("ACME-1"),
  feature("ACME-9"),
  item("ACME-2", ref("feature", "ACME-1")),
  item("ACME-3", ref("workItem", "ACME-2")),
  item("ACME-4", undefined, { references: [{ alias: "ACME-1", place: "body" }] }),
  pull(BRANCH),
  draft("review", "r1", {
    fields: { pullRequestId: ref("pullRequest", "acme/web#7"), state: done("approved"), at: T },
  }),
  draft("commit", "5ca1ab1e", {
    fields: { sha: "5ca1ab1e", title: "ACME-2 too", at: T, pullRequestId: ref("pullRequest", "acme/web#7") },
    references: [{ alias: "ACME-2", place: "commit" }],
  }),
  draft("deployment", "d1", {
    fields: {
      repository: "acme/web",
      environment: done("production"),
      commitSha: MERGE,
      commitShas: [MERGE, "0".repeat(40)],
      result: done("success"),
      startedAt: T,
      finishedAt: T,
    },
  }),
  draft("testRun", "t1", {
    fields: { suite: "ci", repository: "acme/web", commitSha: MERGE, result: done("success"), at: T },
  }),
  draft("release", "v1", {
    fields: { name: "1.0", version: "1.0.0", status: done("completed"), publishedAt: T },
    references: [{ alias: "acme/web#7", place: "title" }],
  }),
];

/** Stores drafts as ingest would, and hands the change feed to projection. */
const world = (around?: Parameters<typeof openPipeline>[0]["around"]) => {
  const open = openPipeline({ connector: bareTool, ...(around && { around }) });
  const hub = open.hub("one");
  const put = async (one: Draft): Promise<FeedRecord> => {
    const entity = entityOf(one, {
      connectionId: "con_acme",
      tool: "tool",
      productsOf: () => ["prd_web"],
      mappingVersion: 1,
      rawRef: "acme/2026-03-02/raw",
      now: "2026-03-02T10:00:00.000Z",
      receivedAt: "2026-03-02T10:00:00.000Z",
      how: "read",
    });
    const key = entityKey(entity.id);
    const before: Row<StoredEntity> | undefined = await open.real.table.get<StoredEntity>(key.pk, key.sk);
    const data = { ...entity, version: (before?.data.version ?? 0) + 1 };
    const after = { ...key, version: (before?.version ?? 0) + 1, data, list: lists.ofKind(entity.kind, entity.id) };
    expect(await open.real.table.put(after)).toBe(true);
    return { ...key, before, after };
  };
  return {
    ...open,
    hub,
    put,
    async arrive(...drafts: readonly Draft[]) {
      const records: FeedRecord[] = [];
      for (const one of drafts) records.push(await put(one));
      await project(hub, records);
      return records;
    },
    again: (records: readonly FeedRecord[]) => project({ ...hub, ports: open.real }, records),
    /** Every row that projection made, without its versions and times of ours. */
    async projected() {
      const rows: Record<string, unknown> = {};
      for (const { kind, external } of WORLD) {
        const id = idOf(kind, external.id);
        for (const prefix of ["L#", "F#", "V"]) {
          for (const { sk, data } of await open.real.table.query<Record<string, unknown>>({
            pk: `E#${id}`,
            prefix,
            limit: 500,
          })) {
            // What was shown before, and how often lines were written, depends on the order in which things came.
            const { version: _, meaning: _m, steps: _s, lines: _l, ...kept } = data;
            const ended = kept["gone"] === true || kept["validTo"] !== undefined || sk.startsWith("V#");
            if (!ended) rows[`${kind} ${external.id} ${sk}`] = kept;
          }
        }
        const lines = await open.real.table.query<{ gone: boolean }>({ pk: `Z#${id}`, limit: 500 });
        rows[`${kind} ${external.id} timeline`] = lines.filter(({ data }) => !data.gone).map(({ data }) => data);
      }
      return rows;
    },
    /** Records that speak about a feature, each with its confidence. */
    async speaking(id: string) {
      const rows = await open.real.table.query<{
        gone: boolean;
        line: { id: string; confidence: number; key: string };
      }>({
        pk: `E#${idOf("feature", id)}`,
        prefix: "F#",
      });
      return Object.fromEntries(
        rows.filter(({ data }) => !data.gone).map(({ data: { line } }) => [line.key, line.confidence]),
      );
    },
  };
};

const straight = async () => {
  using all = world();
  await all.arrive(...WORLD);
  return await all.projected();
};

describe("records that point to each other", () => {
  it("reach the feature over every hop, each as sure as its way", async () => {
    using all = world();
    await all.arrive(...WORLD);
    expect(await all.speaking("ACME-1")).toEqual({
      "ACME-1": 1,
      "ACME-2": 1,
      "ACME-3": 1,
      "acme/web#7": 0.95,
      r1: 0.95,
      d1: 0.95,
      t1: 0.95,
      v1: 0.855,
    });
    expect(await all.speaking("ACME-9")).toEqual({ "ACME-9": 1 });
  });

  it("end in the same links, facts and views, in whatever order, batches and repetitions they come", async () => {
    const expected = await straight();
    expect(Object.keys(expected).filter((key) => key.includes("L#>")).length).toBe(10);
    const arrivals = fc.record({
      order: fc.shuffledSubarray([...WORLD], { minLength: WORLD.length }),
      cuts: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: WORLD.length, maxLength: WORLD.length }),
      again: fc.array(fc.nat(WORLD.length - 1), { maxLength: 4 }),
    });
    await fc.assert(
      fc.asyncProperty(arrivals, async ({ order, cuts, again }) => {
        using some = world();
        const records: FeedRecord[] = [];
        for (let from = 0, turn = 0; from < order.length; from += cuts[turn] ?? 1, turn++)
          records.push(...(await some.arrive(...order.slice(from, from + (cuts[turn] ?? 1)))));
        await some.again(again.flatMap((at) => records[at] ?? []));
        expect(await some.projected()).toEqual(expected);
      }),
      { numRuns: 40 },
    );
  });

  it("part when the text stops naming the other, and meet again when it does", async () => {
    using all = world();
    await all.arrive(...WORLD);
    const before = await all.speaking("ACME-1");
    await all.arrive({ ...pull([]), updatedAt: "2026-03-01T11:00:00.000Z" });
    const { "ACME-1": _, ...after } = await all.speaking("ACME-1");
    // The commit's message still names the story.
    expect(after).toEqual({ "ACME-2": 1, "ACME-3": 1, "acme/web#7": 0.7, r1: 0.7, d1: 0.7, t1: 0.7, v1: 0.63 });
    await all.arrive(
      draft("commit", "5ca1ab1e", {
        fields: { sha: "5ca1ab1e", title: "nothing", at: T },
        updatedAt: "2026-03-01T11:00:00.000Z",
      }),
    );
    expect(Object.keys(await all.speaking("ACME-1")).sort()).toEqual(["ACME-1", "ACME-2", "ACME-3"]);
    await all.arrive({ ...pull(BRANCH), updatedAt: "2026-03-01T12:00:00.000Z" });
    expect(await all.speaking("ACME-1")).toEqual(before);
  });

  it("move to another feature with their parent, and all that hangs below comes along", async () => {
    using all = world();
    await all.arrive(...WORLD);
    const { "ACME-1": self, ...below } = await all.speaking("ACME-1");
    await all.arrive({ ...item("ACME-2", ref("feature", "ACME-9")), updatedAt: "2026-03-01T11:00:00.000Z" });
    expect(await all.speaking("ACME-1")).toEqual({ "ACME-1": self });
    expect(await all.speaking("ACME-9")).toEqual({ "ACME-9": 1, ...below });
  });

  it("hang below a parent that is named by its key alone, whichever came first", async () => {
    const child = item("ACME-5", undefined, { references: [{ alias: "ACME-1", place: "parent" }] });
    for (const order of [
      [feature("ACME-1"), child],
      [child, feature("ACME-1")],
    ]) {
      using all = world();
      for (const one of order) await all.arrive(one);
      expect(await all.speaking("ACME-1")).toEqual({ "ACME-1": 1, "ACME-5": 1 });
      await all.arrive({ ...item("ACME-5", undefined), updatedAt: "2026-03-01T11:00:00.000Z" });
      expect(await all.speaking("ACME-1")).toEqual({ "ACME-1": 1 });
    }
  });

  it("come to an end when they are parents of each other", async () => {
    using all = world();
    await all.arrive(...WORLD);
    await all.arrive({ ...item("ACME-2", ref("workItem", "ACME-3")), updatedAt: "2026-03-01T11:00:00.000Z" });
    expect(await all.speaking("ACME-1")).toEqual({ "ACME-1": 1 });
    await all.arrive({ ...item("ACME-2", ref("feature", "ACME-1")), updatedAt: "2026-03-01T12:00:00.000Z" });
    expect(Object.keys(await all.speaking("ACME-1"))).toHaveLength(8);
  });

  it("find a record under its new name, and no longer under one that it gave up", async () => {
    using all = world();
    await all.arrive(...WORLD.slice(0, 3), item("ACME-3", ref("workItem", "ACME-2")));
    await all.arrive(pull([{ alias: "NEW-3", place: "branch" }]));
    expect(await all.speaking("ACME-1")).not.toHaveProperty("acme/web#7");
    const moved = { ...item("ACME-3", ref("workItem", "ACME-2")), aliases: ["NEW-3"] };
    await all.arrive({ ...moved, updatedAt: "2026-03-01T11:00:00.000Z" });
    expect(await all.speaking("ACME-1")).toMatchObject({ "acme/web#7": 0.95 });
  });
});

describe("a crash of projection", () => {
  it.each(["before", "after"] as const)(
    "%s any call of the table is made good when the same records come again",
    async (when) => {
      const expected = await straight();
      const late = WORLD.filter(({ kind }) => kind === "workItem");
      const early = WORLD.filter(({ kind }) => kind !== "workItem");
      let crashes = 0;
      for (let nth = 1; ; nth += 3) {
        const fault = crashing(nth, when);
        using some = world(fault.around);
        const records: FeedRecord[] = [];
        for (const one of early) records.push(await some.put(one));
        await some.again(records);
        const later: FeedRecord[] = [];
        for (const one of late) later.push(await some.put(one));
        const hub: Hub = some.hub;
        await project(hub, later).catch(() => {
          crashes += 1;
        });
        await some.again(later);
        expect({ nth, ...(await some.projected()) }).toEqual({ nth, ...expected });
        if (!fault.reached()) break;
      }
      expect(crashes).toBeGreaterThan(20);
    },
  );

  it("end when the name that they were found by is given up", async () => {
    using at = world();
    await at.arrive(...WORLD);
    const run = idOf("testRun", "t1");
    const validates = async () =>
      (await at.real.table.query<{ validTo?: string }>({ pk: `E#${run}`, prefix: "L#>validates" })).filter(
        ({ data }) => data.validTo === undefined,
      );
    expect(await validates()).toHaveLength(1);
    const renamed = pull(BRANCH);
    await at.arrive({ ...renamed, aliases: [], updatedAt: "2026-03-01T11:00:00.000Z" });
    expect(await validates()).toEqual([]);
  });

  it("stay when the connection that they came by is taken out of the config", async () => {
    using at = world();
    const records = await at.arrive(...WORLD);
    const before = await at.projected();
    const refused = { ...at.hub, connection: () => Promise.reject(new Error("not in the config any more")) };
    await project(refused, records);
    const after = await at.projected();
    expect(Object.keys(after).sort()).toEqual(Object.keys(before).sort());
  });
});
