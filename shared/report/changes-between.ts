import { HubError } from "../connector/errors.ts";
import type { Instant } from "../domain/instant.ts";
import { byImportance, CHANGES, type ChangeKind, type FeatureChange, featureChanges } from "../lifecycle/changes.ts";
import type { Views } from "../store/views.ts";

export { CHANGES, type ChangeKind, type FeatureChange } from "../lifecycle/changes.ts";

export interface ChangeSummary {
  /** The most important first; at most so many as were asked for. */
  readonly items: readonly FeatureChange[];
  /** Of all, also of those left out. */
  readonly counts: Readonly<Record<ChangeKind, number>>;
  /** How many features changed in something that counts. */
  readonly features: number;
  /** How many changes are left out, the least important ones. */
  readonly left: number;
}

/** Features compared at once. */
const PAGE = 100;
const ITEMS = 1000;
/** What changed over a longer time is what is there. */
const DAYS_AT_MOST = 366;
const DAY_MS = 86_400_000;

/**
 * What became of features between two moments. Only features that changed in between are read, page by page, and only
 * the most important changes are held.
 *
 * @throws HubError invalid_parameter: more than 366 days lie between them
 */
export const changesBetween = async (
  views: Pick<Views, "changed">,
  window: {
    readonly since: Instant;
    readonly until: Instant;
    /** Ids; all products without it. */
    readonly products?: readonly string[] | undefined;
    /** Changes to tell at most; default 1000. */
    readonly limit?: number | undefined;
  },
): Promise<ChangeSummary> => {
  const { since, until, products, limit = ITEMS } = window;
  if (Date.parse(until) - Date.parse(since) > DAYS_AT_MOST * DAY_MS)
    throw new HubError(
      "invalid_parameter",
      `more than ${DAYS_AT_MOST} days lie between 'since' and 'until': ask for a year at most, one after the other`,
      { retry: "never", details: { parameter: "since" } },
    );
  const counts = Object.fromEntries(Object.keys(CHANGES).map((kind) => [kind, 0])) as Record<ChangeKind, number>;
  const seen = new Set<string>();
  let items: FeatureChange[] = [];
  let [all, features] = [0, 0];
  for (let after: string | undefined; ; ) {
    const page = await views.changed(since, until, after, PAGE);
    for (const { id, before, now } of page.items) {
      // A change that a crash interrupted stands in the past twice.
      if (seen.has(id)) continue;
      seen.add(id);
      const found = featureChanges(before, now, products);
      if (found.length > 0) features += 1;
      for (const one of found) counts[one.kind] += 1;
      all += found.length;
      items.push(...found);
    }
    if (items.length > 2 * limit || page.next === undefined) items = items.sort(byImportance).slice(0, limit);
    if (page.next === undefined) return { items, counts, features, left: all - items.length };
    after = page.next;
  }
};
