import * as z from "zod";
import { Health, onFeature, Stage, told } from "./event-parts.ts";
import { DISPOSITIONS, STAGE_STATES } from "./stage.ts";

export const FEATURE_EVENTS = {
  "feature.created": told({ when: "a feature was first seen", data: z.object(onFeature) }),
  "feature.updated": told({
    when: "a feature's name, owner, target or plan status changed",
    not: "its stage or health changes: they have types of their own",
    data: z.object({ ...onFeature, changed: z.array(z.string()) }),
  }),
  "feature.archived": told({
    when: "a feature was closed without being delivered, or is gone at its source",
    not: "it is completed: that is a change of its stage",
    data: z.object({
      ...onFeature,
      how: z.enum(["archived", "deleted", "out_of_scope", "cancelled", "sunset"]),
    }),
  }),
  "feature.target.changed": told({
    when: "a feature's target date moved",
    data: z.object({ ...onFeature, from: z.string().nullable(), to: z.string().nullable() }),
  }),
  "feature.stage.changed": told({
    when: "the headline stage or the state of any stage changed",
    not: "evidence is added that changes neither",
    data: z.object({
      ...onFeature,
      from: Stage,
      to: Stage,
      stages: z.record(z.string(), z.enum(STAGE_STATES)),
      rule: z.string().nullable(),
      because: z.array(z.string()),
      evidence: z.array(z.object({ url: z.string() })),
      disposition: z.enum(DISPOSITIONS),
      ruleSet: z.string(),
    }),
  }),
  "feature.health.changed": told({
    when: "the declared or derived health changed",
    not: "only the reasons change",
    data: z.object({
      ...onFeature,
      from: Health,
      to: Health,
      declared: Health.optional(),
      derived: Health,
      reasons: z.array(z.string()),
    }),
  }),
  "feature.blocked": told({
    when: "the first of a feature's open work items was marked as blocked",
    not: "another one follows, or the tool was read for the first time within the last hour",
    data: z.object({ ...onFeature, by: z.array(z.string()).describe("keys of the blocked work items, ten at most") }),
  }),
  "feature.unblocked": told({
    when: "no open work item of a feature is marked as blocked any more",
    data: z.object(onFeature),
  }),
  "feature.conflict.detected": told({
    when: "two sources began to contradict each other about a feature",
    data: z.object({ ...onFeature, claim: z.string(), against: z.string() }),
  }),
  "work_item.scope.changed": told({
    when: "work items came to a committed feature, or left it",
    not: "the feature was not committed before, or its tool was read for the first time within the last hour",
    data: z.object({
      ...onFeature,
      added: z.array(z.string()).describe("ids of work items"),
      removed: z.array(z.string()).describe("ids of work items"),
      total: z.int().describe("how many there are now"),
    }),
  }),
  "support.spike.detected": told({
    when: "a feature got more tickets within seven days than chance explains, by the eight weeks before",
    not: "there were fewer than five, or the spike was told of and goes on",
    data: z.object({
      ...onFeature,
      tickets: z.int().describe("within seven days"),
      usual: z.number().describe("a week, on average over the eight weeks before"),
    }),
  }),
} as const;
