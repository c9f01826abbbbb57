import type { FieldedKind } from "../domain/entity.ts";
import type { Instant } from "../domain/instant.ts";
import type { Coverage } from "../domain/stage.ts";
import type { Feed, FeedState } from "../lifecycle/health/input.ts";
import { FEEDS } from "../lifecycle/health/input.ts";
import { HEALTH_RULES, type HealthRules } from "../lifecycle/health/rules.ts";
import { coverageOf, type Sight } from "./coverage.ts";
import type { Hub } from "./hub.ts";

const KINDS: Readonly<Record<Feed, readonly FieldedKind[]>> = {
  work: ["workItem", "pullRequest"],
  experiment: ["experiment"],
  support: ["supportTicket"],
  adoption: ["metric"],
};

const WORST_FIRST = ["stale", "pending", "late", "fresh"] as const;

/** How fresh each tool is that feeds a dimension of these products' features. */
const statesOf = (sights: readonly Sight[], productIds: readonly string[], feed: Feed) =>
  sights
    .filter(({ connection }) => connection.productIds.some((id) => productIds.includes(id)))
    .flatMap(({ connection, kinds, pending, stale, late }) => {
      const has = (set: ReadonlySet<FieldedKind>) => KINDS[feed].some((kind) => set.has(kind));
      const title = connection.connector.title;
      const found = (state: FeedState): { tool: string; state: FeedState }[] => [
        { tool: connection.connector.id, state },
      ];
      if (has(stale)) return found({ state: "stale", reason: `${title} was last read too long ago` });
      if (has(pending)) return found({ state: "pending", reason: `${title} has not been read completely yet` });
      if (has(late)) return found({ state: "late", reason: `${title} was read later than its limit` });
      return has(kinds) ? found({ state: "fresh" }) : [];
    });

/** A tool that feeds a dimension of health, with how fresh it is. */
interface Feeding {
  readonly tool: string;
  readonly state: FeedState;
}

/** All that a feature's view rests on beside its records: what can be seen, how fresh it is, and the thresholds. */
export interface Seen {
  readonly coverage: readonly Coverage[];
  readonly feeds: Readonly<Record<Feed, readonly Feeding[]>>;
  /** Version of the thresholds. */
  readonly thresholds: string;
  /** By connection: when its work items had been read to the end for the first time; absent before. */
  readonly workReadAt: Readonly<Record<string, Instant>>;
}

/**
 * The state of each feed of a feature.
 *
 * @param tools those whose records it rests on; where there are none, all of its products
 */
export const feedsOf = (
  { feeds }: Seen,
  tools: Readonly<Record<Feed, ReadonlySet<string>>>,
): Record<Feed, FeedState> => {
  const one = (feed: Feed): FeedState => {
    const all = feeds[feed];
    const own = all.filter(({ tool }) => tools[feed].has(tool));
    const states = (own.length > 0 ? own : all).map(({ state }) => state);
    const worst = WORST_FIRST.map((state) => states.find((found) => found.state === state)).find(
      (found) => found !== undefined,
    );
    return worst ?? { state: "none", reason: "no connection reads its source" };
  };
  return Object.fromEntries(FEEDS.map((feed) => [feed, one(feed)])) as Record<Feed, FeedState>;
};

/** The thresholds for a feature: of the first of its products. */
export const rulesFor = ({ products, health }: Hub, productIds: readonly string[]): HealthRules =>
  products.find(({ id }) => productIds.includes(id))?.health ?? health ?? HEALTH_RULES;

export const seenOf = (hub: Hub, sights: readonly Sight[], productIds: readonly string[]): Seen => ({
  coverage: coverageOf(sights, productIds),
  feeds: Object.fromEntries(
    FEEDS.map((feed) => [feed, statesOf(sights, productIds, feed)]),
  ) as unknown as Seen["feeds"],
  thresholds: rulesFor(hub, productIds).version,
  workReadAt: Object.fromEntries(
    sights
      .filter(({ connection }) => connection.productIds.some((id) => productIds.includes(id)))
      .flatMap(({ connection, workReadAt }) => (workReadAt === undefined ? [] : [[connection.id, workReadAt]])),
  ),
});
