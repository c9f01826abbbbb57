import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Fields } from "../../shared/domain/entity.ts";
import { targetMoves } from "../../shared/domain/target-moves.ts";
import type { ItemRecord, TicketRecord } from "../../shared/flow/record.ts";
import type { Around, HealthInput, WorkItemSummary } from "../../shared/lifecycle/health/input.ts";
import { HEALTH_RULES, healthRules } from "../../shared/lifecycle/health/rules.ts";
import { healthOf } from "../../shared/lifecycle/health.ts";
import { at, fact, on, seen } from "./evidence.ts";

const word = <C extends string>(category: C) => ({ category, detail: category, mappedBy: "tool" as const });
const URL = "https://tool.example/";

const past = (n: number, more: Partial<ItemRecord> = {}): ItemRecord => ({
  kind: "item",
  id: `wrk_${n}`,
  name: `A-${n}`,
  url: `${URL}A-${n}`,
  place: "jira:A",
  type: "story",
  createdAt: on(0),
  joinedAt: on(0),
  isStarted: false,
  blocked: [],
  closedAt: [],
  reopenedAt: [],
  ...more,
});

const item = (
  n: number,
  fields: Partial<WorkItemSummary["fields"]> = {},
  times: Partial<ItemRecord> = {},
  created = 1,
): WorkItemSummary => ({
  fields: { status: word("in_progress"), type: word("story"), ...fields },
  source: { key: `A-${n}`, externalId: `A-${n}`, url: `${URL}A-${n}` },
  sourceCreatedAt: on(created),
  sourceUpdatedAt: on(29),
  past: past(n, times),
});

const developing = at(30, [fact(20, "item", "in_progress")]);
const exposed = at(30, [fact(1, "item", "done"), fact(2, "deploy.prod", "live")]);

const input = (
  more: Partial<HealthInput> = {},
  fields: Partial<HealthInput["feature"]["fields"]> = {},
): HealthInput => ({
  feature: {
    id: "ftr_1",
    fields: { declaredStatus: word("active"), ...fields },
    source: { url: `${URL}F-1` },
    sourceCreatedAt: on(0),
    sourceUpdatedAt: on(20),
  },
  items: [item(1)],
  explanation: developing,
  coverage: seen(),
  asOf: on(30),
  ...more,
});
const dimension = (name: string, more: Partial<HealthInput>, fields: Partial<HealthInput["feature"]["fields"]> = {}) =>
  healthOf(input(more, fields)).dimensions.find((one) => one.name === name);
const level = (...asked: Parameters<typeof dimension>) => dimension(...asked)?.level;

describe("schedule", () => {
  const moved = (...days: readonly string[]) => ({
    targetMoves: days.slice(1).map((to, index) => ({ at: on(index + 1), from: days[index] ?? "", to })),
  });
  const target = { targetDate: "2026-07-30", startDate: "2026-03-01" };

  it.each([
    ["once, by a little", ["2026-06-09", "2026-06-20"], "on_track"],
    ["once, by 20 % of its 100 d", ["2026-06-09", "2026-06-29"], "on_track"],
    ["once, by more than 20 %", ["2026-06-09", "2026-06-30"], "at_risk"],
    ["twice, if only by a day", ["2026-06-09", "2026-06-10", "2026-06-11"], "at_risk"],
    ["once, to an earlier day", ["2026-06-09", "2026-04-20"], "on_track"],
  ] as const)("with a target moved %s", (_, days, expected) => {
    expect(level("schedule", moved(...days), target)).toBe(expected);
  });

  it("reads moves from history, not what was set or taken away", () => {
    const change = (id: string, day: number, from: string | null, to: string | null) => ({
      id,
      at: on(day),
      changes: [
        { field: "target", from: from === null ? null : { name: from }, to: to === null ? null : { name: to } },
      ],
    });
    const history = [
      change("3", 3, "2026-04-10 00:00:00.0", "2026-05-10 00:00:00.0"),
      change("1", 1, null, "2026-04-10"),
      change("4", 4, "2026-05-10", null),
    ];
    const moves = [{ at: on(3), from: "2026-04-10", to: "2026-05-10" }];
    expect(targetMoves(history)).toEqual(moves);
    expect(targetMoves([...history, ...history].reverse())).toEqual(moves);
  });

  /** Twelve full weeks with two items done in each: what is left takes half as many weeks. */
  const steady = (open: number) => ({
    asOf: on(86),
    explanation: at(86, [fact(80, "item", "in_progress")]),
    items: [
      ...Array.from({ length: 26 }, (_, n) =>
        item(
          n,
          { status: word("done"), startedAt: on(0), completedAt: on(1 + n * 3.5) },
          { completedAt: on(1 + n * 3.5), joinedAt: on(-1) },
        ),
      ),
      ...Array.from({ length: open }, (_, n) => item(100 + n, { status: word("todo") }, { joinedAt: on(-1) })),
    ].map((one) => ({ ...one, sourceUpdatedAt: on(85) })),
  });

  it("compares the target with the forecast: 8 left at 2 a week take 4 weeks", () => {
    // On(86) is Tuesday, 26 May; four weeks later is 22 June at its end.
    const health = healthOf(input(steady(8), { targetDate: "2026-06-22" }));
    expect(health.forecast).toEqual({
      p50: "2026-06-22",
      p85: "2026-06-22",
      basis: "24 done and 0 added in 12 full weeks, 8 left",
    });
    expect(health.dimensions[0]).toMatchObject({ level: "on_track", value: "2026-06-22", threshold: "2026-06-22" });
    const late = healthOf(input(steady(8), { targetDate: "2026-06-21" }));
    expect(late).toMatchObject({ value: "off_track", derived: { value: "off_track", rule: "H1" } });
    expect(late.dimensions[0]?.text).toContain("half of all forecasts end after 22 Jun");
  });

  it("finds a feature declared on track that the forecast says is late: a watermelon", () => {
    const declared = { declaredHealth: word("on_track"), declaredHealthAt: on(80), targetDate: "2026-06-15" };
    expect(healthOf(input(steady(12), declared))).toMatchObject({
      value: "off_track",
      isWatermelon: true,
      declared: { value: "on_track" },
      derived: { value: "off_track", rule: "H1" },
    });
  });

  it("is at risk between the middle and the 85 % of forecasts", () => {
    // Three done in two of three weeks, 6 left: over after 3 weeks in 74 % of all courses, after 4 in 89 %.
    const doneOn = [0, 1, 3, 4, 6, 7, 9, 10].flatMap((week) => [2 + week * 7, 3 + week * 7, 4 + week * 7]);
    const { items: todo, ...rest } = steady(6);
    const done = doneOn.map((day, n) =>
      item(
        n,
        { status: word("done"), startedAt: on(0), completedAt: on(day) },
        { completedAt: on(day), joinedAt: on(-1) },
      ),
    );
    const uneven = { ...rest, items: [...done, ...todo.filter(({ fields }) => fields.status.category === "todo")] };
    const levels = ["2026-06-14", "2026-06-15", "2026-06-21", "2026-06-22"].map((targetDate) =>
      level("schedule", uneven, { targetDate }),
    );
    expect(levels).toEqual(["off_track", "at_risk", "at_risk", "on_track"]);
  });
});

describe("scope", () => {
  const grown = (before: number, came: number, went = 0) => ({
    committedAt: on(5),
    items: [
      ...Array.from({ length: before - went }, (_, n) => item(n, {}, { joinedAt: on(1) })),
      ...Array.from({ length: came }, (_, n) => item(100 + n, {}, { joinedAt: on(10) })),
    ],
    former: Array.from({ length: went }, (_, n) => past(200 + n, { joinedAt: on(1), leftAt: on(12) })),
  });

  it.each([
    [10, 1, 0, "on_track", "10 %"],
    [10, 2, 0, "at_risk", "20 %"],
    [10, 3, 0, "at_risk", "30 %"],
    [10, 4, 0, "off_track", "40 %"],
    [10, 4, 3, "on_track", "10 %"],
    [10, 0, 4, "on_track", "-40 %"],
  ])("of %i with %i that came and %i that went", (before, came, went, expected, value) => {
    expect(dimension("scope", grown(before, came, went))).toMatchObject({ level: expected, value });
  });

  it("counts a cancelled item as gone, and points where all have them", () => {
    const { items, ...rest } = grown(4, 1);
    const cancelled = items.map((one, n) =>
      n === 0 ? { ...one, past: past(0, { joinedAt: on(1), cancelledAt: on(9) }) } : one,
    );
    expect(dimension("scope", { ...rest, items: cancelled })).toMatchObject({ level: "on_track", value: "0 %" });
    const points = items.map((one, n) => ({
      ...one,
      past: past(n, { joinedAt: on(n < 4 ? 1 : 10), points: n < 4 ? 1 : 5 }),
    }));
    expect(dimension("scope", { ...rest, items: points })).toMatchObject({ level: "off_track", value: "125 %" });
  });

  it("does not apply before somebody took it on", () => {
    expect(level("scope", { ...grown(4, 4), committedAt: undefined })).toBe("not_applicable");
    expect(dimension("scope", grown(0, 4))?.text).toMatch(/^it had no work items at its start, /);
  });
});

describe("flow", () => {
  it.each([
    [2.9, "on_track"],
    [3, "at_risk"],
    [9.9, "at_risk"],
    [10, "off_track"],
  ])("with an item blocked for %d d by its history, whatever else changed since", (days, expected) => {
    const blocked = item(1, { isBlocked: true }, { blocked: [{ from: on(30 - days) }] });
    expect(level("flow", { items: [{ ...blocked, sourceUpdatedAt: on(29.99) }] })).toBe(expected);
  });

  it.each([
    [8, "on_track"],
    [9, "at_risk"],
  ])("with a usual silence of 8 d, after %i d of it", (days, expected) => {
    const activity = Array.from({ length: 11 }, (_, n) => on(30 - days - n * 8));
    const items = [{ ...item(1), sourceUpdatedAt: on(30 - days) }];
    expect(level("flow", { items, activity })).toBe(days > 8 ? expected : "at_risk");
    expect(level("flow", { items, activity, asOf: on(29.9) })).toBe(expected);
  });
});

describe("quality", () => {
  const bugs = (recent: number, before: number) =>
    Array.from({ length: recent + before }, (_, n) => item(n, { type: word("bug") }, {}, n < recent ? 28 : 10));

  it.each([
    // The mean of 4 a week: P(X >= 8) is 0.051, P(X >= 9) 0.021, P(X >= 10) 0.008.
    [8, 16, "on_track"],
    [9, 16, "at_risk"],
    [10, 16, "off_track"],
    [2, 0, "on_track"],
    [3, 0, "off_track"],
  ])("with %i bugs in 7 d after %i in 28 d", (recent, before, expected) => {
    expect(level("quality", { items: bugs(recent, before) })).toBe(expected);
  });

  it.each([
    [9, 9, "on_track"],
    [20, 3, "on_track"],
    [20, 4, "at_risk"],
  ])("with %i closed and %i of them opened again", (closed, reopened, expected) => {
    const items = Array.from({ length: closed }, (_, n) =>
      item(n, {}, { closedAt: [on(10)], reopenedAt: n < reopened ? [on(12)] : [] }),
    );
    expect(level("quality", { items })).toBe(expected);
    expect(level("quality", { items, asOf: on(41) })).toBe("on_track");
  });

  it("gates by an open incident that names its deployment, and by no other", () => {
    const incident = (more: object) => ({
      ...past(7),
      kind: "incident" as const,
      detectedAt: on(29),
      causes: ["dep_1"],
      ...more,
    });
    const value = (more: object) => healthOf(input({ incidents: [incident(more)], deploymentIds: ["dep_1"] })).derived;
    expect(value({})).toMatchObject({
      value: "off_track",
      rule: "H1",
      reasons: ["its deployment caused an incident: A-7"],
    });
    expect(value({ resolvedAt: on(29.5) }).value).toBe("on_track");
    expect(value({ causes: ["dep_2"] }).value).toBe("on_track");
  });
});

describe("experiment", () => {
  const experiment = (fields: Partial<Fields<"experiment">>): Around<"experiment"> => ({
    id: "exp_1",
    source: { key: "e", url: `${URL}e` },
    sourceUpdatedAt: on(29),
    fields: { name: "Short form", status: word("running"), variations: [], startedAt: on(1), ...fields },
  });
  const snapshot = (more: Partial<NonNullable<Fields<"experiment">["snapshot"]>> = {}) => ({
    at: on(29),
    users: [
      { variation: "a", users: 900 },
      { variation: "b", users: 880 },
    ],
    srmP: 0.4,
    results: [],
    ...more,
  });
  /** With ten who saw both they are a thousand. */
  const PEOPLE = [
    { variation: "a", users: 500 },
    { variation: "b", users: 490 },
  ];
  const guardrail = (interval: [number, number]) =>
    snapshot({ results: [{ metric: "Errors", role: "guardrail", variation: "b", interval }] });
  const metric = (direction: "up_good" | "down_good"): Around<"metric"> => ({
    id: "mtr_1",
    source: { key: "m", url: `${URL}m` },
    sourceUpdatedAt: on(29),
    fields: { name: "Errors", shape: "series", direction },
  });

  it.each([
    ["healthy", { snapshot: snapshot() }, "on_track"],
    ["a sample ratio at the limit", { snapshot: snapshot({ srmP: 0.001 }) }, "on_track"],
    ["a sample ratio below it", { snapshot: snapshot({ srmP: 0.0009 }) }, "off_track"],
    ["one whose people saw both, at the limit", { snapshot: snapshot({ users: PEOPLE, multiple: 10 }) }, "on_track"],
    ["one whose people saw both, beyond it", { snapshot: snapshot({ users: PEOPLE, multiple: 11 }) }, "off_track"],
    ["too few users", { snapshot: snapshot({ users: [{ variation: "a", users: 99 }] }) }, "at_risk"],
    [
      "few users and young",
      { startedAt: on(17), snapshot: snapshot({ users: [{ variation: "a", users: 99 }] }) },
      "on_track",
    ],
    ["running past its end", { endedAt: on(29) }, "at_risk"],
    ["rolled back", { status: word("stopped"), decision: word("rollback") }, "off_track"],
    [
      "shipped, whatever its numbers",
      { status: word("stopped"), decision: word("ship"), snapshot: snapshot({ srmP: 0 }) },
      "on_track",
    ],
    ["undecided for 7 d", { status: word("stopped"), endedAt: on(23) }, "at_risk"],
    ["won and undecided for 7 d", { status: word("stopped"), result: word("won"), endedAt: on(23) }, "at_risk"],
    ["undecided for less", { status: word("stopped"), endedAt: on(23.1) }, "on_track"],
    ["a draft", { status: word("draft") }, "not_applicable"],
  ] as const)("that is %s", (_, fields, expected) => {
    expect(level("experiment", { experiments: [experiment(fields as Partial<Fields<"experiment">>)] })).toBe(expected);
  });

  it.each([
    ["up_good", [-0.2, -0.01], "off_track"],
    ["up_good", [-0.2, 0], "on_track"],
    ["down_good", [0.01, 0.2], "off_track"],
    ["down_good", [-0.2, -0.01], "on_track"],
  ] as const)("whose guardrail is %s and lies in %j", (direction, interval, expected) => {
    const more = { experiments: [experiment({ snapshot: guardrail([...interval]) })], metrics: [metric(direction)] };
    expect(level("experiment", more)).toBe(expected);
  });
});

describe("an experiment that ended", () => {
  it.each([
    ["decided", { decision: word("ship") }, "decided"],
    ["without a decision, whatever its result", { result: word("won") }, "ended, waiting for a decision"],
    ["given to everybody", { result: word("won"), released: "b" }, "decided"],
  ] as const)("%s is told as such", (_, more, text) => {
    const fields = { name: "Short form", status: word("stopped"), variations: [], endedAt: on(29), ...more };
    const one = { id: "exp_1", source: { key: "e", url: `${URL}e` }, sourceUpdatedAt: on(29), fields };
    expect(dimension("experiment", { experiments: [one as Around<"experiment">] })?.text).toBe(text);
  });
});

describe("support, once customers have it", () => {
  const ticket = (n: number, day: number, more: Partial<TicketRecord> = {}): TicketRecord => ({
    kind: "ticket",
    id: `tkt_${n}`,
    name: `#${n}`,
    url: `${URL}${n}`,
    place: "zendesk",
    createdAt: on(day),
    isOpen: false,
    ...more,
  });
  const tickets = (recent: number, before: number) =>
    Array.from({ length: recent + before }, (_, n) => ticket(n, n < recent ? 28 : 10));
  const out = (more: Partial<HealthInput>) => level("support", { explanation: exposed, items: [], ...more });

  it.each([
    [8, 16, "on_track"],
    [9, 16, "at_risk"],
    [10, 16, "off_track"],
    [2, 0, "on_track"],
  ])("with %i tickets in 7 d after %i in 28 d", (recent, before, expected) => {
    expect(out({ tickets: tickets(recent, before) })).toBe(expected);
  });

  it("expects as many more tickets as there are more active users", () => {
    const points = [100, 100, 100, 100, 300].map((value, n) => ({ at: `2026-03-${10 + n}`, value }));
    const users: Around<"metric"> = {
      id: "mtr_u",
      source: { key: "u", url: `${URL}u` },
      sourceUpdatedAt: on(29),
      fields: { name: "Weekly active users", shape: "series", points },
    };
    expect(out({ tickets: tickets(12, 16) })).toBe("off_track");
    expect(out({ tickets: tickets(12, 16), metrics: [users] })).toBe("on_track");
  });

  it.each([
    [18, 17, "on_track"],
    [18, 16, "off_track"],
    [19, 18, "at_risk"],
  ])("with %i and then %i of 20 content", (before, now, expected) => {
    const rated = (good: number, day: number, start: number) =>
      Array.from({ length: 20 }, (_, n) =>
        ticket(start + n, -60, { rating: n < good ? "good" : "bad", ratedAt: on(day) }),
      );
    const rules = healthRules([{ support: { ratingAtRiskPoints: before === 18 ? 6 : 5 } }], () => "abcdefghij");
    expect(out({ tickets: [...rated(before, -10, 0), ...rated(now, 20, 50)], rules })).toBe(expected);
    expect(out({ tickets: [...rated(before, -10, 0), ...rated(now, 20, 50).slice(1)], rules })).toBe("on_track");
  });

  it("gates by an open ticket past its promise, from the moment that it ends", () => {
    const due = ticket(1, 20, { isOpen: true, promiseEndsAt: on(30) });
    expect(healthOf(input({ explanation: exposed, items: [], tickets: [due] })).derived).toMatchObject({ rule: "H1" });
    expect(out({ tickets: [due], asOf: on(29.9) })).toBe("on_track");
    expect(out({ tickets: [{ ...due, isOpen: false }] })).toBe("on_track");
  });

  it("does not apply before, nor without a support tool", () => {
    expect(level("support", { tickets: tickets(10, 0) })).toBe("not_applicable");
    expect(out({ feeds: { support: { state: "none" } } })).toBe("not_applicable");
  });
});

describe("adoption, once customers have it", () => {
  const metric = (value: number, direction?: "down_good"): Around<"metric"> => ({
    id: "mtr_1",
    source: { key: "m", url: `${URL}m` },
    sourceUpdatedAt: on(29),
    fields: {
      name: "Activation",
      shape: "series",
      ...(direction && { direction }),
      points: [
        { at: "2026-03-29", value },
        { at: "2026-03-30", value: 0, isPartial: true },
      ],
    },
  });
  const adopted = (value: number, by = "2026-03-29", direction?: "down_good") =>
    level("adoption", {
      explanation: exposed,
      items: [],
      metrics: [metric(value, direction)],
      agreed: [{ metricId: "mtr_1", target: 40, by }],
    });

  it.each([
    [40, "on_track"],
    [39.9, "at_risk"],
    [28, "at_risk"],
    [27.9, "off_track"],
  ])("with %d of 40 on the agreed day", (value, expected) => {
    expect(adopted(value)).toBe(expected);
  });

  it("waits for the agreed day, and turns round where less is better", () => {
    expect(adopted(1, "2026-03-31")).toBe("on_track");
    expect([adopted(40, undefined, "down_good"), adopted(58, undefined, "down_good")]).toEqual([
      "on_track",
      "off_track",
    ]);
  });

  it("takes the config's target before the key result's, and waits 28 d where no day was agreed", () => {
    const rules = healthRules([{ adoption: { targets: { Activation: { target: 10 } } } }], () => "abcdefghij");
    const more = { explanation: exposed, items: [], metrics: [metric(9)], agreed: [{ metricId: "mtr_1", target: 40 }] };
    expect(level("adoption", { ...more, rules })).toBe("at_risk");
    expect(level("adoption", { ...more, rules, asOf: on(29) })).toBe("on_track");
  });
});

describe("the roll-up", () => {
  it("is unknown, not green, while a source is later than its limit, and says which", () => {
    const late = { work: { state: "late", reason: "Jira was read later than its limit" } } as const;
    expect(healthOf(input({ feeds: late })).derived).toEqual({
      value: "unknown",
      rule: "H3",
      reasons: ["Jira was read later than its limit"],
    });
    expect(healthOf(input({ feeds: late }, { targetDate: "2026-03-20" })).derived.rule).toBe("H1");
  });

  it("takes the thresholds of the config, the product's before the hub's, and says so in the version", () => {
    const blocked = { items: [item(1, { isBlocked: true }, { blocked: [{ from: on(25) }] })] };
    const rules = healthRules(
      [{ flow: { blockedAtRiskDays: 2, quietDays: 9 } }, { flow: { blockedAtRiskDays: 6 } }],
      () => "0123456789",
    );
    expect(rules).toMatchObject({
      version: "2026.1+01234567",
      flow: { blockedAtRiskDays: 6, quietDays: 9, blockedOffTrackDays: 10 },
    });
    expect([level("flow", blocked), level("flow", { ...blocked, rules })]).toEqual(["at_risk", "on_track"]);
    expect(healthOf(input({ rules })).rules).toBe("2026.1+01234567");
    expect(HEALTH_RULES.flow.blockedAtRiskDays).toBe(3);
  });

  const FEED_NAMES = ["work", "experiment", "support", "adoption"] as const;
  const running: Around<"experiment"> = {
    id: "exp_1",
    source: { key: "e", url: `${URL}e` },
    sourceUpdatedAt: on(29),
    fields: { name: "E", status: word("running"), variations: [], startedAt: on(29) },
  };

  it("is never on track while a required source is late or stale", () => {
    void fc.assert(
      fc.property(
        fc.constantFrom("work", "experiment", "support"),
        fc.constantFrom("late", "stale", "pending", "none"),
        fc.boolean(),
        (feed, state, isOut) => {
          const explanation = isOut ? exposed : developing;
          const tickets = [{ ...past(1), kind: "ticket" as const, isOpen: false }];
          const known = { explanation, experiments: [running], tickets };
          const fresh = Object.fromEntries(FEED_NAMES.map((name) => [name, { state: "fresh" as const }]));
          expect(healthOf(input({ ...known, feeds: fresh })).value).toBe("on_track");
          if (feed === "support" && !isOut) return;
          expect(healthOf(input({ ...known, feeds: { ...fresh, [feed]: { state } } })).value).toBe("unknown");
        },
      ),
      { numRuns: 60 },
    );
  });

  it("never lets what is declared change what is derived", () => {
    void fc.assert(
      fc.property(
        fc.constantFrom("on_track", "at_risk", "off_track"),
        fc.integer({ min: 0, max: 29 }),
        fc.boolean(),
        (category, day, blocked) => {
          const items = [item(1, { isBlocked: blocked }, { blocked: blocked ? [{ from: on(2) }] : [] })];
          const declared = { declaredHealth: word(category as "on_track"), declaredHealthAt: on(day) };
          const [without, told] = [healthOf(input({ items })), healthOf(input({ items }, declared))];
          expect(told.derived).toEqual(without.derived);
          expect(told.dimensions).toEqual(without.dimensions);
        },
      ),
      { numRuns: 60 },
    );
  });
});
