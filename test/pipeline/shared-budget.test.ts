import { describe, expect, it } from "vitest";
import { sharedBudget } from "../../shared/pipeline/shared-budget.ts";
import { budgetKey } from "../../shared/store/keys.ts";
import { bareTool, openPipeline } from "./open-pipeline.ts";

const PER_MINUTE = 600;
const GAP_MS = 60_000 / PER_MINUTE;

describe("a budget that many functions share", () => {
  const opened = () => {
    const open = openPipeline({ connector: bareTool });
    return { ...open, one: () => sharedBudget(open.real, "acme", PER_MINUTE) };
  };

  it("gives all of them together no more than the vendor allows, however many they are", async () => {
    using open = opened();
    const functions = Array.from({ length: 7 }, open.one);
    const now = open.real.clock.now().getTime();
    const starts: number[] = [];
    for (let round = 0; round < 60; round++) for (const budget of functions) starts.push(now + (await budget.waitMs()));
    const perMinute = starts.filter((at) => at < now + 60_000).length;
    const burst = 20;
    expect(starts).toHaveLength(420);
    expect(perMinute).toBeLessThanOrEqual(PER_MINUTE + burst);
    // No two have one place, but for those that the burst allows at once.
    expect(new Set(starts.filter((at) => at > now)).size).toBe(starts.filter((at) => at > now).length);
    expect(Math.max(...starts)).toBeGreaterThanOrEqual(now + (420 - burst) * GAP_MS);
  });

  it("costs one write for many requests", async () => {
    using open = opened();
    const budget = open.one();
    for (let request = 0; request < 100; request++) await budget.waitMs();
    const { pk, sk } = budgetKey("acme");
    expect((await open.real.table.get(pk, sk))?.version).toBe(2);
  });

  it("takes one slice for requests that ask at the same time", async () => {
    using open = opened();
    const budget = open.one();
    const waits = await Promise.all(Array.from({ length: 50 }, () => budget.waitMs()));
    expect(waits).toHaveLength(50);
    const { pk, sk } = budgetKey("acme");
    expect((await open.real.table.get(pk, sk))?.version).toBe(1);
  });

  it("keeps all of them waiting once the vendor told one that nothing is left", async () => {
    using open = opened();
    const [one, two] = [open.one(), open.one()];
    const resetAt = open.real.clock.now().getTime() + 120_000;
    await one.learn({ remaining: 0, resetAt });
    expect(await one.waitMs()).toBe(120_000);
    expect(await two.waitMs()).toBe(120_000);
    await two.learn({ remaining: 0, resetAt: resetAt - 60_000 });
    open.pass(121);
    expect(await two.waitMs()).toBe(0);
  });

  it("keeps all of them waiting once the vendor asked one to come again later", async () => {
    using open = opened();
    const [one, two] = [open.one(), open.one()];
    await one.holdBack(open.real.clock.now().getTime() + 7000);
    expect(one.heldMs()).toBe(7000);
    await one.learn({ remaining: 4000, resetAt: open.real.clock.now().getTime() + 60_000 });
    expect(await one.waitMs()).toBe(7000);
    expect(await two.waitMs()).toBe(7000);
    open.pass(7);
    expect([one.heldMs(), two.heldMs()]).toEqual([0, 0]);
  });
});
