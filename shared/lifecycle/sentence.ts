import type { Held } from "./held.ts";

/** Vendors' names as they write them. */
const TOOLS: Readonly<Record<string, string>> = {
  asana: "Asana",
  config: "the hub's config",
  figma: "Figma",
  github: "GitHub",
  gitlab: "GitLab",
  growthbook: "GrowthBook",
  hubspot: "HubSpot",
  intercom: "Intercom",
  jira: "Jira",
  launchdarkly: "LaunchDarkly",
  linear: "Linear",
  mailchimp: "Mailchimp",
  mixpanel: "Mixpanel",
  notion: "Notion",
  posthog: "PostHog",
  slack: "Slack",
  throughline: "Throughline",
  trello: "Trello",
  typeform: "Typeform",
  zendesk: "Zendesk",
};

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"] as const;

export const toolName = (tool: string): string =>
  (Object.hasOwn(TOOLS, tool) ? TOOLS[tool] : undefined) ?? capitalised(tool);

export const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** `Jira ACME-8` */
export const recordName = ({ fact }: Held): string => `${toolName(fact.tool)} ${fact.recordKey}`;

/** `1 work item`, `3 work items` */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;

/** `A`, `A and B`, `A, B and 3 more`: at most three names. */
export const listed = (names: readonly string[]): string => {
  const unique = [...new Set(names)];
  if (unique.length > 3) return `${unique.slice(0, 2).join(", ")} and ${unique.length - 2} more`;
  return unique.length < 2 ? unique.join("") : `${unique.slice(0, -1).join(", ")} and ${unique.at(-1)}`;
};

/**
 * `3 Mar`, with its year where that is not the year of the newest fact. The moment asked for has no say in it: a text
 * must not change because time passes.
 *
 * @param at epoch milliseconds
 */
export const dayIn =
  (year: number) =>
  (at: number): string => {
    const date = new Date(at);
    const day = `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()] ?? ""}`;
    return date.getUTCFullYear() === year ? day : `${day} ${date.getUTCFullYear()}`;
  };

export const latestOf = (held: Iterable<Held>): Held | undefined => {
  let latest: Held | undefined;
  for (const one of held) if (latest === undefined || one.at >= latest.at) latest = one;
  return latest;
};

export const firstOf = (held: Iterable<Held>): Held | undefined => {
  let first: Held | undefined;
  for (const one of held) if (first === undefined || one.at < first.at) first = one;
  return first;
};
