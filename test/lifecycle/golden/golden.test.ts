import { describe, expect, it } from "vitest";
import { createdAt } from "../../../shared/domain/entity.ts";
import type { Fact } from "../../../shared/domain/stage.ts";
import { derive, RULE_SET } from "../../../shared/lifecycle/derive.ts";
import { factsOf } from "../../../shared/lifecycle/facts.ts";
import { FEATURE, seen } from "../evidence.ts";
import { CONFLICTS } from "./conflicts.ts";
import { DELIVERY } from "./delivery.ts";
import { EXPOSURE } from "./exposure.ts";
import { MARKET } from "./market.ts";
import { PLAN } from "./plan.ts";
import { type Given, march, STAGE_COLUMNS, statusOf } from "./records.ts";
import type { Story } from "./story.ts";
import { TOGETHER } from "./together.ts";

const context = { statusOf: ({ name = "" }: { name?: string | undefined }) => statusOf(name), stages: STAGE_COLUMNS };
const PLANS = new Set(["initiative", "objective"]);
const factsFrom =
  (bornAt: string | undefined) =>
  (given: Given): readonly Fact[] => {
    if ("signal" in given) return [given];
    return factsOf(given, PLANS.has(given.entity.kind) ? { ...given.to, bornAt } : given.to, context);
  };
/** Plans above a feature say nothing of it before it is there. */
const bornIn = (given: readonly Given[]): string | undefined =>
  given.flatMap((one) => ("signal" in one || one.entity.kind !== "feature" ? [] : createdAt(one.entity))).sort()[0];

const told = ({ given, on, unseen = [], rules }: Story, records = given) =>
  derive(
    FEATURE,
    records.flatMap(factsFrom(bornIn(records))),
    seen(...unseen),
    { ...RULE_SET, ...rules },
    { asOf: march(on) },
  );

const ALL: readonly (readonly [string, readonly Story[]])[] = [
  ["vision, strategy and design", PLAN],
  ["development and testing", DELIVERY],
  ["production", EXPOSURE],
  ["marketing and support", MARKET],
  ["conflicts", CONFLICTS],
  ["several tools, missing tools and dispositions", TOGETHER],
];

describe.each(ALL)("%s", (_, stories) => {
  it.each(stories.map((story) => [story.title, story] as const))("%s", (_title, story) => {
    const got = told(story);
    const { expect: want, unseen = [] } = story;
    expect(got.headline).toBe(want.headline);
    for (const [stage, state] of Object.entries(want.states ?? {}))
      expect([stage, got.stages[stage as keyof typeof got.stages].state]).toEqual([stage, state]);
    const lines = got.because.map(({ rule, text }) => `${rule} ${text}`);
    for (const line of want.because ?? []) expect(lines).toContain(line);
    for (const [stage, missing] of Object.entries(want.notYet ?? {}))
      expect(got.notYet.find((one) => one.stage === stage)?.missing).toEqual(missing);
    expect(got.conflicts.map(({ claim, against }) => `${claim}, but ${against}`)).toEqual(want.conflicts ?? []);
    expect((got.findings ?? []).map(({ text }) => text)).toEqual(want.findings ?? []);
    expect(got.badges).toEqual(want.badges ?? []);
    expect(got.unknown).toEqual(want.unknown ?? unseen.map((stage) => `${stage}: no tool for ${stage} is connected`));
    expect(got.disposition).toBe(want.disposition ?? "open");
    if (want.since !== undefined) expect(got.since).toBe(march(want.since));
  });

  it("is the same when everything comes in the opposite order, twice", () => {
    for (const story of stories)
      expect([story.title, told(story, [...story.given, ...story.given].toReversed())]).toEqual([
        story.title,
        told(story),
      ]);
  });
});

it("holds at least sixty stories, each with a title of its own", () => {
  const titles = ALL.flatMap(([, stories]) => stories.map(({ title }) => title));
  expect(titles.length).toBeGreaterThanOrEqual(60);
  expect(new Set(titles).size).toBe(titles.length);
});
