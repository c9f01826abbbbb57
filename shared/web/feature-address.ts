import type { FeatureView } from "../store/views.ts";

/** Keys such as `acme/web#7` do not survive every proxy, not even encoded; those features go by their id. */
const PLAIN = /^[\w.~-]+$/;

type Called = Pick<FeatureView, "id" | "key">;

/** The part of an address that names a feature. */
export const featureSlug = ({ id, key }: Called): string =>
  key !== undefined && PLAIN.test(key) && !key.startsWith(".") && !/\.(?:json|csv|md)$/.test(key) ? key : id;

/** Where a feature's page is, as a path. */
export const featurePath = (feature: Called): string => `/features/${featureSlug(feature)}`;
