import { type Entity, isKind, nameOf } from "../domain/entity.ts";
import type { Instant } from "../domain/instant.ts";
import type { StatusOf } from "../domain/item-history.ts";
import type { Table } from "../domain/mapped.ts";
import type { Fact, Stage } from "../domain/stage.ts";
import { announcementFacts, campaignFacts } from "./campaign-facts.ts";
import { type Claim, latestOf, type Record, until } from "./claim.ts";
import { deploymentFacts, pullRequestFacts, releaseFacts, testRunFacts } from "./delivery-facts.ts";
import { designFacts } from "./design-facts.ts";
import { experimentFacts, flagFacts, metricFacts } from "./exposure-facts.ts";
import { itemFacts, placedFacts } from "./item-facts.ts";
import { featureFacts, initiativeFacts, objectiveFacts } from "./plan-facts.ts";
import type { SignalRule } from "./rule-set.ts";
import { signalClaims } from "./signal-facts.ts";
import { answerFacts, feedbackFacts, ticketFacts } from "./voice-facts.ts";

/** The feature that a record speaks about, and by how sure a path. */
export interface Recipient {
  readonly featureId: string;
  /** 0 to 1: of the best path from the record to the feature */
  readonly confidence: number;
  /** A deployment that contains the reverts of all implementing merges: it takes the feature back. */
  readonly isRollback?: boolean | undefined;
  /** When the feature came to be: plans above it are older and say nothing of it before. */
  readonly bornAt?: Instant | undefined;
}

/** What factsOf needs to know beside the record. */
export interface FactsContext {
  /** Maps a raw status of the record's past by the table that maps the present. */
  readonly statusOf: StatusOf;
  /** Statuses of the record's connection that stand for a stage, by name or id. */
  readonly stages?: Table<Stage> | undefined;
  /** Who is counted for the record's customer, where several tools know one. */
  readonly customerId?: string | undefined;
  /** Signals that the config adds for the record's product. */
  readonly signals?: readonly SignalRule[] | undefined;
}

/**
 * What one record says about one feature, over all its time. Pure; the order of the history does not matter.
 *
 * Facts are learnt when they happen, but not before the record was first seen. A record that was deleted or left the
 * scope keeps what it said until then and takes it away from then on; one we lost access to keeps its facts.
 *
 * @returns nothing for kinds that say nothing about stages by themselves: reviews, commits, cycles, documents
 */
export const factsOf = (record: Record, to: Recipient, context: FactsContext): Fact[] =>
  until(record.entity, claimsOf(record, to, context)).map((claim) =>
    factOf(record.entity, to, { ...claim, at: latestOf(claim.at, to.bornAt ?? claim.at) }),
  );

const claimsOf = (record: Record, to: Recipient, context: FactsContext): Claim[] => [
  ...standardClaims(record, to, context),
  ...(context.signals === undefined ? [] : signalClaims(record, context.statusOf, context.signals)),
];

const standardClaims = (
  { entity, history }: Record,
  to: Recipient,
  { statusOf, stages, customerId }: FactsContext,
): Claim[] => {
  if (isKind(entity, "feature"))
    return [...featureFacts(entity, history), ...placedFacts(entity, history, statusOf, stages)];
  if (isKind(entity, "objective")) return objectiveFacts(entity);
  if (isKind(entity, "initiative")) return initiativeFacts(entity);
  if (isKind(entity, "design")) return designFacts(entity, history);
  if (isKind(entity, "workItem"))
    return [...itemFacts(entity, history, statusOf), ...placedFacts(entity, history, statusOf, stages)];
  if (isKind(entity, "pullRequest")) return pullRequestFacts(entity);
  if (isKind(entity, "testRun")) return testRunFacts(entity);
  if (isKind(entity, "deployment")) return deploymentFacts(entity, to.isRollback === true);
  if (isKind(entity, "release")) return releaseFacts(entity);
  if (isKind(entity, "featureFlag")) return flagFacts(entity);
  if (isKind(entity, "experiment")) return experimentFacts(entity);
  if (isKind(entity, "metric")) return metricFacts(entity);
  if (isKind(entity, "campaign")) return campaignFacts(entity);
  if (isKind(entity, "announcement")) return announcementFacts(entity);
  if (isKind(entity, "feedback")) return feedbackFacts(entity, customerId);
  if (isKind(entity, "surveyResponse")) return answerFacts(entity, customerId);
  if (isKind(entity, "supportTicket") || isKind(entity, "incident")) return ticketFacts(entity);
  return [];
};

const factOf = (entity: Entity, to: Recipient, claim: Claim): Fact => ({
  featureId: to.featureId,
  stage: claim.stage,
  signal: claim.signal,
  ...(claim.value !== undefined && { value: claim.value }),
  polarity: claim.polarity ?? "+",
  tier: claim.tier,
  tool: entity.source.tool,
  recordId: claim.recordId ?? entity.id,
  recordKey: claim.recordKey ?? entity.source.key ?? nameOf(entity),
  url: entity.source.url,
  occurredAt: claim.at,
  ...(claim.rule !== undefined && { rule: claim.rule }),
  recordedAt: latestOf(claim.at, entity.firstSeenAt),
  linkConfidence: to.confidence,
});
