import type { REPORT_KINDS, SectionId } from "./names.ts";
import type { Section } from "./section.ts";
import { CAMPAIGN_SECTIONS } from "./sections/campaign-sections.ts";
import { CUSTOMER_SECTIONS } from "./sections/customer-sections.ts";
import { FEATURE_SECTIONS } from "./sections/feature-sections.ts";
import { METRIC_SECTIONS } from "./sections/metric-sections.ts";
import { misfits } from "./sections/misfit-section.ts";
import { PLAN_SECTIONS } from "./sections/plan-sections.ts";

const SECTIONS: Readonly<Record<SectionId, Section>> = {
  ...FEATURE_SECTIONS,
  misfits,
  ...PLAN_SECTIONS,
  ...CUSTOMER_SECTIONS,
  ...CAMPAIGN_SECTIONS,
  ...METRIC_SECTIONS,
};

/** What a report is called and consists of, in order. Pure data: a team writes its own. */
export interface Definition {
  readonly title: string;
  readonly sections: readonly SectionId[];
}

export const DEFINITIONS: Readonly<Record<Exclude<(typeof REPORT_KINDS)[number], "own">, Definition>> = {
  product: {
    title: "Product weekly",
    sections: [
      "shipped",
      "decisions",
      "misfits",
      "risks",
      "moved",
      "stages",
      "objectives",
      "experiments",
      "support",
      "voice",
      "next",
    ],
  },
  marketing: {
    title: "Marketing",
    sections: ["campaigns", "promoted", "adoption", "audience", "deliverability", "surveys", "next", "sends"],
  },
  analytics: {
    title: "Analytics",
    sections: [
      "objectives",
      "metrics",
      "anomalies",
      "funnels",
      "retention",
      "experiment-results",
      "adoption",
      "support",
    ],
  },
};

export const sectionsOf = ({ sections }: Definition): readonly Section[] => sections.map((id) => SECTIONS[id]);
