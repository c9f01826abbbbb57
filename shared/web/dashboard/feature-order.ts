import { STAGES } from "../../domain/stage.ts";
import type { FeatureFilter, FeatureView, HealthValue, Views } from "../../store/views.ts";

const WORST_FIRST: readonly HealthValue[] = ["off_track", "at_risk", "on_track", "unknown"];
const LAST_DAY = "9999";
/** Features put in order at once; a hub with more says that the rest is left out. */
export const ORDERED_AT_MOST = 1000;
const READ_AT_ONCE = 200;

type Compare = (a: FeatureView, b: FeatureView) => number;

const text = (a: string | undefined, b: string | undefined): number =>
  a === b ? 0 : a === undefined ? 1 : b === undefined ? -1 : a.localeCompare(b, "en", { numeric: true });
const share = ({ progress: { done, total } }: FeatureView): number => (total === 0 ? -1 : done / total);
const place = ({ explanation: { headline } }: FeatureView): number =>
  headline === null ? -1 : STAGES.indexOf(headline);

/** What the table can be ordered by, each in its more useful direction. */
const COMPARE = {
  key: (a, b) => text(a.key, b.key),
  name: (a, b) => text(a.name, b.name),
  stage: (a, b) => place(b) - place(a),
  health: (a, b) => WORST_FIRST.indexOf(a.health.value) - WORST_FIRST.indexOf(b.health.value),
  owner: (a, b) => text(a.owner?.name, b.owner?.name),
  target: (a, b) => text(a.targetDate ?? LAST_DAY, b.targetDate ?? LAST_DAY),
  progress: (a, b) => share(b) - share(a),
  age: (a, b) => text(a.explanation.since ?? LAST_DAY, b.explanation.since ?? LAST_DAY),
  updated: (a, b) => text(b.updatedAt, a.updatedAt),
} as const satisfies Readonly<Record<string, Compare>>;

export type Order = keyof typeof COMPARE;
export const ORDERS = Object.keys(COMPARE) as [Order, ...Order[]];

/** Off track first, then by promised day, then by the time in the stage: as columns of the board stand. */
export const byUrgency: Compare = (a, b) =>
  COMPARE.health(a, b) || COMPARE.target(a, b) || COMPARE.age(a, b) || COMPARE.name(a, b);

/** Features that a filter fits, in an order. `isCut`: there are more than were put in order. */
export const orderedFeatures = async (
  views: Pick<Views, "features">,
  filter: FeatureFilter,
  order: Order,
): Promise<{ readonly items: readonly FeatureView[]; readonly isCut: boolean }> => {
  const items: FeatureView[] = [];
  for (let after: string | undefined; ; ) {
    const slice = await views.features(filter, after, READ_AT_ONCE);
    items.push(...slice.items);
    const isCut = items.length >= ORDERED_AT_MOST && slice.next !== undefined;
    if (isCut || slice.next === undefined)
      return { items: items.sort((a, b) => COMPARE[order](a, b) || (a.id < b.id ? -1 : 1)), isCut };
    after = slice.next;
  }
};
