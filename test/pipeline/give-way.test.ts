import { expect, it } from "vitest";
import { giveWay } from "../../shared/pipeline/give-way.ts";

it("lets what comes from outside have its turn between any two that give way", async () => {
  const order: string[] = [];
  const outside = async () => {
    for (let turn = 0; turn < 6; turn++) {
      await new Promise((resolve) => setImmediate(resolve));
      order.push("outside");
    }
  };
  const loop = async (name: string) => {
    for (let step = 0; step < 2; step++) {
      await giveWay();
      order.push(name);
    }
  };
  await Promise.all([outside(), loop("a"), loop("b")]);
  const steps = order.flatMap((name, at) => (name === "outside" ? [] : [at]));
  expect(steps.map((at) => order[at])).toEqual(["a", "b", "a", "b"]);
  expect(steps.slice(1).every((at, nth) => at - (steps[nth] ?? 0) > 1)).toBe(true);
});

it("lets those that store go first, and now and then one that follows", async () => {
  const order: string[] = [];
  const loop = async (name: "ahead" | "behind", steps: number) => {
    for (let step = 0; step < steps; step++) {
      await giveWay(name);
      order.push(name);
    }
  };
  await Promise.all([loop("behind", 9), loop("ahead", 24)]);
  expect(order.lastIndexOf("ahead")).toBeGreaterThan(order.indexOf("behind"));
  expect(order.slice(0, 12).filter((name) => name === "behind").length).toBe(4);
});
