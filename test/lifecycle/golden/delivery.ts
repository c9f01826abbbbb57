import { deployed, experiment, flag, item, itemOf, pull, released, tests } from "./records.ts";
import type { Story } from "./story.ts";

/** R4 development, R5 testing. */
export const DELIVERY: readonly Story[] = [
  {
    title: "R4: a child in progress is development",
    given: [item("ACME-2", [2, "To Do"], [4, "Doing"]), item("ACME-3", [2, "To Do"])],
    on: 5,
    expect: {
      headline: "development",
      states: { development: "active", vision: "skipped", testing: "not_started" },
      because: ["R4 0 of 2 work items done, 1 in progress"],
      since: 4,
    },
  },
  {
    title: "R4: items that nobody began are no development",
    given: [item("ACME-2", [2, "To Do"]), item("ACME-3", [2, "To Do"])],
    on: 5,
    expect: {
      headline: null,
      states: { development: "not_started" },
      notYet: { development: ["none of 2 work items in progress or done", "no pull request open or merged"] },
    },
  },
  {
    title: "R4: a status that nobody mapped is not read as progress",
    given: [item("ACME-2", [2, "Waiting for Godot"])],
    on: 5,
    expect: { headline: null, states: { development: "not_started" } },
  },
  {
    title: "R4: an open pull request is development, a draft is not",
    given: [pull(7, { opened: 3, draft: true })],
    on: 5,
    expect: {
      headline: null,
      states: { development: "not_started" },
      notYet: { development: ["no work item linked", "acme/web#7 still a draft"] },
    },
  },
  {
    title: "R4: some but not all finished is development, though nobody is at it now",
    given: [item("ACME-2", [2, "To Do"], [4, "Done"]), item("ACME-3", [2, "To Do"])],
    on: 6,
    expect: { headline: "development", states: { development: "active" } },
  },
  {
    title: "R4: development is done when every child is done or cancelled and every pull request merged or closed",
    given: [
      item("ACME-2", [2, "Doing"], [5, "Done"]),
      item("ACME-3", [2, "To Do"], [6, "Won't do"]),
      pull(7, { opened: 3, merged: 5 }),
      pull(8, { opened: 3, closed: 4 }),
    ],
    on: 7,
    expect: {
      headline: "development",
      states: { development: "done" },
      because: ["R4 1 of 2 work items done, 1 cancelled; 1 of 2 pull requests merged, the last (acme/web#7) 5 Mar"],
      since: 6,
    },
  },
  {
    title: "R4: cancelled work alone is no development",
    given: [item("ACME-2", [2, "To Do"], [4, "Won't do"])],
    on: 6,
    expect: { headline: null, states: { development: "not_started" } },
  },
  {
    title: "R4: one reopened item leaves development done for a day",
    given: [item("ACME-2", [2, "Doing"], [5, "Done"], [7, "Reopened"])],
    on: 7.5,
    expect: {
      headline: "development",
      states: { development: "done" },
      badges: ["reopened"],
      because: ["R4 0 of 1 work item done; ACME-2 was reopened less than 24 h before"],
    },
  },
  {
    title: "R4: development regresses when the reopened item lasts longer than a day",
    given: [item("ACME-2", [2, "Doing"], [5, "Done"], [7, "Reopened"])],
    on: 8.5,
    expect: {
      headline: null,
      states: { development: "regressed" },
      because: ["R4 Jira ACME-2 was done and is open again since 7 Mar"],
    },
  },
  {
    title: "R4: a second reopened item makes development regress at once",
    given: [
      item("ACME-2", [2, "Doing"], [5, "Done"], [7, "Doing"]),
      item("ACME-3", [2, "Doing"], [5, "Done"], [7.2, "Doing"]),
    ],
    on: 7.5,
    expect: { headline: "development", states: { development: "regressed" } },
  },
  {
    title: "R4: a merged revert makes development regress at once, and a merge after it mends it",
    given: [
      pull(7, { opened: 2, merged: 4 }),
      pull(8, { opened: 5, merged: 5, title: 'Revert "Do it"' }),
      pull(9, { opened: 6, merged: 8 }),
    ],
    on: 9,
    expect: { headline: "development", states: { development: "done" }, since: 8 },
  },
  {
    title: "R4: while a revert stands, development is regressed",
    given: [pull(7, { opened: 2, merged: 4 }), pull(8, { opened: 5, merged: 5, title: 'Revert "Do it"' })],
    on: 9,
    expect: {
      headline: null,
      states: { development: "regressed" },
      because: ["R4 Reverted by acme/web#8 5 Mar"],
    },
  },
  {
    title: "R4: new scope on finished work is development again, and no regress",
    given: [item("ACME-2", [2, "Doing"], [5, "Done"]), item("ACME-3", [7, "To Do"])],
    on: 8,
    expect: { headline: "development", states: { development: "active" } },
  },
  {
    title: "R4: an open item that leaves the scope is forgotten, a finished one that is archived is not",
    given: [
      itemOf({ key: "ACME-2", gone: { on: 7, as: "archived" } }, [2, "Doing"], [5, "Done"]),
      itemOf({ key: "ACME-3", gone: { on: 7, as: "out_of_scope" } }, [2, "Doing"]),
    ],
    on: 8,
    expect: { headline: "development", states: { development: "done" }, since: 7 },
  },
  {
    title: "R5: a deployment to staging is testing",
    given: [pull(7, { opened: 2, merged: 4 }), deployed(5, "staging")],
    on: 6,
    expect: {
      headline: "testing",
      states: { development: "done", testing: "active" },
      because: ["R5 Deployed to staging of acme/web 5 Mar"],
      notYet: { production: ["no production deployment contains its commits"] },
    },
  },
  {
    title: "R5: a failed deployment changes nothing",
    given: [pull(7, { opened: 2, merged: 4 }), deployed(5, "staging", { result: "failure" })],
    on: 6,
    expect: { headline: "development", states: { testing: "not_started" } },
  },
  {
    title: "R5: testing is done by a green run after the last merge",
    given: [pull(7, { opened: 2, merged: 4 }), tests(5, "success")],
    on: 6,
    expect: { headline: "testing", states: { testing: "done" }, because: ["R5 Tests green 5 Mar (CI)"] },
  },
  {
    title: "R5: a red run after the last merge takes testing back",
    given: [pull(7, { opened: 2, merged: 4 }), tests(5, "success"), tests(6, "failure")],
    on: 7,
    expect: {
      headline: "development",
      states: { testing: "regressed" },
      badges: ["tests_failing"],
      because: ["R5 Tests of CI red since 6 Mar, after the last merge"],
      notYet: {
        testing: [
          "not deployed to a test environment",
          "tests of CI red since 6 Mar",
          "no flag on for internal users",
          "no experiment draft or running",
        ],
      },
    },
  },
  {
    title: "R5: a red run before the last merge still shows that it is being tested",
    given: [tests(3, "failure"), pull(7, { opened: 2, merged: 4 })],
    on: 6,
    expect: {
      headline: "testing",
      states: { testing: "active" },
      because: ["R5 Tests of CI red 3 Mar, not run since the last merge"],
    },
  },
  {
    title: "R5: a flag that only testers get is testing",
    given: [
      deployed(5, "production"),
      flag("checkout", { created: 2, production: { since: 6, rolloutPercent: 0, segments: ["beta-testers"] } }),
    ],
    on: 8,
    expect: {
      headline: "testing",
      states: { testing: "active", production: "not_started" },
      badges: ["deployed_dark"],
    },
  },
  {
    title: "R5: a draft experiment is testing, a stopped one is not",
    given: [experiment({ created: 3 })],
    on: 5,
    expect: { headline: "testing", states: { testing: "active" }, because: ["R5 Experiment checkout-test draft"] },
  },
  {
    title: "R5: testing ends with the experiment where nothing else tests it",
    given: [pull(7, { opened: 2, merged: 3 }), experiment({ started: 3, ended: 9, result: "inconclusive" })],
    on: 10,
    expect: { headline: "development", states: { testing: "not_started" } },
  },
  {
    title: "R5: an item in a column that the config maps to testing is testing, and work in progress as well",
    given: [item("ACME-2", [2, "Doing"], [4, "In QA"])],
    on: 5,
    expect: {
      headline: "testing",
      states: { development: "active", testing: "active" },
      because: ["R5 Jira ACME-2 is in a status that stands for testing since 4 Mar"],
    },
  },
  {
    title: "R5: the column counts no more once the item leaves it",
    given: [item("ACME-2", [2, "Doing"], [4, "In QA"], [6, "Done"])],
    on: 7,
    expect: { headline: "development", states: { development: "done", testing: "not_started" } },
  },
  {
    title: "R5: testing is skipped by nobody who is in production, where it counts as done",
    given: [pull(7, { opened: 2, merged: 4 }), deployed(5, "production"), released(5, { planned: true })],
    on: 6,
    expect: { headline: "production", states: { testing: "done", production: "active" } },
  },
];
