import { describe, expect, it } from "vitest";
import type { Entity, FieldedKind, Fields, Presence, StatusCategory } from "../../shared/domain/entity.ts";
import type { HistoryEntry } from "../../shared/domain/history.ts";
import { mapWord, type Table } from "../../shared/domain/mapped.ts";
import { factsOf } from "../../shared/lifecycle/facts.ts";
import { on } from "./evidence.ts";

const WORDS: Table<StatusCategory> = new Map([
  ["to do", "todo"],
  ["doing", "in_progress"],
  ["done", "done"],
]);
const status = (name: string) => mapWord<StatusCategory>({ name }, WORDS);
const context = { statusOf: ({ name = "" }: { name?: string | undefined }) => status(name) };
const to = { featureId: "ftr_1", confidence: 0.95 };

const entity = <K extends FieldedKind>(
  kind: K,
  tool: string,
  fields: Fields<K>,
  more: Partial<Entity<K>> = {},
): Entity<K> => ({
  id: `${kind}_1`,
  kind,
  productIds: [],
  source: {
    tool,
    connectionId: "con_1",
    externalId: "1",
    key: "ACME-12",
    keyHistory: [],
    url: "https://tool.example/1",
  },
  scopes: [],
  presence: { state: "present", since: on(0), how: "read" },
  sourceCreatedAt: on(0),
  sourceUpdatedAt: on(9),
  firstSeenAt: on(0),
  recordedAt: on(9),
  version: 1,
  contentHash: "",
  mappingVersion: 1,
  rawRef: "",
  fields,
  aliases: [],
  references: [],
  relations: [],
  customFields: [],
  ...more,
});
const item = (word: string, more: Partial<Fields<"workItem">> = {}, rest: Partial<Entity<"workItem">> = {}) =>
  entity(
    "workItem",
    "jira",
    { title: "x", type: { category: "story", detail: "Story", mappedBy: "tool" }, status: status(word), ...more },
    rest,
  );
const moved = (days: number, from: string, name: string): HistoryEntry => ({
  id: `h${days}`,
  at: on(days),
  changes: [{ field: "status", from: { name: from }, to: { name } }],
});
const told = (record: Entity, history: readonly HistoryEntry[] = []) =>
  factsOf({ entity: record, history }, to, context).map(({ signal, value, occurredAt }) => [signal, value, occurredAt]);
const gone = (state: Presence["state"], days = 8): { presence: Presence } => ({
  presence: { state, since: on(days), how: "census" },
});

describe("the facts of a work item", () => {
  const history = [moved(5, "Doing", "Done"), moved(2, "To Do", "Doing")];
  it("are its category at creation and at each change, whatever the order of the history", () => {
    const expected = [
      ["item", "todo", on(0)],
      ["item", "in_progress", on(2)],
      ["item", "done", on(5)],
    ];
    expect(told(item("Done"), history)).toEqual(expected);
    expect(told(item("Done"), history.toReversed())).toEqual(expected);
  });
  it("end with the present where the history lags behind", () => {
    expect(told(item("Done", { completedAt: on(6) }), [moved(2, "To Do", "Doing")]).at(-1)).toEqual([
      "item",
      "done",
      on(6),
    ]);
    expect(told(item("Done"), [moved(2, "To Do", "Doing")]).at(-1)).toEqual(["item", "done", on(9)]);
  });
  it("give the last change the category that the present of its word has", () => {
    const wontDo = { status: { category: "cancelled", detail: "Done", mappedBy: "tool" } } as const;
    expect(told(item("Done", wontDo), history).at(-1)).toEqual(["item", "cancelled", on(5)]);
  });
  it("are the times the record tells where there is no history", () => {
    expect(told(item("Done", { startedAt: on(1), completedAt: on(4) }))).toEqual([
      ["item", "unknown", on(0)],
      ["item", "in_progress", on(1)],
      ["item", "done", on(4)],
    ]);
    expect(told(item("To Do"))).toEqual([["item", "todo", on(0)]]);
  });
  it("do not guess what an unmapped status means", () => {
    expect(told(item("Frobnicated"))).toEqual([["item", "unknown", on(0)]]);
  });
  it.each([["deleted"], ["out_of_scope"]] as const)("end when it is %s", (state) => {
    expect(told(item("Doing", {}, gone(state)), [moved(2, "To Do", "Doing")]).at(-1)).toEqual(["item", "gone", on(8)]);
  });
  it("say nothing of what came after it left", () => {
    expect(told(item("Done", {}, gone("deleted", 4)), history)).toEqual([
      ["item", "todo", on(0)],
      ["item", "in_progress", on(2)],
      ["item", "gone", on(4)],
    ]);
  });
  it("stay when access is lost, or when finished work is archived", () => {
    expect(told(item("Done", {}, gone("lost_access")), history).at(-1)).toEqual(["item", "done", on(5)]);
    expect(told(item("Done", {}, gone("archived")), history).at(-1)).toEqual(["item", "done", on(5)]);
    expect(told(item("Doing", {}, gone("archived"))).at(-1)).toEqual(["item", "gone", on(8)]);
  });
  it("carry the path's confidence, and are learnt when first seen at the earliest", () => {
    const [fact] = factsOf({ entity: item("Done", {}, { firstSeenAt: on(3) }), history }, to, context);
    expect(fact).toMatchObject({
      linkConfidence: 0.95,
      recordedAt: on(3),
      recordKey: "ACME-12",
      tier: "workflow",
      stage: "development",
    });
  });
});

describe("the facts of delivery", () => {
  const pull = (category: "open" | "closed" | "merged", more: Partial<Fields<"pullRequest">> = {}) =>
    entity("pullRequest", "github", {
      title: "x",
      repository: "acme/web",
      number: 1,
      state: { category, detail: category, mappedBy: "tool" },
      isDraft: false,
      base: "main",
      head: "x",
      ...more,
    });
  it("tell a pull request opened and merged, closed, or a draft", () => {
    expect(told(pull("merged", { mergedAt: on(3), closedAt: on(3) }))).toEqual([
      ["pr", "open", on(0)],
      ["pr", "merged", on(3)],
    ]);
    expect(told(pull("closed", { closedAt: on(2) })).at(-1)).toEqual(["pr", "closed", on(2)]);
    expect(told(pull("open", { isDraft: true }))).toEqual([["pr", "draft", on(0)]]);
  });
  it("tell a merged revert as such and nothing of an open one", () => {
    expect(told(pull("merged", { title: 'Revert "Add checkout"', mergedAt: on(3) }))).toEqual([
      ["pr.reverted", undefined, on(3)],
    ]);
    expect(told(pull("open", { title: 'Revert "Add checkout"' }))).toEqual([]);
  });
  const run = (category: "success" | "failure" | "cancelled", days: number, id: string) =>
    entity(
      "testRun",
      "github",
      {
        suite: "unit",
        repository: "acme/web",
        commitSha: "c",
        result: { category, detail: category, mappedBy: "tool" },
        at: on(days),
      },
      { id },
    );
  it("keep test runs per suite", () => {
    const facts = [run("success", 1, "tst_1"), run("failure", 2, "tst_2")].flatMap((one) =>
      factsOf({ entity: one, history: [] }, to, context),
    );
    expect(facts.map(({ value }) => value)).toEqual(["green", "red"]);
    expect(new Set(facts.map(({ recordId }) => recordId)).size).toBe(1);
    expect(told(run("cancelled", 1, "tst_3"))).toEqual([]);
  });
  const deployment = (environment: "production" | "staging" | "unknown", result: "success" | "failure") =>
    entity("deployment", "github", {
      repository: "acme/web",
      environment: { category: environment, detail: environment, mappedBy: "tool" },
      commitSha: "c",
      commitShas: ["c"],
      result: { category: result, detail: result, mappedBy: "tool" },
      startedAt: on(1),
      finishedAt: on(2),
      inactiveAt: on(5),
    });
  it("tell deployments by environment, and nothing of failed ones", () => {
    expect(told(deployment("production", "success"))).toEqual([["deploy.prod", "live", on(2)]]);
    expect(told(deployment("staging", "success"))).toEqual([["deploy.nonprod", "live", on(2)]]);
    expect(told(deployment("production", "failure"))).toEqual([]);
    expect(told(deployment("unknown", "success"))).toEqual([]);
  });
  it("tell a deployment of the reverts as a rollback", () => {
    const [fact] = factsOf(
      { entity: deployment("production", "success"), history: [] },
      { ...to, isRollback: true },
      context,
    );
    expect(fact).toMatchObject({ value: "rolled_back", polarity: "-" });
  });
  const release = (tool: string, category: "planned" | "completed") =>
    entity("release", tool, {
      name: "1.2",
      version: "1.2",
      status: { category, detail: category, mappedBy: "tool" },
      publishedAt: on(4),
    });
  it("tell a published release as announced, a released version of a tracker as a claim", () => {
    expect(told(release("github", "completed"))).toEqual([["announced", undefined, on(4)]]);
    expect(told(release("jira", "completed"))).toEqual([["claim.done", "yes", on(4)]]);
    expect(told(release("github", "planned"))).toEqual([]);
  });
});

describe("the facts of a feature's own record", () => {
  const feature = (
    category: Fields<"feature">["declaredStatus"]["category"],
    more: Partial<Fields<"feature">> = {},
    rest: Partial<Entity<"feature">> = {},
  ) =>
    entity(
      "feature",
      "linear",
      { title: "x", declaredStatus: { category, detail: category, mappedBy: "tool" }, ...more },
      rest,
    );
  it("are that it exists, its target and what is declared of it", () => {
    expect(told(feature("proposed", { targetDate: "2026-04-01" }))).toEqual([
      ["idea", "exists", on(0)],
      ["target", "set", on(0)],
      ["declared", "proposed", on(9)],
    ]);
  });
  it("claim that it is done when it is completed", () => {
    expect(told(feature("completed", { completedAt: on(7) }))).toContainEqual(["claim.done", "yes", on(7)]);
  });
  it("keep when a target was set and removed", () => {
    const change = (days: number, from: string | null, next: string | null): HistoryEntry => ({
      id: `t${days}`,
      at: on(days),
      changes: [
        { field: "target", from: from === null ? null : { name: from }, to: next === null ? null : { name: next } },
      ],
    });
    expect(
      told(feature("planned"), [change(2, null, "2026-04-01"), change(4, "2026-04-01", null)]).filter(
        ([signal]) => signal === "target",
      ),
    ).toEqual([
      ["target", "set", on(2)],
      ["target", "removed", on(4)],
    ]);
  });
  it("end when it is deleted, not when it is archived", () => {
    expect(told(feature("planned", {}, gone("deleted")))).toContainEqual(["idea", "gone", on(8)]);
    expect(told(feature("planned", {}, gone("archived")))).not.toContainEqual(["idea", "gone", on(8)]);
  });
});
