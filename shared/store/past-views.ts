import type { Instant } from "../domain/instant.ts";
import type { Stage } from "../domain/stage.ts";
import type { Table } from "../ports/table.ts";
import { placedIn } from "./board-place.ts";
import { type BoardAt, boardAt, COLUMNS } from "./boards.ts";
import { featureFits, fitsText, isOwnedBy } from "./feature-fits.ts";
import { featuresAmong } from "./objective-features.ts";
import { featureAt } from "./past.ts";
import type { FeatureView, HealthValue, PastViews } from "./views.ts";
import { LOOK_AT_MOST, walkIds } from "./walk-kind.ts";

/**
 * What the hub showed at a moment.
 *
 * @param idOf the feature that is called so today, or was
 */
export const pastViews = (
  table: Table,
  at: Instant,
  idOf: (idOrKey: string) => Promise<string | undefined>,
): PastViews => {
  let opened: Promise<BoardAt> | undefined;
  const board = (): Promise<BoardAt> => {
    opened ??= boardAt(table, at);
    return opened;
  };
  const countsOf = async (product: string | undefined) => {
    const { counts } = await board();
    return product === undefined ? Object.values(counts) : [counts[product] ?? {}];
  };
  return {
    async feature(idOrKey) {
      const id = await idOf(idOrKey);
      const view = id === undefined ? undefined : await featureAt(table, id, at);
      return view?.sameAs === undefined ? view : ((await featureAt(table, view.sameAs, at)) ?? view);
    },
    features: (filter, after, limit) => {
      if (filter.ids !== undefined) {
        const read = async (ids: readonly string[]) =>
          (await Promise.all(ids.map((id) => featureAt(table, id, at)))).filter((view) => view !== undefined);
        return featuresAmong(filter.ids, read, filter, after, limit);
      }
      return walkIds(table, "feature", after, limit, (some) =>
        Promise.all(
          some.map(async (id) => {
            const view = await featureAt(table, id, at);
            return view !== undefined && featureFits(view, filter) ? view : undefined;
          }),
        ),
      );
    },
    async column(stage, product, after, limit, { health, q, owner } = {}) {
      const { entries } = await board();
      const items: FeatureView[] = [];
      let place = after;
      let looked = 0;
      const start = product === undefined ? "" : `${product}#`;
      for await (const entry of entries(stage, after !== undefined && after > start ? after : start)) {
        const { product: of, health: value, id } = placedIn(entry);
        if (product !== undefined && of !== product) break;
        if (items.length === limit || looked === LOOK_AT_MOST) return { items, next: place };
        place = entry;
        if (health !== undefined && !health.includes(value)) continue;
        looked += 1;
        const view = await featureAt(table, id, at);
        if (view !== undefined && fitsText(view, q) && isOwnedBy(view, owner)) items.push(view);
      }
      return { items, next: undefined };
    },
    async counts(product, health) {
      const counted = Object.fromEntries(COLUMNS.map((column) => [column, 0])) as Record<Stage | "none", number>;
      for (const columns of await countsOf(product))
        for (const column of COLUMNS)
          for (const [value, count] of Object.entries(columns[column] ?? {}))
            if (health === undefined || health.includes(value as HealthValue)) counted[column] += count;
      return counted;
    },
    async healthCounts(product) {
      const counted: Record<HealthValue, number> = { on_track: 0, at_risk: 0, off_track: 0, unknown: 0 };
      for (const columns of await countsOf(product))
        for (const healths of Object.values(columns))
          for (const [value, count] of Object.entries(healths)) counted[value as HealthValue] += count;
      return counted;
    },
  };
};
