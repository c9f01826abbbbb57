import { describe, expect, it } from "vitest";
import { featureChanges } from "../../shared/lifecycle/changes.ts";
import { changes, type Snapshot, snapshotOf } from "../../shared/report/changed.ts";
import { CHANGE_WORDS } from "../../shared/report/words.ts";
import type { FeatureView } from "../../shared/store/views.ts";
import { HUB, sampleFeature } from "../web/sample-hub.ts";

const DECISION = { id: "exp_1", name: "Button", decision: "review", url: "https://experiments.example/1" };
const SAMPLE = sampleFeature(1, "testing", { targetDate: "2026-12-01", decisions: [DECISION] });
const BEFORE = { ...SAMPLE, health: { ...SAMPLE.health, value: "on_track", disagree: false } } as const;
const turned = (over: Partial<FeatureView>): FeatureView => ({ ...BEFORE, ...over });
const explained = (over: Partial<FeatureView["explanation"]>): Partial<FeatureView> => ({
  explanation: { ...BEFORE.explanation, ...over },
});
const healthy = (over: Partial<FeatureView["health"]>): Partial<FeatureView> => ({
  health: { ...BEFORE.health, ...over },
});

const told = (was: Snapshot | undefined, now: FeatureView | undefined, slipDays = 3) => {
  const compared = changes(HUB, "since", slipDays);
  compared.compare(was, now, now?.explanation.headline ?? null);
  return compared.told();
};
const rows = (...args: Parameters<typeof told>) => told(...args).rows.map(({ what, change }) => [what, change]);
const was = snapshotOf(BEFORE, "testing");

describe("what changed since the last report", () => {
  it("is what any comparison of the two states finds, but for scope", () => {
    for (const over of [
      explained({ headline: "production" }),
      explained({ headline: "design" }),
      explained({ headline: null }),
      explained({ disposition: "cancelled" }),
      healthy({ value: "off_track" }),
      healthy({ disagree: true }),
      { targetDate: "2027-02-01" },
      { targetDate: undefined },
      { decisions: [{ ...DECISION, decision: "ship" }] },
      { status: { category: "completed", detail: "Done", mappedBy: "tool" } } as const,
      { counts: { ...BEFORE.counts, workItems: 99 } },
      { presence: { ...BEFORE.presence, state: "deleted" } } as const,
    ]) {
      const found = featureChanges(BEFORE, turned(over)).filter(({ kind }) => kind !== "rescoped");
      expect(rows(was, turned(over)).map(([what]) => what)).toEqual(
        found.map(({ kind, to }) => (to === "production" ? "shipped" : CHANGE_WORDS[kind])),
      );
    }
  });

  it("names what it was and what it is", () => {
    expect(rows(was, turned(explained({ headline: "production" })))).toEqual([["shipped", "Testing → Production"]]);
    expect(rows(was, turned({ targetDate: "2026-12-11" }))).toEqual([["slipped", "1 Dec 2026 → 11 Dec 2026 (+10 d)"]]);
    expect(rows(was, turned({ targetDate: undefined }))).toEqual([["new target", "1 Dec 2026 → no target"]]);
    expect(rows(was, turned({ decisions: [{ ...DECISION, decision: "ship" }] }))).toEqual([
      ["decided", "review → ship"],
    ]);
    expect(rows(undefined, BEFORE)).toEqual([["new", "in Testing"]]);
    expect(rows(was, undefined)).toEqual([["not counted", "was in Testing"]]);
  });

  it("leaves out a target that moved by less than the report asks for", () => {
    expect(rows(was, turned({ targetDate: "2026-12-03" }))).toEqual([]);
    expect(rows(was, turned({ targetDate: "2026-12-03" }), 2)).toHaveLength(1);
  });

  it("tells of nothing that an earlier version did not remember", () => {
    const { status: _, disagree: __, decisions: ___, ...old } = was;
    const now = turned({
      decisions: [{ ...DECISION, decision: "ship" }],
      ...healthy({ disagree: true, value: "off_track" }),
    });
    expect(rows(old, now)).toEqual([["off track", "On track → Off track"]]);
    expect(rows(was, now).map(([what]) => what)).toEqual(expect.arrayContaining(["decided"]));
  });
});
