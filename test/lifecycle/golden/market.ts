import { announcement, campaign, deployed, flag, incident, need, pull, released, ticket } from "./records.ts";
import type { Story } from "./story.ts";

const LIVE = [pull(7, { opened: 1, merged: 2 }), deployed(3, "production")] as const;
const PART = [...LIVE, flag("checkout", { created: 1, production: { since: 3, rolloutPercent: 50 } })] as const;

/** R7 marketing, R8 support. */
export const MARKET: readonly Story[] = [
  {
    title: "R7: a scheduled campaign is marketing, a draft is not",
    given: [...PART, campaign("draft", { created: 4 })],
    on: 6,
    expect: {
      headline: "production",
      states: { marketing: "not_started" },
      notYet: { marketing: ["campaign Launch mail is draft", "no external announcement or release note"] },
    },
  },
  {
    title: "R7: a scheduled campaign of a feature in production makes marketing the headline",
    given: [...PART, campaign("scheduled", { created: 4, updated: 5 })],
    on: 6,
    expect: {
      headline: "marketing",
      states: { marketing: "active" },
      because: ["R7 1 campaign scheduled or sending"],
    },
  },
  {
    title: "R7: marketing is done two weeks after the last mail was sent",
    given: [...PART, campaign("sent", { created: 4, sent: 6 })],
    on: 20,
    expect: {
      headline: "marketing",
      states: { marketing: "done" },
      because: ["R7 1 campaign sent, the last 6 Mar; nothing sent for more than 14 d"],
    },
  },
  {
    title: "R7: marketing is not done while another campaign waits",
    given: [...PART, campaign("sent", { created: 4, sent: 6 }), campaign("scheduled", { key: "Reminder", created: 7 })],
    on: 28,
    expect: { headline: "marketing", states: { marketing: "active" } },
  },
  {
    title: "R7: an announcement to customers is marketing, one to colleagues is not",
    given: [...PART, announcement(4, "internal")],
    on: 6,
    expect: { headline: "production", states: { marketing: "not_started" } },
  },
  {
    title: "R7: an announcement to customers is marketing",
    given: [...PART, announcement(4, "external")],
    on: 6,
    expect: {
      headline: "marketing",
      states: { marketing: "active" },
      because: ["R7 Announced 4 Mar in Slack #launches"],
    },
  },
  {
    title: "R7: a published release note is an announcement, a planned release is not",
    given: [...PART, released(9, { planned: true })],
    on: 10,
    expect: { headline: "production", states: { marketing: "not_started" } },
  },
  {
    title: "R7: marketing regresses when all campaigns are cancelled and nothing was announced",
    given: [...PART, campaign("cancelled", { created: 4, updated: 8 })],
    on: 9,
    expect: { headline: "production", states: { marketing: "not_started" } },
  },
  {
    title: "R7: an early campaign is marketing ahead of production, and never the headline",
    given: [pull(7, { opened: 1, merged: 2 }), campaign("sent", { created: 3, sent: 5 })],
    on: 6,
    expect: {
      headline: "development",
      states: { marketing: "active", production: "not_started" },
      badges: ["ahead_of_production"],
      because: ["R7 1 campaign sent, the last 5 Mar; before customers can have it"],
      findings: ["1 campaign sent, the first 5 Mar, and customers cannot have it yet"],
    },
  },
  {
    title: "R7: a campaign that is scheduled ahead of production promised nothing yet",
    given: [pull(7, { opened: 1, merged: 2 }), campaign("scheduled", { created: 3, updated: 4 })],
    on: 6,
    expect: {
      headline: "development",
      states: { marketing: "active", production: "not_started" },
      badges: ["ahead_of_production"],
      findings: [],
    },
  },
  {
    title: "R8: six tickets that come evenly over the months are no flood",
    given: [...LIVE, ...[5, 15, 25, 35, 45, 55].map((day) => ticket(day))],
    on: 60,
    expect: { headline: "support", states: { support: "active" }, findings: [] },
  },
  {
    title: "R7: that a campaign went out too early is told for good",
    given: [pull(7, { opened: 1, merged: 2 }), campaign("sent", { created: 3, sent: 5 }), deployed(9, "production")],
    on: 12,
    expect: {
      headline: "marketing",
      states: { marketing: "active" },
      because: ["R7 1 campaign sent, the last 5 Mar; the first 5 Mar, before customers could have it (9 Mar)"],
      findings: ["1 campaign sent, the first 5 Mar, before customers could have it (9 Mar)"],
    },
  },
  {
    title: "R7: a product without marketing skips the stage by config",
    given: PART,
    on: 6,
    rules: { skips: ["marketing"] },
    expect: { headline: "production", states: { marketing: "skipped" } },
  },
  {
    title: "R8: the first ticket after exposure begins support",
    given: [...PART, ticket(5)],
    on: 6,
    expect: {
      headline: "support",
      states: { support: "active" },
      because: ["R8 1 ticket within 30 d, the last 5 Mar"],
    },
  },
  {
    title: "R8: a ticket before customers could have it is no support",
    given: [ticket(2), ...PART],
    on: 6,
    expect: { headline: "production", states: { support: "not_started" } },
  },
  {
    title: "R8: an incident is support like a ticket",
    given: [...PART, incident(5)],
    on: 6,
    expect: { headline: "support", states: { support: "active" } },
  },
  {
    title: "R8: tickets lapse after thirty days",
    given: [...PART, ticket(5)],
    on: 36,
    expect: { headline: "production", states: { support: "not_started" } },
  },
  {
    title: "R8: a customer who asks for more after exposure begins support",
    given: [...PART, need(6, "Ada")],
    on: 8,
    expect: {
      headline: "support",
      states: { support: "active" },
      because: ["R8 1 customer asked for more after exposure"],
    },
  },
  {
    title: "R8: a flood of tickets after a release is told, also when they have lapsed",
    given: [...LIVE, ...[4, 4.1, 4.2, 5, 5.5, 6].map((day) => ticket(day)), ticket(20)],
    on: 60,
    expect: {
      headline: "support",
      states: { support: "active" },
      because: [
        "R8 6 of 7 tickets came within 7 d from 4 Mar, right after customers first had it (3 Mar); launched: production has been done since 10 Mar",
      ],
      findings: ["6 of 7 tickets came within 7 d from 4 Mar, right after customers first had it (3 Mar)"],
    },
  },
];
