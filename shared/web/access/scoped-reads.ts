import { STAGES } from "../../domain/stage.ts";
import type { FeatureView, HealthValue, PastViews } from "../../store/views.ts";

const HEALTHS: readonly HealthValue[] = ["on_track", "at_risk", "off_track", "unknown"];

/** What somebody may see of features. */
interface Sight {
  readonly products: readonly string[];
  isMine(productIds: readonly string[]): boolean;
  /** A feature that they see, without what they may not see of it. */
  shown(feature: FeatureView): Promise<FeatureView>;
}

/** Features and board, of now or of then, for somebody who may see some products only. */
export const scopedReads = (views: PastViews, { products, isMine, shown }: Sight): PastViews => {
  /** Of one product that is asked for, or of all. */
  const asked = (product: string | undefined) =>
    product === undefined ? products : products.filter((id) => id === product);
  return {
    async feature(idOrKey) {
      const found = await views.feature(idOrKey);
      return found !== undefined && isMine(found.productIds) ? shown(found) : undefined;
    },
    async features(filter, after, limit) {
      const of = asked(filter.product);
      if (of.length === 0) return { items: [], next: undefined };
      const { items, next } = await views.features({ ...filter, products: of }, after, limit);
      return { items: await Promise.all(items.map(shown)), next };
    },
    async column(stage, product, after, limit, filter) {
      // A column is in order of products first: one after the other is the same order.
      const items: FeatureView[] = [];
      const [from, place] = after === undefined ? [] : (after.split("\n", 2) as [string, string]);
      const of = [...asked(product)].sort().filter((id) => from === undefined || id >= from);
      for (const id of of) {
        const begin = id === from && place ? place : undefined;
        const slice = await views.column(stage, id, begin, limit - items.length, filter);
        items.push(...(await Promise.all(slice.items.map(shown))));
        if (slice.next !== undefined) return { items, next: `${id}\n${slice.next}` };
        const following = of[of.indexOf(id) + 1];
        if (items.length >= limit) return { items, next: following && `${following}\n` };
      }
      return { items, next: undefined };
    },
    counts: async (product, health) =>
      summed([...STAGES, "none"] as const, await Promise.all(asked(product).map((id) => views.counts(id, health)))),
    healthCounts: async (product) =>
      summed(HEALTHS, await Promise.all(asked(product).map((id) => views.healthCounts(id)))),
  };
};

const summed = <Word extends string>(words: readonly Word[], counts: readonly Readonly<Record<Word, number>>[]) =>
  Object.fromEntries(words.map((word) => [word, counts.reduce((sum, count) => sum + count[word], 0)])) as Record<
    Word,
    number
  >;
