import {
  announcement,
  asserted,
  campaign,
  deployed,
  design,
  epic,
  flag,
  item,
  need,
  pull,
  tests,
  ticket,
} from "./records.ts";
import type { Story } from "./story.ts";

const BUILT = [epic({ created: 1 }), item("ACME-2", [2, "Doing"], [5, "Done"])] as const;
const SHIPPED = [pull(7, { opened: 2, merged: 4 }), deployed(5, "production")] as const;

/** Tools that confirm each other, tools that are missing, people, and R9. */
export const TOGETHER: readonly Story[] = [
  {
    title: "a launch is seen by every tool: the headline is support, and all stages have their evidence",
    given: [
      epic({ created: 1, updated: 2, target: "2026-03-31", status: "active" }),
      design({ edits: [2] }),
      design({ key: "Final screen", edits: [3], status: "ready_for_dev" }),
      item("ACME-2", [3, "Doing"], [6, "Done"]),
      pull(7, { opened: 4, merged: 6 }),
      tests(7, "success"),
      deployed(8, "staging"),
      deployed(9, "production"),
      flag("checkout", { created: 4, production: { since: 10, rolloutPercent: 100 } }),
      campaign("sent", { created: 8, sent: 11 }),
      announcement(11, "external"),
      ticket(12),
    ],
    on: 28,
    expect: {
      headline: "support",
      states: {
        vision: "done",
        strategy: "done",
        design: "done",
        development: "done",
        testing: "done",
        production: "done",
        marketing: "done",
        support: "active",
      },
      because: [
        "R7 Announced 11 Mar in Slack #launches; 1 campaign sent, the last 11 Mar; nothing sent for more than 14 d",
        "R8 1 ticket within 30 d, the last 12 Mar; launched: production has been done since 17 Mar",
      ],
    },
  },
  {
    title: "a weak link alone does not establish a stage",
    given: [pull(7, { opened: 2, merged: 4, link: 0.7 })],
    on: 6,
    expect: {
      headline: null,
      states: { development: "done" },
      because: [
        "R4 1 of 1 pull request merged, the last (acme/web#7) 4 Mar; not enough to count yet (confidence 0.56, needs 0.7)",
      ],
    },
  },
  {
    title: "a second tool establishes what a weak link alone does not",
    given: [pull(7, { opened: 2, merged: 4, link: 0.7 }), item("ACME-2", [2, "Doing"], [5, "Done"])],
    on: 6,
    expect: { headline: "development", states: { development: "done" } },
  },
  {
    title: "without a design tool design is unknown, not “not started”",
    given: BUILT,
    on: 6,
    unseen: ["design"],
    expect: { headline: "development", states: { design: "unknown" } },
  },
  {
    title: "without a support tool support is unknown",
    given: [...BUILT, deployed(6, "production")],
    on: 8,
    unseen: ["support"],
    expect: { headline: "production", states: { support: "unknown" } },
  },
  {
    title: "without a marketing tool marketing is unknown",
    given: [...BUILT, deployed(6, "production")],
    on: 8,
    unseen: ["marketing"],
    expect: { headline: "production", states: { marketing: "unknown" } },
  },
  {
    title: "without a source of tests and deployments testing is unknown, and nothing is missing of it",
    given: BUILT,
    on: 6,
    unseen: ["testing", "production"],
    expect: { headline: "development", states: { testing: "unknown", production: "unknown" } },
  },
  {
    title: "without an issue tracker development is unknown until code speaks",
    given: [epic({ created: 1 })],
    on: 6,
    unseen: ["development"],
    expect: { headline: "vision", states: { development: "unknown" } },
  },
  {
    title: "without a planning tool vision and strategy are unknown",
    given: [pull(7, { opened: 2 })],
    on: 6,
    unseen: ["vision", "strategy"],
    expect: { headline: "development", states: { vision: "unknown", strategy: "unknown" } },
  },
  {
    title: "facts of a source that fell behind still count, and it is named",
    given: [...SHIPPED, ticket(6)],
    on: 8,
    unseen: ["support"],
    expect: {
      headline: "support",
      states: { support: "active" },
      unknown: ["support: no tool for support is connected"],
    },
  },
  {
    title: "a record that we lost access to keeps its facts",
    given: [epic({ created: 2, gone: { on: 5, as: "lost_access" } })],
    on: 8,
    expect: { headline: "vision", states: { vision: "active" } },
  },
  {
    title: "a person may place a feature where no tool speaks, until the assertion ends",
    given: [asserted(3, "design", { until: 10 })],
    on: 8,
    expect: {
      headline: "design",
      states: { design: "active" },
      because: ["R3 Ana asserted it 3 Mar, until 10 Mar"],
    },
  },
  {
    title: "an expired assertion says nothing",
    given: [asserted(3, "design", { until: 10 })],
    on: 11,
    expect: { headline: null, states: { design: "not_started" } },
  },
  {
    title: "a person may skip marketing",
    given: [...SHIPPED, asserted(6, "marketing", { skip: true })],
    on: 8,
    expect: { headline: "production", states: { marketing: "skipped" } },
  },
  {
    title: "R9: a feature is cancelled when its plan says so and nothing was observed for thirty days",
    given: [epic({ created: 1, updated: 8, status: "cancelled" }), item("ACME-2", [2, "Doing"], [8, "Won't do"])],
    on: 9,
    expect: { headline: "vision", disposition: "cancelled" },
  },
  {
    title: "R9: a feature is sunset when its flag was archived at 0 % and the pull request that removes it is merged",
    given: [
      ...SHIPPED,
      flag("checkout", { created: 2, production: { since: 20, on: false, rolloutPercent: 0 }, archived: 22 }),
      pull(9, { opened: 22, merged: 23, title: "Remove feature flag checkout" }),
    ],
    on: 24,
    expect: {
      headline: "testing",
      states: { production: "not_started", support: "done" },
      disposition: "sunset",
      badges: ["deployed_dark"],
      because: ["R8 The feature is sunset: its flag is archived and its code removed"],
    },
  },
  {
    title: "R9: an archived flag alone is no sunset",
    given: [
      ...SHIPPED,
      flag("checkout", { created: 2, production: { since: 20, on: false, rolloutPercent: 0 }, archived: 22 }),
    ],
    on: 24,
    expect: { headline: "testing", badges: ["deployed_dark"], disposition: "open" },
  },
  {
    title: "a customer who tells the same wish in two tools is one customer, and makes no stage alone",
    given: [need(2, "Ada"), need(3, "Ada", { key: "Same wish", tool: "zendesk" })],
    on: 5,
    expect: {
      headline: null,
      notYet: { vision: ["no idea recorded", "no objective linked", "1 of 3 customers asked for it"] },
    },
  },
];
