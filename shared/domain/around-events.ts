import * as z from "zod";
import { Cause, Named, productIds, told } from "./event-parts.ts";
import { CAMPAIGN_CHANNELS, EXPERIMENT_DECISIONS, EXPERIMENT_RESULTS } from "./fields-around.ts";
import { mapped } from "./mapped.ts";

const Exposure = z
  .object({
    on: z.boolean(),
    rolloutPercent: z.number().nullable(),
    segments: z.array(z.string()),
  })
  .nullable()
  .describe("null where the environment was not there");

const onTicket = {
  ticket: Named,
  priority: z.string().nullable(),
  productIds,
  cause: Cause,
};

export const AROUND_EVENTS = {
  "flag.rollout.changed": told({
    when: "who gets a flag changed in some environment: on or off, its share, its segments",
    not: "its name, owner or labels change",
    data: z.object({
      flag: Named,
      environments: z.array(
        z.object({
          name: z.string(),
          type: z.string().describe("production, staging, test or other"),
          from: Exposure,
          to: Exposure,
        }),
      ),
      productIds,
      cause: Cause,
    }),
  }),
  "experiment.started": told({
    when: "an experiment began to run",
    not: "it had begun more than a day before it was first seen",
    data: z.object({ experiment: Named, flagKey: z.string().nullable(), productIds, cause: Cause }),
  }),
  "experiment.decided": told({
    when: "a decision about an experiment was recorded, or changed",
    not: "its daily results change",
    data: z.object({
      experiment: Named,
      decision: mapped(EXPERIMENT_DECISIONS),
      result: mapped(EXPERIMENT_RESULTS).nullable(),
      winner: z.string().nullable().describe("key of the variation that won"),
      productIds,
      cause: Cause,
    }),
  }),
  "metric.threshold.crossed": told({
    when: "two full points of a metric in a row lie beyond a limit of the config, and the two before did not",
    not: "a single point does",
    data: z.object({
      metric: Named,
      limit: z.number(),
      side: z.enum(["above", "below"]),
      points: z.array(z.object({ at: z.string(), value: z.number() })).describe("the two that crossed it"),
      productIds,
      cause: Cause,
    }),
  }),
  "campaign.sent": told({
    when: "the tool says that a campaign was sent",
    not: "it is scheduled, or had been sent more than a day before it was first seen",
    data: z.object({
      campaign: Named,
      channel: mapped(CAMPAIGN_CHANNELS),
      sentAt: z.string().nullable(),
      sent: z.int().nullable().describe("how many, where the tool tells it by then"),
      productIds,
      cause: Cause,
    }),
  }),
  "survey.results.updated": told({
    when: "answers to a survey came in; at most once an hour",
    data: z.object({
      survey: z.object({ id: z.string() }),
      hour: z.string().describe("beginning of the hour in which they came"),
      productIds,
      cause: Cause,
    }),
  }),
  "ticket.opened": told({
    when: "a support ticket came in",
    not: "it was more than a day old when it was first seen",
    data: z.object(onTicket),
  }),
  "ticket.solved": told({
    when: "a support ticket was solved or closed",
    not: "one that is solved is closed",
    data: z.object({ ...onTicket, solveMinutes: z.number().nullable().describe("by the calendar") }),
  }),
} as const;
