import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { endOfDay } from "../../shared/domain/day.ts";
import type { Draft } from "../../shared/domain/entity.ts";
import { entityId, type Ref } from "../../shared/domain/kind.ts";
import { STAGES } from "../../shared/domain/stage.ts";
import { entityOf } from "../../shared/pipeline/entity-of.ts";
import { keepBoards } from "../../shared/pipeline/keep-boards.ts";
import { project } from "../../shared/pipeline/project.ts";
import type { FeedRecord, Row } from "../../shared/ports/table.ts";
import type { StoredEntity } from "../../shared/store/entities.ts";
import { entityKey, lists } from "../../shared/store/keys.ts";
import { tableViews } from "../../shared/store/table-views.ts";
import type { FeatureView, PastViews } from "../../shared/store/views.ts";
import { bareTool, Crash, crashing, openPipeline } from "./open-pipeline.ts";

const FEATURES = ["F1", "F2", "F3"] as const;
const COLUMNS = [...STAGES, "none"] as const;
const as = <const C extends string>(category: C) => ({ category, detail: category, mappedBy: "tool" as const });
const ref = (kind: "feature" | "workItem", id: string): Ref => ({ kind, noun: kind, id });
const idOf = (id: string) => entityId("con_acme", ref("feature", id));

/** A hub whose features change, with what it showed at each moment that somebody looked. */
const watchedHub = () => {
  const open = openPipeline({ connector: bareTool });
  const { table, clock } = open.real;
  const now = () => clock.now().toISOString();
  const views = tableViews(table, {
    products: [{ id: "prd_web", slug: "web", name: "Web" }],
    connections: async () => [],
    now: clock.now,
    statusOf: async () => () => as("todo"),
  });
  const seen: { readonly at: string; readonly shown: Shown }[] = [];
  return {
    ...open,
    views,
    seen,
    now,
    /** Stores a record as ingest would. @returns its record in the feed */
    async put(
      draft: Pick<Draft, "kind" | "fields"> & { readonly id: string; readonly gone: boolean },
    ): Promise<FeedRecord> {
      const at = now();
      const external = { noun: draft.kind, id: draft.id, url: `https://tool.example/${draft.id}`, key: draft.id };
      const record = {
        ...draft,
        external,
        scopes: [],
        createdAt: "2026-03-01T00:00:00.000Z",
        updatedAt: at,
      } as unknown as Draft;
      const made = entityOf(record, {
        connectionId: "con_acme",
        tool: "tool",
        productsOf: () => ["prd_web"],
        mappingVersion: 1,
        rawRef: "r",
        now: at,
        receivedAt: at,
        how: "read",
        ...(draft.gone && { presence: "deleted" as const }),
      });
      const key = entityKey(made.id);
      const before: Row<StoredEntity> | undefined = await table.get<StoredEntity>(key.pk, key.sk);
      const data = {
        ...made,
        ...(draft.gone && { presence: { state: "deleted", since: at, how: "census" } }),
        version: (before?.data.version ?? 0) + 1,
      } as StoredEntity;
      const after = { ...key, version: (before?.version ?? 0) + 1, data, list: lists.ofKind(made.kind, made.id) };
      expect(await table.put(after)).toBe(true);
      return { ...key, before, after };
    },
    async look() {
      seen.push({ at: now(), shown: await shownBy(views) });
      open.pass(1);
    },
  };
};

type Shown = Awaited<ReturnType<typeof shownBy>>;

/** Features and board as a surface reads them. */
const shownBy = async (views: PastViews) => {
  const features: Record<string, unknown> = {};
  for (const id of FEATURES) features[id] = asShown(await views.feature(idOf(id)));
  return { features, list: (await views.features({}, undefined, 50)).items.map(asShown), board: await boardOf(views) };
};

const boardOf = async (views: PastViews) => {
  const columns: Record<string, string[]> = {};
  const filtered: Record<string, string[]> = {};
  const calm = ["on_track", "unknown"] as const;
  for (const column of COLUMNS) {
    const ids: string[] = [];
    // Two by two, so that pages meet in the middle of columns.
    for (let after: string | undefined; ; ) {
      const { items, next } = await views.column(column, "prd_web", after, 2);
      ids.push(...items.map(({ id }) => id));
      after = next;
      if (after === undefined) break;
    }
    columns[column] = ids;
    const { items } = await views.column(column, undefined, undefined, 9, { health: calm, q: "w" });
    filtered[column] = items.map(({ id }) => id);
  }
  const counted = await views.counts("prd_web", calm);
  return {
    columns,
    filtered,
    counted,
    counts: await views.counts(undefined),
    health: await views.healthCounts("prd_web"),
  };
};

const asShown = (view: FeatureView | undefined) => {
  if (view === undefined) return undefined;
  const { cause: _, seen: _c, meaning: _m, ...shown } = view as FeatureView & Record<string, unknown>;
  return shown;
};

const feature = fc.record({
  does: fc.constant("feature" as const),
  id: fc.constantFrom(...FEATURES),
  title: fc.constantFrom("One", "Two"),
  target: fc.constantFrom(undefined, "2026-03-20", "2026-04-30"),
  gone: fc.boolean(),
});
const item = fc.record({
  does: fc.constant("item" as const),
  id: fc.constantFrom("I1", "I1", "I2"),
  parent: fc.constantFrom(undefined, "F1" as const, "F1" as const, "F2" as const),
  status: fc.constantFrom("in_progress" as const, "in_progress" as const, "done" as const),
});
const step = fc.oneof(
  { weight: 3, arbitrary: feature },
  { weight: 5, arbitrary: item },
  {
    weight: 3,
    arbitrary: fc.record({ does: fc.constant("wait" as const), minutes: fc.constantFrom(1, 30, 600, 1600) }),
  },
  { weight: 2, arbitrary: fc.record({ does: fc.constant("sweep" as const) }) },
);
type Step = typeof step extends fc.Arbitrary<infer One> ? One : never;
const fault = fc.option(
  fc.record({ nth: fc.integer({ min: 1, max: 12 }), when: fc.constantFrom("before" as const, "after" as const) }),
  { freq: 2 },
);

const run = async (
  hub: ReturnType<typeof watchedHub>,
  one: Step,
  broken: { nth: number; when: "before" | "after" } | null,
) => {
  const work = async (): Promise<(of: ReturnType<typeof hub.hub>) => Promise<unknown>> => {
    if (one.does === "sweep") return keepBoards;
    if (one.does === "wait") return async () => hub.pass(one.minutes * 60);
    const record = await hub.put(
      one.does === "feature"
        ? {
            kind: "feature",
            id: one.id,
            gone: one.gone,
            fields: { title: one.title, declaredStatus: as("active"), ...(one.target && { targetDate: one.target }) },
          }
        : {
            kind: "workItem",
            id: one.id,
            gone: false,
            fields: {
              title: one.id,
              type: as("story"),
              status: as(one.status),
              startedAt: "2026-03-01T08:00:00.000Z",
              ...(one.status === "done" && { completedAt: "2026-03-01T09:00:00.000Z" }),
              ...(one.parent && { parentId: ref("feature", one.parent) as never }),
            },
          },
    );
    return (of) => project(of, [record]);
  };
  const act = await work();
  if (broken !== null && one.does !== "wait") {
    const { ports } = hub.hub("one");
    await act({ ...hub.hub("one"), ports: crashing(broken.nth, broken.when).around(ports) }).catch((error: unknown) => {
      if (!(error instanceof Crash)) throw error;
    });
    await hub.look();
  }
  await act(hub.hub("one"));
  // The feed hands it out again.
  if (one.does !== "wait") await act(hub.hub("one"));
  await hub.look();
};

/** Begins with something to look back on: a feature with work that was there when the first board was kept. */
const BEGIN: readonly Step[] = [
  { does: "feature", id: "F1", title: "One", target: undefined, gone: false },
  { does: "item", id: "I1", parent: "F1", status: "in_progress" },
  { does: "wait", minutes: 30 },
  { does: "sweep" },
];

describe("what the hub showed at a moment", () => {
  it("is what anybody saw then, of features, lists and boards, in whatever order things happened, crashed and came again", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(step, fault), { minLength: 3, maxLength: 10 }), async (steps) => {
        using hub = watchedHub();
        for (const one of BEGIN) await run(hub, one, null);
        for (const [one, broken] of steps) await run(hub, one, broken);
        const [first] = await hub.real.table.query<{ at: string }>({ pk: "H", limit: 1 });
        for (const { at, shown } of hub.seen) {
          const past = hub.views.asOf(at);
          const isKept = first !== undefined && first.data.at <= at;
          if (!isKept) await expect(boardOf(past)).rejects.toMatchObject({ code: "as_of_unavailable" });
          const then = isKept
            ? await shownBy(past)
            : { ...(await shownBy({ ...past, ...boardless })), board: shown.board };
          expect({ at, ...then }).toEqual({ at, ...shown });
        }
      }),
      { numRuns: 15 },
    );
  });
});

/** In place of a board that was never kept. */
const boardless = {
  column: async () => ({ items: [], next: undefined }),
  counts: async () => ({}) as never,
  healthCounts: async () => ({}) as never,
};

describe("the board of a day's end", () => {
  it("is kept once, in the zone of the hub, with pages of its own only where something moved", async () => {
    using hub = watchedHub();
    const berlin = { ...hub.hub("one"), timezone: "Europe/Berlin" };
    await keepBoards(berlin);
    await project(berlin, [
      await hub.put({ kind: "feature", id: "F1", gone: false, fields: { title: "One", declaredStatus: as("active") } }),
    ]);
    hub.pass(2 * 86_400);
    expect(await keepBoards(berlin)).toBe(2);
    expect(await keepBoards(berlin)).toBe(0);
    const kept = await hub.real.table.query<{ at: string; pages: string }>({ pk: "H" });
    const [monday, tuesday] = [endOfDay("2026-03-02", "Europe/Berlin"), endOfDay("2026-03-03", "Europe/Berlin")];
    expect(kept.map(({ data: { at, pages } }) => [at, pages])).toEqual([
      ["2026-03-02T09:55:00.000Z", "2026-03-02T09:55:00.000Z"],
      [monday, monday],
      [tuesday, monday],
    ]);
    const { explanation } = (await hub.views.feature("F1")) as FeatureView;
    const column = explanation.headline ?? "none";
    const { items } = await hub.views.asOf(tuesday).column(column, undefined, undefined, 5);
    expect(items.map(({ name }) => name)).toEqual(["One"]);
    const fields = { title: "Two", declaredStatus: as("active"), targetDate: "2026-03-20" };
    await project(berlin, [await hub.put({ kind: "feature", id: "F1", gone: false, fields })]);
    hub.pass(86_400);
    expect(await keepBoards(berlin)).toBe(1);
    const wednesday = hub.views.asOf(endOfDay("2026-03-04", "Europe/Berlin"));
    expect(Object.values((await boardOf(wednesday)).columns).flat()).toEqual([idOf("F1")]);
    expect((await wednesday.feature("F1"))?.name).toBe("Two");
  });
});
