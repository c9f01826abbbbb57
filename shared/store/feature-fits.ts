import type { FeatureFilter, FeatureView } from "./views.ts";

export const fitsText = ({ key = "", name }: FeatureView, q: string | undefined): boolean =>
  q === undefined || `${key} ${name}`.toLowerCase().includes(q.toLowerCase());

export const isOfAny = (
  products: readonly string[] | undefined,
  of: { readonly productIds: readonly string[] },
): boolean => products === undefined || products.some((id) => of.productIds.includes(id));

/** @param named ids, or names in lower case; undefined: whoever owns it */
export const isOwnedBy = ({ owner }: FeatureView, named: readonly string[] | undefined): boolean =>
  named === undefined ||
  (owner !== undefined && (named.includes(owner.id) || named.includes(owner.name.toLowerCase())));

/** Whether a feature is one of those that a list asks for; what is gone never is. */
export const featureFits = (
  view: FeatureView,
  { ids, product, products, stage, health, q, owner, dueBefore, updatedSince }: FeatureFilter,
): boolean =>
  view.sameAs === undefined &&
  (ids === undefined || ids.includes(view.id)) &&
  view.presence.state !== "deleted" &&
  view.presence.state !== "out_of_scope" &&
  (product === undefined || view.productIds.includes(product)) &&
  isOfAny(products, view) &&
  (stage === undefined || stage.includes(view.explanation.headline ?? "none")) &&
  (health === undefined || health.includes(view.health.value)) &&
  (updatedSince === undefined || view.updatedAt >= updatedSince) &&
  isOwnedBy(view, owner) &&
  (dueBefore === undefined || (view.targetDate !== undefined && view.targetDate < dueBefore)) &&
  fitsText(view, q);
