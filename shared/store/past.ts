import { nextDay } from "../domain/day.ts";
import type { Instant } from "../domain/instant.ts";
import type { Row, Table } from "../ports/table.ts";
import { lists, viewKey } from "./keys.ts";
import type { FeatureView, Slice, ViewChange } from "./views.ts";

/** A former version of a view that differs from the one after it in these alone. */
export interface ViewStep extends Pick<FeatureView, "version" | "observedAt" | "updatedAt"> {
  /** Of its explanation. */
  readonly nextChangeAt: Instant | null;
  /** Of each dimension of its health, in their order. */
  readonly dataAt: readonly (Instant | null)[];
}

export const stepOf = ({
  version,
  observedAt,
  updatedAt,
  explanation,
  health: { dimensions = [] },
}: FeatureView): ViewStep => ({
  version,
  observedAt,
  updatedAt,
  nextChangeAt: explanation.nextChangeAt,
  dataAt: dimensions.map(({ dataAt = null }) => dataAt),
});

/** A view with the versions before it that say the same of newer records, oldest first. */
export type SteppedView = FeatureView & { readonly steps?: readonly ViewStep[] | undefined };

/** A row of a feature's past. */
export interface PastView {
  readonly id: string;
  /** From then on something else was shown. */
  readonly until: Instant;
  /** Null: the feature was not known before. */
  readonly view: SteppedView | null;
}

/**
 * What the hub showed of a feature at a moment: the present view where it was shown then already, else the first row of
 * the past that ended later. The present is read first: what is shown next is written into the past before it is shown.
 */
export const featureAt = async (table: Table, id: string, at: Instant): Promise<FeatureView | undefined> => {
  const { pk, sk } = viewKey(id);
  const live = (await table.get<SteppedView>(pk, sk))?.data;
  if (live === undefined || beganAt(live) > at) {
    const [row] = await table.query<PastView>({ pk, prefix: "V#", after: `V#${at}#~`, limit: 1 });
    if (row !== undefined) return row.data.view === null ? undefined : versionAt(row.data.view, at);
    return undefined;
  }
  return versionAt(live, at);
};

const beganAt = ({ steps = [], observedAt }: SteppedView): Instant => steps[0]?.observedAt ?? observedAt;

/** By the row that they were taken from, so that the same row always shows the same view. */
const lastViews = new WeakMap<SteppedView, FeatureView>();

/** The last version of a row, as surfaces show it. */
export const lastOf = (row: SteppedView): FeatureView => {
  if (row.steps === undefined) return row;
  const { steps: _, ...last } = row;
  const view = lastViews.get(row) ?? last;
  lastViews.set(row, view);
  return view;
};

const versionAt = ({ steps = [], ...view }: SteppedView, at: Instant): FeatureView => {
  if (view.observedAt <= at) return view;
  const step = steps.findLast(({ observedAt }) => observedAt <= at) ?? steps[0];
  if (step === undefined) return view;
  const { nextChangeAt, dataAt, ...differing } = step;
  const [asOf, knownAt] = [step.observedAt, step.observedAt];
  const explanation = { ...view.explanation, asOf, knownAt, nextChangeAt };
  const dimensions = view.health.dimensions?.map(({ dataAt: _, ...one }, place) => {
    const at = dataAt[place];
    return at === null || at === undefined ? one : { ...one, dataAt: at };
  });
  return { ...view, ...differing, explanation, health: { ...view.health, ...(dimensions && { dimensions }) } };
};

/**
 * Features of which something else was shown at the end of a time than at its beginning, or in between. Each stands at
 * the row that was shown when the time began; one whose change a crash interrupted may stand there twice, alike.
 */
export const changedBetween = async (
  table: Table,
  since: Instant,
  until: Instant,
  after: string | undefined,
  limit: number,
): Promise<Slice<ViewChange>> => {
  const items: ViewChange[] = [];
  let place = after ?? `${since}#~`;
  for (let day = place.slice(0, 10); day <= until.slice(0, 10); day = nextDay(day)) {
    for (;;) {
      const wanted = Math.max(1, limit - items.length);
      const rows: Row<PastView>[] = await table.query<PastView>({
        pk: lists.pastOf(day),
        by: "list",
        after: place,
        upTo: `${until}#~`,
        limit: wanted,
      });
      const first = rows.filter(({ data: { view } }) => view === null || beganAt(view) <= since);
      const changed = first.map(async ({ data: { id, view } }) => ({
        id,
        before: view === null ? undefined : versionAt(view, since),
        now: await featureAt(table, id, until),
      }));
      items.push(...(await Promise.all(changed)));
      place = rows.at(-1)?.list?.sk ?? place;
      if (items.length >= limit) return { items, next: place };
      if (rows.length < wanted) break;
    }
  }
  return { items, next: undefined };
};
