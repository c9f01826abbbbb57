import { type Entity, isKind } from "../domain/entity.ts";
import type { StatusOf } from "../domain/item-history.ts";
import type { Fact } from "../domain/stage.ts";
import { type Claim, latestOf, type Record, until } from "./claim.ts";
import { deploymentFacts, pullRequestFacts, releaseFacts, testRunFacts } from "./delivery-facts.ts";
import { itemFacts } from "./item-facts.ts";
import { featureFacts, initiativeFacts } from "./plan-facts.ts";

/** The feature that a record speaks about, and by how sure a path. */
export interface Recipient {
  readonly featureId: string;
  /** 0 to 1: of the best path from the record to the feature */
  readonly confidence: number;
  /** A deployment that contains the reverts of all implementing merges: it takes the feature back. */
  readonly isRollback?: boolean | undefined;
}

/** What factsOf needs to know beside the record. */
export interface FactsContext {
  /** Maps a raw status of the record's past by the table that maps the present. */
  readonly statusOf: StatusOf;
}

/**
 * What one record says about one feature, over all its time. Pure; the order of the history does not matter.
 *
 * Facts are learnt when they happen, but not before the record was first seen. A record that was deleted or left the
 * scope keeps what it said until then and takes it away from then on; one we lost access to keeps its facts.
 *
 * @returns nothing for kinds that say nothing about stages by themselves: reviews, commits, cycles
 */
export const factsOf = (record: Record, to: Recipient, context: FactsContext): Fact[] =>
  until(record.entity, claimsOf(record, to, context)).map((claim) => factOf(record.entity, to, claim));

const claimsOf = ({ entity, history }: Record, to: Recipient, { statusOf }: FactsContext): Claim[] => {
  if (isKind(entity, "feature")) return featureFacts(entity, history);
  if (isKind(entity, "initiative")) return initiativeFacts(entity);
  if (isKind(entity, "workItem")) return itemFacts(entity, history, statusOf);
  if (isKind(entity, "pullRequest")) return pullRequestFacts(entity);
  if (isKind(entity, "testRun")) return testRunFacts(entity);
  if (isKind(entity, "deployment")) return deploymentFacts(entity, to.isRollback === true);
  if (isKind(entity, "release")) return releaseFacts(entity);
  return [];
};

const factOf = ({ id, source, firstSeenAt }: Entity, to: Recipient, claim: Claim): Fact => ({
  featureId: to.featureId,
  stage: claim.stage,
  signal: claim.signal,
  ...(claim.value !== undefined && { value: claim.value }),
  polarity: claim.polarity ?? "+",
  tier: claim.tier,
  tool: source.tool,
  recordId: claim.recordId ?? id,
  recordKey: claim.recordKey ?? source.key ?? source.externalId,
  url: source.url,
  occurredAt: claim.at,
  recordedAt: latestOf(claim.at, firstSeenAt),
  linkConfidence: to.confidence,
});
