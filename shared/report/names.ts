export const REPORT_KINDS = ["product", "marketing", "analytics", "own"] as const;

/** Everything that a report can consist of. */
export const SECTION_IDS = [
  "stages",
  "shipped",
  "moved",
  "risks",
  "decisions",
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
