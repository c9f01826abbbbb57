import { describe, expect, it } from "vitest";
import type { Fields } from "../../shared/domain/entity.ts";
import { featureChanges } from "../../shared/lifecycle/changes.ts";
import { changes, isAlike, type Snapshot, snapshotOf } from "../../shared/report/changed.ts";
import { CHANGE_WORDS } from "../../shared/report/words.ts";
import { addHistory } from "../../shared/store/entities.ts";
import type { FeatureView } from "../../shared/store/views.ts";
import { HUB, sampleFeature } from "../web/sample-hub.ts";
import { openReports } from "./reports-hub.ts";

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

const told = (was: Snapshot | undefined, now: FeatureView, slipDays = 3) => {
  const compared = changes(HUB, "since", slipDays);
  compared.compare(was, now, now.explanation.headline);
  return compared.told(async () => new Map([[now.id, now.explanation.because]]));
};
const rows = async (...args: Parameters<typeof told>) =>
  (await told(...args)).rows.map(({ what, change }) => [what, change]);
const was = snapshotOf(BEFORE, "testing");

describe("what changed since the last report", () => {
  it("is what any comparison of the two states finds, but for scope", async () => {
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
      const is = turned(over);
      // What is alike is not read to be compared; that it is counted at all is asked before.
      const isLeftOut = isAlike(was, snapshotOf(is, is.explanation.headline));
      if (over.presence === undefined) expect(isLeftOut).toBe(found.length === 0);
      expect((await rows(was, is)).map(([what]) => what)).toEqual(
        found.map(({ kind, to }) => (to === "production" ? "shipped" : CHANGE_WORDS[kind])),
      );
    }
  });

  it("names what it was and what it is", async () => {
    expect(await rows(was, turned(explained({ headline: "production" })))).toEqual([
      ["shipped", "Testing → Production"],
    ]);
    expect(await rows(was, turned({ targetDate: "2026-12-11" }))).toEqual([
      ["slipped", "1 Dec 2026 → 11 Dec 2026 (+10 d)"],
    ]);
    expect(await rows(was, turned({ targetDate: undefined }))).toEqual([["new target", "1 Dec 2026 → no target"]]);
    expect(await rows(was, turned({ decisions: [{ ...DECISION, decision: "ship" }] }))).toEqual([
      ["decided", "review → ship"],
    ]);
    expect(await rows(undefined, BEFORE)).toEqual([["new", "in Testing"]]);
    const compared = changes(HUB, "since", 3);
    compared.gone(was);
    expect((await compared.told(async () => new Map())).rows.map(({ what, change }) => [what, change])).toEqual([
      ["not counted", "was in Testing"],
    ]);
  });

  it("leaves out a target that moved by less than the report asks for", async () => {
    expect(await rows(was, turned({ targetDate: "2026-12-03" }))).toEqual([]);
    expect(await rows(was, turned({ targetDate: "2026-12-03" }), 2)).toHaveLength(1);
  });

  it("tells of nothing that an earlier version did not remember", async () => {
    const { status: _, disagree: __, decisions: ___, ...old } = was;
    const now = turned({
      decisions: [{ ...DECISION, decision: "ship" }],
      ...healthy({ disagree: true, value: "off_track" }),
    });
    expect(await rows(old, now)).toEqual([["off track", "On track → Off track"]]);
    expect((await rows(was, now)).map(([what]) => what)).toEqual(expect.arrayContaining(["decided"]));
  });
});

describe("dates of initiatives", () => {
  it("that moved within the week are told from where to where, and one that came back is not", async () => {
    using hub = openReports({ reports: { weekly: { kind: "product", schedule: "0 9 * * 1", to: ["archive"] } } });
    hub.passTo("2026-03-06T10:00:00.000Z");
    await hub.tick();
    hub.passTo("2026-03-09T09:00:00.000Z");
    const plan = async (n: number, title: string, days: readonly string[]) => {
      const over = { sourceUpdatedAt: "2026-03-05T10:00:00.000Z" };
      const fields = {
        title,
        status: { category: "active", detail: "Active", mappedBy: "tool" },
        targetDate: days.at(-1),
      };
      const { id } = await hub.record("initiative", n, fields as Fields<"initiative">, [], over);
      const moves = days.slice(1).map((to, at) => ({
        id: String(at),
        at: `2026-03-0${3 + at}T10:00:00.000Z`,
        changes: [{ field: "target", from: { name: days[at] ?? "" }, to: { name: to } }],
      }));
      await addHistory(hub.one.ports.table, id, moves, 0);
      return id;
    };
    const id = await plan(1, "Sell abroad", ["2026-03-31", "2026-04-15", "2026-04-30"]);
    await plan(2, "Kiosk", ["2026-03-31", "2026-04-15", "2026-03-31"]);
    await hub.tick();
    const [run] = await hub.runs("weekly");
    const section = run?.document?.sections.find((one) => one.id === "objectives");
    const table = section?.blocks.find((block) => block.type === "table" && block.caption.includes("date moved"));
    expect(table).toMatchObject({
      rows: [
        [
          { text: "Sell abroad", url: expect.stringContaining(`/initiatives/${id}`) },
          "2026-03-31",
          "2026-04-30",
          30,
          2,
        ],
      ],
    });
    expect(run?.document?.subject).toContain("1 initiative slipped");
  });
});
