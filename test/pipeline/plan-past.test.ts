import { afterEach, describe, expect, it } from "vitest";
import { inWords } from "../../infra/cli/explain.ts";
import type { Draft, FieldedKind, Relation } from "../../shared/domain/entity.ts";
import { TRUST_LIMITS } from "../../shared/domain/experiment-trust.ts";
import type { HistoryEntry } from "../../shared/domain/history.ts";
import { addHistory } from "../../shared/store/entities.ts";
import { tableViews } from "../../shared/store/table-views.ts";
import { scopedViews } from "../../shared/web/access/scoped-views.ts";
import { webApp } from "../../shared/web/app.ts";
import { silent } from "../web/memory-views.ts";
import { arriving, draftOf, idIn, refTo, word } from "./arriving.ts";

const HUB = "http://localhost:4100";
const open: { [Symbol.dispose](): void }[] = [];
afterEach(() => {
  for (const hub of open.splice(0)) hub[Symbol.dispose]();
});

const opened = () => {
  const hub = arriving({ jira: "planning" });
  open.push(hub);
  const views = tableViews(hub.table, {
    products: [{ id: "prd_web", slug: "web", name: "Web" }],
    connections: async () => [],
    now: () => new Date("2026-03-02T10:00:00.000Z"),
    statusOf: () => Promise.reject(new Error("no words are read")),
  });
  const app = webApp({
    views,
    table: hub.table,
    say: silent,
    now: () => new Date("2026-03-02T10:00:00.000Z"),
    cursorKey: new Uint8Array(32).fill(7),
    version: "0.1.0",
    url: () => HUB,
    trustLimits: () => TRUST_LIMITS,
  });
  const read = async (path: string) => {
    const response = await app.request(path);
    return { status: response.status, text: await response.text() };
  };
  const data = async (path: string) => (JSON.parse((await read(path)).text) as { data: unknown[] }).data;
  const arrive = (...drafts: Draft[]) => hub.arriveTogether(...drafts.map((draft) => ["jira", draft] as const));
  return { ...hub, views, read, data, arrive };
};

const feature = (id: string, rest: Partial<Draft<"feature">> = {}) =>
  draftOf("feature", id, { ...rest, fields: { title: `Feature ${id}`, declaredStatus: word("active") } });
const item = (id: string, parent: string, status: "todo" | "in_progress" | "done", relations: Relation[] = []) =>
  draftOf("workItem", id, {
    fields: {
      title: `Item ${id}`,
      type: word("task"),
      status: word(status),
      labels: [],
      isBlocked: false,
      parentId: refTo("feature", parent),
    } as unknown as Draft<"workItem">["fields"],
    relations,
  });
const blocks = (kind: FieldedKind, id: string): Relation => ({ type: "blocks", to: refTo(kind, id) });
const told = (found: Awaited<ReturnType<ReturnType<typeof opened>["views"]["dependencies"]>>) =>
  found.map(({ way, own, other, feature: home, isSettled }) => [way, own.key, other.key, home?.name, isSettled]);

describe("what waits for what", () => {
  it("is told from both ends, by the links of features and of their open work", async () => {
    const hub = opened();
    await hub.arrive(
      feature("A", { relations: [blocks("feature", "B")] }),
      feature("B"),
      feature("C"),
      item("A-1", "A", "todo", [blocks("workItem", "C-1")]),
      item("A-2", "A", "done", [blocks("workItem", "C-2")]),
      item("C-1", "C", "todo"),
      item("C-2", "C", "in_progress"),
      item("C-3", "C", "todo", [blocks("workItem", "C-1")]),
    );
    const of = async (id: string) => told(await hub.views.dependencies(idIn("jira", "feature", id)));
    expect(await of("A")).toEqual([
      ["blocks", "A", "B", "Feature B", false],
      ["blocks", "A-1", "C-1", "Feature C", false],
    ]);
    expect(await of("B")).toEqual([["blocked_by", "B", "A", "Feature A", false]]);
    expect(await of("C")).toEqual([
      ["blocked_by", "C-1", "A-1", "Feature A", false],
      ["blocked_by", "C-2", "A-2", "Feature A", true],
    ]);
  });

  it("stands on the page, in the API and in the answer of a colleague; what is settled is only counted", async () => {
    const hub = opened();
    await hub.arrive(feature("A"), feature("B"), item("A-1", "A", "todo", [blocks("workItem", "B-1")]));
    await hub.arrive(item("A-2", "A", "done", [blocks("workItem", "B-1")]), item("B-1", "B", "todo"));
    const page = (await hub.read("/features/B")).text.replaceAll(/<[^>]+>/g, " ").replaceAll(/\s+/g, " ");
    expect(page).toContain("Blocked by Feature A (A-1, todo; B-1)");
    expect(page).toContain("Settled 1 dependency");
    expect(await hub.data("/v1/features/B/dependencies")).toMatchObject([
      { way: "blocked_by", own: { key: "B-1" }, other: { key: "A-1" }, other_feature: { key: "A" }, is_settled: false },
      { way: "blocked_by", own: { key: "B-1" }, other: { key: "A-2" }, is_settled: true },
    ]);
    const view = await hub.views.feature("B");
    if (view === undefined) throw new Error("there is no feature B");
    expect(await inWords(hub.views, view)).toContain("Waits for\n  Feature A (A-1), todo: B-1\n");
    expect((await hub.read("/v1/features/NONE/dependencies")).status).toBe(404);
  });

  it("is told to nobody who may not see both ends", async () => {
    const hub = opened();
    await hub.arrive(feature("A", { relations: [blocks("feature", "B")] }), feature("B"));
    const id = idIn("jira", "feature", "B");
    expect(await scopedViews(hub.views, ["prd_web"]).dependencies(id)).toHaveLength(1);
    expect(await scopedViews(hub.views, ["prd_other"]).dependencies(id)).toEqual([]);
    const half = { ...hub.views, productsOf: async () => new Map([[id, ["prd_web"]]]) };
    expect(await scopedViews(half, ["prd_web"]).dependencies(id)).toEqual([]);
  });
});

describe("what a release brought", () => {
  it("is the work and the plans that name it or that it names, with their features", async () => {
    const hub = opened();
    const release = draftOf("release", "1.4", {
      fields: { name: "1.4", version: "1.4", status: word("completed") },
    });
    const fixed = item("A-1", "A", "done");
    const fields = { ...fixed.fields, fixVersionIds: [refTo("release", "1.4")] } as typeof fixed.fields;
    await hub.arrive(release, feature("A"), { ...fixed, fields }, item("A-2", "A", "done"));
    const id = idIn("jira", "release", "1.4");
    expect(await hub.data(`/v1/releases/${id}/parts`)).toMatchObject([
      { kind: "work_item", key: "A-1", name: "Item A-1", features: [idIn("jira", "feature", "A")] },
    ]);
    expect(await scopedViews(hub.views, ["prd_other"]).releaseParts(id)).toEqual([]);
  });

  it("stands on a page of its own, to which its features and the search lead", async () => {
    const hub = opened();
    const release = draftOf("release", "1.4", {
      fields: {
        name: "Spring",
        version: "1.4",
        status: word("completed"),
        notes: "Faster.\nCalmer.",
        releaseDate: "2026-02-27",
      },
    });
    const fixed = item("A-1", "A", "done");
    const fields = { ...fixed.fields, fixVersionIds: [refTo("release", "1.4")] } as typeof fixed.fields;
    await hub.arrive(release, feature("A"), { ...fixed, fields }, item("A-2", "A", "done"));
    const id = idIn("jira", "release", "1.4");
    const { text } = await hub.read(`/releases/${id}`);
    const words = text.replaceAll(/<[^>]+>/g, " ").replaceAll(/\s+/g, " ");
    for (const told of ["Spring", "Faster.", "Version 1.4", "27 Feb 2026", "Feature A", "A-1 Item A-1"])
      expect(words).toContain(told);
    expect(words).not.toContain("A-2");
    expect((await hub.read("/search?q=spring")).text).toContain(`href="/releases/${id}"`);
    expect((await hub.read("/releases/none")).status).toBe(404);
  });
});

const moved = (id: string, at: string, from: string | null, to: string): HistoryEntry => ({
  id,
  at,
  changes: [{ field: "target", from: from === null ? null : { name: from }, to: { name: to } }],
});

describe("a promise that became another one", () => {
  it("of an initiative is told move by move, on its page and in the API", async () => {
    const hub = opened();
    await hub.arrive(draftOf("initiative", "I", { fields: { title: "Sell abroad", status: word("active") } }));
    const id = idIn("jira", "initiative", "I");
    const history = [
      moved("1", "2026-01-05T10:00:00.000Z", null, "2026-03-31"),
      moved("2", "2026-02-02T10:00:00.000Z", "2026-03-31", "2026-05-31"),
      moved("3", "2026-02-20T10:00:00.000Z", "2026-05-31", "2026-05-15"),
    ];
    await addHistory(hub.table, id, history, 0);
    expect(await hub.data("/v1/initiatives/I/target-moves")).toEqual([
      { at: "2026-02-02T10:00:00.000Z", from: "2026-03-31", to: "2026-05-31", days: 61 },
      { at: "2026-02-20T10:00:00.000Z", from: "2026-05-31", to: "2026-05-15", days: -16 },
    ]);
    const page = (await hub.read(`/initiatives/${id}`)).text.replaceAll(/<[^>]+>/g, " ").replaceAll(/\s+/g, " ");
    expect(page).toMatch(/Target moved 2 times 31 Mar 2026 → 31 May 2026 , on/);
    expect(await scopedViews(hub.views, ["prd_other"]).targetMoves(id)).toEqual([]);
  });
});
