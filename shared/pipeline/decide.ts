import type { Instant } from "../domain/instant.ts";
import { decided, type Ends, type Link } from "../domain/link.ts";
import type { FeedRecord, Place, Table } from "../ports/table.ts";
import { update } from "../store/entities.ts";
import { decisionKey, linkInKey, linkOutKey } from "../store/keys.ts";
import type { Decided } from "../store/said.ts";
import { setSuggestion } from "./suggest.ts";

/** The link that a row of a person's decision is about. */
export const decidedIn = ({ pk, sk, after }: FeedRecord): Ends | undefined => {
  if (!pk.startsWith("E#") || !sk.startsWith("D#")) return undefined;
  const { from, to, type } = after.data as Decided;
  return { from, to, type };
};

/** Writes a decision as it stands, so that the feed tells of it once more. */
export const decideAgain = async (table: Table, key: Place): Promise<void> => {
  await update<Decided>(table, key, (held) => held && { data: held.data });
};

/** Brings both rows of a link, and what is suggested about it, up to what a person decided last. */
export const applyDecision = async (table: Table, ends: Ends, now: Instant): Promise<void> => {
  const { from, to, type } = ends;
  const { pk, sk } = decisionKey(from, type, to);
  const decision = (await table.get<Decided>(pk, sk))?.data.decision ?? undefined;
  for (const key of [linkOutKey(from, type, to), linkInKey(to, type, from)]) {
    await update<Link>(table, key, (held) => {
      if (held === undefined && decision === undefined) return undefined;
      const link = decided(held?.data, ends, decision, now);
      return link && { data: link };
    });
  }
  await setSuggestion(table, ends, { isDecided: decision !== undefined });
};
