import { describe, expect, it } from "vitest";
import { at, fact } from "./evidence.ts";

const live = (days: number) => fact(days, "deploy.prod", "live");

describe("disposition, R9", () => {
  const cancelled = fact(5, "declared", "cancelled");
  it("is cancelled when declared and nothing was observed for 30 d", () => {
    expect(at(32.9, [live(3), cancelled]).disposition).toBe("open");
    expect(at(33, [live(3), cancelled]).disposition).toBe("cancelled");
  });
  it("keeps the headline", () => {
    expect(at(60, [fact(1, "item", "in_progress"), cancelled])).toMatchObject({
      disposition: "cancelled",
      headline: "development",
    });
  });
  it("is open again when a later declaration of another tool says so", () => {
    expect(at(60, [cancelled, fact(6, "declared", "active", { tool: "linear" })]).disposition).toBe("open");
  });
  it("is sunset when the flag is archived and its code removed", () => {
    expect(at(60, [fact(40, "flag.archived", "archived"), fact(41, "removal.merged")]).disposition).toBe("sunset");
  });
});
