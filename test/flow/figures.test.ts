import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bucketsOf, OPEN } from "../../shared/flow/buckets.ts";
import type { FigureId } from "../../shared/flow/figures.ts";
import { figuresOf } from "../../shared/flow/figures-of.ts";
import type { DeploymentRecord, FlowRecord, IncidentRecord, ItemRecord, PullRecord } from "../../shared/flow/record.ts";
import { median, percentile } from "../../shared/flow/spread.ts";
import { weekOf } from "../../shared/flow/week.ts";

/** Days after Monday, 2 March 2026, 0:00 UTC. */
const on = (days: number): string => new Date(Date.parse("2026-03-02T00:00:00.000Z") + days * 86_400_000).toISOString();
const named = (id: string) => ({ id, name: id.toUpperCase(), url: `https://tool.example/${id}`, place: "jira:A" });

const item = (id: string, more: Partial<ItemRecord>): ItemRecord => ({
  ...named(id),
  kind: "item",
  type: "story",
  createdAt: on(-100),
  joinedAt: on(-100),
  isStarted: false,
  blocked: [],
  closedAt: [],
  reopenedAt: [],
  ...more,
});
const pull = (id: string, openedAt: number, firstReviewAt: number | undefined, mergedAt: number): PullRecord => ({
  ...named(id),
  kind: "pull",
  openedAt: on(openedAt),
  mergedAt: on(mergedAt),
  ...(firstReviewAt !== undefined && { firstReviewAt: on(firstReviewAt) }),
});
const deployment = (id: string, at: number, succeeded = true): DeploymentRecord => ({
  ...named(id),
  kind: "deployment",
  target: "web production",
  at: on(at),
  succeeded,
});
const incident = (id: string, detectedAt: number, resolvedAt: number, causes?: string[]): IncidentRecord => ({
  ...named(id),
  kind: "incident",
  detectedAt: on(detectedAt),
  resolvedAt: on(resolvedAt),
  ...(causes && { causes }),
});

/** Four full weeks from day 0, and two days of the fifth. */
const figure = (id: FigureId, records: readonly FlowRecord[], part: "feature" | "product" = "product") => {
  const found = figuresOf(records, { asOf: on(30), weeks: 4, part }).find((one) => one.id === id);
  if (found === undefined) throw new Error(`no figure ${id}`);
  return found;
};

describe("figures of flow, against figures worked out by hand", () => {
  const done = [
    item("a", { createdAt: on(-2), startedAt: on(1), completedAt: on(3) }),
    item("b", { createdAt: on(0), startedAt: on(2), completedAt: on(8) }),
    item("c", { createdAt: on(5), startedAt: on(10), completedAt: on(20) }),
    item("d", { createdAt: on(5), completedAt: on(29) }),
    item("e", { startedAt: on(-20), completedAt: on(-1) }),
  ];

  it("cycle time: 2, 6 and 10 days; what was never started or ended before says nothing", () => {
    expect(figure("cycle_time", done)).toMatchObject({
      value: 6,
      p85: 10,
      count: 3,
      text: "Cycle time: median 6 d, 85 % at most 10 d (3 measured)",
      evidence: [
        { id: "c", name: "C", url: "https://tool.example/c", value: 10 },
        { id: "b", value: 6 },
        { id: "a", value: 2 },
      ],
    });
  });

  it("lead time: 5, 8, 15 and 24 days", () => {
    expect(figure("lead_time", done)).toMatchObject({ value: 11.5, p85: 24, count: 4 });
  });

  it("throughput: three in four full weeks; this week's counts for none", () => {
    expect(figure("throughput", done)).toMatchObject({
      value: 0.8,
      count: 3,
      weeks: [
        { week: "2026-W10", value: 1 },
        { week: "2026-W11", value: 1 },
        { week: "2026-W12", value: 1 },
        { week: "2026-W13", value: 0 },
      ],
    });
  });

  it("work in progress with its age, without what left the feature", () => {
    const running = [
      item("f", { isStarted: true, startedAt: on(20) }),
      item("g", { isStarted: true, startedAt: on(28) }),
      item("h", { isStarted: true, startedAt: on(1), leftAt: on(9) }),
      item("i", { isStarted: true, startedAt: on(1), goneAt: on(9) }),
    ];
    expect(figure("work_in_progress", running)).toMatchObject({ value: 2, evidence: [{ id: "f" }, { id: "g" }] });
    expect(figure("work_in_progress_age", running)).toMatchObject({ value: 6, p85: 10, count: 2 });
  });

  it("blocked time within the period, until the item is done", () => {
    const blocked = [
      item("j", { completedAt: on(10), blocked: [{ from: on(-5), to: on(2) }, { from: on(8) }] }),
      item("k", { isStarted: true, blocked: [{ from: on(27) }] }),
      item("l", { blocked: [{ from: on(3), to: on(4) }] }),
    ];
    expect(figure("blocked_time", blocked)).toMatchObject({
      value: 7,
      count: 2,
      evidence: [{ id: "j", value: 4 }, { value: 3 }],
    });
  });

  it("scope added when it joined a feature, or was created in a product; bugs by the week", () => {
    const items = [item("m", { joinedAt: on(4) }), item("n", { type: "bug", createdAt: on(9), joinedAt: on(9) })];
    expect(figure("scope_added", items, "feature").value).toBe(2);
    expect(figure("scope_added", items, "product").value).toBe(1);
    expect(figure("bug_inflow", items)).toMatchObject({ value: 0.3, count: 1 });
  });

  it("reviews: opened, first looked at, merged", () => {
    const pulls = [pull("p", 1, 1.5, 2), pull("q", 3, 4, 6), pull("r", 5, undefined, 5.5), pull("s", 1, 3, 2)];
    expect(figure("first_review_time", pulls)).toMatchObject({ value: 18, p85: 24, count: 2 });
    expect(figure("review_to_merge_time", pulls)).toMatchObject({ value: 30, p85: 48, count: 2 });
    expect(figure("merge_time", pulls)).toMatchObject({ value: 24, p85: 72, count: 4 });
  });

  it("deployments, those that failed or broke something, and the time until all was well", () => {
    const records = [
      deployment("v", 1),
      deployment("w", 8),
      deployment("x", 9, false),
      deployment("x2", 9.25, false),
      deployment("y", 9.5),
      deployment("z", 15),
      // By time it would be y's; its tool names w. The second is z's, the third comes too long after any.
      incident("i1", 10, 10.25, ["w"]),
      incident("i2", 15.5, 16.5),
      incident("i3", 20, 20.5),
      item("i4", { type: "incident", createdAt: on(15.1), completedAt: on(15.2) }),
    ];
    expect(figure("deployment_frequency", records)).toMatchObject({ value: 1, count: 4 });
    expect(figure("change_failure_rate", records)).toMatchObject({
      value: 66.7,
      count: 6,
      evidence: [{ id: "w" }, { id: "x" }, { id: "x2" }, { id: "z" }],
    });
    // 6, 24, 12 and 2.4 hours for the incidents, 12 from the first failure to the next success.
    expect(figure("time_to_restore", records)).toMatchObject({ value: 12, p85: 24, count: 5 });
  });

  it("says nothing where there is nothing, and never 0 % of nothing", () => {
    expect(figure("change_failure_rate", [])).toMatchObject({ value: null, count: 0 });
    expect(figure("cycle_time", [])).toMatchObject({ value: null, p85: null });
    expect(figure("throughput", []).value).toBe(0);
  });

  it("shows at most 20 records, the heaviest first", () => {
    const many = Array.from({ length: 30 }, (_, n) =>
      item(`m${String(n).padStart(2, "0")}`, { startedAt: on(10 - n / 10), completedAt: on(11) }),
    );
    const { evidence, count } = figure("cycle_time", many);
    expect([count, evidence.length, evidence[0]?.id, evidence.at(-1)?.id]).toEqual([30, 20, "m29", "m10"]);
  });

  it("names ISO weeks as the calendar does, over ends of years", () => {
    expect(
      ["2026-12-31", "2027-01-03", "2027-01-04", "2024-12-30", "2021-01-03"].map((day) => weekOf(`${day}T23:59:59Z`)),
    ).toEqual(["2026-W53", "2026-W53", "2027-W01", "2025-W01", "2020-W53"]);
  });

  it("takes the middle and the nearest rank", () => {
    expect([median([4, 1]), median([3, 9, 1]), median([])]).toEqual([2.5, 3, undefined]);
    expect([percentile([1, 2, 3, 4, 5, 6, 7], 0.85), percentile([5], 0.85), percentile([], 0.85)]).toEqual([
      6,
      5,
      undefined,
    ]);
  });
});

const anyDay = fc.integer({ min: -60, max: 30 * 4 }).map((quarter) => quarter / 4);
const anyRecord = fc.oneof(
  fc
    .record({
      id: fc.integer({ min: 0, max: 30 }),
      created: anyDay,
      began: anyDay,
      took: anyDay,
      state: fc.integer({ min: 0, max: 3 }),
    })
    .map(({ id, created, began, took, state }) =>
      item(`wrk_${id}`, {
        type: id % 3 === 0 ? "bug" : id % 7 === 0 ? "incident" : "story",
        createdAt: on(created),
        ...(state > 0 && { startedAt: on(began) }),
        ...(state === 1 && { isStarted: true, blocked: [{ from: on(began) }] }),
        ...(state === 2 && { completedAt: on(Math.min(30, began + Math.abs(took))) }),
        ...(state === 3 && { goneAt: on(began) }),
      }),
    ),
  fc
    .record({ id: fc.integer({ min: 0, max: 9 }), at: anyDay })
    .map(({ id, at }) => pull(`pul_${id}`, at - 2, at - 1, at)),
  fc
    .record({ id: fc.integer({ min: 0, max: 9 }), at: anyDay, ok: fc.boolean() })
    .map(({ id, at, ok }) => deployment(`dep_${id}`, at, ok)),
);

describe("what a product keeps by the week", () => {
  it("gives the figures that all records would give, in any order, repeated or not", () => {
    void fc.assert(
      fc.property(
        fc.uniqueArray(anyRecord, { selector: ({ id }) => id, maxLength: 30 }),
        fc.integer({ min: 0, max: 99 }),
        (records, turn) => {
          const of = (some: readonly FlowRecord[]) => figuresOf(some, { asOf: on(30), weeks: 4, part: "product" });
          const read = records.filter((one) =>
            bucketsOf(one).some((bucket) => bucket === OPEN || bucket >= weekOf(on(0))),
          );
          const turned = [...read.slice(turn % (read.length + 1)), ...read, ...read.slice(0, turn % (read.length + 1))];
          expect(of(turned)).toEqual(of(records));
        },
      ),
      { numRuns: 200 },
    );
  });
});
