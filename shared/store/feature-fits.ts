import type { FeatureFilter, FeatureView } from "./views.ts";

export const fitsText = ({ key = "", name }: FeatureView, q: string | undefined): boolean =>
  q === undefined || `${key} ${name}`.toLowerCase().includes(q.toLowerCase());

export const isOfAny = (
  products: readonly string[] | undefined,
  of: { readonly productIds: readonly string[] },
): boolean => products === undefined || products.some((id) => of.productIds.includes(id));

/** Whether a feature is one of those that a list asks for; what is gone never is. */
export const featureFits = (
  view: FeatureView,
  { product, products, stage, health, q, updatedSince }: FeatureFilter,
): boolean =>
  view.sameAs === undefined &&
  view.presence.state !== "deleted" &&
  view.presence.state !== "out_of_scope" &&
  (product === undefined || view.productIds.includes(product)) &&
  isOfAny(products, view) &&
  (stage === undefined || stage.includes(view.explanation.headline ?? "none")) &&
  (health === undefined || health.includes(view.health.value)) &&
  (updatedSince === undefined || view.updatedAt >= updatedSince) &&
  fitsText(view, q);
