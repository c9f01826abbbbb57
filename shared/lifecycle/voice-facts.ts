import { changedAt, createdAt, type Entity, nameOf } from "../domain/entity.ts";
import type { Instant } from "../domain/instant.ts";
import { type Claim, settle } from "./claim.ts";

/** What a customer wants: a reason for the vision, and once customers have it a matter of support. Kept per customer. */
const needOf = (who: string, name: string, at: Instant, closedAt: Instant | undefined): Claim[] =>
  (["vision", "support"] as const).flatMap((stage) => {
    const claim = { stage, signal: "need", tier: "workflow", recordId: who, recordKey: name } as const;
    return settle([
      { ...claim, value: "open", at },
      ...(closedAt === undefined ? [] : [{ ...claim, value: "closed_loop", at: closedAt }]),
    ]);
  });

/** @param counted who stands for its customer, where several tools know them */
export const feedbackFacts = (entity: Entity<"feedback">, counted?: string): Claim[] => {
  const { customerId, authorId, at, status } = entity.fields;
  const closedAt = status?.category === "closed_loop" && changedAt(entity) > at ? changedAt(entity) : undefined;
  return needOf(counted ?? customerId ?? authorId ?? entity.id, entity.source.key ?? nameOf(entity), at, closedAt);
};

/** An answer of a survey that names the feature. A score without words asks for nothing. */
export const answerFacts = (entity: Entity<"surveyResponse">, counted?: string): Claim[] => {
  const { customerId, at, text } = entity.fields;
  return text === undefined
    ? []
    : needOf(counted ?? customerId ?? entity.id, entity.source.key ?? "an answer", at, undefined);
};

/** A problem that a customer told of, or that was seen by monitoring. */
export const ticketFacts = (entity: Entity<"supportTicket"> | Entity<"incident">): Claim[] => {
  const at = "detectedAt" in entity.fields ? entity.fields.detectedAt : createdAt(entity);
  return [{ stage: "support", signal: "ticket", tier: "observed", at, recordKey: entity.source.key ?? nameOf(entity) }];
};
