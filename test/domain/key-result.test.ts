import { describe, expect, it } from "vitest";
import { measuredNow, progressOf } from "../../shared/domain/key-result.ts";

const series = { name: "Orders", shape: "series" } as const;

describe("a key result", () => {
  it("is as far as its newest point whose day is over, over everybody", () => {
    const points = [
      { at: "2026-03-01", value: 10 },
      { at: "2026-03-02", value: 12.345 },
      { at: "2026-03-02", value: 90, segment: "Spain" },
      { at: "2026-03-03", value: 1, isPartial: true },
    ];
    expect(measuredNow({ ...series, points }, undefined)).toEqual({ value: 12.35, at: "2026-03-02" });
    expect(measuredNow({ ...series, points: points.slice(3) }, undefined)).toEqual({ value: 1, at: "2026-03-03" });
    expect(measuredNow(series, undefined)).toBeUndefined();
  });

  it("shows shares of a funnel in percent where percent are asked for", () => {
    const funnel = { name: "Checkout", shape: "funnel", points: [{ at: "2026-03-01", value: 0.314 }] } as const;
    expect(measuredNow({ ...funnel, points: [...funnel.points] }, "%")?.value).toBe(31.4);
    expect(measuredNow({ ...funnel, points: [...funnel.points] }, undefined)?.value).toBe(0.31);
    const steps = [
      { name: "visit", count: 40, ofFirst: 1 },
      { name: "order", count: 13, ofFirst: 0.325 },
    ];
    expect(measuredNow({ name: "Checkout", shape: "funnel", steps }, "%")).toEqual({ value: 32.5 });
    const retention = { name: "Back", shape: "retention" } as const;
    const cohorts = [
      { at: "2026-02-01", size: 200, returned: [200, 50] },
      { at: "2026-03-01", size: 100, returned: [100] },
    ];
    expect(measuredNow({ ...retention, cohorts }, "%")).toEqual({ value: 25, at: "2026-02-01" });
  });

  it.each([
    [31, 40, 35.5, 0.5],
    [undefined, 40, 10, 0.25],
    [10, 2, 6, 0.5],
    [31, 40, 50, 1],
    [31, 40, 20, 0],
    [5, 5, 5, 1],
    [5, 5, 4, null],
    [31, undefined, 35, null],
    [31, 40, undefined, null],
  ])("from %s to %s at %s is %s of its way", (baseline, target, current, progress) => {
    expect(progressOf(baseline, target, current)).toBe(progress);
  });
});
