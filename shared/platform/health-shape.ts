import * as z from "zod";
import { HEALTH_RULES } from "../lifecycle/health/rules.ts";

const Days = z.number().min(0).max(3650);
const Share = z.number().min(0).max(1);
const Whole = z.int().min(1).max(100_000);

const { declaredDays, schedule, scope, flow, quality, experiment, support, adoption } = HEALTH_RULES;

/** Says the value that holds without a setting. */
const or = (about: string, standard: number): string => `${about}; ${standard} without it.`;

/** Thresholds of health as a config gives them: any of them, for the hub or for one product. */
export const HealthShape = z.strictObject({
  declaredDays: Days.optional().describe(or("What a person declared is out of date after so many days", declaredDays)),
  schedule: z
    .strictObject({
      dueSoonDays: Days.optional().describe(
        or("A target so near is judged by what is done, where there is no forecast", schedule.dueSoonDays),
      ),
      doneEnough: Share.optional().describe(or("Share of work items that must be done by then", schedule.doneEnough)),
      movedTimes: Whole.optional().describe(or("A target moved so often is at risk", schedule.movedTimes)),
      movedShare: z
        .number()
        .min(0)
        .max(100)
        .optional()
        .describe(or("Or moved by more than this share of its time", schedule.movedShare)),
    })
    .optional()
    .describe("Whether it will be there in time."),
  scope: z
    .strictObject({
      atRiskAbove: z
        .number()
        .min(0)
        .max(100)
        .optional()
        .describe(or("Net growth since somebody took it on, as a share", scope.atRiskAbove)),
      offTrackAbove: z.number().min(0).max(100).optional().describe(or("The same, for off track", scope.offTrackAbove)),
      fewestItems: Whole.optional().describe(
        or("Features taken on with fewer items are not judged", scope.fewestItems),
      ),
    })
    .optional()
    .describe("Whether the work grew."),
  flow: z
    .strictObject({
      quietDays: Days.optional().describe(
        or("No activity for so many days, or longer than its usual silence", flow.quietDays),
      ),
      blockedAtRiskDays: Days.optional().describe(or("A work item blocked for so many days", flow.blockedAtRiskDays)),
      blockedOffTrackDays: Days.optional().describe(or("The same, for off track", flow.blockedOffTrackDays)),
    })
    .optional()
    .describe("Whether work moves."),
  quality: z
    .strictObject({
      atRiskBelow: Share.optional().describe(or("Chance that so many bugs come by accident", quality.atRiskBelow)),
      offTrackBelow: Share.optional().describe(or("The same, for off track", quality.offTrackBelow)),
      fewestBugs: Whole.optional().describe(or("Fewer bugs within 7 days say nothing", quality.fewestBugs)),
      reopenedAbove: Share.optional().describe(
        or("Share of items closed within 28 days that were opened again", quality.reopenedAbove),
      ),
      fewestClosed: Whole.optional().describe(or("Fewer closed items say nothing", quality.fewestClosed)),
      urgentHours: z
        .number()
        .min(0)
        .max(8760)
        .optional()
        .describe(or("An urgent bug open for so many hours is off track", quality.urgentHours)),
    })
    .optional()
    .describe("Whether more bugs come than before, and work comes back."),
  experiment: z
    .strictObject({
      sampleRatioBelow: Share.optional().describe(
        or("A split with a smaller p is not to be trusted", experiment.sampleRatioBelow),
      ),
      multipleAbove: Share.optional().describe(
        or("Share of people who may see more than one variation", experiment.multipleAbove),
      ),
      reviewDays: Days.optional().describe(or("A decision may wait for so many days", experiment.reviewDays)),
      powerDays: Days.optional().describe(
        or("After so many days each variation needs the users below", experiment.powerDays),
      ),
      fewestUsers: Whole.optional().describe(or("Users of the smallest variation", experiment.fewestUsers)),
    })
    .optional()
    .describe("Whether experiments can be trusted and get decided."),
  support: z
    .strictObject({
      atRiskBelow: Share.optional().describe(or("Chance that so many tickets come by accident", support.atRiskBelow)),
      offTrackBelow: Share.optional().describe(or("The same, for off track", support.offTrackBelow)),
      fewestTickets: Whole.optional().describe(or("Fewer tickets within 7 days say nothing", support.fewestTickets)),
      ratingAtRiskPoints: z
        .number()
        .min(0)
        .max(100)
        .optional()
        .describe(or("Points that the share of good ratings lost in 28 days", support.ratingAtRiskPoints)),
      ratingOffTrackPoints: z
        .number()
        .min(0)
        .max(100)
        .optional()
        .describe(or("The same, for off track", support.ratingOffTrackPoints)),
      fewestRatings: Whole.optional().describe(or("Fewer ratings say nothing", support.fewestRatings)),
      activeUsers: z
        .string()
        .min(1)
        .optional()
        .describe(
          "Name or key of the metric that counts active users; without it one of the feature's that is called so.",
        ),
    })
    .optional()
    .describe("Whether those who use it need more help than before."),
  adoption: z
    .strictObject({
      offTrackBelow: Share.optional().describe(
        or("Less than this share of the target is off track", adoption.offTrackBelow),
      ),
      afterDays: Days.optional().describe(
        or("Where no day was agreed, judged so many days after exposure", adoption.afterDays),
      ),
      targets: z
        .record(
          z.string(),
          z.strictObject({
            target: z.number().describe("What the metric should reach."),
            by: z.iso.date().optional().describe("The agreed day, e.g. `2026-12-31`."),
          }),
        )
        .optional()
        .describe("By name or key of a metric; a key result's own target where it has none here."),
    })
    .optional()
    .describe("Whether as many use it as was agreed."),
});
