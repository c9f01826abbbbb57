/** What a figure of flow or delivery is: its one definition, for pages, API and documents. */
export interface FigureSpec {
  readonly title: string;
  /** One sentence: what is counted, from when to when. */
  readonly definition: string;
  readonly unit: "days" | "hours" | "items" | "items a week" | "deployments a week" | "percent";
  /** The records that it is made of. */
  readonly sources: readonly ("work items" | "pull requests" | "reviews" | "deployments" | "incidents")[];
}

export const FIGURES = {
  cycle_time: {
    title: "Cycle time",
    definition: "From the first start of a work item to its completion, of the items completed in the period.",
    unit: "days",
    sources: ["work items"],
  },
  lead_time: {
    title: "Lead time",
    definition: "From the creation of a work item to its completion, of the items completed in the period.",
    unit: "days",
    sources: ["work items"],
  },
  throughput: {
    title: "Throughput",
    definition:
      "Work items completed, a week on average over the full weeks of the period. Cancelled items do not count.",
    unit: "items a week",
    sources: ["work items"],
  },
  work_in_progress: {
    title: "Work in progress",
    definition: "Work items in progress or in review at the end of the period.",
    unit: "items",
    sources: ["work items"],
  },
  work_in_progress_age: {
    title: "Age of work in progress",
    definition: "Time since the first start of the items in progress at the end of the period; the oldest first.",
    unit: "days",
    sources: ["work items"],
  },
  blocked_time: {
    title: "Blocked time",
    definition:
      "Time within the period for which work items were marked as blocked in their tool, summed over the items completed in it and those in progress.",
    unit: "days",
    sources: ["work items"],
  },
  scope_added: {
    title: "Scope added",
    definition:
      "Work items that came in the period: for a feature when they became part of it, for a product when they were created.",
    unit: "items",
    sources: ["work items"],
  },
  bug_inflow: {
    title: "Bug inflow",
    definition: "Bugs created, a week on average over the full weeks of the period.",
    unit: "items a week",
    sources: ["work items"],
  },
  first_review_time: {
    title: "Time to the first review",
    definition:
      "From the opening of a pull request to the first review by somebody else, of the pull requests merged in the period that were reviewed.",
    unit: "hours",
    sources: ["pull requests", "reviews"],
  },
  review_to_merge_time: {
    title: "First review to merge",
    definition: "From the first review to the merge, of the pull requests merged in the period that were reviewed.",
    unit: "hours",
    sources: ["pull requests", "reviews"],
  },
  merge_time: {
    title: "Time to merge",
    definition: "From the opening of a pull request to its merge, of those merged in the period.",
    unit: "hours",
    sources: ["pull requests"],
  },
  deployment_frequency: {
    title: "Deployment frequency",
    definition: "Successful deployments to production, a week on average over the full weeks of the period.",
    unit: "deployments a week",
    sources: ["deployments"],
  },
  change_failure_rate: {
    title: "Change failure rate",
    definition:
      "Share of the deployments to production finished in the period that failed or caused an incident. An incident counts for the deployment that its tool names as the cause, else for the last successful one in the 24 hours before it was detected.",
    unit: "percent",
    sources: ["deployments", "incidents"],
  },
  time_to_restore: {
    title: "Time to restore",
    definition:
      "From the detection of an incident to its end, and from a failed deployment to the next successful one of the same repository and environment, of those that ended in the period (failed deployments: that began in it too).",
    unit: "hours",
    sources: ["deployments", "incidents"],
  },
} as const satisfies Readonly<Record<string, FigureSpec>>;

export type FigureId = keyof typeof FIGURES;

/** One figure over a period, with its proof. */
export interface Figure {
  readonly id: FigureId;
  /** In the unit of the figure, to one decimal; the median where it is a spread. Null where nothing was counted. */
  readonly value: number | null;
  /** Of a spread: 85 % of what was measured was at most this. */
  readonly p85: number | null;
  /** How many records it rests on. */
  readonly count: number;
  /** One sentence for people. */
  readonly text: string;
  /** Of what is counted by the week: every full week, oldest first. */
  readonly weeks: readonly { readonly week: string; readonly value: number }[];
  /** At most {@link EVIDENCE_AT_MOST} of the records, those that weigh most first. */
  readonly evidence: readonly FigureEvidence[];
}

export interface FigureEvidence {
  readonly id: string;
  readonly name: string;
  readonly url: string;
  /** What the record adds, in the unit of a spread or sum; absent where each counts as one. */
  readonly value?: number | undefined;
}

export const EVIDENCE_AT_MOST = 20;
