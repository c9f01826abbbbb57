import type { FeatureView } from "../store/views.ts";

/** Keys such as `acme/web#7` do not survive every proxy, not even encoded; those features go by their id. */
const PLAIN = /^[\w.~-]+$/;

/** These endings of an address ask for another format. */
const FILE = /\.(?:json|csv|md)$/;

type Called = Pick<FeatureView, "id" | "key">;

/** The part of an address that names a feature. */
export const featureSlug = ({ id, key }: Called): string =>
  key !== undefined && PLAIN.test(key) && !key.startsWith(".") && !FILE.test(key) ? key : id;

/** A key as lists show it. One that is a path (`acme/web/milestone/7`) says first what stands beside it: its end is enough. */
export const shortKey = (key: string | undefined): string | undefined => key?.split("/").slice(-2).join(" ");

/** Where a feature's page is, as a path. */
export const featurePath = (feature: Called): string => `/features/${featureSlug(feature)}`;
