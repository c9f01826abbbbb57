import { truthOf } from "../control/records.ts";
import { type Feature, featureDays, type Product } from "./features.ts";
import { hash } from "./random.ts";
import type { World } from "./world.ts";

/**
 * What the tools beside the trackers call a feature. People write such names by hand, so that not every tool has the
 * right one: see {@link Exposure.care}.
 */
export interface Exposure {
  readonly product: Product;
  readonly feature: Feature;
  /** Work items of it, oldest first, at most three: their keys in the tracker and their addresses. */
  readonly items: readonly { readonly key: string; readonly url: string }[];
  /** `storefront-saved-carts`: the flag, the experiment and the survey are called so. */
  readonly key: string;
  /** `saved-carts-launch`: of the campaign's links. */
  readonly utmCampaign: string;
  /** How the people who use the other tools refer to it: by its key or address, by another feature's, not at all, or only weeks later. */
  readonly care: "right" | "wrong" | "missing" | "late";
  /** Working days at which it was designed, written, shipped to all, announced; absent while that did not happen. */
  readonly days: {
    readonly proposed: number;
    readonly designed: number | undefined;
    readonly started: number | undefined;
    readonly shipped: number | undefined;
    readonly announced: number | undefined;
  };
}

const ITEMS_LOOKED_AT = 2000;
const ITEMS = 3;

/** Every feature of the company with what the other tools call it. Drawn once for a world; edits of titles do not change it. */
export const exposures = (world: World): readonly Exposure[] => {
  const held = drawn.get(world);
  if (held !== undefined) return held;
  const all = world.company.products.flatMap((product) => {
    const items = itemsOf(world, product);
    return product.features.map((feature) => exposureOf(world, product, feature, items.get(feature.index) ?? []));
  });
  drawn.set(world, all);
  return all;
};
const drawn = new WeakMap<World, readonly Exposure[]>();

/** How people of other tools write of a feature in a sentence, a tag or a link: what they should write, or what they did. */
export const referenceOf = (
  world: World,
  exposure: Exposure,
): { readonly key: string; readonly url: string } | undefined => {
  if (exposure.care === "missing") return undefined;
  if (exposure.care !== "wrong") return exposure.items[0];
  const others = exposures(world).filter(
    ({ product, feature }) => product.index === exposure.product.index && feature.index !== exposure.feature.index,
  );
  return others[exposure.feature.index % Math.max(1, others.length)]?.items[0];
};

const exposureOf = (world: World, product: Product, feature: Feature, items: Exposure["items"]): Exposure => {
  const { seed } = world.company;
  const days = featureDays(feature);
  const chance = hash(seed, 71, product.index, feature.index) % 20;
  return {
    product,
    feature,
    items,
    key: `${product.repo}-${feature.slug}`,
    utmCampaign: `${feature.slug}-launch`,
    care: chance === 0 ? "wrong" : chance <= 2 ? "missing" : chance <= 4 ? "late" : "right",
    days: {
      proposed: feature.proposedDay,
      designed: feature.phase === "idea" || feature.phase === "planned" ? undefined : feature.window[0] - 1,
      started: feature.phase === "design" ? undefined : days.started,
      shipped: feature.shipDay,
      announced: feature.phase === "released" && feature.shipDay !== undefined ? feature.shipDay + 2 : undefined,
    },
  };
};

const itemsOf = (world: World, product: Product): Map<number, { readonly key: string; readonly url: string }[]> => {
  const found = new Map<number, { readonly key: string; readonly url: string }[]>();
  const most = Math.min(world.count(product.index), ITEMS_LOOKED_AT);
  for (let n = 0; n < most; n += 1) {
    const item = world.company.item(product.index, n);
    if (item.feature === undefined || item.kind === "epic" || item.kind === "idea" || item.kind === "initiative")
      continue;
    const held = found.get(item.feature) ?? [];
    if (held.length >= ITEMS) continue;
    const { key, url } = truthOf(world, item);
    found.set(item.feature, [...held, { key, url }]);
  }
  return found;
};

/** Milliseconds since the epoch of a working day of the company. */
export const timeOf = (world: World, day: number): number => world.company.calendar.at(day);
