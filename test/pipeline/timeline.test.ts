import { describe, expect, it } from "vitest";
import { timelineOf } from "../../shared/pipeline/timeline.ts";
import { campaign, design, flag, type Given, incident, march } from "../lifecycle/golden/records.ts";

const told = (given: Given) =>
  "entity" in given ? timelineOf(given.entity, given.history).map(({ at, text }) => [at, text]) : [];

describe("the timeline of a feature tells of", () => {
  it("a flag: that it was made, how far it let customers through, its end", () => {
    expect(
      told(
        flag("checkout", {
          created: 2,
          production: { since: 8, rolloutPercent: 25, segments: ["Acme"] },
          archived: 20,
        }),
      ),
    ).toEqual([
      [march(2), "Flag checkout was created"],
      [march(8), "Flag checkout in production: at 25 %, and on for Acme"],
      [march(20), "Flag checkout was archived"],
    ]);
  });

  it("a flag whose tool tells of no environment's own time: its last change", () => {
    const dated = flag("checkout", {
      created: 2,
      production: { since: 8, on: false, rolloutPercent: 0, changedAt: undefined },
    });
    expect(told(dated)).toContainEqual([march(8), "Flag checkout in production: off"]);
  });

  it("a design: one line for each day of edits, and its mark", () => {
    expect(told(design({ edits: [3, 3.2, 5], status: "ready_for_dev" })).map(([, text]) => text)).toEqual([
      "Checkout flow was created",
      "Checkout flow was edited",
      "Checkout flow was edited",
      "Checkout flow is ready for development",
    ]);
  });

  it("incidents and campaigns", () => {
    expect(told(incident(5))).toEqual([[march(5), "Incident INC-1: Checkout is down"]]);
    expect(told(campaign("sent", { created: 4, sent: 6 }))).toEqual([
      [march(4), "Campaign Launch mail was created"],
      [march(6), "Campaign Launch mail: sent"],
    ]);
  });
});
