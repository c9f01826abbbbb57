import { WORK_DAYS } from "./calendar.ts";
import { type Exposure, exposures, referenceOf, timeOf } from "./exposure.ts";
import { hash } from "./random.ts";
import type { World } from "./world.ts";

/** The flag of a feature, as the history made it. Times in milliseconds since the epoch. */
export interface FlagPlan {
  readonly exposure: Exposure;
  readonly key: string;
  /** The work item that people name with it, if any. */
  readonly refersTo: { readonly key: string; readonly url: string } | undefined;
  readonly created: number;
  /** The share of people in production, in percent, from each time on; dark before the first. */
  readonly steps: readonly { readonly at: number; readonly percent: number }[];
  /** Testers have it in production while nobody else does. */
  readonly forTesters: boolean;
  /** The feature whose flag must be on first. */
  readonly needs?: string | undefined;
  readonly archived?: number | undefined;
}

/** Released in Jira, and dark all the same. */
const DARK = new Set(["one-page-checkout"]);
/** These have a flag for sure, and people name the right work item with it. */
const ALWAYS = new Set(["one-page-checkout", "gift-cards", "saved-carts", "address-autocomplete", "guest-checkout"]);
const NEEDS: Readonly<Record<string, string>> = { "express-wallets": "guest-checkout", "gift-cards": "saved-carts" };

/** The flags of the features of one product that were begun, oldest feature first. */
export const flagPlans = (world: World, repo: string): readonly FlagPlan[] =>
  exposures(world).flatMap((exposure) => {
    const { product, feature, days, key } = exposure;
    const chance = hash(world.company.seed, 83, product.index, feature.index);
    if (product.repo !== repo || days.started === undefined) return [];
    if (chance % 4 === 0 && !ALWAYS.has(feature.slug)) return [];
    const { shipped } = days;
    const ramp =
      shipped === undefined || DARK.has(feature.slug)
        ? []
        : RAMP.map(([later, percent]) => [shipped + later, percent] as const);
    const needs = NEEDS[feature.slug];
    return [
      {
        exposure,
        key: keyOf(key),
        refersTo: ALWAYS.has(feature.slug) ? exposure.items[0] : referenceOf(world, exposure),
        created: timeOf(world, days.started + 0.2),
        steps: ramp.flatMap(([day, percent]) => (day < WORK_DAYS ? [{ at: timeOf(world, day), percent }] : [])),
        forTesters: feature.phase === "testing",
        needs: needs === undefined ? undefined : `${repo}-${needs}`,
        archived: feature.cancelledDay === undefined ? undefined : timeOf(world, feature.cancelledDay + 0.3),
      },
    ];
  });

/** Flags are named in letters that code can hold. */
const keyOf = (key: string): string => key.replaceAll("ß", "ss").replace(/[^\w.-]+/g, "x");

/** Working days after the deployment, and the share from then on. */
const RAMP = [
  [0.3, 10],
  [2.1, 50],
  [5.4, 100],
] as const;

/** What is counted in experiments, in every tool that has them. */
export const MEASURES = [
  {
    key: "checkout-completed",
    name: "Checkout completed",
    event: "checkout_completed",
    isGoal: true,
    isLowGood: false,
  },
  { key: "order-value", name: "Order value", event: "order_placed", isGoal: false, isLowGood: false },
  { key: "page-errors", name: "Page errors", event: "page_error", isGoal: false, isLowGood: true },
] as const;
