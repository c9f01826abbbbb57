import { type Calendar, calendar, WORK_DAYS } from "./calendar.ts";
import { type Codec, codec } from "./codec.ts";
import { type Feature, isSmall, type Product, products } from "./features.ts";
import { planningItem, planningRecords } from "./planning.ts";
import { at, hash, unit } from "./random.ts";
import { generateItem, type ItemKind, type WorkItem } from "./work-item.ts";

/** The made-up company as it was at the end of its history: a pure function of seed, size and end. */
export interface Company {
  readonly seed: number;
  /** Whether it has too few work items for twenty features a product. */
  readonly small: boolean;
  readonly calendar: Calendar;
  readonly codec: Codec;
  readonly products: readonly Product[];
  /** How many work items each product has. */
  readonly counts: readonly number[];
  /** How many of Jira's are ideas, whose keys are counted apart. */
  readonly ideas: number;
  /** One work item by product and position; the position is below the product's count. */
  item(product: number, n: number): WorkItem;
  /** The feature an item belongs to, without making the item. */
  featureOf(product: number, n: number): number | undefined;
  /** Positions of the work items of one feature, oldest first, without planning records. */
  children(product: number, feature: number): Uint32Array;
  /** The key a person would write: `ACME-12`, `INS-3`; for Devkit the position only, since its numbers are shared. */
  key(product: number, n: number): string;
}

/** Shares of the work items, by product. */
const SHARES = [0.4, 0.32];
/** The feature that grows, and the working day from which it does. */
const GROWN = { product: 1, feature: 8, from: 72 } as const;
/** Share of work that belongs to no feature. */
const LOOSE = 0.28;

/** @param size work items over all products; in a small company its planning records come on top */
export const company = (seed: number, size: number, until: Date): Company => {
  const days = calendar(until);
  const small = isSmall(size);
  const all = products(seed, size);
  const planned = all.map((product) => planningRecords(product, small));
  const jira = Math.round(size * at(SHARES, 0));
  const linear = Math.round(size * at(SHARES, 1));
  const counts = [jira + (small ? at(planned, 0).length : 0), linear, size - jira - linear];
  const active = all.map((product) =>
    Array.from({ length: WORK_DAYS }, (_, day) =>
      product.features.filter((f) => f.window[1] > 0 && f.window[0] <= day && day <= f.window[1]),
    ),
  );
  const idsOfChildren: (readonly Uint32Array[] | undefined)[] = [];

  const createdDay = (product: number, n: number): number => {
    const planning = at(planned, product).length;
    const share = (n - planning + unit(seed, 71, product, n) * 0.98) / (at(counts, product) - planning);
    return share * (WORK_DAYS - 0.5);
  };
  const isSubtask = (product: number, n: number): boolean =>
    product !== 2 && n % 9 === 4 && n - 1 >= at(planned, product).length;
  const isUnplanned = (product: number, n: number): boolean =>
    unit(seed, 72, product, isSubtask(product, n) ? n - 1 : n) < LOOSE;
  const feature = (product: number, n: number): Feature | undefined => {
    if (n < at(planned, product).length) return at(at(planned, product), n).feature;
    const origin = isSubtask(product, n) ? n - 1 : n;
    if (isUnplanned(product, n)) return grown(product, origin);
    const candidates = at(at(active, product), Math.floor(createdDay(product, origin)));
    // Where few features are being written, more of the work belongs to none.
    return candidates[hash(seed, 73, product, origin) % Math.max(4, candidates.length)];
  };
  /** Work that nobody planned goes to a feature that grew with it: declared on track, and late by how it went so far. */
  const grown = (product: number, n: number): Feature | undefined => {
    const day = createdDay(product, n);
    if (small || product !== GROWN.product || day < GROWN.from || hash(seed, 79, n) % 2 === 0) return undefined;
    return at(all, product).features[GROWN.feature];
  };
  const kindOf = (product: number, n: number, of: Feature | undefined): ItemKind => {
    if (isSubtask(product, n)) return "subtask";
    const u = unit(seed, 74, product, n);
    if (of?.phase === "design") return u < 0.5 ? "design" : "story";
    if (u < 0.04 && of !== undefined) return "design";
    if (u < (of === undefined ? 0.5 : 0.2)) return "bug";
    return u < 0.6 ? "task" : "story";
  };

  const made = (product: number, n: number): WorkItem => {
    const owner = at(all, product);
    if (n < at(planned, product).length) return planningItem(seed, days, owner, n, at(at(planned, product), n));
    const of = feature(product, n);
    const unplanned = of !== undefined && isUnplanned(product, n);
    return generateItem({
      seed,
      calendar: days,
      product: owner,
      n,
      createdDay: createdDay(product, n),
      ...(of === undefined ? {} : { feature: of }),
      ...(isSubtask(product, n) ? { parent: n - 1 } : {}),
      kind: kindOf(product, n, unplanned ? undefined : of),
      ...(unplanned && { unplanned }),
    });
  };
  /** Those of a small company are made once: they are few, and whoever plays with it asks for all of them again and again. */
  const once = all.map((): WorkItem[] => []);

  return {
    seed,
    small,
    calendar: days,
    codec: codec(seed),
    products: all,
    counts,
    ideas: at(planned, 0).filter((record) => record.kind === "idea").length,
    item(product, n) {
      if (!small) return made(product, n);
      const held = at(once, product);
      const item = held[n] ?? made(product, n);
      held[n] = item;
      return item;
    },
    featureOf: (product, n) => feature(product, n)?.index,
    children(product, index) {
      idsOfChildren[product] ??= group(all, product, at(counts, product), at(planned, product).length, feature);
      return idsOfChildren[product]?.[index] ?? new Uint32Array();
    },
    key(product, n) {
      const owner = at(all, product);
      if (owner.tracker === "github") return String(n + 1);
      if (owner.tracker === "linear") return `${owner.key}-${n + 1}`;
      const records = at(planned, product);
      const ideas = records.filter((record) => record.kind === "idea").length;
      const firstIdea = records.length - ideas;
      if (n < firstIdea) return `${owner.key}-${n + 1}`;
      return n < records.length ? `IDEA-${n - firstIdea + 1}` : `${owner.key}-${n - ideas + 1}`;
    },
  };
};

const group = (
  all: readonly Product[],
  product: number,
  count: number,
  first: number,
  feature: (product: number, n: number) => Feature | undefined,
): readonly Uint32Array[] => {
  const lists: number[][] = at(all, product).features.map(() => []);
  for (let n = first; n < count; n += 1) lists[feature(product, n)?.index ?? -1]?.push(n);
  return lists.map((list) => Uint32Array.from(list));
};
