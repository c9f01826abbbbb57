import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Stage } from "../../shared/domain/stage.ts";
import { CHANGES, type Compared, featureChanges } from "../../shared/lifecycle/changes.ts";
import { changesBetween } from "../../shared/report/changes-between.ts";
import type { FeatureView, Slice, ViewChange } from "../../shared/store/views.ts";

interface Short {
  readonly headline?: Stage | null;
  readonly health?: Compared["health"]["value"];
  readonly disagree?: boolean;
  readonly target?: string;
  readonly items?: number;
  readonly presence?: string;
  readonly products?: readonly string[];
  readonly disposition?: "open" | "cancelled" | "sunset";
  readonly decision?: string;
  readonly at?: string;
}

const view = (short: Short = {}, id = "ftr_1"): Compared => ({
  id,
  key: id.toUpperCase(),
  name: `Feature ${id}`,
  url: `https://tool.example/${id}`,
  productIds: short.products ?? ["prd_web"],
  presence: { state: short.presence ?? "present" },
  status: { category: "active", detail: "Active" },
  ...(short.target && { targetDate: short.target }),
  explanation: {
    headline: short.headline ?? null,
    disposition: short.disposition ?? "open",
    because: [
      { stage: "testing", rule: "R5", text: "Tests are green", evidence: ["https://ci.example/1"], at: "" },
      { stage: "production", rule: "R6", text: "Rolled back", evidence: ["https://ci.example/2"], at: "" },
    ],
  } as unknown as Compared["explanation"],
  health: {
    value: short.health ?? "on_track",
    disagree: short.disagree ?? false,
    declared: { value: "on_track" },
    derived: { value: short.health ?? "on_track", reasons: ["blocked for 4 d"] },
  },
  counts: { workItems: short.items ?? 3 },
  ...(short.decision && {
    decisions: [{ id: "exp_1", name: "Button colour", decision: short.decision, url: "https://x.example/1" }],
  }),
  observedAt: short.at ?? "2026-11-20T10:00:00.000Z",
  cause: "sync",
});

const told = (before: Short | undefined, now: Short | undefined, products?: readonly string[]) =>
  featureChanges(before && view(before), now && view(now), products).map(({ kind, from, to }) => [kind, from, to]);

describe("what became of a feature between two moments", () => {
  it.each<[string, Short | undefined, Short | undefined, readonly (readonly (string | null)[])[]]>([
    ["a later headline", { headline: "design" }, { headline: "testing" }, [["moved_forward", "design", "testing"]]],
    [
      "an earlier headline",
      { headline: "production" },
      { headline: "testing" },
      [["moved_back", "production", "testing"]],
    ],
    ["no headline any more", { headline: "design" }, {}, [["moved_back", "design", null]]],
    ["worse health", {}, { health: "off_track" }, [["went_off_track", "on_track", "off_track"]]],
    ["no signal any more", {}, { health: "unknown" }, [["went_at_risk", "on_track", "unknown"]]],
    ["better health", { health: "off_track" }, { health: "at_risk" }, [["recovered", "off_track", "at_risk"]]],
    ["a later target", { target: "2026-12-01" }, { target: "2027-01-01" }, [["slipped", "2026-12-01", "2027-01-01"]]],
    ["a first target", {}, { target: "2027-01-01" }, [["retargeted", null, "2027-01-01"]]],
    ["more work", { items: 3 }, { items: 5 }, [["rescoped", "3", "5"]]],
    ["a decision", {}, { decision: "ship" }, [["decided", null, "ship"]]],
    ["another decision", { decision: "ship" }, { decision: "roll back" }, [["decided", "ship", "roll back"]]],
    ["a cancelled plan", {}, { disposition: "cancelled" }, [["closed", "Active", "cancelled"]]],
    ["a plan taken up again", { disposition: "cancelled" }, {}, [["reopened", "Active", "Active"]]],
    ["a declaration that evidence refutes", {}, { disagree: true }, [["disagreed", "agree", "differ"]]],
    ["a feature that came", undefined, { headline: "design" }, [["added", null, "design"]]],
    [
      "a feature that was deleted",
      { headline: "design" },
      { presence: "deleted" },
      [["uncounted", "design", "deleted"]],
    ],
    ["a feature that came and went", undefined, { presence: "deleted" }, []],
    ["nothing that counts", {}, { at: "2026-11-21T10:00:00.000Z" }, []],
  ])("tells %s", (_, before, now, changes) => {
    expect(told(before, now)).toEqual(changes);
  });

  it("tells a feature that went to another product as no longer counted in its own, and as new in the other", () => {
    const [before, now] = [{ products: ["prd_web"] }, { products: ["prd_app"] }];
    expect(told(before, now, ["prd_web"])).toEqual([["uncounted", null, "other_product"]]);
    expect(told(before, now, ["prd_app"])).toEqual([["added", null, null]]);
    expect(told(before, now)).toEqual([]);
  });

  it("gives the reasons of the stage that was reached, or lost, with their proof", () => {
    const [forward] = featureChanges(view({ headline: "design" }), view({ headline: "testing" }));
    expect(forward).toMatchObject({ why: ["Tests are green"], evidence: ["https://ci.example/1"] });
    const [back] = featureChanges(view({ headline: "production" }), view({ headline: "testing" }));
    expect(back).toMatchObject({ why: ["Rolled back"], evidence: ["https://ci.example/2"] });
  });
});

const short = fc.record({
  headline: fc.constantFrom(null, "design" as const, "testing" as const, "production" as const),
  health: fc.constantFrom("on_track" as const, "at_risk" as const, "off_track" as const),
  items: fc.integer({ min: 1, max: 3 }),
  presence: fc.constantFrom("present", "present", "deleted"),
});

/** Views over a fixed list of changes, a few a page. */
const over = (changes: readonly ViewChange[]) => ({
  changed: async (_since: string, _until: string, after: string | undefined): Promise<Slice<ViewChange>> => {
    const start = Number(after ?? 0);
    return { items: changes.slice(start, start + 3), next: start + 3 < changes.length ? String(start + 3) : undefined };
  },
});
const WINDOW = { since: "2026-11-15T00:00:00.000Z", until: "2026-11-22T00:00:00.000Z" };

describe("a summary of changes", () => {
  it("covers a leap year at most, and says so", async () => {
    const year = (since: string) => changesBetween(over([]), { since, until: "2026-11-22T00:00:00.000Z" });
    expect(await year("2025-11-21T00:00:00.000Z")).toMatchObject({ features: 0 });
    await expect(year("2025-11-20T23:59:59.999Z")).rejects.toMatchObject({
      code: "invalid_parameter",
      message: expect.stringContaining("more than 366 days"),
    });
  });

  it("tells the most important first, counts all and says how many it leaves out, whatever the pages are", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.option(short), fc.option(short)), { maxLength: 20 }), async (pairs) => {
        const changes = pairs.map(([before, now], index) => ({
          id: `ftr_${index}`,
          before: (before === null ? undefined : view(before, `ftr_${index}`)) as FeatureView | undefined,
          now: (now === null ? undefined : view(now, `ftr_${index}`)) as FeatureView | undefined,
        }));
        const each = changes.flatMap(({ before, now }) => featureChanges(before, now));
        const { items, counts, left } = await changesBetween(over(changes), { ...WINDOW, limit: 5 });
        const all = await changesBetween(over([...changes, ...changes]), WINDOW);
        expect(all.items).toHaveLength(each.length);
        expect(items).toEqual(all.items.slice(0, 5));
        expect(all.items.map(({ importance }) => importance)).toEqual(
          each.map(({ importance }) => importance).sort((a, b) => a - b),
        );
        expect(left).toBe(Math.max(0, each.length - 5));
        for (const kind of Object.keys(CHANGES) as (keyof typeof CHANGES)[])
          expect([kind, counts[kind]]).toEqual([kind, each.filter((one) => one.kind === kind).length]);
      }),
      { numRuns: 50 },
    );
  });
});
