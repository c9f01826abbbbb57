import { segmentSite } from "../segment/server.ts";
import type { OpenSite } from "./site.ts";

/** Every tool beside the trackers, by the id of its connector. */
export const SITES: Readonly<Record<string, OpenSite>> = {
  segment: segmentSite,
};
