import { expect, it } from "vitest";
import { planAgrees } from "../../shared/domain/plan-agrees.ts";

it.each([
  ["completed", "production", true],
  ["completed", "support", true],
  ["completed", "testing", false],
  ["completed", null, false],
  ["active", "development", true],
  ["active", "support", false],
  ["planned", "design", true],
  ["planned", "development", false],
  ["cancelled", "development", true],
  ["cancelled", "production", false],
  ["paused", "testing", true],
  ["unknown", "testing", undefined],
] as const)("a plan that says %s, and evidence of %s: they agree is %s", (category, headline, agrees) => {
  expect(planAgrees(category, { headline, disposition: "open" })).toBe(agrees);
});

it("a cancelled plan agrees with a feature that was taken back from customers", () => {
  expect(planAgrees("cancelled", { headline: "support", disposition: "sunset" })).toBe(true);
});
