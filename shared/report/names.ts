export const REPORT_KINDS = ["product", "marketing", "analytics", "own"] as const;

/** Everything that a report can consist of. */
export const SECTION_IDS = [
  "stages",
  "shipped",
  "moved",
  "risks",
  "decisions",
  "misfits",
  "next",
  "objectives",
  "experiments",
  "experiment-results",
  "support",
  "voice",
  "surveys",
  "campaigns",
  "promoted",
  "deliverability",
  "sends",
  "metrics",
  "anomalies",
  "funnels",
  "retention",
  "adoption",
  "audience",
] as const;
export type SectionId = (typeof SECTION_IDS)[number];

/** `minute hour day-of-month month weekday`: one time a day, on all days, some weekdays or one day of the month. */
export const SCHEDULE = /^([0-5]?\d) ([01]?\d|2[0-3]) (?:(\*|[1-9]|1\d|2[0-8]) \* \*|\* \* ([0-7](?:[-,][0-7])*))$/;
