import * as z from "zod";
import { HEALTH_VALUES, PRESENCE_STATES, STATUS_CATEGORIES } from "./entity.ts";
import { Cause, Health, kept, Named, onPersons, productIds, told } from "./event-parts.ts";
import { LINK_TYPES } from "./link.ts";
import { mapped } from "./mapped.ts";

const linked = {
  feature: z.object({ id: z.string() }),
  record: z.object({ id: z.string(), kind: z.string() }).describe("what it is linked with"),
  type: z.enum(LINK_TYPES),
  cause: Cause,
};

export const RECORD_EVENTS = {
  "record.upserted": kept({
    when: "an entity was written whose content changed",
    data: z.object({ entity: Named, kind: z.string(), version: z.int(), changed: z.array(z.string()), cause: Cause }),
  }),
  "records.written": kept({
    when: "many records came at once: one line of the change log in place of one for each record and link",
    data: z.object({
      records: z.record(z.string(), z.int()).describe("how many, by kind"),
      linksCreated: z.int(),
      linksRetired: z.int(),
      cause: Cause,
    }),
  }),
  "record.presence.changed": told({
    when: "a record was archived, deleted, moved, lost or came back",
    data: z.object({
      entity: Named,
      kind: z.string(),
      from: z.enum(PRESENCE_STATES),
      to: z.enum(PRESENCE_STATES),
      how: z.string(),
      cause: Cause,
    }),
  }),
  "product.created": told({
    when: "a product first stood in the config",
    data: z.object({ product: z.object({ id: z.string(), slug: z.string(), name: z.string() }), cause: Cause }),
  }),
  "product.updated": told({
    when: "a product's name or vision changed in the config",
    not: "its features or their counts change",
    data: z.object({
      product: z.object({ id: z.string(), slug: z.string(), name: z.string() }),
      changed: z.array(z.string()),
      cause: Cause,
    }),
  }),
  "objective.progress.changed": told({
    when: "the current value of a key result moved",
    not: "it was read again unchanged",
    data: z.object({
      keyResult: Named,
      objectiveId: z.string().nullable(),
      from: z.number().nullable(),
      to: z.number().nullable(),
      target: z.number().nullable(),
      progress: z.number().nullable().describe("share of the way from the baseline to the target; above 1 beyond it"),
      productIds,
      cause: Cause,
    }),
  }),
  "initiative.created": told({
    when: "an initiative was first seen",
    data: z.object({ initiative: Named, cause: Cause }),
  }),
  "initiative.health.changed": told({
    when: "the declared health of an initiative changed",
    not: "only the text of its update changes",
    data: z.object({ initiative: Named, from: Health, to: Health, productIds, cause: Cause }),
  }),
  "initiative.update.posted": told({
    when: "a person posted an update on an initiative, here or in its tool",
    not: "the hub reads it again",
    data: z.object({
      initiative: z.object({ id: z.string(), url: z.string() }),
      update: z
        .string()
        .describe("id of the update; the text of one that was posted here is at /v1/initiatives/{id}/updates"),
      by: z.string().describe("who posted it; of one that was posted elsewhere the tool"),
      health: z.enum(HEALTH_VALUES).optional(),
      cause: Cause,
    }),
  }),
  "work_item.status.changed": told({
    when: "a work item's mapped status changed",
    data: z.object({
      workItem: Named,
      from: mapped(STATUS_CATEGORIES),
      to: mapped(STATUS_CATEGORIES),
      productIds,
      cause: Cause,
    }),
  }),
  "work_item.changed": told({
    when: "a work item was first seen, or any field of it changed",
    not: "it was read again unchanged",
    optIn: true,
    data: z.object({
      workItem: Named,
      version: z.int(),
      changed: z.array(z.string()).describe("names of fields; none of an item that was first seen"),
      productIds,
      cause: Cause,
    }),
  }),
  "link.created": kept({
    when: "a link between two records began",
    data: z.object({
      from: z.string(),
      to: z.string(),
      type: z.enum(LINK_TYPES),
      confidence: z.number(),
      origin: z.string(),
      cause: Cause,
    }),
  }),
  "link.retired": kept({
    when: "a link between two records ended",
    data: z.object({ from: z.string(), to: z.string(), type: z.enum(LINK_TYPES), cause: Cause }),
  }),
  "feature.linked": told({
    when: "a link between a feature and another record began",
    not: "more or less evidence makes it stronger or weaker",
    data: z.object({
      ...linked,
      confidence: z.number(),
      origin: z.string(),
      evidence: z.array(z.object({ url: z.string() })),
    }),
  }),
  "feature.unlinked": told({
    when: "a link between a feature and another record ended",
    data: z.object(linked),
  }),
  "feedback.linked": told({
    when: "feedback was linked to a feature that it asks for",
    data: z.object({
      feedback: z.object({ id: z.string() }),
      feature: z.object({ id: z.string() }),
      confidence: z.number(),
      cause: Cause,
    }),
  }),
  "identity.merged": told({
    when: "accounts were recognised as one person; the id of the person that remains is the subject",
    data: z.object(onPersons),
  }),
  "identity.split": told({
    when: "accounts of one person turned out to be several persons', or nobody's any more",
    data: z.object(onPersons),
  }),
  "pull_request.merged": told({
    when: "a pull request was merged",
    data: z.object({ pullRequest: Named, mergeCommitSha: z.string().nullable(), cause: Cause }),
  }),
  "deployment.finished": told({
    when: "a deployment ended",
    data: z.object({ deployment: Named, environment: z.string(), result: z.string(), cause: Cause }),
  }),
  "release.deployed": told({
    when: "a deployment to production succeeded",
    not: "it was to another environment",
    data: z.object({ deployment: Named, environment: z.string(), cause: Cause }),
  }),
} as const;
