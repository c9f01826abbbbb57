import { deployed, epic, experiment, flag, metric, pull } from "./records.ts";
import type { Story } from "./story.ts";

const SHIPPED = [pull(7, { opened: 2, merged: 4 }), deployed(5, "production")] as const;

/** R6 production, R6b dark. */
export const EXPOSURE: readonly Story[] = [
  {
    title: "R6: a live production deployment without a flag is production",
    given: SHIPPED,
    on: 6,
    expect: {
      headline: "production",
      states: { testing: "done", production: "active", marketing: "not_started" },
      because: ["R6 Deployed to production of acme/web 5 Mar"],
      notYet: {
        marketing: ["no campaign linked", "no external announcement or release note"],
        support: [
          "production is not done: open to every customer only since 5 Mar, needs 7 d",
          "no ticket or need since exposure",
        ],
      },
    },
  },
  {
    title: "R6: production is done once every customer had it for seven days",
    given: SHIPPED,
    on: 12,
    expect: {
      headline: "support",
      states: { production: "done", support: "active" },
      because: [
        "R6 Deployed to production of acme/web 5 Mar; open to every customer since 5 Mar, for more than 7 d",
        "R8 Launched: production has been done since 12 Mar",
      ],
    },
  },
  {
    title: "R6b: deployed behind a flag at 0 % is dark: the headline stays testing",
    given: [...SHIPPED, flag("checkout", { created: 2, production: { since: 2, on: false, rolloutPercent: 0 } })],
    on: 20,
    expect: {
      headline: "testing",
      states: { testing: "active", production: "not_started" },
      because: ["R6b In production behind flag checkout at 0 %: no customer sees it"],
      notYet: { production: ["flag checkout at 0 % in production"] },
      badges: ["deployed_dark"],
    },
  },
  {
    title: "R6: a flag above 0 % exposes it, and production begins when the flag moved",
    given: [...SHIPPED, flag("checkout", { created: 2, production: { since: 8, rolloutPercent: 25 } })],
    on: 20,
    expect: {
      headline: "production",
      states: { production: "active" },
      because: ["R6 Deployed to production of acme/web 5 Mar; flag checkout at 25 %"],
      since: 8,
    },
  },
  {
    title: "R6: production is not done while a flag holds it back from some",
    given: [...SHIPPED, flag("checkout", { created: 2, production: { since: 8, rolloutPercent: 25 } })],
    on: 31,
    expect: {
      headline: "production",
      states: { production: "active" },
      notYet: { support: ["production is not done: not every customer has it", "no ticket or need since exposure"] },
    },
  },
  {
    title: "R6: named customers count as exposure where the share is 0 %",
    given: [
      ...SHIPPED,
      flag("checkout", { created: 2, production: { since: 8, rolloutPercent: 0, segments: ["Acme GmbH"] } }),
    ],
    on: 20,
    expect: {
      headline: "production",
      states: { production: "active" },
      because: ["R6 Deployed to production of acme/web 5 Mar; flag checkout on for some customers"],
    },
  },
  {
    title: "R6: a flag that is on, and does not tell for whom, exposes it to some",
    given: [...SHIPPED, flag("checkout", { created: 2, production: { since: 8 } })],
    on: 31,
    expect: {
      headline: "production",
      states: { production: "active" },
      because: ["R6 Deployed to production of acme/web 5 Mar; flag checkout on for some customers"],
    },
  },
  {
    title: "R6: of two flags one above 0 % exposes it, and only both at 100 % open it to all",
    given: [
      ...SHIPPED,
      flag("checkout", { created: 2, production: { since: 8, rolloutPercent: 100 } }),
      flag("wallets", { created: 2, production: { since: 2, on: false, rolloutPercent: 0 } }),
    ],
    on: 31,
    expect: { headline: "production", states: { production: "active" } },
  },
  {
    title: "R6: a flag without a deployment is no production",
    given: [
      pull(7, { opened: 2, merged: 4 }),
      flag("checkout", { created: 2, production: { since: 8, rolloutPercent: 100 } }),
    ],
    on: 20,
    expect: {
      headline: "development",
      states: { production: "not_started" },
      notYet: { production: ["no production deployment contains its commits"] },
    },
  },
  {
    title: "R6: production regresses when the deployment is rolled back",
    given: [...SHIPPED, deployed(9, "production", { rollback: true })],
    on: 10,
    expect: {
      headline: "development",
      states: { production: "regressed" },
      because: ["R6 The deployment to production of acme/web was rolled back 9 Mar"],
      notYet: { production: ["the deployment to production of acme/web was rolled back 9 Mar"] },
    },
  },
  {
    title: "R6: the winner of an experiment that was shipped is open to all, whatever the flag says",
    given: [
      ...SHIPPED,
      flag("checkout", { created: 2, production: { since: 6, rolloutPercent: 50 } }),
      experiment({ started: 6, ended: 14, result: "won", decision: "ship" }),
    ],
    on: 22,
    expect: {
      headline: "support",
      states: { production: "done" },
      because: [
        "R6 Deployed to production of acme/web 5 Mar; flag checkout at 50 %; winner of experiment GrowthBook checkout-test shipped 14 Mar; open to every customer since 14 Mar, for more than 7 d",
      ],
    },
  },
  {
    title: "R6: use that analytics count supports production, and is no exposure by itself",
    given: [metric([3, 0], [4, 12])],
    on: 6,
    expect: { headline: null, states: { production: "not_started" } },
  },
  {
    title: "R6: use that analytics count adds a tool to production",
    given: [deployed(5, "production", { link: 0.7 }), metric([3, 0], [6, 12], [7, 14])],
    on: 8,
    expect: {
      headline: "production",
      states: { production: "active" },
      because: ["R6 Deployed to production of acme/web 5 Mar; used, last seen 7 Mar"],
    },
  },
  {
    title: "R6: a flag that was archived while everybody had it gates nothing more",
    given: [
      ...SHIPPED,
      flag("checkout", { created: 2, production: { since: 6, rolloutPercent: 100 }, archived: 20 }),
      pull(9, { opened: 21, merged: 22, title: "Remove the flag checkout" }),
    ],
    on: 25,
    expect: { headline: "support", states: { production: "done", development: "done" }, disposition: "open" },
  },
  {
    title: "R6: a flag that was cleaned up exposes nothing that another flag holds back",
    given: [
      ...SHIPPED,
      flag("checkout", { created: 2, production: { since: 6, rolloutPercent: 100 }, archived: 20 }),
      flag("wallets", { created: 2, production: { since: 2, on: false, rolloutPercent: 0 } }),
    ],
    on: 25,
    expect: {
      headline: "testing",
      states: { production: "not_started" },
      badges: ["deployed_dark"],
      notYet: { production: ["flag wallets at 0 % in production"] },
    },
  },
  {
    title: "R6: where no tool reports deployments, one tool that says done is not enough",
    given: [epic({ created: 2, status: "completed", completed: 5 })],
    on: 8,
    unseen: ["production"],
    expect: {
      headline: "vision",
      states: { production: "active" },
      because: ["R6 Jira ACME-1 says done; not enough to count yet (confidence 0.5, needs 0.7)"],
      notYet: { production: ["more evidence of another tool (confidence 0.5, needs 0.7)"] },
    },
  },
  {
    title: "R6: where no tool reports deployments, two tools that say done are enough",
    given: [
      epic({ created: 2, status: "completed", completed: 5 }),
      epic({ key: "Checkout", tool: "linear", created: 2, status: "completed", completed: 6 }),
    ],
    on: 8,
    unseen: ["production"],
    expect: { headline: "production", states: { production: "active" }, since: 5 },
  },
];
