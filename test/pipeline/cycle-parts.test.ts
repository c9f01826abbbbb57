import { describe, expect, it } from "vitest";
import type { Draft, Entity } from "../../shared/domain/entity.ts";
import type { HistoryEntry, PastValue } from "../../shared/domain/history.ts";
import { entityId, type Ref } from "../../shared/domain/kind.ts";
import { entityOf } from "../../shared/pipeline/entity-of.ts";
import { project } from "../../shared/pipeline/project.ts";
import { vocabulary } from "../../shared/pipeline/vocabulary.ts";
import type { Row } from "../../shared/ports/table.ts";
import { addHistory } from "../../shared/store/entities.ts";
import { entityKey, lists } from "../../shared/store/keys.ts";
import { tableViews } from "../../shared/store/table-views.ts";
import { bareTool, openPipeline } from "./open-pipeline.ts";

const on = (day: number): string => new Date(Date.UTC(2026, 1, day, 9)).toISOString();
const word = <const C extends string>(category: C) =>
  ({ category, detail: category, id: category, mappedBy: "tool" }) as const;
const sprint = (id: string): Ref<"cycle"> => ({ kind: "cycle", noun: "sprint", id });
const past = (id: string): PastValue => ({ id, name: `Sprint ${id}`, noun: "sprint" });
const cycleId = (id: string): string => entityId("con_acme", sprint(id));

const cycle = (id: string, start: number): Draft<"cycle"> => ({
  kind: "cycle",
  external: { noun: "sprint", id, url: `https://tool.example/sprint/${id}` },
  scopes: [],
  updatedAt: on(20),
  fields: { name: `Sprint ${id}`, state: word("closed"), startsAt: on(start), endsAt: on(start + 6) },
});
const item = (
  id: string,
  cycles: readonly string[],
  updatedAt: string,
  category: "todo" | "done" = "todo",
): Draft<"workItem"> => ({
  kind: "workItem",
  external: { noun: "issue", id, key: `ACME-${id}`, url: `https://tool.example/${id}` },
  scopes: ["ACME"],
  createdAt: on(1),
  updatedAt,
  fields: {
    title: id,
    type: word("story"),
    status: word(category),
    cycleIds: cycles.map(sprint),
    estimate: { value: 3, unit: "points" },
  },
});
const moved = (id: string, day: number, from: string | null, to: string | null): HistoryEntry => ({
  id,
  at: on(day),
  by: "kim",
  changes: [
    { field: "cycle", from: from === null ? null : past(from), to: to === null ? null : past(to), isOneOfMany: true },
  ],
});

const openHub = () => {
  const pipeline = openPipeline({ connector: bareTool });
  const hub = pipeline.hub("one");
  const { table } = pipeline.real;
  let version = 0;
  const views = tableViews(table, {
    products: [],
    connections: async () => [],
    now: () => new Date(on(20)),
    statusOf: vocabulary(hub),
  });
  const keep = async (draft: Draft, history: readonly HistoryEntry[] = []) => {
    const arrival = {
      connectionId: "con_acme",
      tool: "tool",
      productsOf: () => [],
      mappingVersion: 1,
      rawRef: "raw/1",
      now: on(20),
      receivedAt: on(20),
      how: "read" as const,
    };
    version += 1;
    const entity = { ...entityOf(draft, arrival), version };
    const key = entityKey(entity.id);
    await addHistory(table, entity.id, history, 0);
    const held = await table.get(key.pk, key.sk);
    const row: Row = {
      ...key,
      version: (held?.version ?? 0) + 1,
      data: entity,
      list: lists.ofKind(entity.kind, entity.id),
    };
    expect(await table.put(row)).toBe(true);
    await project(hub, [{ pk: key.pk, sk: key.sk, before: held, after: row }]);
  };
  const scopeOf = async (id: string) => views.cycleScope((await views.cycle(cycleId(id))) as Entity<"cycle">);
  const keysIn = async (id: string, limit = 50) => {
    const found: unknown[] = [];
    for (let after: string | undefined; ; ) {
      const page = await views.cycleItems((await views.cycle(cycleId(id))) as Entity<"cycle">, undefined, after, limit);
      found.push(...page.items.map(({ part, roles }) => [part.key, ...roles]));
      expect(page.items.length).toBeLessThanOrEqual(limit);
      if (page.next === undefined) return found.sort();
      after = page.next;
    }
  };
  return { keep, scopeOf, keysIn, views, [Symbol.dispose]: () => pipeline[Symbol.dispose]() };
};

describe("a cycle in the store", () => {
  it("finds an item that was taken out of it, which its present record no longer names", async () => {
    using hub = openHub();
    await hub.keep(cycle("1", 2));
    await hub.keep(item("7", [], on(9)), [moved("a", 1, null, "1"), moved("b", 4, "1", null)]);
    expect(await hub.keysIn("1")).toEqual([["ACME-7", "at_start", "removed"]]);
    expect(await hub.scopeOf("1")).toMatchObject({
      at_start: { items: 1, points: 3 },
      removed: { items: 1, points: 3 },
    });
  });

  it("finds an item whether the cycle or the item came first, and when its history comes later", async () => {
    using hub = openHub();
    await hub.keep(item("7", ["1"], on(3)));
    await hub.keep(cycle("1", 2));
    await hub.keep(item("7", ["2"], on(9)), [moved("a", 4, "1", "2")]);
    await hub.keep(cycle("2", 9));
    expect(await hub.keysIn("1")).toEqual([["ACME-7", "at_start", "removed"]]);
    expect(await hub.keysIn("2")).toEqual([["ACME-7", "at_start", "carried_over"]]);
  });

  it("keeps of an item's statuses what lies about its stay, however long the item's past is", async () => {
    using hub = openHub();
    await hub.keep(cycle("1", 8));
    const worked = Array.from({ length: 18 }, (_, n) => ({
      id: `s${n}`,
      at: on(n + 2),
      changes: [{ field: "status", from: { name: `word ${n}` }, to: { name: `word ${n + 1}` } }],
    }));
    await hub.keep(item("7", [], on(20)), [moved("a", 9, null, "1"), moved("b", 12, "1", null), ...worked]);
    const { items } = await hub.views.cycleItems(
      (await hub.views.cycle(cycleId("1"))) as Entity<"cycle">,
      undefined,
      undefined,
      5,
    );
    expect(items.map(({ part }) => part.statuses.map(({ from }) => from))).toEqual([[8, 9, 10, 11, 12].map(on)]);
  });

  it("gives its items page by page, each once", async () => {
    using hub = openHub();
    await hub.keep(cycle("1", 2));
    for (const n of [1, 2, 3, 4, 5]) await hub.keep(item(String(n), ["1"], on(3), n === 5 ? "done" : "todo"));
    expect(await hub.keysIn("1", 2)).toHaveLength(5);
    expect(await hub.keysIn("1", 2)).toEqual(await hub.keysIn("1"));
  });

  it("forgets an item that nothing says was ever in it any more", async () => {
    using hub = openHub();
    await hub.keep(cycle("1", 2));
    await hub.keep(item("7", ["1"], on(3)));
    expect(await hub.keysIn("1")).toHaveLength(1);
    await hub.keep(item("7", [], on(9)));
    expect(await hub.keysIn("1")).toEqual([]);
    expect((await hub.scopeOf("1")).at_start.items).toBe(0);
  });

  it("names people and cycles in an item's history as they are called today", async () => {
    using hub = openHub();
    await hub.keep({ ...cycle("1", 2), fields: { ...cycle("1", 2).fields, name: "Sprint 1, renamed" } });
    await hub.keep({
      kind: "account",
      external: { noun: "user", id: "kim", url: "https://tool.example/kim" },
      scopes: [],
      updatedAt: on(1),
      fields: { tool: "tool", name: "Kim Doe", isBot: false },
    });
    await hub.keep(item("7", ["1"], on(9)), [moved("a", 4, null, "1")]);
    const found = await hub.views.workItem("acme-7");
    const told = found && (await hub.views.itemHistory(found));
    expect(told?.cycles).toMatchObject({
      agrees: true,
      intervals: [{ value: { id: cycleId("1"), name: "Sprint 1, renamed" }, from: on(4) }],
    });
    expect(told?.people.get(told.cycles.intervals[0]?.by ?? "")?.name).toBe("Kim Doe");
  });
});
