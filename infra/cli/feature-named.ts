import { HubError } from "../../shared/connector/errors.ts";
import type { FeatureView, Views } from "../../shared/store/views.ts";
import { handleOf, plain } from "./show.ts";

/** Features that are looked through for a name, and listed at most where several fit. */
const LOOKED_AT = 50;
const LISTED = 10;

/**
 * The feature that somebody means: by key or id, else by its exact name, else the only one whose name has words that
 * begin so.
 *
 * @throws HubError feature_unknown: none is called so, or several are, which it lists with what tells them apart
 */
export const featureNamed = async (views: Pick<Views, "feature" | "search">, asked: string): Promise<FeatureView> => {
  const found = await views.feature(asked);
  if (found !== undefined) return found;
  const hits = (await views.search(asked, LOOKED_AT)).filter(({ kind }) => kind === "feature");
  // One feature may be known in several tools: each of its names leads to the same view.
  const known = await Promise.all(hits.map(({ id }) => views.feature(id)));
  const features = [...new Map(known.flatMap((view) => (view === undefined ? [] : [[view.id, view]]))).values()];
  const exact = features.filter(({ name }) => name.toLowerCase() === asked.trim().toLowerCase());
  const fitting = exact.length > 0 ? exact : features;
  const [only] = fitting;
  if (only === undefined)
    throw new HubError("feature_unknown", `no feature is called "${asked.slice(0, 64)}"`, { retry: "never" });
  if (fitting.length === 1) return only;
  const lines = fitting.slice(0, LISTED).map((view) => `\n  ${handleOf(view)} ${plain(view.name)}`);
  const more = fitting.length > LISTED ? `\n  and ${fitting.length - LISTED} more` : "";
  throw new HubError(
    "feature_unknown",
    `"${asked.slice(0, 64)}" may be any of ${fitting.length} features:${lines.join("")}${more}`,
    { retry: "never" },
  );
};

/** What is no work item may be a feature: its past is told elsewhere. @throws HubError work_item_unknown */
export const noWorkItem = async (views: Pick<Views, "feature">, asked: string): Promise<never> => {
  const feature = await views.feature(asked);
  const told =
    feature === undefined
      ? `no work item is called "${asked.slice(0, 64)}"`
      : `"${asked.slice(0, 64)}" is a feature, not a work item: throughline explain ${plain(feature.key ?? feature.id)}`;
  throw new HubError("work_item_unknown", told, { retry: "never" });
};
