import { kindOf } from "../domain/kind.ts";
import type { Table } from "../ports/table.ts";
import { linksOf } from "./entities.ts";
import { featureFits } from "./feature-fits.ts";
import type { FeatureFilter, FeatureView, Slice } from "./views.ts";

/** Features that an objective is looked at for; none that people keep has more. */
const AT_MOST = 2000;
const READ_AT_ONCE = 100;

/** Ids of the features that serve an objective, directly or by an initiative, in order. */
export const objectiveFeatures = async (table: Table, objective: string): Promise<string[]> => {
  const serving = (await linksOf(table, objective, "in", "contributes_to")).map(({ from }) => from);
  const below = await Promise.all(
    serving
      .filter((id) => kindOf(id) === "initiative")
      .map(async (id) => (await linksOf(table, id, "out", "parent_of")).map(({ to }) => to)),
  );
  const features = [...serving, ...below.flat()].filter((id) => kindOf(id) === "feature");
  return [...new Set(features)].sort().slice(0, AT_MOST);
};

/** Those of some features that a filter fits, by id: what it costs grows with them, never with all features. */
export const featuresAmong = async (
  ids: readonly string[],
  read: (ids: readonly string[]) => Promise<readonly FeatureView[]>,
  filter: FeatureFilter,
  after: string | undefined,
  limit: number,
): Promise<Slice<FeatureView>> => {
  const rest = ids.filter((id) => after === undefined || id > after).toSorted();
  const items: FeatureView[] = [];
  for (let at = 0; at < rest.length; at += READ_AT_ONCE) {
    const some = (await read(rest.slice(at, at + READ_AT_ONCE))).toSorted((a, b) => (a.id < b.id ? -1 : 1));
    for (const view of some) {
      if (items.length === limit) return { items, next: items.at(-1)?.id };
      if (featureFits(view, filter)) items.push(view);
    }
  }
  return { items, next: undefined };
};
