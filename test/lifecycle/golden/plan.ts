import { answer, design, epic, initiative, item, itemOf, need, objective, targetMoved } from "./records.ts";
import type { Story } from "./story.ts";

/** R1 vision, R2 strategy, R3 design. */
export const PLAN: readonly Story[] = [
  {
    title: "R1: an idea in a planning tool is enough for vision",
    given: [epic({ key: "IDEA-7", created: 2 })],
    on: 5,
    expect: {
      headline: "vision",
      states: { vision: "active", strategy: "not_started", development: "not_started" },
      because: ["R1 Jira IDEA-7 has existed since 2 Mar"],
      notYet: {
        strategy: ["no target date", "no planned or active initiative", "no priority set"],
        design: ["no design edited recently", "no design item in progress", "no design marked ready"],
      },
      since: 2,
    },
  },
  {
    title: "R1: vision is done once strategy gives it a time frame",
    given: [epic({ created: 2, target: "2026-06-30" })],
    on: 5,
    expect: {
      headline: "strategy",
      states: { vision: "done", strategy: "active" },
      because: [
        "R1 Jira ACME-1 has existed since 2 Mar; strategy gives it a time frame",
        "R2 Target date set 2 Mar in Jira ACME-1",
      ],
    },
  },
  {
    title: "R1: an objective that it contributes to gives it a vision",
    given: [objective({ status: "active", created: 3 })],
    on: 5,
    expect: {
      headline: "vision",
      states: { vision: "active" },
      because: ["R1 Contributes to Notion More first orders since 3 Mar"],
    },
  },
  {
    title: "R1: vision is lost when the objective is given up and nothing else carries it",
    given: [objective({ status: "cancelled", created: 3, updated: 9 })],
    on: 10,
    expect: {
      headline: null,
      states: { vision: "regressed" },
      because: ["R1 No longer linked to Notion More first orders since 9 Mar"],
    },
  },
  {
    title: "R1: three customers who ask make a vision, two do not, however often they ask",
    given: [need(2, "Ada"), need(3, "Ada", { key: "Again" }), need(4, "Ben")],
    on: 6,
    expect: {
      headline: null,
      states: { vision: "not_started" },
      notYet: { vision: ["no idea recorded", "no objective linked", "2 of 3 customers asked for it"] },
    },
  },
  {
    title: "R1: needs count from every tool, surveys too, and stay needs when the customer was told",
    given: [need(2, "Ada"), need(3, "Ben", { closed: 5 }), answer(4, "Cleo")],
    on: 6,
    expect: { headline: "vision", states: { vision: "active" }, because: ["R1 3 customers asked for it"], since: 4 },
  },
  {
    title: "R1: customers are counted once over all tools, and what names no customer is told as a request",
    given: [
      epic({ created: 2 }),
      need(2, "Ada"),
      need(3, "Ada", { key: "Same wish", tool: "zendesk" }),
      need(3, "Ben"),
      need(4, "acc_slack1", { key: "A message", tool: "slack" }),
      need(5, "fbk_1", { key: "A form", tool: "typeform" }),
    ],
    on: 6,
    expect: {
      headline: "vision",
      because: ["R1 Jira ACME-1 has existed since 2 Mar; 2 customers asked for it, and 2 requests name no customer"],
    },
  },
  {
    title: "R1: requests that name no customer make no vision",
    given: [need(2, "Ada"), need(3, "acc_slack1"), need(4, "acc_slack2"), need(5, "fbk_1")],
    on: 6,
    expect: {
      headline: null,
      states: { vision: "not_started" },
      notYet: { vision: ["no idea recorded", "no objective linked", "1 of 3 customers asked for it"] },
    },
  },
  {
    title: "R1: vision regresses when the idea is deleted",
    given: [epic({ created: 2, gone: { on: 8, as: "deleted" } })],
    on: 9,
    expect: { headline: null, states: { vision: "regressed" }, because: ["R1 Jira ACME-1 has been gone since 8 Mar"] },
  },
  {
    title: "R2: a planned initiative above it is strategy, from the day on which the feature exists",
    given: [epic({ created: 2 }), initiative({ status: "planned", created: 1 })],
    on: 5,
    expect: {
      headline: "strategy",
      states: { vision: "done", strategy: "active" },
      because: ["R2 Part of Jira ACME-0 since 2 Mar, which is planned or active"],
      since: 2,
    },
  },
  {
    title: "R2: a scored priority is strategy, and “none” is no score",
    given: [epic({ created: 2, priority: "none" })],
    on: 5,
    expect: { headline: "vision", states: { strategy: "not_started" } },
  },
  {
    title: "R2: strategy is done when it is committed and development runs",
    given: [
      epic({ created: 2, updated: 4, target: "2026-06-30", status: "active" }),
      item("ACME-2", [3, "To Do"], [6, "Doing"]),
    ],
    on: 8,
    expect: {
      headline: "development",
      states: { vision: "done", strategy: "done", design: "skipped", development: "active" },
      because: ["R2 Target date set 2 Mar in Jira ACME-1; committed 4 Mar"],
    },
  },
  {
    title: "R2: strategy stays active without a commitment, whatever is built",
    given: [epic({ created: 2, target: "2026-06-30" }), item("ACME-2", [3, "Doing"])],
    on: 8,
    expect: { headline: "development", states: { strategy: "active" } },
  },
  {
    title: "R2: strategy regresses when the target is removed",
    given: [
      epic({
        created: 2,
        updated: 9,
        history: [targetMoved(4, null, "2026-06-30"), targetMoved(9, "2026-06-30", null)],
      }),
    ],
    on: 10,
    expect: {
      headline: "vision",
      states: { vision: "active", strategy: "regressed" },
      because: ["R2 The target date was removed 9 Mar in Jira ACME-1"],
    },
  },
  {
    title: "R3: an edit of a linked design enters design",
    given: [design({ edits: [3] })],
    on: 5,
    expect: { headline: "design", states: { design: "active" }, because: ["R3 Last edit 3 Mar"] },
  },
  {
    title: "R3: two weeks after the last edit design is held, and the text says so",
    given: [design({ edits: [3, 4] })],
    on: 19,
    expect: {
      headline: "design",
      states: { design: "active" },
      because: ["R3 Last edit 4 Mar; no edit for more than 14 d, held until 30 d"],
      badges: ["held"],
    },
  },
  {
    title: "R3: thirty days after the last edit design lapses",
    given: [epic({ created: 2 }), design({ edits: [3] })],
    on: 34,
    expect: { headline: "vision", states: { design: "not_started" } },
  },
  {
    title: "R3: a design that is ready for development ends design",
    given: [design({ edits: [3, 5] }), design({ key: "Final screen", edits: [6], status: "ready_for_dev" })],
    on: 7,
    expect: {
      headline: "design",
      states: { design: "done" },
      because: ["R3 Figma Final screen ready for development since 6 Mar; last edit 6 Mar"],
    },
  },
  {
    title: "R3: an edit after the ready mark reopens design",
    given: [design({ key: "Final screen", edits: [4, 8], status: "changed_after_ready" })],
    on: 9,
    expect: {
      headline: "design",
      states: { design: "active" },
      badges: ["changed_after_ready"],
    },
  },
  {
    title: "R3: a work item of a design kind is design, and no development",
    given: [itemOf({ key: "ACME-5", type: "Design" }, [2, "To Do"], [4, "Doing"])],
    on: 6,
    expect: {
      headline: "design",
      states: { design: "active", development: "not_started" },
      because: ["R3 1 design item in progress"],
      notYet: { development: ["no work item linked", "no pull request open or merged"] },
    },
  },
  {
    title: "R3: a work item with the label “design” is one too, and a ready design waits for it",
    given: [
      design({ key: "Final screen", edits: [3], status: "ready_for_dev" }),
      itemOf({ key: "#12", type: "Task", tool: "github", labels: ["design"] }, [4, "Doing"]),
    ],
    on: 6,
    expect: { headline: "design", states: { design: "active" } },
  },
];
