import type { Entity } from "../domain/entity.ts";
import type { Instant } from "../domain/instant.ts";
import type { WorkItemSummary } from "../lifecycle/health/input.ts";
import { supportSpike } from "../lifecycle/support-spike.ts";
import type { FactsRow } from "./contribute.ts";

/** What is kept of a feature beside what is shown, so that the next look can tell what began and ended. */
export interface Signs {
  /** Keys of open work items that are marked as blocked. */
  readonly blocked: readonly string[];
  /** Ids of the work items of a committed feature; absent before that, and of more than can be kept. */
  readonly scope?: readonly string[] | undefined;
  readonly spike?: ReturnType<typeof supportSpike>;
}

const SETTLED_MS = 60 * 60 * 1000;
const BLOCKED_AT_MOST = 10;
const SCOPE_AT_MOST = 500;
const COMMITTED: ReadonlySet<string> = new Set(["planned", "active", "paused"]);
const ENDED: ReadonlySet<string> = new Set(["done", "cancelled"]);

/**
 * Nothing until an hour after the tool of the work was read to its end for the first time: what arrives until then did not
 * come later, it was only read later. Pure.
 */
export const signsOf = (
  feature: Entity<"feature">,
  items: ReadonlyMap<string, WorkItemSummary>,
  rows: readonly FactsRow[],
  workReadAt: Instant | undefined,
  asOf: Instant,
): Signs | undefined => {
  if (workReadAt === undefined || Date.parse(asOf) - Date.parse(workReadAt) < SETTLED_MS) return undefined;
  const blocked = [...items]
    .filter(([, { fields }]) => fields.isBlocked === true && !ENDED.has(fields.status.category))
    .map(([id, { source }]) => source.key ?? id)
    .sort()
    .slice(0, BLOCKED_AT_MOST);
  const isCommitted = COMMITTED.has(feature.fields.declaredStatus.category) && items.size <= SCOPE_AT_MOST;
  const spike = supportSpike(ticketsIn(rows), asOf);
  return {
    blocked,
    ...(isCommitted && { scope: [...items.keys()].sort() }),
    ...(spike !== undefined && { spike }),
  };
};

/** When each ticket came in. */
const ticketsIn = (rows: readonly FactsRow[]): Instant[] =>
  rows.flatMap(({ flow }) => (flow?.kind === "ticket" ? [flow.createdAt] : []));
