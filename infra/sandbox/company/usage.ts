import { type Exposure, timeOf } from "./exposure.ts";
import { between, hash, unit } from "./random.ts";
import type { World } from "./world.ts";

const DAY_MS = 86_400_000;

/** Finished but never switched on. */
const DARK = "one-page-checkout";
/** Lost its experiment and was given to everybody all the same. */
export const LOST = "gift-cards";
/** Called something else in each tool. */
const RENAMED = "address-autocomplete";

export const isDark = ({ feature }: Exposure): boolean => feature.slug === DARK;

/** What analysts call a feature in their reports. */
export const reportName = ({ feature }: Exposure, tool: "mixpanel" | "posthog"): string => {
  if (feature.slug !== RENAMED) return feature.title;
  return tool === "mixpanel" ? "Address suggestions" : "Autofill of addresses";
};

/** Midnight UTC of the day of a moment. */
export const dayOf = (at: number): number => Math.floor(at / DAY_MS) * DAY_MS;
export const dateOf = (at: number): string => new Date(at).toISOString().slice(0, 10);

/** Midnights from one day to another, both included. */
export const daysBetween = (from: number, to: number): readonly number[] =>
  Array.from(
    { length: Math.max(0, Math.round((dayOf(to) - dayOf(from)) / DAY_MS) + 1) },
    (_, n) => dayOf(from) + n * DAY_MS,
  );

/** How many people used a feature on a day: none before it shipped, then more and more, fewer at weekends. */
export const peopleOn = (world: World, exposure: Exposure, day: number): number => {
  const { product, feature, days } = exposure;
  if (days.shipped === undefined || isDark(exposure)) return 0;
  const age = (day - dayOf(timeOf(world, days.shipped))) / DAY_MS;
  if (age < 0) return 0;
  const { seed } = world.company;
  const most = between(20, 60, unit(seed, 81, product.index, feature.index));
  const grown = feature.slug === LOST ? Math.exp(-age / 40) : 1 - Math.exp(-(age + 1) / 12);
  const weekday = new Date(day).getUTCDay();
  const calm = weekday === 0 || weekday === 6 ? 0.55 : 1;
  const chance = 0.85 + (hash(seed, 82, product.index * 100 + feature.index, day / DAY_MS) % 30) / 100;
  return Math.round(most * grown * calm * chance);
};

/** The features of a product that people can use, oldest first. */
export const shippedOf = (all: readonly Exposure[], product: number): readonly Exposure[] =>
  all.filter((one) => one.product.index === product && one.days.shipped !== undefined);
