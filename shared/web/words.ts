import type { IdentityRule, PersonState } from "../domain/identity.ts";
import type { Badge, StageState } from "../domain/stage.ts";
import type { ConnectionState, HealthValue, StreamRun } from "../store/views.ts";

export { HEALTH_WORDS, KIND_WORDS, STAGE_WORDS } from "../report/words.ts";

/** One wording of every closed term, the same on every page. */
export const STAGE_STATE_WORDS: Readonly<Record<StageState, { mark: string; word: string; means: string }>> = {
  not_started: { mark: "·", word: "Not started", means: "There is no evidence yet." },
  active: { mark: "▶", word: "Active", means: "There is evidence now." },
  done: { mark: "✓", word: "Done", means: "Its conditions are met and work has moved on." },
  skipped: { mark: "–", word: "Skipped", means: "A later stage has evidence, this one never had any." },
  regressed: { mark: "◀", word: "Regressed", means: "It was reached, and then something undid it." },
  unknown: { mark: "?", word: "Unknown", means: "No fresh source can see it." },
};

export const CONNECTION_WORDS: Readonly<Record<ConnectionState, { tone: HealthValue; word: string; means: string }>> = {
  healthy: { tone: "on_track", word: "Healthy", means: "The last run succeeded and the data is within its limit." },
  syncing: { tone: "unknown", word: "Syncing", means: "A run is in progress." },
  pending: { tone: "unknown", word: "Pending", means: "It has not been read successfully yet." },
  degraded: {
    tone: "at_risk",
    word: "Degraded",
    means: "The last run failed and is being retried; the data is still within its limit.",
  },
  stale: { tone: "at_risk", word: "Stale", means: "The data is older than its limit." },
  needs_auth: { tone: "off_track", word: "Needs a credential", means: "The tool refuses the credential." },
  failed: { tone: "off_track", word: "Failed", means: "It stopped after several tries." },
  paused: { tone: "unknown", word: "Paused", means: "Someone paused it." },
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
  watermelon: "Declared healthy, signals disagree",
};

export const PERSON_WORDS: Readonly<Record<PersonState, { tone: HealthValue; word: string }>> = {
  probable: { tone: "at_risk", word: "To decide" },
  unmatched: { tone: "unknown", word: "In one tool only" },
  confirmed: { tone: "on_track", word: "Confirmed" },
};

export const RULE_WORDS: Readonly<Record<IdentityRule, string>> = {
  sso: "SSO id",
  email: "verified email",
  org_email: "organisation email",
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

/** Names of constants, as vendors' APIs have them; a short one may be an abbreviation that people use. */
const CONSTANT = /^(?=.*_|.{5})[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*$/;

/** A status, type or channel in words: `BATCH_EMAIL` as "Batch email", what people wrote as they wrote it. */
export const detailWords = ({ detail, category }: { readonly detail: string; readonly category: string }): string => {
  const words = (detail || category).replaceAll("_", " ");
  return CONSTANT.test(detail) ? `${words.charAt(0)}${words.slice(1).toLowerCase()}` : detail || words;
};

/** A tool as its vendor writes it. */
export const toolName = (tool: string): string => TOOLS[tool] ?? tool.charAt(0).toUpperCase() + tool.slice(1);
