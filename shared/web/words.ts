import type { IdentityRule, PersonState } from "../domain/identity.ts";
import type { Badge, StageState } from "../domain/stage.ts";
import type { ConnectionState, HealthValue, StreamRun } from "../store/views.ts";

export { HEALTH_WORDS, KIND_WORDS, STAGE_WORDS } from "../report/words.ts";

/** One wording of every closed term, the same on every page. */
export const STAGE_STATE_WORDS: Readonly<Record<StageState, { mark: string; word: string; means: string }>> = {
  not_started: { mark: "·", word: "Not started", means: "There is no evidence yet." },
  active: { mark: "▶", word: "Active", means: "There is evidence now." },
  done: { mark: "✓", word: "Done", means: "Its conditions are met and it is left behind." },
  skipped: { mark: "–", word: "Skipped", means: "A later stage has evidence, this one never had any." },
  regressed: { mark: "◀", word: "Regressed", means: "It was left and something undid it." },
  unknown: { mark: "?", word: "Unknown", means: "No fresh source can see it." },
};

export const CONNECTION_WORDS: Readonly<Record<ConnectionState, { tone: HealthValue; word: string; means: string }>> = {
  healthy: { tone: "on_track", word: "Healthy", means: "The last run succeeded and the data is within its limit." },
  syncing: { tone: "unknown", word: "Syncing", means: "A run is at work." },
  pending: { tone: "unknown", word: "Pending", means: "It has not been read successfully yet." },
  degraded: {
    tone: "at_risk",
    word: "Degraded",
    means: "It is being tried again; the data is still within its limit.",
  },
  stale: { tone: "at_risk", word: "Stale", means: "The data is older than its limit." },
  needs_auth: { tone: "off_track", word: "Needs a credential", means: "The tool refuses the credential." },
  failed: { tone: "off_track", word: "Failed", means: "It stopped after several tries." },
  paused: { tone: "unknown", word: "Paused", means: "Somebody stopped it." },
};

export const RUN_WORDS: Readonly<Record<StreamRun["state"], string>> = {
  pending: "Not run yet",
  syncing: "Running",
  completed: "Completed",
  failed: "Failed",
};

export const BADGE_WORDS: Readonly<Record<Badge, string>> = {
  deployed_dark: "Deployed, but hidden",
  changed_after_ready: "Design changed after ready",
  reopened: "Reopened",
  tests_failing: "Tests failing",
  held: "Held: no recent activity",
  ahead_of_production: "Announced before it is live",
  watermelon: "Declared well, signals say otherwise",
};

export const PERSON_WORDS: Readonly<Record<PersonState, { tone: HealthValue; word: string }>> = {
  probable: { tone: "at_risk", word: "To decide" },
  unmatched: { tone: "unknown", word: "In one tool only" },
  confirmed: { tone: "on_track", word: "Confirmed" },
};

export const RULE_WORDS: Readonly<Record<IdentityRule, string>> = {
  sso: "sign-on id",
  email: "verified address",
  org_email: "address of the organisation",
  declared: "declaration",
};

const TOOLS: Readonly<Record<string, string>> = {
  github: "GitHub",
  gitlab: "GitLab",
  jira: "Jira",
  linear: "Linear",
  posthog: "PostHog",
  growthbook: "GrowthBook",
  launchdarkly: "LaunchDarkly",
  hubspot: "HubSpot",
};

/** A tool as its vendor writes it. */
export const toolName = (tool: string): string => TOOLS[tool] ?? tool.charAt(0).toUpperCase() + tool.slice(1);
