import * as z from "zod";
import { STAGES } from "../domain/stage.ts";

const Days = z.number().min(0).max(3650);
const Named = z.string().regex(/^[a-z0-9][a-z0-9-]{0,59}$/, "lower-case letters, digits and -");

const Signal = z
  .strictObject({
    stage: z.enum(STAGES).describe("The stage that it enters."),
    id: Named.describe("What explanations call the rule."),
    label: z.string().min(1).optional().describe("A label of a linked work item, of the feature or of a pull request."),
    status: z.string().min(1).optional().describe("A status of a linked work item or of the feature, by name or id."),
  })
  .refine(({ label, status }) => (label === undefined) !== (status === undefined), {
    message: "needs a label or a status, and not both",
  });

/** Thresholds and signals of stages, where a hub or a product differs from the standard ones. */
export const RulesShape = z.strictObject({
  visionNeeds: z
    .int()
    .min(1)
    .max(1000)
    .optional()
    .describe("R1: so many customers who ask make a vision; 3 without it."),
  designFreshDays: Days.optional().describe("R3: an edit of a design is fresh for so long; 14 without it."),
  lapseDays: Days.optional().describe("Edits, use and tickets count for so long; 30 without it."),
  reopenGraceHours: z
    .number()
    .min(0)
    .max(8760)
    .optional()
    .describe("R4: one reopened work item leaves development done for so long; 24 without it."),
  exposedAbovePercent: z
    .number()
    .min(0)
    .max(99)
    .optional()
    .describe("R6: a flag exposes from above this share of customers; 0 without it."),
  fullyExposedDays: Days.optional().describe("R6: production is done once open to all for so long; 7 without it."),
  marketingQuietDays: Days.optional().describe("R7: marketing is done so long after the last mail; 14 without it."),
  establishedAt: z
    .partialRecord(z.enum(STAGES), z.number().min(0).max(1))
    .optional()
    .describe("From which confidence a stage counts: 0.7, vision and strategy 0.5 without it."),
  skips: z.array(z.enum(STAGES)).optional().describe("Stages that it does without."),
  signals: z.array(Signal).max(50).optional().describe("Labels and statuses that enter a stage."),
});
export type RulesConfig = Readonly<z.output<typeof RulesShape>>;
/** Of the whole hub: which environments are production as well. */
export type HubRulesConfig = RulesConfig & {
  readonly production?: { readonly environments: readonly string[] } | undefined;
};
