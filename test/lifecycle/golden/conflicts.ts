import { asserted, deployed, epic, experiment, flag, item, pull } from "./records.ts";
import type { Story } from "./story.ts";

const SHIPPED = [pull(7, { opened: 2, merged: 4 }), deployed(5, "production")] as const;
const done = epic({ created: 2, status: "completed", completed: 6 });

/** Who says otherwise. */
export const CONFLICTS: readonly Story[] = [
  {
    title: "a claim of done without a production deployment is a conflict, and no production",
    given: [done, pull(7, { opened: 2, merged: 4 })],
    on: 8,
    expect: {
      headline: "development",
      states: { production: "not_started" },
      conflicts: [
        "Jira ACME-1 says done (6 Mar), but R6: not exposed to customers, no production deployment contains its commits",
      ],
    },
  },
  {
    title: "a claim of done behind a flag at 0 % is a conflict that names the flag",
    given: [done, ...SHIPPED, flag("checkout", { created: 2, production: { since: 2, on: false, rolloutPercent: 0 } })],
    on: 8,
    expect: {
      headline: "testing",
      badges: ["deployed_dark"],
      conflicts: ["Jira ACME-1 says done (6 Mar), but R6: not exposed to customers, flag checkout at 0 %"],
    },
  },
  {
    title: "a claim of done after a rollback is a conflict that names the rollback",
    given: [done, ...SHIPPED, deployed(7, "production", { rollback: true })],
    on: 8,
    expect: {
      headline: "development",
      conflicts: [
        "Jira ACME-1 says done (6 Mar), but R6: not exposed to customers, the deployment to production of acme/web was rolled back 7 Mar",
      ],
    },
  },
  {
    title: "a claim of done over running work is a conflict where deployments cannot be seen",
    given: [done, item("ACME-2", [3, "Doing"])],
    on: 8,
    unseen: ["production"],
    expect: {
      headline: "development",
      conflicts: ["Jira ACME-1 says done (6 Mar), but R4: 1 piece of work still in progress: ACME-2"],
    },
  },
  {
    title: "work in progress on what every customer has is a conflict",
    given: [...SHIPPED, item("ACME-2", [3, "Doing"])],
    on: 8,
    expect: {
      headline: "production",
      states: { development: "active" },
      conflicts: ["1 piece of work still in progress: ACME-2, but R6: 100 % in production"],
    },
  },
  {
    title: "a plan that says planned while pull requests are merged is a conflict",
    given: [epic({ created: 2, status: "planned" }), pull(7, { opened: 2, merged: 4 })],
    on: 8,
    expect: {
      headline: "development",
      conflicts: ["Jira ACME-1 says planned (2 Mar), but R4: development is done, acme/web#7 merged 4 Mar"],
    },
  },
  {
    title: "a plan that says cancelled while customers have it is a conflict",
    given: [epic({ created: 2, updated: 6, status: "cancelled" }), ...SHIPPED],
    on: 8,
    expect: {
      headline: "production",
      conflicts: ["Jira ACME-1 says cancelled (6 Mar), but R6: still in production"],
    },
  },
  {
    title: "a person who asserts production of a dark feature is overruled, and shown",
    given: [
      ...SHIPPED,
      flag("checkout", { created: 2, production: { since: 2, on: false, rolloutPercent: 0 } }),
      asserted(6, "production"),
    ],
    on: 8,
    expect: {
      headline: "testing",
      badges: ["deployed_dark"],
      conflicts: ["Ana asserted production (6 Mar), but R6: not exposed to customers, flag checkout at 0 %"],
    },
  },
  {
    title: "a person who asserts that nothing is built is overruled by the work",
    given: [item("ACME-2", [3, "Doing"]), asserted(6, "development", { not: true })],
    on: 8,
    expect: {
      headline: "development",
      conflicts: ["Ana asserted that it is not in development (6 Mar), but R4: Jira ACME-2 shows it since 3 Mar"],
    },
  },
  {
    title: "an experiment that lost, and is given to customers all the same, is a conflict",
    given: [
      ...SHIPPED,
      flag("checkout", { created: 2, production: { since: 15, rolloutPercent: 100 } }),
      experiment({ started: 6, ended: 14, result: "lost", decision: "ship" }),
    ],
    on: 16,
    expect: {
      headline: "production",
      states: { production: "active" },
      conflicts: ["GrowthBook checkout-test lost (14 Mar), but R6: flag checkout at 100 % in production"],
    },
  },
  {
    title: "an experiment that lost, and was taken back, is none",
    given: [
      ...SHIPPED,
      flag("checkout", { created: 2, production: { since: 15, on: false, rolloutPercent: 0 } }),
      experiment({ started: 6, ended: 14, result: "lost", decision: "rollback" }),
    ],
    on: 16,
    expect: { headline: "testing", badges: ["deployed_dark"] },
  },
];
