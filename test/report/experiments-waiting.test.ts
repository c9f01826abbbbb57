import { expect, it } from "vitest";
import type { Entity, Fields } from "../../shared/domain/entity.ts";
import { decisionWords, resultWords } from "../../shared/domain/experiment-outcome.ts";
import { experiment as judge } from "../../shared/lifecycle/health/experiment.ts";
import type { HealthInput } from "../../shared/lifecycle/health/input.ts";
import { HEALTH_RULES } from "../../shared/lifecycle/health/rules.ts";
import { periodOf } from "../../shared/report/period.ts";
import { type About, type Lookups, THRESHOLDS } from "../../shared/report/section.ts";
import { FEATURE_SECTIONS } from "../../shared/report/sections/feature-sections.ts";
import { BLOCKS } from "../../shared/web/dashboard/role-blocks.ts";
import { sampleFeature } from "../web/sample-hub.ts";

const word = <Category extends string>(category: Category, detail: string = category) =>
  ({ category, detail, mappedBy: "tool" }) as const;
const NOW = "2026-03-20T00:00:00.000Z";
const EMPTY = { feature: { sourceUpdatedAt: NOW, fields: {} }, items: [], coverage: [], asOf: NOW };
const VARIATIONS = [
  { key: "a", name: "Off", isControl: true },
  { key: "b", name: "On", isControl: false },
];

const experiment = (name: string, fields: Partial<Fields<"experiment">>, state = "present"): Entity<"experiment"> =>
  ({
    id: `exp_${name}`,
    kind: "experiment",
    source: { key: name, url: `https://experiments.example/${name}` },
    sourceUpdatedAt: NOW,
    presence: { state },
    productIds: [],
    fields: { name, status: word("stopped"), variations: VARIATIONS, endedAt: "2026-03-01T00:00:00.000Z", ...fields },
  }) as unknown as Entity<"experiment">;

const WAIT = [
  experiment("ended", {}),
  experiment("lost", { result: word("lost") }),
  experiment("ready", { status: word("running"), decision: word("review") }),
  experiment("review", { decision: word("review"), endedAt: undefined }),
  experiment("won", { result: word("won", "On"), winner: "b" }),
];
const DO_NOT = [
  experiment("draft", { status: word("draft") }),
  experiment("gone", {}, "deleted"),
  experiment("kept", { decision: word("keep_running") }),
  experiment("released", { result: word("won"), released: "b" }),
  experiment("rolled back", { decision: word("rollback") }),
  experiment("running", { status: word("running") }),
  experiment("shipped", { decision: word("ship") }),
];

it("the same experiments wait for a decision in a feature's health, on the page of product managers and in the report", async () => {
  const names = WAIT.map(({ fields: { name } }) => name);
  const waiting = (experiments: readonly Entity<"experiment">[]) =>
    sampleFeature(1, "production", {
      health: {
        ...sampleFeature(1, "production").health,
        dimensions: [judge({ ...EMPTY, experiments } as unknown as HealthInput, HEALTH_RULES)],
      },
    });
  const block = BLOCKS.get("experiments");
  expect(block?.what?.(waiting([...DO_NOT, ...WAIT])).map(({ name }) => name)).toEqual(names);
  for (const one of WAIT) expect(block?.fits(waiting([one]), new Date(NOW)), one.id).toBe(true);
  for (const one of DO_NOT) expect(block?.fits(waiting([one]), new Date(NOW)), one.id).toBe(false);

  const period = periodOf("week", "UTC", "monday", new Date(NOW));
  const about = { period, hubUrl: "https://hub.example", thresholds: THRESHOLDS } as unknown as About;
  const section = FEATURE_SECTIONS.decisions.open(about);
  for (const one of [...WAIT, ...DO_NOT]) section.entity?.experiment?.(one, []);
  const told = await section.end({ features: async () => new Map() } as unknown as Lookups);
  const [list] = told.blocks;
  expect(list?.type === "list" && list.items.map(({ text }) => text)).toEqual(names);
  expect(told.lead).toEqual(["5 decisions waiting"]);
  expect(JSON.stringify(list)).toContain("the experiment has ended (“On” won) and has been waiting since 1 Mar");
});

it("what an experiment found and what was decided are told in words, a released variation as a decision", () => {
  expect(WAIT.map(({ fields }) => resultWords(fields))).toEqual([undefined, "lost", undefined, undefined, "“On” won"]);
  expect(DO_NOT.map(decisionWords)).toEqual([
    "none yet",
    "none yet",
    "Keep it running",
    "“On” is released",
    "Roll it back",
    "none yet",
    "Ship it",
  ]);
});
