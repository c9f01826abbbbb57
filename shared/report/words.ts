import type { FieldedKind } from "../domain/entity.ts";
import type { Stage } from "../domain/stage.ts";
import type { ChangeKind } from "../lifecycle/changes.ts";
import type { HealthValue } from "../store/views.ts";

/** One wording of every closed term, the same on every page. */
export const STAGE_WORDS: Readonly<Record<Stage | "none", string>> = {
  vision: "Vision",
  strategy: "Strategy",
  design: "Design",
  development: "Development",
  testing: "Testing",
  production: "Production",
  marketing: "Marketing",
  support: "Support",
  none: "No stage yet",
};

export const HEALTH_WORDS: Readonly<Record<HealthValue, { mark: string; word: string }>> = {
  on_track: { mark: "●", word: "On track" },
  at_risk: { mark: "▲", word: "At risk" },
  off_track: { mark: "■", word: "Off track" },
  unknown: { mark: "○", word: "No signal" },
};

export const CHANGE_WORDS: Readonly<Record<ChangeKind, string>> = {
  moved_back: "moved back",
  went_off_track: "off track",
  decided: "decided",
  uncounted: "not counted",
  slipped: "slipped",
  went_at_risk: "at risk",
  closed: "closed",
  moved_forward: "moved on",
  added: "new",
  reopened: "reopened",
  disagreed: "disagreement",
  recovered: "recovered",
  retargeted: "new target",
  rescoped: "scope",
};

export const KIND_WORDS: Readonly<Record<FieldedKind | "assertion", string>> = {
  assertion: "What people say",
  product: "Products",
  initiative: "Initiatives",
  feature: "Features",
  workItem: "Work items",
  cycle: "Cycles",
  pullRequest: "Pull requests",
  review: "Reviews",
  commit: "Commits",
  testRun: "Test runs",
  deployment: "Deployments",
  release: "Releases",
  account: "Accounts",
  team: "Teams",
  vocabulary: "Vocabulary",
  objective: "Objectives",
  keyResult: "Key results",
  design: "Designs",
  featureFlag: "Feature flags",
  experiment: "Experiments",
  metric: "Metrics",
  feedback: "Feedback",
  survey: "Surveys",
  surveyResponse: "Survey responses",
  campaign: "Campaigns",
  announcement: "Announcements",
  supportTicket: "Support tickets",
  incident: "Incidents",
  document: "Documents",
  customer: "Customers",
};
