import { changedAt, createdAt, type Entity, nameOf } from "../domain/entity.ts";
import { type Claim, latestOf, settle } from "./claim.ts";

/** A promoting campaign: a draft when it was made, then as its tool shows it now. */
export const campaignFacts = (entity: Entity<"campaign">): Claim[] => {
  const { status, sentAt } = entity.fields;
  const value = status.category;
  if (value === "unknown") return [];
  const created = createdAt(entity);
  const told = value === "sent" || value === "sending" ? sentAt : undefined;
  const claim = {
    stage: "marketing",
    signal: "campaign",
    tier: "workflow",
    recordKey: entity.source.key ?? nameOf(entity),
  } as const;
  return settle([
    { ...claim, value: "draft", at: created },
    { ...claim, value, at: latestOf(told ?? changedAt(entity), created) },
  ]);
};

/** What was said to customers. What was said to colleagues, or about an outage, announces nothing. */
export const announcementFacts = (entity: Entity<"announcement">): Claim[] => {
  const { audience, type, at, channel } = entity.fields;
  if (audience.category !== "external" || type.category === "incident") return [];
  const recordKey = entity.source.key ?? channel ?? nameOf(entity);
  return [{ stage: "marketing", signal: "announced", tier: "workflow", at, recordKey }];
};
