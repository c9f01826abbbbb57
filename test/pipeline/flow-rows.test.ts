import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { openDatabase } from "../../shared/adapters/sqlite/database.ts";
import { sqliteTable } from "../../shared/adapters/sqlite/table.ts";
import type { Entity } from "../../shared/domain/entity.ts";
import type { HistoryEntry } from "../../shared/domain/history.ts";
import { entityId } from "../../shared/domain/kind.ts";
import { formerFeatures } from "../../shared/flow/item-times.ts";
import { type FlowRecord, flowRecord } from "../../shared/flow/record.ts";
import { type FlowChanges, noteFlow, putFlow } from "../../shared/pipeline/flow-rows.ts";
import { flowViews } from "../../shared/store/flow-views.ts";

const NOW = new Date("2026-04-01T10:00:00.000Z");
const on = (days: number): string => new Date(Date.parse("2026-03-02T00:00:00.000Z") + days * 86_400_000).toISOString();
const word = <C extends string>(category: C) => ({ category, detail: category, mappedBy: "tool" as const });
const statusOf = ({ name = "" }: { readonly name?: string | undefined }) => word(name as "todo");

const issue = (n: number, fields: Partial<Entity<"workItem">["fields"]>, more: Partial<Entity<"workItem">> = {}) =>
  ({
    id: entityId("con_jira", { kind: "workItem", noun: "issue", id: String(n) }),
    kind: "workItem",
    productIds: ["prd_web"],
    source: {
      tool: "jira",
      connectionId: "con_jira",
      externalId: String(n),
      key: `A-${n}`,
      keyHistory: [],
      url: `https://jira.example/A-${n}`,
    },
    scopes: ["A"],
    presence: { state: "present", since: on(0), how: "read" },
    sourceCreatedAt: on(0),
    sourceUpdatedAt: on(20),
    firstSeenAt: on(20),
    recordedAt: on(20),
    relations: [],
    references: [],
    fields: { title: "T", type: word("story"), status: word("todo"), ...fields },
    ...more,
  }) as unknown as Entity<"workItem">;

const change = (id: string, day: number, field: string, from: object | null, to: object | null): HistoryEntry => ({
  id,
  at: on(day),
  changes: [{ field, from, to }],
});

describe("the times of a work item", () => {
  it("are read from its history: started, done, opened again, blocked, joined", () => {
    const history = [
      change("4", 6, "status", { name: "done" }, { name: "in_progress" }),
      change("1", 1, "status", { name: "todo" }, { name: "in_progress" }),
      change("2", 2, "Flagged", null, { id: "10019", name: "Impediment" }),
      change("3", 5, "status", { name: "in_progress" }, { name: "done" }),
      change("5", 8, "Flagged", { id: "10019", name: "Impediment" }, { id: "", name: "" }),
      change("6", 3, "parent", null, { id: "77", name: "A-77", noun: "issue" }),
      change("7", 9, "status", { name: "in_progress" }, { name: "done" }),
    ];
    const item = issue(1, { status: word("done") });
    const record = flowRecord({ entity: item, history }, statusOf);
    expect(record).toEqual({
      id: item.id,
      name: "A-1",
      url: "https://jira.example/A-1",
      place: "jira:A",
      kind: "item",
      type: "story",
      createdAt: on(0),
      joinedAt: on(3),
      startedAt: on(1),
      completedAt: on(9),
      isStarted: false,
      blocked: [{ from: on(2), to: on(8) }],
      closedAt: [on(5), on(9)],
      reopenedAt: [on(6)],
    });
    expect(flowRecord({ entity: item, history: [...history, ...history].reverse() }, statusOf)).toEqual(record);
  });

  it("tell a feature that it left when it came and when it went", () => {
    const feature = (id: string) => entityId("con_jira", { kind: "feature", noun: "issue", id });
    const parent = (id: string) => ({ id, name: `A-${id}`, noun: "issue" });
    const history = [
      change("1", 2, "parent", null, parent("70")),
      change("2", 7, "parent", parent("70"), parent("71")),
    ];
    expect([...formerFeatures(issue(1, {}), history)]).toEqual([[feature("70"), { joinedAt: on(2), leftAt: on(7) }]]);
    const back = [...history, change("3", 9, "parent", parent("71"), parent("70"))];
    expect([...formerFeatures(issue(1, {}), back)]).toEqual([[feature("71"), { joinedAt: on(7), leftAt: on(9) }]]);
  });
});

const throughput = async (records: readonly FlowRecord[], order: readonly (readonly number[])[]) => {
  const db = openDatabase(":memory:");
  const table = sqliteTable(db);
  const places = new Map<number, string[]>();
  let versions = 0;
  const put = table.put.bind(table);
  const counting = {
    ...table,
    put: (row: Parameters<typeof put>[0]) => {
      versions += 1;
      return put(row);
    },
  };
  for (const batch of order) {
    const changes: FlowChanges = new Map();
    for (const n of batch) {
      const record = records[n];
      if (record === undefined) continue;
      places.set(n, noteFlow(changes, { id: record.id, productIds: ["prd_web"] }, record, places.get(n) ?? []));
    }
    await putFlow(counting, changes);
  }
  const flow = await flowViews(table, () => NOW).productFlow("prd_web", 4);
  const rows = await table.query({ pk: "F#prd_web", limit: 500 });
  db.close();
  return { flow, rows: rows.map(({ sk, data }) => ({ sk, data })), versions };
};

describe("a product's weeks", () => {
  const records = Array.from({ length: 12 }, (_, n): FlowRecord => {
    const entity = issue(n, {
      status: word(n % 3 === 0 ? "in_progress" : "done"),
      startedAt: on(n),
      completedAt: on(n * 2 + 1),
    });
    return flowRecord({ entity, history: [] }, statusOf) as FlowRecord;
  });

  it("end alike whatever the order of changes, how often they come and how they are batched", async () => {
    const straight = await throughput(records, [records.map((_, n) => n)]);
    expect(straight.flow.figures.find(({ id }) => id === "throughput")).toMatchObject({ count: 8 });
    expect(straight.flow.figures.find(({ id }) => id === "work_in_progress")).toMatchObject({ value: 4 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(fc.integer({ min: 0, max: 11 }), { maxLength: 5 }), { maxLength: 6 }),
        async (batches) => {
          const rest = records.map((_, n) => n).filter((n) => !batches.flat().includes(n));
          const { flow, rows } = await throughput(records, [...batches, rest, ...batches]);
          expect(rows).toEqual(straight.rows);
          expect(flow).toEqual(straight.flow);
        },
      ),
      { numRuns: 15 },
    );
  });

  it("write nothing for a record that says the same again", async () => {
    const once = await throughput(records, [[1, 2]]);
    expect((await throughput(records, [[1, 2], [2], [1]])).versions).toBe(once.versions);
  });

  it("take a line away where a record counts no more: reopened, or deleted", async () => {
    const db = openDatabase(":memory:");
    const table = sqliteTable(db);
    let places: string[] = [];
    const count = async (entity: Entity<"workItem">) => {
      const changes: FlowChanges = new Map();
      places = noteFlow(changes, entity, flowRecord({ entity, history: [] }, statusOf), places);
      await putFlow(table, changes);
      const { figures } = await flowViews(table, () => NOW).productFlow("prd_web", 4);
      return ["throughput", "work_in_progress", "scope_added"].map((id) => figures.find((one) => one.id === id)?.count);
    };
    const done = { status: word("done"), startedAt: on(8), completedAt: on(9) };
    expect(await count(issue(1, done, { sourceCreatedAt: on(3) }))).toEqual([1, 0, 1]);
    expect(
      await count(issue(1, { status: word("in_progress"), startedAt: on(8) }, { sourceCreatedAt: on(3) })),
    ).toEqual([0, 1, 1]);
    const gone = { sourceCreatedAt: on(3), presence: { state: "deleted", since: on(10), how: "webhook" } } as const;
    expect(await count(issue(1, done, gone))).toEqual([0, 0, 0]);
    expect(
      (await table.query<{ lines: object }>({ pk: "F#prd_web" })).every(
        ({ data }) => Object.keys(data.lines).length === 0,
      ),
    ).toBe(true);
    db.close();
  });

  it("are read from the asked week on, by place too", async () => {
    const db = openDatabase(":memory:");
    const table = sqliteTable(db);
    const changes: FlowChanges = new Map();
    const done = (n: number, day: number, scope: string) =>
      issue(n, { status: word("done"), completedAt: on(day) }, { sourceCreatedAt: on(-90), scopes: [scope] });
    for (const entity of [done(1, -60, "A"), done(2, 3, "A"), done(3, 4, "B")])
      noteFlow(changes, entity, flowRecord({ entity, history: [] }, statusOf), []);
    await putFlow(table, changes);
    const views = flowViews(table, () => NOW);
    const counted = async (weeks: number, place?: string) =>
      (await views.productFlow("prd_web", weeks, place)).figures.find(({ id }) => id === "throughput")?.count;
    expect([await counted(4), await counted(26), await counted(4, "jira:B"), await counted(4, "jira:C")]).toEqual([
      2, 3, 1, 0,
    ]);
    expect((await views.productFlow("prd_web", 4)).places).toEqual([
      { place: "jira:A", records: 1 },
      { place: "jira:B", records: 1 },
    ]);
    db.close();
  });
});
